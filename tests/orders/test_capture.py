"""Authorise now, capture later: what is due is taken once, the rest let go, nothing locked while a bank is asked."""

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.urls import reverse

from altazion.lib.problems import Invalid, Refused
from integrations.payments.sandbox_card import SandboxCard
from logbook.models import Event
from logbook.services import deliver
from orders import services, tasks
from orders.models import Order, OrderHold, Payment, Refund, RefundPart
from orders.ports import MoneyAnswer, RefundAnswer, Unreachable, provider
from tasks_mgmt.models import Task
from tests.builders import AT, Shopfront, a_colleague

pytestmark = pytest.mark.django_db(transaction=True)
LATER = AT + dt.timedelta(minutes=5)
BANK = provider("sandbox_card")


@pytest.fixture
def shop():
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


def test_an_authorised_order_owes_nothing_more_and_keeps_its_goods(shop):
    order = authorised(shop)
    assert (order.payment_state, order.due, order.paid_total) == ("authorised", 0, 0)
    assert order.authorised_total == order.total
    assert order.hold_until is None
    payment = order.payments.get()
    assert (payment.state, payment.expires_at) == ("authorised", AT + dt.timedelta(days=7))
    assert services.expire_unpaid(at=AT + dt.timedelta(days=1)) == 0
    with pytest.raises(Refused):
        start(order)


def test_told_twice_it_is_authorised_once_and_taken_once(shop):
    order = authorised(shop)
    says(order.payments.get())
    services.mark_ready(order, LATER, "anna")
    for _twice in range(2):
        services.capture(order, at=LATER, actor="anna")
        send()
        says(order.payments.get())
    order = again(order)
    assert (order.payment_state, order.paid_total, order.authorised_total) == ("paid", order.total, 0)
    assert Event.objects.filter(kind="orders.payment_received").count() == 1
    assert Event.objects.filter(kind="orders.capture_asked").count() == 1
    assert services.hand_over(order, LATER, "anna").state == "done"


def test_only_what_could_be_prepared_is_taken(shop):
    order = authorised(shop, (shop.product, 3))
    order = services.settle_prepared(order, {1: 1}, at=LATER, actor="anna")
    send()
    order, payment = again(order), order.payments.get()
    assert (payment.state, payment.amount, payment.authorised) == (
        "received", order.total, order.total + Decimal("12.90"))  # fmt: skip
    assert (order.payment_state, order.refund_due, Refund.objects.count()) == ("paid", 0, 0)


def test_a_cancelled_order_lets_everything_go(shop):
    order = authorised(shop)
    services.cancel(order, "no more", LATER, "anna")
    send()
    order = again(order)
    assert (order.authorised_total, order.paid_total, order.refund_due) == (0, 0, 0)
    assert order.payments.get().state == "voided"
    assert not Event.objects.filter(kind="orders.refund_due").exists()


def test_what_is_not_needed_of_several_authorisations_is_let_go(shop):
    order = shop.order((shop.product, 3), pickup=False)
    services.record_payment(order, method=shop.in_store, amount=Decimal(20), key="t", at=AT)
    says(start(again(order)))
    order = services.settle_prepared(again(order), {1: 2}, at=LATER, actor="anna")
    send()
    order = again(order)
    assert order.total == Decimal("17.80")
    assert order.payments.get(method=shop.card).state == "voided"
    made = Refund.objects.get()
    assert (made.amount, order.kept) == (Decimal("2.20"), order.total)


def test_an_authorisation_for_a_closed_or_covered_order_is_let_go_at_once(shop):
    order = shop.order(pickup=False)
    payment = start(order)
    services.cancel(order, "no more", LATER, "anna")
    says(payment)
    send()
    assert (again(order).authorised_total, again(order).payments.get().state) == (0, "voided")


def test_money_that_cannot_be_taken_holds_the_order_until_it_is(shop, monkeypatch):
    order = authorised(shop)
    with monkeypatch.context() as bank:
        refusing(bank)
        services.mark_ready(order, LATER, "anna")
        send()
    payment = order.payments.get()
    assert (payment.state, payment.message) == ("failed", "Insufficient funds.")
    with pytest.raises(Refused) as refusal:
        services.hand_over(order, LATER, "anna")
    assert refusal.value.code == "order_held"
    deliver("tasks_mgmt.order_holds", at=LATER)
    task = Task.objects.get(kind__code="order_held")
    assert "Insufficient funds." in task.description
    services.try_capture_again(payment, at=LATER, actor="anna")
    send()
    deliver("tasks_mgmt.order_holds", at=LATER)
    task.refresh_from_db()
    assert (again(order).payment_state, task.state) == ("paid", "done")
    assert not OrderHold.objects.filter(until=None).exists()
    services.hand_over(order, LATER, "anna")


def test_money_given_up_is_due_again_and_frees_the_order(shop, monkeypatch):
    order = authorised(shop)
    refusing(monkeypatch)
    services.mark_ready(order, LATER, "anna")
    send()
    payment = order.payments.get()
    with pytest.raises(Invalid):
        services.give_up_capture(payment, reason=" ", at=LATER, actor="anna")
    services.give_up_capture(payment, reason="pays at the till", at=LATER, actor="anna")
    send()
    order = again(order)
    assert (order.payment_state, order.due) == ("due", order.total)
    assert not OrderHold.objects.filter(until=None).exists()
    with pytest.raises(Refused):
        services.hand_over(order, LATER, "anna")


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


def told(payment, outcome, amount, currency="EUR"):
    fake = Payment(guid=payment.guid, amount=amount, currency=currency, started_at=AT, capture_later=False)
    return BANK.answer(fake, outcome)


@pytest.mark.parametrize(("amount", "currency"), [("99.00", "EUR"), ("17.80", "USD")])
def test_other_money_than_was_asked_is_refused_and_told_once(shop, amount, currency):
    order = shop.order(pickup=False)
    payment = start(order)
    for _twice in range(2):
        with pytest.raises(Refused) as refusal:
            services.take_call("sandbox_card", told(payment, "authorised", Decimal(amount), currency), at=LATER)
        assert refusal.value.status == 422
    assert (again(order).due, Event.objects.filter(kind="orders.payment_mismatch").count()) == (order.total, 1)
    deliver("tasks_mgmt.mismatches", at=LATER)
    assert order.number in Task.objects.get(kind__code="payment_mismatch").title


def test_a_late_refusal_takes_no_authorisation_away_but_its_end_does(shop):
    order = authorised(shop)
    says(order.payments.get(), "refused")
    assert again(order).payment_state == "authorised"
    says(order.payments.get(), "voided")
    order = again(order)
    assert (order.payment_state, order.authorised_total) == ("due", 0)
    deliver("tasks_mgmt.authorisations", at=LATER)
    assert Task.objects.get(kind__code="authorisation").state == "open"


def test_the_end_of_an_authorisation_is_told_a_day_before_and_when_it_came(shop):
    order = authorised(shop)
    end = AT + dt.timedelta(days=7)
    assert services.tell_endings(at=end - dt.timedelta(hours=25)) == 0
    assert services.tell_endings(at=end - dt.timedelta(hours=23)) == 1
    assert services.tell_endings(at=end - dt.timedelta(hours=22)) == 0
    deliver("tasks_mgmt.authorisations", at=LATER)
    assert "17,80" in Task.objects.get(kind__code="authorisation").description
    assert services.tell_endings(at=end) == 1
    assert again(order).payment_state == "due"


def test_taking_it_in_time_closes_the_task(shop):
    order = authorised(shop)
    services.tell_endings(at=AT + dt.timedelta(days=6, hours=1))
    services.capture(order, at=LATER, actor="anna")
    send()
    deliver("tasks_mgmt.authorisations", at=LATER)
    assert Task.objects.get(kind__code="authorisation").state == "done"


def test_what_a_cancellation_finds_being_taken_goes_back_by_itself(shop):
    order = authorised(shop)
    services.mark_ready(order, LATER, "anna")
    Payment.objects.update(first_called_at=LATER, called_at=LATER)
    services.cancel(order, "no", LATER, "anna")
    send(LATER + dt.timedelta(minutes=5))
    order = again(order)
    assert (order.paid_total, order.kept, order.payment_state) == (order.total, 0, "refunded")
    assert Refund.objects.get().reason == "cancelled"


def failed_part(shop, monkeypatch):
    shop.card.capture_when = "ordered"
    shop.card.save()
    order = shop.order(pickup=False)
    says(start(order))
    services.cancel(order, "no", LATER, "anna")
    made = services.give_back_due(again(order), key="k", at=LATER, actor="anna")
    refusing(monkeypatch, "Account closed.", "refund")
    services.send_refund(made.guid, at=LATER)
    return order, made.parts.get()


def test_a_refund_given_up_is_given_back_by_hand(shop, monkeypatch):
    order, part = failed_part(shop, monkeypatch)
    with pytest.raises(Invalid):
        services.abandon_refund(part, reason="", at=LATER, actor="anna")
    for _twice in range(2):
        services.abandon_refund(part, reason="account closed", at=LATER, actor="anna")
    assert again(order).refund_due == order.total
    with pytest.raises(Refused):
        services.confirm_refund(part, at=LATER, actor="anna")
    made = services.give_back_due(again(order), key="again", at=LATER, actor="anna")
    services.send_refund(made.guid, at=LATER)
    second = made.parts.get()
    assert (second.state, second.payment) == ("waits", part.payment)
    services.confirm_refund(second, at=LATER, actor="anna")
    order = again(order)
    assert (order.refund_due, order.refunded_total, order.payment_state) == (0, order.total, "refunded")


def colleague(client, *rights):
    user = a_colleague()
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(user)


def test_office_tries_again_takes_now_and_lets_go(client, shop, monkeypatch):
    colleague(client, "view_order", "change_order")
    order = authorised(shop)
    payment, act = order.payments.get(), reverse("admin:orders_order_act", args=[order.pk])
    page = reverse("admin:orders_order_change", args=[order.pk])
    with monkeypatch.context() as bank:
        refusing(bank)
        client.post(act, {"verb": "capture", "payment": payment.pk})
    text = client.get(page).content.decode()
    assert 'value="capture_again"' in text
    assert "Insufficient funds." in text
    client.post(act, {"verb": "give_up_capture", "payment": payment.pk, "reason": ""})
    assert order.payments.get().state == "failed"
    client.post(act, {"verb": "capture_again", "payment": payment.pk})
    assert order.payments.get().state == "received"
    assert client.post(act, {"verb": "capture", "payment": "9" * 30}).status_code == 404


def test_office_gives_a_refund_up_with_a_reason(client, shop, monkeypatch):
    colleague(client, "view_refund", "change_refund", "view_order")
    _order, part = failed_part(shop, monkeypatch)
    url = reverse("admin:orders_refund_part", args=[part.pk])
    assert (
        'value="abandon"' in client.get(reverse("admin:orders_refund_change", args=[part.refund_id])).content.decode()
    )
    client.post(url, {"verb": "abandon", "reason": " "})
    assert RefundPart.objects.get().state == "failed"
    client.post(url, {"verb": "abandon", "reason": "closed"})
    assert RefundPart.objects.get().state == "abandoned"


def test_the_shop_says_that_it_is_debited_later(client, shop):
    order = authorised(shop)
    text = client.get(reverse("storefront:order", args=[order.guid])).content.decode()
    assert "17,80" in text
    assert reverse("storefront:order_pay", args=[order.guid]) not in text
