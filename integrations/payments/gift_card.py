"""Gift cards and vouchers as a way to pay: redeemed by their code, given back to the same card."""

from django.utils.translation import gettext as _

from altazion.lib.clock import now
from altazion.lib.problems import Refused
from orders import services
from orders.models import Payment, RefundPart
from orders.ports import Call, MoneyAnswer, ProviderAnswer, Redirect, RefundAnswer


class GiftCard:
    """Nobody outside is asked: the balance is ours."""

    def start(self, payment: Payment, *, return_url: str, callback_url: str) -> Redirect | None:
        """Nothing to open."""
        return None

    def read_call(self, call: Call) -> ProviderAnswer | None:
        """Nobody calls. Raises Refused (401)."""
        raise Refused(_("Gift cards are redeemed by their code."), code="bad_signature", status=401)

    def capture(self, payment: Payment) -> MoneyAnswer:
        """A card is redeemed at once. Raises Refused."""
        raise Refused(_("Gift cards are not authorised beforehand."), code="not_authorised")

    def void(self, payment: Payment) -> MoneyAnswer:
        """Nothing to let go."""
        return MoneyAnswer()

    def refund(self, part: RefundPart) -> RefundAnswer:
        """Back to the card that paid, once for each part."""
        return RefundAnswer("done", reference=services.credit_voucher(part, at=now(), actor="gift_card"))
