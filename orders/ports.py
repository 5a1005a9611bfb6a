"""The door to payment providers. Adapters are named in `settings.PAYMENT_PROVIDERS`; nothing here imports them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from altazion.lib.problems import NotFound
from orders.models import Payment, RefundPart


@dataclass(frozen=True)
class Redirect:
    """Where the shopper goes to pay."""

    url: str


@dataclass(frozen=True)
class Call:
    """A call of a provider: the exact bytes, and the headers that prove them."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ProviderAnswer:
    """What a provider says of a payment. `amount` in the order's currency, with tax."""

    payment: str
    outcome: str  # "paid" | "refused" | "left"
    amount: Decimal
    reference: str
    message: str = ""


@dataclass(frozen=True)
class RefundAnswer:
    """What a provider says of money to give back."""

    outcome: str  # "done" | "waits": a till or a colleague hands it out and says so
    reference: str = ""
    message: str = ""


class PaymentProvider(Protocol):
    """One way to get money. Only `read_call` proves that money came: a browser's return proves nothing."""

    def start(self, payment: Payment, *, return_url: str, callback_url: str) -> Redirect | None:
        """Open an attempt with the provider; None when the shopper has nowhere to go (pays in the store)."""

    def read_call(self, call: Call) -> ProviderAnswer:
        """The proven content of a callback. Raises Refused (401) when the proof does not hold."""

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
