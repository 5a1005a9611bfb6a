"""The head of a page as a template wants it: absolute addresses, the way to it for machines, languages to switch to."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from storefront.selectors import structured
from storefront.selectors.pictures import media_address
from storefront.selectors.seo import Seo


def origin_of(request: HttpRequest) -> str:
    """The address of the site without a slash at its end."""
    return f"{request.scheme}://{request.get_host()}"


def absolute_media(request: HttpRequest, location: str) -> str:
    """The address of a picture for those outside; "" for none."""
    address = media_address(location)
    return address if "://" in address or not address else origin_of(request) + address


def head(request: HttpRequest, seo: Seo, crumbs: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
    """Context for `storefront/base.html`; the language switch follows the page's own addresses."""
    origin, language = origin_of(request), request.LANGUAGE_CODE[:2]
    request.addresses = seo.addresses  # type: ignore[attr-defined]
    facts = list(seo.structured)
    if steps := list(crumbs):
        facts.append(structured.breadcrumb(steps, origin=origin, home=(reverse("storefront:home"), _("Home"))))
    others = [(code, origin + address) for code, address in seo.addresses.items()]
    return {
        "seo": seo,
        "canonical": origin + seo.addresses[language],
        "alternates": [] if seo.robots else [*others, ("x-default", origin + seo.addresses[settings.LANGUAGE_CODE])],
        "social_image": absolute_media(request, seo.image),
        "structured": facts,
    }
