"""Verbs about accounts, roles, keys and repeated calls."""

from accounts.services.keys import forget_call, issue_key, keep_answer, note_use, open_call, revoke_key
from accounts.services.people import save_account
from accounts.services.roles import ensure_roles
from accounts.services.views import drop_filter, keep_filter, open_with

__all__ = [
    "drop_filter",
    "ensure_roles",
    "forget_call",
    "issue_key",
    "keep_answer",
    "keep_filter",
    "note_use",
    "open_call",
    "open_with",
    "revoke_key",
    "save_account",
]
