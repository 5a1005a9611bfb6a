"""Preparation (ORC-5): slips, the pool, what is not found, and what becomes of the order."""

import datetime as dt
import threading

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from accounts.enums import AccountKind
from altazion.lib.problems import Invalid, Refused
from catalog.enums import BundleMode
from logbook.models import Event
from logistics.enums import Purpose
from logistics.models import Place, Preparation, Reservation, RoutingPolicy, ShelfLocation, StockBalance, SupplySource
from logistics.services.preparation import claim_next, claim_slip, expire_claims, remind, return_slip
from orders import consumers, services
from orders.models import Order, Refund
from orders.services.preparing import not_found, prepare, refuse
from orders.services.routing import route_order
from tasks_mgmt import consumers as tasks
from tasks_mgmt.models import Task
from tests.builders import AT, Shopfront, a_store, stock
from tests.orders.test_office import colleague

pytestmark = pytest.mark.django_db
LIST = "/office/logistics/preparation/"
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def shop():
    shop = Shopfront()
    for code in ("PARIS", "LILLE"):
        place = a_store(code).place
        SupplySource.objects.create(channel=shop.channel, place=place, purpose=Purpose.DELIVERY, rank=20)
        setattr(shop, code.lower(), place)
    return shop


def paid(shop, *lines, **more):
    order = shop.order(*lines, pickup=False, **more)
    services.record_payment(order, method=shop.card, amount=order.total, key=order.number, at=AT)
    order.refresh_from_db()
    return order


def routed(shop, *lines):
    order = paid(shop, *lines)
    return order, route_order(order, at=AT)


def free(product, place):
    row = StockBalance.objects.get(product=product, place=place)
    return row.physical, row.reserved


def deliver(consumer, kind):
    for event in Event.objects.filter(kind=kind):
        consumer(event)


def test_a_paid_order_gets_its_slips_once(shop):
    order = shop.order(pickup=False)
    consumers.send_to_places(Event.objects.get(kind="orders.order_placed"))
    assert not Preparation.objects.exists(), "its money did not come yet"
    services.record_payment(order, method=shop.card, amount=order.total, key="k", at=AT)
    event = Event.objects.get(kind="orders.payment_received")
    consumers.send_to_places(event)
    consumers.send_to_places(event)
    slip = Preparation.objects.get()
    assert (slip.number, slip.place, slip.kind) == (f"{order.number}-1", shop.warehouse, "send")
    assert slip.due_at == AT + 24 * HOUR
    assert Event.objects.get(kind="orders.order_routed").data["places"] == [[shop.warehouse.name, "1 × TOY-1"]]


def test_a_pickup_is_prepared_in_its_store_and_the_short_way_closes_the_slip(shop):
    order = shop.order((shop.product, 2))
    slip = route_order(order, at=AT)[0]
    assert (slip.kind, slip.place) == ("collect", shop.store.place)
    services.mark_ready(order, AT, "anna")
    slip.refresh_from_db()
    assert (slip.state, slip.lines.get().prepared) == ("prepared", 2)
    services.record_payment(order, method=shop.in_store, amount=order.total, key="k", at=AT, store=shop.store)
    services.hand_over(order, AT, "anna")
    slip.refresh_from_db()
    assert (slip.state, slip.lines.get().sent) == ("sent", 2)


def test_a_cancelled_or_held_order_is_prepared_by_nobody(shop):
    order, slips = routed(shop)
    services.hold_order(order, reason="looks odd", at=AT, actor="anna")
    with pytest.raises(Refused):
        prepare(slips[0], None, at=AT, actor="bob")
    services.cancel(order, "fraud", AT, "anna")
    assert Preparation.objects.get().state == "cancelled"
    with pytest.raises(Refused):
        prepare(slips[0], None, at=AT, actor="bob")
    assert route_order(order, at=AT) == []


def test_an_order_is_split_and_its_promises_follow(shop):
    box = shop.another("BOX", "5.00", units=0)
    stock(box, shop.paris, 4)
    order, slips = routed(shop, (shop.product, 2), (box, 1))
    assert {slip.place.name: [(line.sku, line.quantity) for line in slip.lines.all()] for slip in slips} == {
        "DEPOT": [("TOY-1", 2)],
        "Store PARIS": [("BOX", 1)],
    }
    prepare(slips[0], None, at=AT, actor="bob")
    order.refresh_from_db()
    assert order.state == "placed", "the other slip is still open"
    prepare(slips[1], None, at=AT, actor="eve")
    order.refresh_from_db()
    assert order.state == "ready"


def test_promises_move_to_where_routing_decides(shop):
    Place.objects.filter(pk=shop.paris.pk).update(priority=90)
    stock(shop.product, shop.paris, 5)
    _order, slips = routed(shop, (shop.product, 3))
    assert [slip.place for slip in slips] == [shop.paris]
    assert free(shop.product, shop.paris) == (5, 3)
    assert free(shop.product, shop.warehouse) == (10, 0)


def test_what_is_not_found_is_fetched_elsewhere_and_its_shelf_counted(shop):
    stock(shop.product, shop.paris, 5)
    order, slips = routed(shop, (shop.product, 3))
    slip = slips[0]
    prepare(slip, {"1": 1}, at=AT, actor="bob")
    second = Preparation.objects.exclude(pk=slip.pk).get()
    assert (second.place, second.number) == (shop.paris, f"{order.number}-2")
    assert second.lines.get().quantity == 2
    assert free(shop.product, shop.warehouse) == (8, 1), "the two that were not there are off the books"
    assert free(shop.product, shop.paris) == (5, 2)
    deliver(tasks.on_recount, "logistics.recount_wanted")
    assert "TOY-1" in Task.objects.get(kind__code="recount").title
    prepare(second, None, at=AT, actor="eve")
    order.refresh_from_db()
    assert (order.state, order.lines.get(position=1).quantity) == ("ready", 3)


def test_what_nobody_has_is_taken_off_the_order_and_its_money_goes_back(shop):
    box = shop.another("BOX", "5.00")
    order, slips = routed(shop, (shop.product, 3), (box, 1))
    slip = slips[0]
    not_found(slip, slip.lines.get(sku="BOX"), at=AT, actor="bob")
    order.refresh_from_db()
    assert order.state == "placed"
    prepare(slip, {"1": 2}, at=AT, actor="bob")
    order.refresh_from_db()
    assert order.state == "ready"
    lines = {line.sku: (line.quantity, line.missing) for line in order.lines.all() if line.product_id}
    assert lines == {"TOY-1": (2, 1), "BOX": (0, 1)}
    assert Refund.objects.get().reason == "missing"
    held = Reservation.objects.filter(reference=order.guid, state="held")
    assert [(row.product.sku, row.quantity) for row in held] == [("TOY-1", 2)]


def test_an_order_of_which_nothing_is_found_is_cancelled(shop):
    order, slips = routed(shop)
    not_found(slips[0], slips[0].lines.get(), at=AT, actor="bob")
    order.refresh_from_db()
    assert order.state == "cancelled"
    assert Preparation.objects.get().state == "cancelled"
    assert not Reservation.objects.filter(reference=order.guid, state="held").exists()
    assert order.refunded_total == order.paid_total


def test_of_a_bundle_the_rest_goes_back_when_a_part_is_missing(shop):
    box = shop.another("BOX", "5.00")
    order = paid(shop, (shop.product, 2))
    line = order.lines.get(position=1)
    line.bundle = {
        "mode": BundleMode.WHOLE.value,
        "components": [
            {"product": shop.product.pk, "sku": "TOY-1", "name": "Toy", "quantity": 1, "share": "5"},
            {"product": box.pk, "sku": "BOX", "name": "Box", "quantity": 2, "share": "5"},
        ],
    }
    line.save()
    from logistics.services import release, reserve

    release(order.guid, at=AT)
    Reservation.objects.all().delete()
    held = [(f"1.{shop.product.pk}", shop.product.pk, None, 2), (f"1.{box.pk}", box.pk, None, 4)]
    reserve(order.guid, held, channel=shop.channel, purpose="delivery", at=AT, expires_at=None)
    slip = route_order(order, at=AT)[0]
    prepare(slip, {f"1.{shop.product.pk}": 2, f"1.{box.pk}": 3}, at=AT, actor="bob")
    order.refresh_from_db()
    assert (order.state, order.lines.get(position=1).quantity) == ("ready", 1)
    held = {row.product.sku: row.quantity for row in Reservation.objects.filter(reference=order.guid, state="held")}
    assert held == {"TOY-1": 1, "BOX": 2}
    assert {line.sku: line.prepared for line in slip.lines.all()} == {"TOY-1": 1, "BOX": 2}


def test_a_word_said_again_counts_in_all_until_the_slip_is_finished(shop):
    _order, slips = routed(shop, (shop.product, 3))
    slip = slips[0]
    assert prepare(slip, {"1": 1}, at=AT, actor="wms", partial=True).state == "claimed"
    prepare(slip, {"1": 2}, at=AT, actor="wms", partial=True)
    assert slip.lines.get().prepared == 2
    prepare(slip, {"1": 3}, at=AT, actor="wms")
    assert prepare(slip, {"1": 3}, at=AT, actor="wms").state == "prepared"
    with pytest.raises(Refused) as told:
        prepare(slip, {"1": 2}, at=AT, actor="wms")
    assert told.value.code == "finished"
    with pytest.raises(Invalid):
        prepare(slip, {"9": 2}, at=AT, actor="wms")


@pytest.mark.parametrize("units", [4, -1])
def test_more_than_the_slip_asks_is_refused(shop, units):
    _order, slips = routed(shop, (shop.product, 3))
    with pytest.raises(Invalid):
        prepare(slips[0], {"1": units}, at=AT, actor="bob")


def test_a_refused_slip_goes_to_another_place_or_to_a_person(shop):
    stock(shop.product, shop.paris, 5)
    order, slips = routed(shop)
    with pytest.raises(Invalid):
        refuse(slips[0], "  ", at=AT, actor="bob")
    made = refuse(slips[0], "flooded", at=AT, actor="bob")
    assert [slip.place for slip in made] == [shop.paris]
    assert refuse(made[0], "shut", at=AT, actor="eve") == []
    deliver(tasks.on_routing, "orders.routing_stuck")
    assert order.number in Task.objects.get(kind__code="routing_stuck").title
    stock(shop.product, shop.lille, 5)
    assert [slip.place for slip in route_order(order, at=AT)] == [shop.lille]
    last = Event.objects.filter(kind="orders.order_routed").latest("id")
    tasks.on_routing(last)
    assert Task.objects.get(kind__code="routing_stuck").state == "done"


def test_a_channel_that_does_not_split_leaves_it_to_a_person(shop):
    RoutingPolicy.objects.create(channel=shop.channel, split=False)
    box = shop.another("BOX", "5.00", units=0)
    stock(box, shop.paris, 4)
    _order, slips = routed(shop, (shop.product, 1), (box, 1))
    assert slips == []
    assert Event.objects.get(kind="orders.routing_stuck").data["why"]


def test_a_slip_is_taken_by_one_and_comes_back_in_time(shop):
    _order, slips = routed(shop)
    slip = claim_slip(slips[0], at=AT, actor="bob")
    with pytest.raises(Refused):
        claim_slip(slip, at=AT, actor="eve")
    assert claim_next([shop.warehouse.pk], at=AT, actor="eve") is None
    assert expire_claims(at=AT + HOUR) == 0
    assert expire_claims(at=AT + 2 * HOUR) == 1
    assert claim_next([shop.warehouse.pk], at=AT, actor="eve").pk == slip.pk
    assert return_slip(slip, at=AT, actor="eve").state == "waiting"
    kinds = set(Event.objects.filter(subject_kind="preparation").values_list("kind", flat=True))
    assert {"logistics.preparation_claimed", "logistics.preparation_returned"} <= kinds


def test_reminders_come_at_a_half_at_three_quarters_and_at_the_end(shop):
    routed(shop)
    assert [remind(at=AT + hours * HOUR) for hours in (11, 12, 13, 18, 24, 30)] == [0, 1, 0, 1, 1, 0]
    deliver(tasks.on_slip, "logistics.preparation_reminded")
    assert Task.objects.get(kind__code="slip_late")


def test_a_store_gets_a_task_that_closes_itself(shop):
    Place.objects.filter(pk=shop.paris.pk).update(priority=90)
    stock(shop.product, shop.paris, 5)
    _order, slips = routed(shop)
    deliver(tasks.on_slip, "logistics.preparation_opened")
    assert slips[0].number in Task.objects.get(kind__code="order_to_prepare").title
    prepare(slips[0], None, at=AT, actor="bob")
    deliver(tasks.on_slip_ended, "logistics.preparation_prepared")
    assert Task.objects.get(kind__code="order_to_prepare").state == "done"


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_get_two_slips(shop):
    routed(shop)
    routed(shop)
    got, barrier = [], threading.Barrier(2)

    def ask(who):
        barrier.wait()
        got.append(claim_next([shop.warehouse.pk], at=AT, actor=who))
        connections.close_all()

    threads = [threading.Thread(target=ask, args=(who,)) for who in ("bob", "eve")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({slip.pk for slip in got}) == 2


def test_the_list_and_a_slip_in_office(client, shop):
    colleague(client, "view_preparation", "change_preparation")
    order, slips = routed(shop, (shop.product, 2))
    ShelfLocation.objects.create(product=shop.product, place=shop.warehouse, location="B-04-2")
    slip = slips[0]
    assert slip.number in client.get(LIST).content.decode()
    assert slip.number not in client.get(LIST, {"standing": "prepared"}).content.decode()
    assert client.get(LIST, {"standing": "nonsense", "place": "x" * 99}).status_code == 200
    page = f"{LIST}{slip.pk}/change/"
    assert "B-04-2" in client.get(page).content.decode()
    assert "B-04-2" in client.get(f"{LIST}{slip.pk}/print/").content.decode()
    assert client.get(f"{LIST}{slip.pk}/do/").status_code == 404, "nothing is written by looking"
    client.post(f"{LIST}next/")
    assert Preparation.objects.get().claimed_by
    line = slip.lines.get()
    for wrong in ("3", "-1", "x", "²", "9" * 30):
        client.post(f"{LIST}{slip.pk}/do/", {"verb": "prepared", f"units-{line.pk}": wrong})
        assert Preparation.objects.get().state == "claimed"
    client.post(f"{LIST}{slip.pk}/do/", {"verb": "prepared", f"units-{line.pk}": "2"})
    assert Order.objects.get(pk=order.pk).state == "ready"
    assert client.post(f"{LIST}{slip.pk}/do/", {"verb": "gone-999999"}).status_code == 404
    assert client.post(f"{LIST}{slip.pk}/do/", {"verb": "explode"}).status_code == 404


def test_one_tap_not_found_and_refusal_in_office(client, shop):
    colleague(client, "view_preparation", "change_preparation", "view_order", "change_order")
    stock(shop.product, shop.paris, 5)
    order, slips = routed(shop)
    slip = slips[0]
    client.post(f"{LIST}{slip.pk}/do/", {"verb": f"gone-{slip.lines.get().pk}"})
    second = Preparation.objects.get(state="waiting")
    assert second.place == shop.paris
    client.post(f"{LIST}{second.pk}/do/", {"verb": "refuse", "reason": ""})
    client.post(f"{LIST}{second.pk}/do/", {"verb": "refuse", "reason": "shut"})
    second.refresh_from_db()
    assert second.state == "refused"
    stock(shop.product, shop.lille, 5)
    client.post(f"/office/orders/order/{order.pk}/act/", {"verb": "route"})
    page = client.get(f"/office/orders/order/{order.pk}/change/").content.decode()
    assert f"{order.number}-3" in page


def test_a_store_account_sees_the_slips_of_its_stores_alone(client, shop):
    Place.objects.filter(pk=shop.paris.pk).update(priority=90)
    stock(shop.product, shop.paris, 1)
    _order, at_paris = routed(shop)
    _order, at_depot = routed(shop)
    user = colleague(client, "view_preparation", "change_preparation", kind=AccountKind.STORE)
    user.stores.add(shop.paris.store)
    text = client.get(LIST).content.decode()
    assert at_paris[0].number in text
    assert at_depot[0].number not in text
    foreign = f"{LIST}{at_depot[0].pk}/"
    assert client.post(f"{foreign}do/", {"verb": "claim"}).status_code == 404
    assert client.get(f"{foreign}print/").status_code == 404
    assert client.get(f"{foreign}change/").status_code == 404
    client.post(f"{LIST}next/", {"place": str(shop.warehouse.pk)})
    assert not Preparation.objects.filter(state="claimed").exists()


def test_who_may_only_look_changes_nothing(client, shop):
    _order, slips = routed(shop)
    colleague(client, "view_preparation")
    assert client.get(f"{LIST}{slips[0].pk}/change/").status_code == 200
    assert client.post(f"{LIST}{slips[0].pk}/do/", {"verb": "claim"}).status_code == 403
    assert client.post(f"{LIST}next/").status_code == 403


def test_the_list_takes_as_many_queries_for_one_as_for_three(client, shop):
    colleague(client, "view_preparation")
    counts = []
    for many in (1, 2):
        for _each in range(many):
            routed(shop)
        client.get(LIST)
        with CaptureQueriesContext(connection) as asked:
            client.get(LIST)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_stock_still_adds_up_after_all_this(shop):
    stock(shop.product, shop.paris, 5)
    _order, slips = routed(shop, (shop.product, 3))
    prepare(slips[0], {"1": 1}, at=AT, actor="bob")
    reserved = {(row.product_id, row.place_id): 0 for row in StockBalance.objects.all()}
    for row in Reservation.objects.filter(state="held"):
        reserved[row.product_id, row.place_id] += row.quantity
    assert {(b.product_id, b.place_id): b.reserved for b in StockBalance.objects.all()} == reserved
