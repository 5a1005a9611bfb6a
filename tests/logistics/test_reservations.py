"""Promises of stock: all or nothing, never the same unit twice, expired ones count for nobody."""

import datetime as dt
import threading
import uuid

import pytest
from django.db import connection, connections, transaction
from django.db.utils import ProgrammingError

from altazion.lib.problems import Invalid, Refused
from logbook.models import Event
from logistics import services
from logistics.enums import MovementKind, Purpose, ReservationState
from logistics.models import Reservation, StockBalance, StockMovement, SupplySource
from logistics.selectors import availability, prove_balances
from logistics.services import NotEnoughStock
from tests.builders import AT, a_channel, a_product, a_store, a_warehouse, stock

LATER = AT + dt.timedelta(minutes=15)
pytestmark = pytest.mark.django_db


def receive(product, place, units, document=None):
    place = getattr(place, "place", place)
    services.move(
        product.pk,
        place.pk,
        units,
        kind=MovementKind.RECEIPT,
        document=document or f"r:{uuid.uuid4()}",
        at=AT,
        actor="t",
    )


def hold(product, quantity, *, reference=None, line="1", channel=None, store=None, at=AT, expires_at=LATER):
    reference = reference or uuid.uuid4()
    purpose = Purpose.PICKUP if store else Purpose.DELIVERY
    services.reserve(
        reference,
        [(line, product.pk, None, quantity)],
        channel=channel or a_channel(),
        purpose=purpose,
        store=store,
        at=at,
        expires_at=expires_at,
    )
    return reference


@pytest.fixture
def warehouse():
    place = a_warehouse()
    SupplySource.objects.create(channel=a_channel(), place=place, purpose=Purpose.DELIVERY)
    return place


@pytest.fixture
def product(warehouse):
    made = a_product(price=10)
    receive(made, warehouse, 5)
    return made


def left(product, **asked):
    return availability([product.pk], channel=a_channel(), at=asked.pop("at", AT), **asked)[product.pk].delivery


def test_a_reservation_takes_units_from_everybody_else_but_not_from_its_own(product):
    reference = hold(product, 3)
    assert left(product) == 2
    assert left(product, for_reference=reference) == 5


def test_a_line_repeated_is_set_not_added(product):
    reference = hold(product, 3)
    hold(product, 5, reference=reference)
    assert left(product) == 0
    hold(product, 1, reference=reference)
    assert left(product) == 4
    hold(product, 0, reference=reference)
    assert left(product) == 5
    assert Reservation.objects.get().state == ReservationState.RELEASED
    hold(product, 2, reference=reference)
    assert left(product) == 3


def test_too_much_is_refused_with_what_is_left_and_nothing_is_held(product, warehouse):
    other = a_product("OTHER")
    receive(other, warehouse, 1)
    hold(product, 4)
    with pytest.raises(NotEnoughStock) as refusal:
        services.reserve(
            uuid.uuid4(),
            [("a", other.pk, None, 1), ("b", product.pk, None, 2)],
            channel=a_channel(),
            purpose="delivery",
            at=AT,
            expires_at=LATER,
        )
    assert [(line.line, line.wanted, line.left) for line in refusal.value.short] == [("b", 2, 1)]
    assert left(other) == 1


def test_an_expired_reservation_counts_for_nobody_before_any_sweep(product):
    hold(product, 5)
    assert left(product, at=LATER) == 5
    hold(product, 5, at=LATER, expires_at=LATER + dt.timedelta(minutes=1))
    assert Reservation.objects.filter(state="held").count() == 1
    assert StockBalance.objects.get().reserved == 5


def test_the_sweep_gives_back_what_expired_and_only_that(product):
    hold(product, 2)
    hold(product, 1, expires_at=None)
    assert services.release_expired(at=AT) == 0
    assert services.release_expired(at=LATER) == 1
    assert StockBalance.objects.get().reserved == 1
    assert prove_balances() == []


def test_delivery_takes_the_first_place_that_holds_all_else_splits_by_rank(warehouse):
    store, product = a_store("LYON"), a_product()
    SupplySource.objects.create(channel=a_channel(), place=store.place, purpose=Purpose.DELIVERY, rank=20)
    receive(product, warehouse, 2)
    receive(product, store, 3)
    reference = hold(product, 3)
    assert set(Reservation.objects.filter(state="held").values_list("place", "quantity")) == {(store.place.pk, 3)}
    hold(product, 5, reference=reference)
    held = Reservation.objects.filter(state="held").values_list("place", "quantity")
    assert set(held) == {(warehouse.pk, 2), (store.place.pk, 3)}
    assert prove_balances() == []


def test_pickup_takes_from_the_store_alone(product):
    store = a_store("LYON")
    SupplySource.objects.create(channel=a_channel(), place=store.place, purpose=Purpose.PICKUP)
    receive(product, store, 1)
    hold(product, 1, store=store)
    with pytest.raises(NotEnoughStock):
        hold(product, 1, store=store)
    assert left(product) == 5


def test_consumed_units_leave_the_shelf_once_with_their_ledger_line(product):
    reference = hold(product, 2)
    for _twice in range(2):
        services.consume(reference, document="order:1", kind=MovementKind.SHIPMENT, at=AT, actor="anna")
    balance = StockBalance.objects.get()
    assert (balance.physical, balance.reserved) == (3, 0)
    line = StockMovement.objects.first()
    assert (line.kind, line.quantity, line.balance_after, line.document) == ("shipment", -2, 3, "order:1")
    assert prove_balances() == []


def test_units_that_a_count_did_not_find_cannot_leave(product, warehouse):
    reference = hold(product, 4)
    services.count_stock(product.pk, warehouse.pk, 1, at=AT, actor="anna")
    balance = StockBalance.objects.get()
    assert (balance.physical, balance.reserved, balance.shortage) == (1, 4, 3)
    assert Event.objects.filter(kind="logistics.shortage_found", data__ids=[product.pk]).count() == 1
    with pytest.raises(Refused, match="Count that stock first"):
        services.consume(reference, document="order:1", kind="shipment", at=AT, actor="anna")
    services.release(reference, at=AT)
    assert StockBalance.objects.get().shortage == 0
    assert prove_balances() == []


def test_extending_keeps_units_past_their_first_end(product):
    reference = hold(product, 5)
    assert services.extend(reference, expires_at=None) == 1
    assert left(product, at=LATER + dt.timedelta(days=9)) == 0


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([("1", None, None, -1)], "invalid"),
        ([("1", None, None, 1), ("1", None, None, 1)], "invalid"),
        ([("1", 0, None, 1)], "not_sold"),
    ],
)
def test_nonsense_is_refused(product, lines, code):
    lines = [(name, product.pk if pk is None else pk, place, quantity) for name, pk, place, quantity in lines]
    with pytest.raises(Invalid) as refusal:
        services.reserve(uuid.uuid4(), lines, channel=a_channel(), purpose="delivery", at=AT, expires_at=LATER)
    assert refusal.value.code == code


def test_a_parent_is_not_sold_itself_and_a_pickup_needs_a_store(product):
    parent = a_product(kind="parent")
    with pytest.raises(Invalid, match="variant"):
        hold(parent, 1)
    with pytest.raises(Invalid, match="store"):
        services.reserve(
            uuid.uuid4(), [("1", product.pk, None, 1)], channel=a_channel(), purpose="pickup", at=AT, expires_at=None
        )


def test_low_stock_is_told_once_when_the_threshold_is_crossed(product):
    product.limited_below = 4
    product.save()
    for _twice in range(3):
        hold(product, 1)
    told = Event.objects.filter(kind="logistics.stock_low")
    assert [event.data["available"] for event in told] == [3]
    assert told[0].data["sku"] == product.sku


def test_every_promise_is_told_to_the_readers_of_the_logbook(product):
    Event.objects.all().delete()
    reference = hold(product, 1)
    services.release(reference, at=AT)
    assert [event.data["ids"] for event in Event.objects.filter(kind="logistics.stock_changed")] == [[product.pk]] * 2


def test_the_ledger_refuses_to_be_rewritten(product):
    for sql in ("UPDATE logistics_stockmovement SET quantity = 9", "DELETE FROM logistics_stockmovement"):
        with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def in_threads(jobs):
    """Run each job on a connection of its own, all at once; returns what they returned or raised."""
    gate, results = threading.Barrier(len(jobs)), []

    def run(job):
        try:
            gate.wait(30)
            results.append(job())
        except Exception as error:
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.fixture
def many_connections():
    pool = connection.pool
    connection.close()
    size = pool.max_size
    pool.resize(0, 60)
    yield
    connections.close_all()
    pool.resize(0, size)


@pytest.mark.django_db(transaction=True)
def test_of_fifty_buyers_on_fifty_connections_one_gets_the_last_unit(many_connections):
    place = a_warehouse()
    product, channel = a_product(), a_channel()
    SupplySource.objects.create(channel=channel, place=place, purpose=Purpose.DELIVERY)
    receive(product, place, 1)
    results = in_threads([lambda: hold(product, 1, channel=channel)] * 50)
    assert sum(isinstance(result, uuid.UUID) for result in results) == 1
    losers = [result for result in results if not isinstance(result, uuid.UUID)]
    assert all(isinstance(loser, NotEnoughStock) and loser.short[0].left == 0 for loser in losers), losers
    assert Reservation.objects.count() == 1
    assert prove_balances() == []


@pytest.mark.django_db(transaction=True)
def test_baskets_named_in_opposite_orders_never_wait_for_each_other_in_a_ring(many_connections):
    place, channel = a_warehouse(), a_channel()
    SupplySource.objects.create(channel=channel, place=place, purpose=Purpose.DELIVERY)
    products = [a_product() for _ in range(6)]
    for product in products:
        receive(product, place, 100)

    def basket(order):
        lines = [(str(index), product.pk, None, 1) for index, product in enumerate(order)]
        services.reserve(uuid.uuid4(), lines, channel=channel, purpose="delivery", at=AT, expires_at=LATER)

    results = in_threads([lambda: basket(products), lambda: basket(products[::-1])] * 10)
    assert results == [None] * 20
    assert set(StockBalance.objects.values_list("reserved", flat=True)) == {20}


@pytest.mark.django_db(transaction=True)
def test_the_same_line_sent_twice_at_once_never_unbalances_the_books(many_connections):
    place, product, channel = a_warehouse(), a_product(), a_channel()
    SupplySource.objects.create(channel=channel, place=place, purpose=Purpose.DELIVERY)
    receive(product, place, 100)
    reference = uuid.uuid4()
    in_threads([lambda: hold(product, 2, reference=reference, channel=channel)] * 8)
    assert prove_balances() == []


def test_stock_helper_and_selector_agree(product):
    assert stock(a_product(), a_warehouse("B"), 7, channel=a_channel()).physical == 7
