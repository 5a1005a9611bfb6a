"""Where a browser finds a picture or film."""

from typing import Any
from urllib.parse import quote

from django.conf import settings


def media_address(location: str) -> str:
    """Paths below the media folder under MEDIA_URL, https addresses as they are.

    Nothing for an address that the content policy would not let the browser load: a placeholder looks better.
    """
    location = location or ""
    if location.startswith("https://"):
        return location if location.startswith(_allowed_hosts()) else ""
    if not location or "://" in location or location.startswith("/"):
        return ""
    return f"{settings.MEDIA_URL}{quote(location)}"


def _allowed_hosts() -> tuple[str, ...]:
    policy: dict[str, Any] = settings.CONTENT_SECURITY_POLICY
    sources = policy["DIRECTIVES"]["img-src"]
    named = [str(source) for source in sources if str(source).startswith("https:")]
    return tuple("https://" if source == "https:" else source for source in named)
