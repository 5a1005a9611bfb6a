"""Money that goes back: once, to the payments it came from, never more than was kept; and orders settled."""

import datetime as dt
import random
import uuid
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounting.models import Entry, EntryLine
from altazion.lib.problems import Invalid, Refused
from logbook.models import Event
from logbook.services import deliver
from orders import services
from orders.models import Order, Payment, Refund, RefundPart
from orders.ports import provider
from tasks_mgmt.models import Task
from tests.builders import AT, Shopfront, a_colleague, an_api_key

pytestmark = pytest.mark.django_db(transaction=True)
LATER = AT + dt.timedelta(minutes=5)


@pytest.fixture
def shop():
    return Shopfront()


def pay(order, shop, amount=None, key=None, at=LATER):
    order.refresh_from_db()
    amount = Decimal(amount) if amount else order.due
    return services.record_payment(order, method=shop.in_store, amount=amount, key=key or uuid.uuid4().hex, at=at)


def by_card(order, at=LATER):
    services.start_payment(order, return_url="https://x/", callback_url="https://x/", at=AT)
    payment = order.payments.first()
    return services.take_call("sandbox_card", provider("sandbox_card").answer(payment, "paid"), at=at)


def back(order, amount, key="k", reason="gesture"):
    return services.refund(order, Decimal(amount), reason=reason, key=key, at=LATER, actor="anna")


def cancelled(shop, **fields):
    order = shop.order(pickup=False, **fields)
    by_card(order)
    services.cancel(order, "no more", LATER, "anna")
    return Order.objects.get(pk=order.pk)


def test_a_cancelled_paid_order_gives_all_back_by_the_card_and_is_refunded(shop):
    order = cancelled(shop)
    assert order.refund_due == order.total == Decimal("17.80")
    made = services.give_back_due(order, key="k", at=LATER, actor="anna")
    services.send_refund(made.guid, at=LATER)
    services.send_refund(made.guid, at=LATER)
    order.refresh_from_db()
    assert (order.payment_state, order.kept, order.refund_due) == ("refunded", 0, 0)
    part = made.parts.get()
    assert (part.state, part.tries) == ("done", 1)
    assert part.provider_reference.startswith("SBX-R-")
    assert Event.objects.filter(kind="orders.refund_made").count() == 1
    with pytest.raises(Refused):
        services.give_back_due(order, key="other", at=LATER, actor="anna")


def test_the_same_key_gives_back_once_and_cannot_mean_another_refund(shop):
    order = cancelled(shop)
    assert back(order, "5.00") == back(order, "5.00")
    with pytest.raises(Refused) as refusal:
        back(order, "6.00")
    assert refusal.value.code == "refund_key_reused"
    order.refresh_from_db()
    assert order.refunded_total == Decimal("5.00")


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity", "0.001"])
def test_what_is_no_amount_is_refused_at_its_field(shop, amount):
    with pytest.raises(Invalid) as refusal:
        back(cancelled(shop), amount)
    assert refusal.value.field == "amount"


def test_more_than_was_kept_is_refused_and_an_unknown_reason_too(shop):
    order = cancelled(shop)
    back(order, "10.00", "a")
    with pytest.raises(Refused) as refusal:
        back(order, "7.81", "b")
    assert refusal.value.details == {"kept": "7.80"}
    with pytest.raises(Invalid):
        back(order, "1.00", "c", reason="because")


def test_it_goes_to_the_newest_payments_first(shop):
    order = shop.order((shop.product, 2))
    first = pay(order, shop, "10.00")
    second = pay(order, shop, "15.80", at=LATER + dt.timedelta(minutes=1))
    parts = dict(back(order, "20.00").parts.values_list("payment", "amount"))
    assert parts == {second.pk: Decimal("15.80"), first.pk: Decimal("4.20")}
    order.refresh_from_db()
    assert (order.payment_state, order.due) == ("part", Decimal("20.00")), "an open order is owed again"


def test_money_of_a_till_waits_until_somebody_handed_it_out(shop):
    order = shop.order()
    pay(order, shop)
    services.cancel(order, "no more", LATER, "anna")
    made = services.give_back_due(order, key="k", at=LATER, actor="anna")
    with pytest.raises(Refused):
        services.confirm_refund(made.parts.get(), at=LATER, actor="anna")
    services.send_refund(made.guid, at=LATER)
    part = made.parts.get()
    assert part.state == "waits"
    deliver("tasks_mgmt.refunds", at=LATER)
    assert Task.objects.get(kind__code="refund_due").state == "open"
    for _twice in range(2):
        services.confirm_refund(part, at=LATER, actor="till 1")
    deliver("tasks_mgmt.refunds", at=LATER)
    assert Task.objects.get(kind__code="refund_due").state == "done"
    assert Event.objects.filter(kind="orders.refund_made").count() == 1


def test_a_refund_that_failed_waits_with_its_reason_and_is_tried_again(shop, monkeypatch):
    order = cancelled(shop)
    made = services.give_back_due(order, key="k", at=LATER, actor="anna")
    adapter = type(provider("sandbox_card"))
    with monkeypatch.context() as broken:
        broken.setattr(adapter, "refund", lambda *_: (_ for _ in ()).throw(Refused("The bank is closed.")))
        services.send_refund(made.guid, at=LATER)
    part = made.parts.get()
    assert (part.state, part.message) == ("failed", "The bank is closed.")
    deliver("tasks_mgmt.refunds", at=LATER)
    task = Task.objects.get(kind__code="refund_due")
    assert "The bank is closed." in task.description
    assert task.subject_url == reverse("admin:orders_refund_change", args=[made.pk])
    assert services.try_again(part, at=LATER, actor="anna").state == "done"
    assert services.try_again(part, at=LATER, actor="anna").tries == 2


def test_a_late_call_after_a_refund_is_money_to_give_back_again(shop):
    order = shop.order(pickup=False)
    services.start_payment(order, return_url="https://x/", callback_url="https://x/", at=AT)
    payment = order.payments.get()
    services.cancel(order, "no more", LATER, "anna")
    for _twice in range(2):
        services.take_call("sandbox_card", provider("sandbox_card").answer(payment, "paid"), at=LATER)
    order.refresh_from_db()
    assert order.refund_due == order.total
    services.give_back_due(order, key="k", at=LATER, actor="anna")
    services.take_call("sandbox_card", provider("sandbox_card").answer(payment, "paid"), at=LATER)
    order.refresh_from_db()
    assert (order.refund_due, order.payment_state) == (0, "refunded")


def test_a_gesture_after_the_sale_is_not_owed_again(shop):
    order = shop.order()
    pay(order, shop)
    services.mark_ready(order, LATER, "anna")
    services.hand_over(order, LATER, "anna")
    back(order, "5.00")
    order.refresh_from_db()
    assert (order.payment_state, order.due, order.refund_due) == ("paid", 0, 0)


def test_settled_on_what_was_prepared_the_rest_goes_back_and_the_sale_is_booked_of_it(shop):
    book = shop.another("BOOK", "7.99")
    order = shop.order((shop.product, 3), (book, 2), pickup=False)
    by_card(order)
    before = order.total
    for _twice in range(2):
        order = services.settle_prepared(order, {1: 1}, at=LATER, actor="anna")
    line = order.lines.get(position=1)
    assert (line.quantity, line.missing, line.total) == (2, 1, Decimal("25.80"))
    assert order.total == before - Decimal("12.90") == sum(one.total for one in order.lines.all())
    assert order.net_total == sum(one.net_total for one in order.lines.all())
    assert sum(Decimal(rate["gross"]) for rate in order.vat) == order.total
    assert (order.payment_state, order.refund_due) == ("paid", 0)
    made = Refund.objects.get()
    assert (made.amount, made.reason) == (Decimal("12.90"), "missing")
    services.send_refund(made.guid, at=LATER)
    services.mark_ready(order, LATER, "anna")
    order.refresh_from_db()
    deliver("accounting.books", at=LATER)
    owed = EntryLine.objects.filter(account="411000").aggregate(debit=Sum("debit"), credit=Sum("credit"))
    assert owed == {"debit": Decimal("12.90"), "credit": before}
    assert Entry.objects.filter(key__startswith="refund:").count() == 1


def test_nothing_prepared_cancels_and_gives_all_back(shop):
    order = shop.order((shop.product, 2), pickup=False)
    by_card(order)
    order = services.settle_prepared(order, {1: 2}, at=LATER, actor="anna")
    assert (order.state, order.payment_state, order.kept) == ("cancelled", "refunded", 0)


@pytest.mark.parametrize("missing", [{9: 1}, {1: 3}, {1: -1}, {2: 1}])
def test_lines_that_are_none_are_refused(shop, missing):
    order = shop.order((shop.product, 2))
    with pytest.raises(Invalid):
        services.settle_prepared(order, missing, at=LATER, actor="anna")


def test_an_unpaid_order_settled_owes_less(shop):
    order = services.settle_prepared(shop.order((shop.product, 2)), {1: 1}, at=LATER, actor="anna")
    assert (order.due, Refund.objects.count()) == (Decimal("12.90"), 0)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_in_whatever_order_money_reconciles(shop, seed):
    dice = random.Random(seed)
    order = shop.order((shop.product, 3), pickup=False)
    services.start_payment(order, return_url="https://x/", callback_url="https://x/", at=AT)
    attempt = order.payments.get()

    def settle():
        services.settle_prepared(order, {1: dice.randint(0, 3)}, at=LATER, actor="x")

    deeds = [
        lambda: services.take_call("sandbox_card", provider("sandbox_card").answer(attempt, "paid"), at=LATER),
        lambda: services.take_call("sandbox_card", provider("sandbox_card").answer(attempt, "refused"), at=LATER),
        lambda: pay(order, shop, "10.00", key=f"t{dice.randint(1, 2)}"),
        lambda: services.cancel(order, "x", LATER, "x"),
        lambda: services.give_back_due(order, key=f"d{dice.randint(1, 3)}", at=LATER, actor="x"),
        lambda: back(order, dice.choice(["1.00", "12.90"]), f"r{dice.randint(1, 3)}"),
        settle,
        lambda: services.mark_ready(order, LATER, "x"),
        lambda: services.hand_over(order, LATER, "x"),
        lambda: [services.send_refund(one, at=LATER) for one in Refund.objects.values_list("guid", flat=True)],
    ]
    for _step in range(30):
        try:
            dice.choices(deeds, weights=[3, 1, 3, 0.3, 2, 1, 1, 2, 1, 2])[0]()
        except Refused:
            pass
        order.refresh_from_db()
        received = Payment.objects.filter(state="received").aggregate(n=Sum("amount"))["n"] or 0
        gone = RefundPart.objects.aggregate(n=Sum("amount"))["n"] or 0
        assert (order.paid_total, order.refunded_total) == (received, gone)
        assert order.kept >= 0
        assert order.kept == order.owed - order.due + order.refund_due
        for payment in Payment.objects.annotate(back=Sum("refund_parts__amount")):
            assert (payment.back or 0) <= payment.amount
        assert sum(line.total for line in order.lines.all()) == order.total
        if order.state == "done":
            assert order.due == 0
    deliver("accounting.books", at=LATER)
    sent = RefundPart.objects.filter(state="done").aggregate(n=Sum("amount"))["n"] or 0
    bank = EntryLine.objects.filter(account="511000").aggregate(debit=Sum("debit"), credit=Sum("credit"))
    assert ((bank["debit"] or 0), (bank["credit"] or 0)) == (order.paid_total, sent)


def colleague(client, *rights):
    user = a_colleague()
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(user)


def test_the_refund_centre_lists_what_is_due_and_gives_it_back(client, shop):
    colleague(client, "view_refund", "change_refund", "view_order")
    order = cancelled(shop)
    url = reverse("admin:orders_refund_changelist")
    assert order.number in client.get(url).content.decode()
    due = reverse("admin:orders_refund_due", args=[order.pk])
    assert client.get(due).status_code == 404
    for _twice in range(2):
        client.post(due)
    made = Refund.objects.get()
    assert made.parts.get().state == "done"
    text = client.get(reverse("admin:orders_refund_change", args=[made.pk])).content.decode()
    assert "17,80" in text
    assert "SBX-R-" in text
    assert reverse("admin:orders_refund_due", args=[order.pk]) not in client.get(url).content.decode()


def test_looking_is_not_giving_back(client, shop):
    colleague(client, "view_refund")
    order = cancelled(shop)
    assert client.post(reverse("admin:orders_refund_due", args=[order.pk])).status_code == 403
    services.give_back_due(order, key="k", at=LATER, actor="anna")
    part = RefundPart.objects.get()
    assert client.post(reverse("admin:orders_refund_part", args=[part.pk]), {"verb": "again"}).status_code == 403


def test_the_list_asks_the_same_however_many(client, shop):
    colleague(client, "view_refund", "change_refund", "view_order")
    url = reverse("admin:orders_refund_changelist")

    def asked():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    def one_more():
        services.give_back_due(cancelled(shop), key=uuid.uuid4().hex, at=LATER, actor="anna")
        cancelled(shop)

    one_more()
    asked()
    few = asked()
    one_more()
    assert asked() == few


def test_a_till_gives_back_what_is_due_and_no_more(client, shop):
    order = shop.order()
    pay(order, shop)
    headers = {"authorization": f"Bearer {an_api_key('orders:pay', store=shop.store)}"}
    url = f"/api/v1/orders/{order.number}/refunds"

    def post(body, key):
        said = {**headers, "Idempotency-Key": key}
        return client.post(url, body, content_type="application/json", headers=said)

    assert post({}, "a").json()["code"] == "nothing_due"
    services.cancel(order, "no more", LATER, "anna")
    assert post({"amount": "99.00"}, "b").json()["code"] == "more_than_due"
    assert post({"amount": "NaN"}, "c").status_code in (400, 422)
    first = post({}, "d")
    assert (first.status_code, first.json()["amount"]) == (201, "12.90")
    assert post({}, "d").json() == first.json()
    services.send_refund(first.json()["guid"], at=LATER)
    part = first.json()["parts"][0]["guid"]
    answer = client.post(f"{url}/{part}/confirm", headers=headers)
    assert answer.json()["state"] == "done"
    assert client.get(url, headers=headers).json()[0]["parts"][0]["state"] == "done"
    assert client.post(f"{url}/{uuid.uuid4()}/confirm", headers=headers).status_code == 404
