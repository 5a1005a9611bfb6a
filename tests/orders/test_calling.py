"""Providers are asked with nothing locked; silence and crashes are asked again, under the same key."""

import datetime as dt

import pytest
from django.db import connection

from integrations.payments.sandbox_card import SandboxCard
from logbook.models import Event
from orders import services, tasks
from orders.models import OrderHold
from orders.ports import MoneyAnswer, RefundAnswer, Unreachable
from tests.builders import AT
from tests.orders.banking import LATER, again, authorised, says, send, shop_that_takes_later, start, told

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop():
    return shop_that_takes_later()


def test_no_row_is_locked_while_a_bank_is_asked(shop, monkeypatch):
    seen = []

    def watching(answer):
        def ask(*_, **__):
            seen.append(connection.in_atomic_block)
            return answer

        return ask

    order = authorised(shop)
    monkeypatch.setattr(SandboxCard, "start", watching(None))
    monkeypatch.setattr(SandboxCard, "capture", watching(MoneyAnswer("x")))
    monkeypatch.setattr(SandboxCard, "void", watching(MoneyAnswer("x")))
    monkeypatch.setattr(SandboxCard, "refund", watching(RefundAnswer("done")))
    services.mark_ready(order, LATER, "anna")
    send()
    services.cancel(order, "no", LATER, "anna")
    services.send_refund(services.give_back_due(order, key="k", at=LATER, actor="anna").guid, at=LATER)
    other = authorised_by_hand(shop)
    services.cancel(other, "no", LATER, "anna")
    send()
    assert seen == [False] * 4


def authorised_by_hand(shop):
    order = shop.order(pickup=False)
    services.start_payment(order, return_url="", callback_url="", at=AT)
    says(order.payments.get())
    return order


def test_a_silent_bank_is_asked_again_under_the_same_key(shop, monkeypatch):
    keys = []

    def silent(self, payment):
        keys.append(payment.call_key)
        raise Unreachable("no answer")

    order = authorised(shop)
    with monkeypatch.context() as bank:
        bank.setattr(SandboxCard, "capture", silent)
        services.mark_ready(order, LATER, "anna")
        send()
        send()  # too soon: it is being asked
        send(LATER + dt.timedelta(minutes=3))
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert order.payments.get().state == "capturing"
    send(LATER + dt.timedelta(minutes=6))
    assert again(order).payment_state == "paid"


def test_a_bank_that_stays_silent_becomes_a_matter_for_a_person(shop, monkeypatch):
    def silent(self, payment):
        raise Unreachable("no answer")

    monkeypatch.setattr(SandboxCard, "capture", silent)
    order = authorised(shop)
    services.mark_ready(order, LATER, "anna")
    send()
    send(LATER + dt.timedelta(hours=21))
    assert order.payments.get().state == "failed"
    assert OrderHold.objects.get(until=None).kind == "money"


def test_a_refund_that_crashed_on_its_way_is_taken_up_by_the_sweep(shop, monkeypatch):
    shop.card.capture_when = "ordered"
    shop.card.save()
    order = shop.order(pickup=False)
    says(start(order))
    services.cancel(order, "no", LATER, "anna")
    made = services.give_back_due(again(order), key="k", at=LATER, actor="anna")
    with monkeypatch.context() as crash:
        crash.setattr(SandboxCard, "refund", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            services.send_refund(made.guid, at=LATER)
    assert made.parts.get().state == "asked"
    assert services.to_resume(at=LATER + dt.timedelta(minutes=1))[1] == []
    assert services.to_resume(at=LATER + dt.timedelta(minutes=3))[1] == [made.guid]
    monkeypatch.setattr(tasks, "now", lambda: LATER + dt.timedelta(minutes=3))
    monkeypatch.setattr(tasks.send_refund, "delay", tasks.send_refund)
    assert tasks.watch_money() == 1
    assert made.parts.get().state == "done"


def test_a_callback_that_outruns_the_answer_is_counted_once(shop, monkeypatch):
    order = authorised(shop)

    def capture(self, payment):
        services.take_call("sandbox_card", told(payment, "paid", payment.asked), at=LATER)
        return MoneyAnswer("x")

    monkeypatch.setattr(SandboxCard, "capture", capture)
    services.mark_ready(order, LATER, "anna")
    send()
    assert again(order).paid_total == order.total
    assert Event.objects.filter(kind="orders.payment_received").count() == 1
