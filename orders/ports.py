"""The door to payment providers. Adapters are named in `settings.PAYMENT_PROVIDERS`; nothing here imports them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from altazion.lib.problems import NotFound
from orders.models import Payment, RefundPart


class Unreachable(Exception):
    """A provider gave no answer that can be trusted: whether money moved is not known, the same key asks again."""


@dataclass(frozen=True)
class Redirect:
    """Where the shopper goes to pay, and what the provider calls this attempt."""

    url: str
    reference: str = ""


@dataclass(frozen=True)
class Call:
    """A call of a provider: the exact bytes, and the headers that prove them."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ProviderAnswer:
    """What a provider says of a payment. `amount` with tax; `expires_at`: until when an authorised one is promised."""

    payment: str
    outcome: str  # "paid" | "authorised" | "refused" | "left" | "voided": an authorisation that is no more
    amount: Decimal
    reference: str
    message: str = ""
    currency: str = ""  # empty: the payment's
    expires_at: dt.datetime | None = None


@dataclass(frozen=True)
class RefundAnswer:
    """What a provider says of money to give back."""

    outcome: str  # "done" | "waits": a till or a colleague hands it out and says so
    reference: str = ""
    message: str = ""


@dataclass(frozen=True)
class MoneyAnswer:
    """A provider did what it was asked: took authorised money, or let it go."""

    reference: str = ""


class PaymentProvider(Protocol):
    """One way to get money. Only `read_call` proves that money came: a browser's return proves nothing.

    Nothing of the database is locked while a provider is asked. Every verb acts once for one `call_key` of what it
    is asked for, and raises Unreachable when it had no answer that can be trusted.
    """

    def start(self, payment: Payment, *, return_url: str, callback_url: str) -> Redirect | None:
        """Open an attempt with the provider; None when the shopper has nowhere to go (pays in the store)."""

    def read_call(self, call: Call) -> ProviderAnswer | None:
        """The proven content of a callback; None for what is no matter of ours.

        Raises Refused (401) when the proof does not hold.
        """

    def capture(self, payment: Payment) -> MoneyAnswer:
        """Take `payment.asked` of an authorised payment; the rest of it is let go.

        Raises Refused with the provider's reason; the order is then held for a person.
        """

    def void(self, payment: Payment) -> MoneyAnswer:
        """Let go of an authorised payment. Raises Refused."""

    def refund(self, part: RefundPart) -> RefundAnswer:
        """Give `part.amount` of `part.payment` back. Asked again for the same part, the money goes once.

        Raises Refused with the provider's reason; the part then waits for a person.
        """


class PretendBank(PaymentProvider, Protocol):
    """A provider that also plays its own bank, for trying the shop out."""

    def answer(self, payment: Payment, outcome: str) -> Call:
        """The signed call its bank would make."""


def provider(name: str) -> PaymentProvider:
    """The adapter of that name. Raises NotFound."""
    path = settings.PAYMENT_PROVIDERS.get(name)
    if path is None:
        raise NotFound(_("There is no payment provider %(name)s.") % {"name": name}, code="unknown_provider")
    made: PaymentProvider = import_string(path)()
    return made
