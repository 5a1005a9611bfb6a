"""A small day of trading with everybody at once: afterwards all proofs find nothing."""

import pytest

from logistics.models import StockBalance
from orders.models import Order
from tests import builders as b
from tests.trading import TradingDay


@pytest.mark.django_db(transaction=True)
def test_after_a_day_of_trading_stock_money_and_books_agree():
    day = TradingDay(orders=60, stores=2, products=10, units=6)
    day.run(buyers=4)
    day.close()
    assert not day.faults, day.faults[0]
    assert day.prove() == []
    assert day.told["handed over"] > 5
    assert day.told["cancelled"]
    assert any(what.startswith("refused") for what in day.told), "nothing was ever sold out"


@pytest.mark.django_db
def test_the_proofs_see_what_does_not_add_up():
    day = TradingDay(orders=0, stores=1, products=2, units=3)
    shop = b.Shopfront()
    order = shop.order()
    StockBalance.objects.filter(product=day.products[0], place=day.places[0]).update(physical=9)
    Order.objects.filter(pk=order.pk).update(paid_total=5, state="cancelled")
    found = " ".join(day.prove())
    assert "DAY-0" in found
    assert f"{order} is closed and holds stock" in found
    assert f"{order} says that 5.00 and 0.00 came and went, 0 and 0 did" in found
