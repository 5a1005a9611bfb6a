"""Verbs about people."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from logbook.services import record


@transaction.atomic
def save_account(account: User, *, at: dt.datetime, actor: str = "", changed: list[str] | None = None) -> None:
    """Write an account that a colleague made or changed. The event names the fields, never a password."""
    is_new = account.pk is None
    account.email = account.email.strip().lower()
    account.save()
    kind = "accounts.account_made" if is_new else "accounts.account_changed"
    fields = [name for name in changed or [] if "password" not in name]
    record(kind, at=at, subject_kind="account", subject_id=account.pk, actor=actor, email=account.email, fields=fields)
