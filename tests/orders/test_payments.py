"""Money: tills, card attempts, signed calls, and what comes too late or twice (HUB-2)."""

import datetime as dt
from decimal import Decimal

import pytest

from altazion.lib.problems import Invalid, NotFound, Refused
from logbook.models import Event
from logistics.models import Reservation, StockBalance
from orders import services
from orders.models import Order, Payment
from orders.ports import Call, provider
from tests.builders import AT, Shopfront

pytestmark = pytest.mark.django_db
LATER = AT + dt.timedelta(minutes=5)


@pytest.fixture
def shop():
    return Shopfront()


def at_the_till(order, shop, amount, key="t1", at=LATER):
    return services.record_payment(
        order, method=shop.in_store, amount=Decimal(amount), key=key, at=at, store=shop.store, till="1"
    )


def start(order, at=AT):
    services.start_payment(order, return_url="https://x/", callback_url="https://x/", at=at)
    return Payment.objects.filter(order=order).order_by("-id").first()


def bank_says(payment, outcome, at=LATER):
    return services.take_call("sandbox_card", provider("sandbox_card").answer(payment, outcome), at=at)


def state(order):
    return Order.objects.values_list("payment_state", "paid_total").get(pk=order.pk)


def test_the_till_pays_an_order_and_saying_it_twice_counts_once(shop):
    order = shop.order()
    first = at_the_till(order, shop, "12.90")
    assert at_the_till(order, shop, "12.90") == first
    assert state(order) == ("paid", Decimal("12.90"))
    assert Event.objects.filter(kind="orders.payment_received").count() == 1


def test_two_part_payments_make_a_whole(shop):
    order = shop.order()
    at_the_till(order, shop, "5.00", "a")
    assert state(order) == ("part", Decimal("5.00"))
    at_the_till(order, shop, "7.90", "b")
    assert state(order)[0] == "paid"


@pytest.mark.parametrize("amount", ["12.91", "0", "-1"])
def test_too_much_or_nothing_is_refused_at_the_till(shop, amount):
    order = shop.order()
    with pytest.raises(Refused) as refusal:
        at_the_till(order, shop, amount)
    assert refusal.value.field == "amount"
    assert state(order) == ("due", 0)


def test_a_key_cannot_pay_another_amount_or_order(shop):
    first, second = shop.order(), shop.order()
    at_the_till(first, shop, "5.00", "same")
    for order, amount in ((first, "6.00"), (second, "5.00")):
        with pytest.raises(Refused) as refusal:
            at_the_till(order, shop, amount, "same")
        assert refusal.value.code == "payment_key_reused"


def test_a_card_payment_is_proven_by_the_banks_call_alone(shop):
    order = shop.order(pickup=False)
    payment = start(order)
    assert (payment.state, state(order)[0]) == ("started", "due")
    bank_says(payment, "paid")
    assert state(order)[0] == "paid"
    assert Reservation.objects.get(reference=order.guid).expires_at is None, "paid goods wait without end"


@pytest.mark.parametrize("spoil", ["body", "signature", "headers", "store_provider"])
def test_a_call_without_proof_changes_nothing(shop, spoil):
    order = shop.order(pickup=False)
    call = provider("sandbox_card").answer(start(order), "paid")
    name = "sandbox_card"
    if spoil == "body":
        call = Call(call.body.replace(b"17.80", b"0.01"), call.headers)
    elif spoil == "signature":
        call = Call(call.body, {**call.headers, "webhook-signature": "v1,é"})
    elif spoil == "headers":
        call = Call(call.body, {})
    else:
        name = "pay_in_store"
    with pytest.raises(Refused) as refusal:
        services.take_call(name, call, at=LATER)
    assert refusal.value.status == 401
    assert state(order)[0] == "due"


def test_a_repeated_call_and_a_late_decline_do_no_harm(shop):
    order = shop.order(pickup=False)
    payment = start(order)
    bank_says(payment, "paid")
    bank_says(payment, "paid")
    bank_says(payment, "refused")
    assert state(order) == ("paid", order.total)
    assert Event.objects.filter(kind="orders.payment_received").count() == 1


def test_a_declined_card_may_be_tried_again_on_the_same_order(shop):
    order = shop.order(pickup=False)
    first = start(order)
    bank_says(first, "refused")
    second = start(order, at=AT + dt.timedelta(minutes=20))
    assert second != first
    order.refresh_from_db()
    assert order.hold_until == AT + dt.timedelta(minutes=50), "the goods wait for the new try"
    bank_says(second, "paid")
    assert state(order)[0] == "paid"


def test_a_second_click_finds_the_attempt_already_open(shop):
    order = shop.order(pickup=False)
    assert start(order) == start(order)


def test_an_unpaid_card_order_ends_and_gives_its_goods_back(shop):
    order = shop.order((shop.product, 4), pickup=False)
    kept = shop.order()
    assert services.expire_unpaid(at=AT + dt.timedelta(minutes=29)) == 0
    assert services.expire_unpaid(at=AT + dt.timedelta(minutes=30)) == 1
    assert services.expire_unpaid(at=AT + dt.timedelta(minutes=31)) == 0
    order.refresh_from_db()
    kept.refresh_from_db()
    assert (order.state, kept.state) == ("cancelled", "placed")
    assert StockBalance.objects.get(product=shop.product, place=shop.warehouse).reserved == 0


def test_money_for_an_order_that_ended_is_noted_and_must_be_given_back(shop):
    order = shop.order(pickup=False)
    payment = start(order)
    services.expire_unpaid(at=AT + dt.timedelta(hours=1))
    bank_says(payment, "paid", at=AT + dt.timedelta(hours=2))
    order.refresh_from_db()
    assert (order.state, order.paid_total) == ("cancelled", order.total)
    assert Event.objects.get(kind="orders.refund_due").data["amount"] == str(order.total)


def test_two_cards_that_both_paid_leave_one_to_give_back(shop):
    order = shop.order(pickup=False)
    first = start(order)
    bank_says(first, "left")
    second = start(order)
    bank_says(second, "paid")
    bank_says(first, "paid")
    order.refresh_from_db()
    assert order.paid_total == 2 * order.total
    assert Event.objects.get(kind="orders.refund_due").data["amount"] == str(order.total)


def test_a_closed_or_paid_order_takes_no_further_attempt(shop):
    paid, closed = shop.order(), shop.order()
    at_the_till(paid, shop, "12.90")
    services.cancel(closed, "changed mind", AT, "anna")
    for order in (paid, closed):
        with pytest.raises(Refused):
            start(order)


def test_a_call_for_an_attempt_we_never_made_is_not_found(shop):
    payment = start(shop.order(pickup=False))
    call = provider("sandbox_card").answer(payment, "paid")
    Payment.objects.all().delete()
    with pytest.raises(NotFound):
        services.take_call("sandbox_card", call, at=LATER)
    with pytest.raises(NotFound):
        services.take_call("no_such_bank", call, at=LATER)


def test_an_unknown_outcome_is_invalid(shop):
    payment = start(shop.order(pickup=False))
    with pytest.raises(Invalid):
        services.take_call("sandbox_card", provider("sandbox_card").answer(payment, "maybe"), at=LATER)
