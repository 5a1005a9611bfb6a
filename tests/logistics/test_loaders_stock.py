"""Stock files: balances, ledger lines, shortages, refusals."""

import threading
import time

import pytest
from django.db import connections, transaction

from logbook.models import Event
from logistics.loaders import ensure_store_places, merge_stock
from logistics.models import Place, StockBalance, StockMovement
from logistics.services import move
from tests.builders import AT, a_product, a_store, a_warehouse, stock
from tests.loads import load

pytestmark = pytest.mark.django_db


def count(*rows, **options):
    return load("stock", merge_stock, *rows, **options)


def line(sku, quantity, kind="DEPOT", code="DEPOT"):
    return {"place_kind": kind, "place_code": code, "sku": sku, "quantity": quantity}


def test_a_count_writes_balance_ledger_and_event():
    toy, depot, store = a_product("T"), a_warehouse(), a_store("S1")

    loaded = count(line("T", 5), line("T", 2, "MAG", "S1"))

    assert loaded.counts == (2, 0, 0, 0)
    assert set(StockBalance.objects.values_list("place", "physical")) == {(depot.pk, 5), (store.place.pk, 2)}
    movement = StockMovement.objects.get(place=depot)
    assert (movement.quantity, movement.balance_after, movement.kind) == (5, 5, "file")
    assert movement.document.startswith("run:")
    assert Event.objects.get(kind="logistics.stock_changed").data["ids"] == [toy.pk]


def test_unchanged_lines_write_nothing():
    a_product("T")
    a_warehouse()
    count(line("T", 5))

    assert count(line("T", 5)).counts == (0, 0, 1, 0)
    assert StockMovement.objects.count() == 1
    assert Event.objects.filter(kind="logistics.stock_changed").count() == 1


def test_a_changed_line_moves_the_difference():
    a_product("T")
    a_warehouse()
    count(line("T", 5))

    assert count(line("T", 3)).counts == (0, 1, 0, 0)
    assert list(StockMovement.objects.order_by("id").values_list("quantity", "balance_after")) == [(5, 5), (-2, 3)]


def test_less_than_promised_is_a_shortage_that_ends_when_the_units_are_found():
    toy, depot = a_product("T"), a_warehouse()
    stock(toy, depot, 5, reserved=4)

    count(line("T", 1))
    assert StockBalance.objects.get().shortage == 3
    assert Event.objects.get(kind="logistics.shortage_found").data["ids"] == [toy.pk]

    count(line("T", 3))
    assert StockBalance.objects.get().shortage == 1
    count(line("T", 9))
    assert StockBalance.objects.get().shortage == 0
    assert Event.objects.filter(kind="logistics.shortage_found").count() == 1


def test_what_nobody_knows_is_refused_and_the_rest_counted():
    a_product("T")
    parent = a_product("P", kind="parent")
    a_product("C", parent=parent)
    a_warehouse()

    loaded = count(
        line("nobody", 1), line("T", 1, "MAG", "S9"), line("T", -1), line("P", 1), line("C", 4), line("T", 2)
    )

    assert loaded.rejects == {
        (2, "sku", "unknown_product"),
        (3, "place_code", "unknown_place"),
        (4, "quantity", "negative_quantity"),
        (5, "sku", "has_children"),
    }
    assert loaded.counts == (2, 0, 0, 4)


def test_a_line_may_name_its_article_by_ean_unless_several_share_it():
    one, two, three = a_product("A"), a_product("B"), a_product("C")
    a_warehouse()
    one.references.create(type="EAN13", value="4006381333931")
    for product in (two, three):
        product.references.create(type="EAN13", value="9780201379624")
    row = {"place_kind": "DEPOT", "place_code": "DEPOT", "reference_type": "EAN13", "quantity": 7}

    loaded = count({**row, "reference": "4006381333931"}, {**row, "reference": "9780201379624"})

    assert StockBalance.objects.get().product == one
    assert loaded.rejects == {(3, "sku", "ambiguous_reference")}


def test_the_only_warehouse_needs_no_code():
    a_product("T")
    a_warehouse()

    assert count(line("T", 5, "DEPOT", None)).counts == (1, 0, 0, 0)


def test_a_whole_file_counts_what_it_lacks_as_zero_at_its_places_only():
    a_product("A"), a_product("B"), a_warehouse(), a_store("S1")
    count(line("A", 1), line("B", 1), line("B", 1, "MAG", "S1"))

    loaded = count(line("A", 1), full=True)

    assert (loaded.counts, loaded.result.archived) == ((0, 0, 1, 0), 1)
    assert StockBalance.objects.get(product__sku="B", place__kind="warehouse").physical == 0
    assert StockBalance.objects.get(product__sku="B", place__kind="store").physical == 1


def test_every_store_gets_its_place():
    a_store("S1")
    Place.objects.all().delete()

    assert (ensure_store_places(AT), ensure_store_places(AT)) == (1, 0)
    assert Place.objects.get().store.code == "S1"


@pytest.mark.django_db(transaction=True)
def test_a_movement_while_the_file_is_compared_stays_in_the_ledger():
    """Somebody takes two units between the comparison and the writing: balance and ledger still agree."""
    product, place = a_product("T"), a_warehouse()
    with transaction.atomic():
        count(line("T", 10))
    taken = threading.Event()

    def take_two():
        try:
            with transaction.atomic():
                move(product.pk, place.pk, -2, kind="correction", document="hand", at=AT, actor="anna")
                taken.set()
                time.sleep(1)  # the file compares now, and then waits for this to commit
        finally:
            connections.close_all()

    def merge():
        try:
            taken.wait(10)
            with transaction.atomic():
                count(line("T", 4))
        finally:
            connections.close_all()

    people = [threading.Thread(target=act) for act in (take_two, merge)]
    for person in people:
        person.start()
    for person in people:
        person.join(30)
    assert StockBalance.objects.get().physical == 4
    assert list(StockMovement.objects.order_by("id").values_list("quantity", "balance_after")) == [
        (10, 10),
        (-2, 8),
        (-4, 4),
    ]
