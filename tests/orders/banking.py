"""A shop whose card is debited later, and what its bank says."""

import datetime as dt

from altazion.lib.problems import Refused
from integrations.payments.sandbox_card import SandboxCard
from orders import services
from orders.models import Order, Payment
from orders.ports import provider
from tests.builders import AT, Shopfront

LATER = AT + dt.timedelta(minutes=5)
BANK = provider("sandbox_card")


def shop_that_takes_later():
    """Its card is authorised when ordered and debited when prepared."""
    made = Shopfront()
    made.card.capture_when = "prepared"
    made.card.save()
    return made


def start(order, at=AT):
    services.start_payment(order, return_url="https://x/", callback_url="https://x/", at=at)
    return order.payments.get(state="started")


def says(payment, outcome="paid", at=LATER):
    return services.take_call("sandbox_card", BANK.answer(payment, outcome), at=at)


def authorised(shop, *lines):
    order = shop.order(*lines, pickup=False)
    says(start(order))
    return again(order)


def again(order):
    return Order.objects.get(pk=order.pk)


def send(at=LATER):
    for guid in services.to_resume(at=at)[0]:
        services.send_payment(guid, at=at)


def refusing(monkeypatch, why="Insufficient funds.", verb="capture"):
    def refuse(*_):
        raise Refused(why)

    monkeypatch.setattr(SandboxCard, verb, refuse)


def told(payment, outcome, amount, currency="EUR"):
    fake = Payment(guid=payment.guid, amount=amount, currency=currency, started_at=AT, capture_later=False)
    return BANK.answer(fake, outcome)
