"""How machines sign in: a key with scopes; and calls that may be repeated without being done twice."""

from accounts.api.idempotency import idempotent
from accounts.api.keys import HasScope, KeyAuthentication, caller
from accounts.api.schema import KeyScheme

__all__ = ["HasScope", "KeyAuthentication", "KeyScheme", "caller", "idempotent"]
