"""Paying at the counter: nobody is called now; the till tells us later through the API (HUB-2)."""

from django.utils.translation import gettext as _

from altazion.lib.problems import Refused
from orders.models import Payment, RefundPart
from orders.ports import Call, MoneyAnswer, ProviderAnswer, Redirect, RefundAnswer


class PayInStore:
    """The shopper goes nowhere: the money comes at the till."""

    def start(self, payment: Payment, *, return_url: str, callback_url: str) -> Redirect | None:
        """Nothing to open."""
        return None

    def read_call(self, call: Call) -> ProviderAnswer:
        """No bank stands behind a till. Raises Refused (401)."""
        raise Refused(_("Payments in the store are posted by the till."), code="bad_signature", status=401)

    def capture(self, payment: Payment) -> MoneyAnswer:
        """Nothing is authorised at a till. Raises Refused."""
        raise Refused(_("Payments in the store are not authorised beforehand."), code="not_authorised")

    def void(self, payment: Payment) -> MoneyAnswer:
        """Nothing to let go."""
        return MoneyAnswer()

    def refund(self, part: RefundPart) -> RefundAnswer:
        """The store hands it out; its till or a colleague says so."""
        return RefundAnswer("waits")
