"""Cards through Stripe, with its official client: Checkout for the shopper, PaymentIntents to take, let go, refund.

Only signed webhooks prove anything. Amounts are in the currency's smallest unit. Every call carries our `call_key` as
idempotency key, so that what was asked twice happens once; an answer that cannot be trusted is `Unreachable`.
"""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import stripe
from django.conf import settings
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from altazion.lib.sealing import Unreadable, unseal
from integrations.enums import PaymentService
from integrations.models import PaymentAccount
from integrations.payments.minor_units import from_minor, to_minor
from orders.models import Payment, RefundPart
from orders.ports import Call, MoneyAnswer, ProviderAnswer, Redirect, RefundAnswer, Unreachable

PROMISED_FOR = dt.timedelta(days=7)  # how long card networks stand for an authorisation in a shop
SESSION = dt.timedelta(minutes=35)  # Stripe wants half an hour at least
SECONDS = 20
OUTCOMES = {
    "payment_intent.amount_capturable_updated": "authorised",
    "payment_intent.succeeded": "paid",
    "payment_intent.payment_failed": "refused",
    "payment_intent.canceled": "voided",
    "checkout.session.expired": "left",
}
AMOUNTS = {"authorised": "amount_capturable", "paid": "amount_received"}


class StripeCard:
    """Our account with Stripe."""

    def start(self, payment: Payment, *, return_url: str, callback_url: str) -> Redirect | None:
        """A page of Stripe's that knows the amount; the same attempt leads to the same page."""
        about = {"payment": str(payment.guid), "order": payment.order.number}
        waits = max(SESSION, dt.timedelta(minutes=payment.method.hold_minutes))
        price = {
            "currency": payment.currency.lower(),
            "unit_amount": to_minor(payment.amount, payment.currency),
            "product_data": {"name": _("Order %(number)s") % {"number": payment.order.number}},
        }
        asked: Any = {
            "mode": "payment",
            "payment_method_types": ["card"],
            "line_items": [{"quantity": 1, "price_data": price}],
            "client_reference_id": str(payment.guid),
            "customer_email": payment.order.email,
            "locale": payment.order.language,
            "success_url": return_url,
            "cancel_url": return_url,
            "expires_at": int((payment.started_at + waits).timestamp()),
            "metadata": about,
            "payment_intent_data": {
                "capture_method": "manual" if payment.capture_later else "automatic",
                "metadata": about,
            },
        }
        key = f"start:{payment.guid}"
        session = _ask(lambda to: to.v1.checkout.sessions.create(asked, {"idempotency_key": key}))
        return Redirect(session.url or return_url, session.id)

    def read_call(self, call: Call) -> ProviderAnswer | None:
        """What a signed webhook says; None for what is no matter of ours. Raises Refused (401), Invalid."""
        headers = {name.lower(): value for name, value in call.headers.items()}
        try:
            stripe.WebhookSignature.verify_header(  # type: ignore[no-untyped-call]
                call.body.decode("utf-8", "replace"), headers.get("stripe-signature", ""), _secret("sealed_proof"), 300
            )
        except stripe.SignatureVerificationError:
            raise Refused(_("The signature of this call is wrong."), code="bad_signature", status=401) from None
        try:
            event = json.loads(call.body)
            outcome, told = OUTCOMES.get(event["type"]), event["data"]["object"]
            about = told.get("metadata") or {}
            if outcome is None or "payment" not in about:
                return None
            currency, amount = (
                str(told["currency"]).upper(),
                told.get(AMOUNTS.get(outcome, ""), told.get("amount")) or 0,
            )
            when = dt.datetime.fromtimestamp(int(event["created"]), dt.UTC)
            return ProviderAnswer(
                payment=str(about["payment"]),
                outcome=outcome,
                amount=from_minor(int(amount), currency),
                reference=str(told["id"])[:120],
                message=str((told.get("last_payment_error") or {}).get("message") or "")[:200],
                currency=currency,
                expires_at=when + PROMISED_FOR if outcome == "authorised" else None,
            )
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            raise Invalid(_("The body of this call cannot be read."), code="unreadable") from None

    def capture(self, payment: Payment) -> MoneyAnswer:
        """Take what is asked; what was taken already under another key is not taken again."""
        asked = to_minor(payment.asked or payment.amount, payment.currency)
        found = _intent(
            payment,
            "succeeded",
            lambda to: to.v1.payment_intents.capture(
                payment.provider_reference, {"amount_to_capture": asked}, {"idempotency_key": payment.call_key}
            ),
        )
        if getattr(found, "amount_received", asked) != asked:
            raise Refused(_("Stripe took another amount before: look at the payment there."), code="wrong_amount")
        return MoneyAnswer(found.id)

    def void(self, payment: Payment) -> MoneyAnswer:
        """Cancel the intent: the bank frees the money."""
        found = _intent(
            payment,
            "canceled",
            lambda to: to.v1.payment_intents.cancel(
                payment.provider_reference, {}, {"idempotency_key": payment.call_key}
            ),
        )
        return MoneyAnswer(found.id)

    def refund(self, part: RefundPart) -> RefundAnswer:
        """Give back to the card. What an earlier try gave back after all is found by its part."""
        intent = part.payment.provider_reference
        if part.tries and (known := _refund_of(part)):
            return RefundAnswer("done", reference=known)
        asked: Any = {
            "payment_intent": intent,
            "amount": to_minor(part.amount, part.payment.currency),
            "metadata": {"part": str(part.guid)},
        }
        made = _ask(lambda to: to.v1.refunds.create(asked, {"idempotency_key": part.call_key}))
        if made.status in ("failed", "canceled"):
            raise Refused(_("Stripe could not give it back: look at the payment there."), code="refund_refused")
        return RefundAnswer("done", reference=made.id)

    def check(self) -> str:
        """Does Stripe know the key, and is a webhook secret kept? Raises Refused, Unreachable."""
        _secret("sealed_proof")
        _ask(lambda to: to.v1.payment_intents.list({"limit": 1}))
        test = _secret("sealed_key").startswith(("sk_test_", "rk_test_"))
        return (
            _("Stripe knows this key; it is one for tests.") if test else _("Stripe knows this key; real money moves.")
        )


def _intent(payment: Payment, wanted: str, verb: Callable[[stripe.StripeClient], stripe.PaymentIntent]) -> Any:
    """Do it, or find it done: an intent that does not allow it any more may stand where we want it."""
    try:
        return _ask(verb)
    except Refused as refusal:
        if refusal.code not in ("payment_intent_unexpected_state", "charge_already_captured"):
            raise
        found = _ask(lambda to: to.v1.payment_intents.retrieve(payment.provider_reference))
        if found.status != wanted:
            raise
        return found


def _refund_of(part: RefundPart) -> str:
    found = _ask(lambda to: to.v1.refunds.list({"payment_intent": part.payment.provider_reference, "limit": 100}))
    for one in found.to_dict()["data"]:
        if (one.get("metadata") or {}).get("part") == str(part.guid) and one["status"] not in ("failed", "canceled"):
            return str(one["id"])
    return ""


def _ask(verb: Callable[[stripe.StripeClient], Any]) -> Any:
    """One call of Stripe's. Raises Refused with its reason, Unreachable when money may or may not have moved."""
    try:
        return verb(_client())
    except stripe.AuthenticationError as error:
        raise Refused(_("Stripe does not know our key any more."), code="bad_key") from error
    except stripe.PermissionError as error:
        raise Refused(_("Our key may not do this at Stripe."), code="bad_key") from error
    except (stripe.CardError, stripe.InvalidRequestError) as error:
        raise Refused((error.user_message or str(error))[:200], code=error.code or "refused") from error
    except stripe.StripeError as error:  # a dropped line, a 5xx, too many calls, the same key at this very moment
        raise Unreachable(str(error)[:200]) from error


def _client() -> stripe.StripeClient:
    address: Any = {"api": settings.STRIPE_API} if settings.STRIPE_API else {}
    return stripe.StripeClient(
        _secret("sealed_key"),
        base_addresses=address,
        max_network_retries=1,
        http_client=stripe.RequestsClient(timeout=SECONDS),
    )


def _secret(which: str) -> str:
    account = PaymentAccount.objects.filter(provider=PaymentService.STRIPE, active=True).first()
    try:
        secret = unseal(getattr(account, which)) if account else ""
    except Unreadable:
        secret = ""
    if not secret:
        raise Refused(_("This way to pay is not set up yet."), code="not_set_up", status=503)
    return secret
