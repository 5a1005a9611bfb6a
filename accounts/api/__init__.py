"""How machines sign in: a key with scopes; and calls that may be repeated without being done twice."""

from accounts.api.idempotency import idempotent
from accounts.api.keys import HasScope, KeyAuthentication, caller

__all__ = ["HasScope", "KeyAuthentication", "caller", "idempotent"]
