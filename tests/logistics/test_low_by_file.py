"""A stock file that takes a product below its last-pieces threshold says so once."""

import pytest

from logbook.models import Event
from logistics.loaders import merge_stock
from logistics.selectors import prove_balances
from tests.builders import a_product, a_warehouse
from tests.loads import load

pytestmark = pytest.mark.django_db


def test_a_file_tells_each_crossing_once_and_only_where_a_threshold_is_set():
    a_warehouse()
    a_product("PLAIN")
    parent = a_product("P", kind="parent", limited_below=5)
    a_product("CHILD", parent=parent)
    for quantity in (9, 4, 3, 0, 6, 2):
        rows = [
            {"place_kind": "DEPOT", "place_code": "DEPOT", "sku": sku, "quantity": quantity}
            for sku in ("PLAIN", "CHILD")
        ]
        load("stock", merge_stock, *rows)
    told = Event.objects.filter(kind="logistics.stock_low").order_by("pk")
    assert [(event.data["sku"], event.data["available"]) for event in told] == [("CHILD", 4), ("CHILD", 2)]
    assert prove_balances() == []
