"""Authorise now, capture later: what is due is taken once, the rest let go, nothing locked while a bank is asked."""

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from altazion.lib.problems import Invalid, Refused
from logbook.models import Event
from logbook.services import deliver
from orders import services
from orders.models import OrderHold, Payment, Refund, RefundPart
from tasks_mgmt.models import Task
from tests.builders import AT, a_colleague
from tests.orders.banking import LATER, again, authorised, refusing, says, send, shop_that_takes_later, start, told

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop():
    return shop_that_takes_later()


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
