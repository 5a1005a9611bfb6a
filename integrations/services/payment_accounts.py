"""Accounts with payment providers as people keep and try them."""

import datetime as dt
from typing import Protocol, cast

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Refused
from altazion.lib.sealing import Unreadable, reseal, seal
from integrations.models import PaymentAccount
from logbook.services import record
from orders.ports import Unreachable, provider


class Tried(Protocol):
    """A provider whose account can be tried out."""

    def check(self) -> str:
        """What the provider says of our account. Raises Refused, Unreachable."""


@transaction.atomic
def save_payment_account(
    account: PaymentAccount, *, key: str = "", proof: str = "", at: dt.datetime, actor: str = ""
) -> None:
    """Keep an account; a new secret replaces the old one, an empty one leaves it. Tests of before say nothing now."""
    is_new = account.pk is None
    if key:
        account.sealed_key = seal(key)
    if proof:
        account.sealed_proof = seal(proof)
    account.tested_at, account.test_passed, account.test_message = None, None, ""
    account.save()
    record(
        "integrations.payment_account_made" if is_new else "integrations.payment_account_changed",
        at=at, subject_kind="payment_account", subject_id=account.pk, actor=actor,
        provider=account.provider, key_changed=bool(key), proof_changed=bool(proof),
    )  # fmt: skip


def check_payment_account(account: PaymentAccount, *, at: dt.datetime, actor: str = "") -> PaymentAccount:
    """Ask the provider whether it knows us. Nothing is locked meanwhile."""
    try:
        said, passed = cast(Tried, provider(account.provider)).check(), True
    except Refused as refusal:
        said, passed = refusal.message, False
    except Unreachable as silence:
        said, passed = str(silence) or _("The provider gave no answer."), False
    account.tested_at, account.test_passed, account.test_message = at, passed, said[:500]
    account.save(update_fields=["tested_at", "test_passed", "test_message"])
    record(
        "integrations.payment_account_tested", at=at, subject_kind="payment_account", subject_id=account.pk,
        actor=actor, passed=passed,
    )  # fmt: skip
    return account


def reseal_accounts() -> tuple[int, list[str]]:
    """Bring the secrets of accounts under the newest key; how many accounts, and those that no key opens."""
    done, lost = 0, []
    for pk in list(PaymentAccount.objects.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = PaymentAccount.objects.select_for_update().get(pk=pk)
            try:
                row.sealed_key, row.sealed_proof = reseal(row.sealed_key), reseal(row.sealed_proof)
            except Unreadable:
                lost.append(row.provider)
                continue
            row.save(update_fields=["sealed_key", "sealed_proof"])
            done += 1
    return done, lost
