"""`Authorization: Bearer alz_…`: who calls, and what the key opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import ApiKey
from accounts.selectors import find_key
from accounts.services import note_use
from altazion.lib.clock import now

if TYPE_CHECKING:  # the framework names this module while it loads its own views
    from rest_framework.views import APIView


class Machine(AnonymousUser):
    """The one behind a key; throttled by it, never a person."""

    def __init__(self, key: ApiKey) -> None:
        super().__init__()
        self.key = key
        self.pk = key.pk  # type: ignore[assignment]

    @property
    def is_authenticated(self) -> bool:  # type: ignore[override]
        return True

    def __str__(self) -> str:
        return f"API key {self.key.name}"


class KeyAuthentication(BaseAuthentication):
    """Answers who calls, or 401."""

    def authenticate(self, request: Request) -> tuple[Machine, ApiKey] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        key = find_key(words[1].decode("latin-1"), at=now()) if len(words) == 2 else None
        if key is None:
            raise AuthenticationFailed(_("This API key is unknown, expired or revoked."))
        note_use(key, at=now())
        return Machine(key), key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Altazion API"'


class HasScope(BasePermission):
    """Deny by default: a view names its scope (`scope = Scope.X`), the key must hold it."""

    message = gettext_lazy("This key does not hold the scope that the call needs.")

    def has_permission(self, request: Request, view: APIView) -> bool:
        needed: Any = getattr(view, "scope", None)
        if isinstance(needed, dict):
            needed = needed.get(request.method)
        return bool(needed) and isinstance(request.auth, ApiKey) and str(needed) in request.auth.scopes


def caller(request: Request) -> ApiKey:
    """The key behind an authenticated call."""
    return cast(ApiKey, request.auth)
