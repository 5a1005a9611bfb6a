"""Ready, handed over, cancelled (operations-domain 2.10)."""

from decimal import Decimal

import pytest

from altazion.lib.problems import Invalid, Refused
from logbook.models import Event
from logistics.models import StockBalance, StockMovement
from orders import services
from tests.builders import AT, Shopfront

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return Shopfront()


def pay(order, shop):
    services.record_payment(order, method=shop.in_store, amount=order.total, key=order.number, at=AT, store=shop.store)


def test_a_collected_order_leaves_a_movement_and_takes_its_units(shop):
    order = shop.order((shop.product, 2))
    services.mark_ready(order, AT, "anna")
    pay(order, shop)
    assert services.hand_over(order, AT, "anna").state == "done"
    services.hand_over(order, AT, "anna")
    moved = StockMovement.objects.get(document=f"order:{order.number}")
    assert (moved.kind, moved.quantity) == ("collection", -2)
    left = StockBalance.objects.get(product=shop.product, place=shop.store.place)
    assert (left.physical, left.reserved) == (8, 0)
    assert Event.objects.filter(kind="orders.order_done").count() == 1


def test_nothing_is_handed_over_unpaid_or_unprepared(shop):
    order = shop.order()
    with pytest.raises(services.WrongState):
        services.hand_over(order, AT, "anna")
    services.mark_ready(order, AT, "anna")
    with pytest.raises(Refused) as refusal:
        services.hand_over(order, AT, "anna")
    assert refusal.value.code == "not_paid"
    assert refusal.value.details["due"] == "12.90"


def test_an_order_to_be_paid_online_is_not_prepared_before_its_money_came(shop):
    with pytest.raises(Refused):
        services.mark_ready(shop.order(pickup=False), AT, "anna")


def test_cancelling_needs_a_reason_and_gives_the_goods_back(shop):
    order = shop.order((shop.product, 3))
    with pytest.raises(Invalid):
        services.cancel(order, "  ", AT, "anna")
    services.cancel(order, "changed their mind", AT, "anna")
    services.cancel(order, "again", AT, "anna")
    order.refresh_from_db()
    assert (order.state, order.cancel_reason) == ("cancelled", "changed their mind")
    assert StockBalance.objects.get(product=shop.product, place=shop.store.place).reserved == 0


def test_what_was_handed_over_cannot_be_cancelled(shop):
    order = shop.order()
    services.mark_ready(order, AT, "anna")
    pay(order, shop)
    services.hand_over(order, AT, "anna")
    with pytest.raises(services.WrongState):
        services.cancel(order, "too late", AT, "anna")


def test_cancelling_a_paid_order_says_what_must_be_given_back(shop):
    order = shop.order()
    pay(order, shop)
    services.cancel(order, "broken on the shelf", AT, "anna")
    assert Decimal(Event.objects.get(kind="orders.refund_due").data["amount"]) == order.total


def test_the_confirmation_is_sent_once_in_the_orders_language(shop, mailoutbox):
    from orders.tasks import send_confirmation

    order = shop.order()
    assert send_confirmation(str(order.guid)) is True
    assert send_confirmation(str(order.guid)) is False
    assert len(mailoutbox) == 1
    mail = mailoutbox[0]
    assert order.number in mail.subject
    assert mail.to == [order.email]
    assert shop.product.name in mail.body
    assert shop.product.name in mail.alternatives[0][0]
