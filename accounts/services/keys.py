"""Verbs about keys and repeated calls."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import ApiKey, IdempotentCall
from altazion.lib.problems import Refused
from logbook.services import record
from stores.models import Store

USE_NOTED_EVERY = dt.timedelta(minutes=5)


@transaction.atomic
def issue_key(
    *,
    name: str,
    system: str,
    scopes: Iterable[str],
    at: dt.datetime,
    store: Store | None = None,
    expires_at: dt.datetime | None = None,
    actor: str = "",
) -> tuple[ApiKey, str]:
    """Make an API key; returns it with its text, which cannot be read again."""
    text = f"alz_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        name=name,
        system=system,
        scopes=sorted(set(scopes)),
        store=store,
        created_at=at,
        expires_at=expires_at,
        prefix=text[:12],
        secret_hash=hashlib.sha256(text.encode()).hexdigest(),
    )
    record(
        "accounts.key_issued",
        at=at,
        subject_kind="api_key",
        subject_id=key.pk,
        actor=actor,
        name=name,
        scopes=key.scopes,
    )
    return key, text


@transaction.atomic
def revoke_key(key: ApiKey, *, at: dt.datetime, actor: str = "") -> None:
    """End a key now."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at)
    record("accounts.key_revoked", at=at, subject_kind="api_key", subject_id=key.pk, actor=actor, name=key.name)


def note_use(key: ApiKey, *, at: dt.datetime) -> None:
    """Remember that a key was used, at most once in five minutes."""
    if key.last_used_at is None or at - key.last_used_at > USE_NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=at)


def open_call(key: ApiKey, name: str, fingerprint: str, *, at: dt.datetime) -> tuple[IdempotentCall, bool]:
    """Claim an Idempotency-Key. Returns (call, True if new).

    Refused: 422 for another body, 409 while the first call is in progress.
    """
    try:
        with transaction.atomic():
            return IdempotentCall.objects.create(api_key=key, key=name, fingerprint=fingerprint, created_at=at), True
    except IntegrityError:
        call = IdempotentCall.objects.get(api_key=key, key=name)
    if call.fingerprint != fingerprint:
        raise Refused(
            _("This Idempotency-Key was used for another request."), code="idempotency_key_reused", status=422
        )
    if call.status is None and at - call.created_at < dt.timedelta(minutes=1):
        raise Refused(_("The first call with this key is still being worked on."), code="in_progress", status=409)
    return call, False


def keep_answer(call: IdempotentCall, status: int, body: Any) -> None:
    """Remember what was answered."""
    IdempotentCall.objects.filter(pk=call.pk).update(status=status, body=body)


def forget_call(call: IdempotentCall) -> None:
    """The call did nothing; its key is free again."""
    call.delete()
