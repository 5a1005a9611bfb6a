"""A card provider for trying the shop out, with a bank page of its own (`/sandbox-bank/…`).

Its calls are signed as real providers sign theirs (HMAC-SHA256 over identifier, time and body, as Standard Webhooks
do), with a key that only this installation knows. There is no limit to their age: a repeated or late call does no harm.
"""

import base64
import datetime as dt
import hashlib
import hmac
import json
import uuid
from decimal import Decimal, InvalidOperation

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from orders.models import Payment, RefundPart
from orders.ports import Call, MoneyAnswer, ProviderAnswer, Redirect, RefundAnswer

OUTCOMES = {"paid", "authorised", "refused", "left", "voided"}
PROMISED_FOR = dt.timedelta(days=7)


class SandboxCard:
    """Card payment without a card."""

    def start(self, payment: Payment, *, return_url: str, callback_url: str) -> Redirect | None:
        """Send the shopper to the bank page, which knows the payment and the shop by themselves."""
        return Redirect(reverse("storefront:sandbox_bank", args=[payment.guid]))

    def read_call(self, call: Call) -> ProviderAnswer:
        """The content of a signed call. Raises Refused (401) for a wrong signature, Invalid for a wrong body."""
        headers = {name.lower(): value for name, value in call.headers.items()}
        proof = _signature(headers.get("webhook-id", ""), headers.get("webhook-timestamp", ""), call.body)
        given = headers.get("webhook-signature", "").encode("utf-8", "replace")
        if not hmac.compare_digest(proof.encode(), given):
            raise Refused(_("The signature of this call is wrong."), code="bad_signature", status=401)
        try:
            told = json.loads(call.body)
            answer = ProviderAnswer(
                payment=str(told["payment"]),
                outcome=str(told["outcome"]),
                amount=Decimal(str(told["amount"])),
                reference=str(told["reference"])[:120],
                message=str(told.get("message", "")),
                currency=str(told.get("currency", "")),
                expires_at=dt.datetime.fromisoformat(told["expires_at"]) if told.get("expires_at") else None,
            )
        except (ValueError, KeyError, TypeError, InvalidOperation):
            raise Invalid(_("The body of this call cannot be read."), code="unreadable") from None
        if answer.outcome not in OUTCOMES:
            raise Invalid(_("This outcome is unknown."), code="unreadable", field="outcome")
        return answer

    def capture(self, payment: Payment) -> MoneyAnswer:
        """Taken at once, unless its authorisation asks to be refused (an amount of 13 cents), to try that out."""
        if payment.amount % 1 == Decimal("0.13"):
            raise Refused(_("The bank refuses to pay."), code="capture_refused")
        return MoneyAnswer(payment.provider_reference)

    def void(self, payment: Payment) -> MoneyAnswer:
        """Let go at once."""
        return MoneyAnswer(payment.provider_reference)

    def refund(self, part: RefundPart) -> RefundAnswer:
        """Given back at once; the reference follows from the part, so that asking again gives the same one."""
        return RefundAnswer("done", reference=f"SBX-R-{part.guid.hex[:12].upper()}")

    def answer(self, payment: Payment, outcome: str) -> Call:
        """The call that the bank makes for an outcome: paid (authorised where it is taken later), refused or left."""
        if outcome == "paid" and payment.capture_later:
            outcome = "authorised"
        until = (payment.started_at + PROMISED_FOR).isoformat() if outcome == "authorised" else ""
        body = json.dumps(
            {
                "payment": str(payment.guid),
                "outcome": outcome,
                "amount": str(payment.amount),
                "currency": payment.currency,
                "expires_at": until,
                "reference": f"SBX-{payment.guid.hex[:12].upper()}",
                "message": "Card declined" if outcome == "refused" else "",
            }
        ).encode()
        identifier, moment = f"msg_{uuid.uuid4().hex}", str(int(payment.started_at.timestamp()))
        return Call(
            body=body,
            headers={
                "webhook-id": identifier,
                "webhook-timestamp": moment,
                "webhook-signature": _signature(identifier, moment, body),
                "content-type": "application/json",
            },
        )


def _signature(identifier: str, moment: str, body: bytes) -> str:
    secret = hashlib.sha256(f"sandbox_card:{settings.SECRET_KEY}".encode()).digest()
    signed = f"{identifier}.{moment}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
