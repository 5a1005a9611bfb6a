"""Parcels and shipments (ORC-5): packed, labelled, handed to a carrier, told to the shopper."""

import pytest

from accounts.enums import AccountKind
from altazion.lib.problems import Invalid, Refused
from logbook.models import Event
from logistics.enums import Purpose
from logistics.models import (
    Carrier,
    HandoverList,
    Parcel,
    Place,
    Preparation,
    Reservation,
    Shipment,
    StockBalance,
    StockMovement,
    SupplySource,
)
from logistics.services.consuming import consume_part
from logistics.services.parcels import Box, follow, pack, tell_state, unpack, unpacked
from orders import services
from orders.models import Order
from orders.services.preparing import prepare
from orders.services.routing import route_order
from orders.services.shipping import hand_to_carrier, ship
from orders.tasks import send_shipped
from tests.builders import AT, Shopfront, a_store, stock
from tests.orders.test_office import colleague

pytestmark = pytest.mark.django_db
SLIPS, PARCELS = "/office/logistics/preparation/", "/office/logistics/parcel/"
EVIL = '<script>alert(1)</script>"; DROP TABLE'


@pytest.fixture
def shop():
    shop = Shopfront()
    shop.paris = a_store("PARIS", address="1 rue Haute", postcode="75011").place
    SupplySource.objects.create(channel=shop.channel, place=shop.paris, purpose=Purpose.DELIVERY, rank=20)
    shop.post = Carrier.objects.create(code="post", name="Post", tracking_url="https://post.test/{number}")
    shop.home.carrier = shop.post
    shop.home.save()
    return shop


def prepared(shop, *lines, **more):
    order = shop.order(*lines, pickup=False, **more)
    services.record_payment(order, method=shop.card, amount=order.total, key=order.number, at=AT)
    slips = route_order(order, at=AT)
    for slip in slips:
        prepare(slip, None, at=AT, actor="bob")
    order.refresh_from_db()
    return order, [Preparation.objects.get(pk=slip.pk) for slip in slips]


def shipped():
    return [
        (event.data["shipment"], event.data["lines"])
        for event in Event.objects.filter(kind="orders.order_shipped").order_by("id")
    ]


def state(order):
    return Order.objects.get(pk=order.pk).state


def test_a_slip_leaves_and_the_order_is_done(shop):
    order, [slip] = prepared(shop, (shop.product, 2))
    made = ship(slip, at=AT, actor="bob")
    assert made.key == f"order:{order.number}:1"
    assert ship(slip, at=AT, actor="bob").pk == made.pk, "said twice, it happens once"
    assert shipped() == [(made.key, {"1": 2})]
    moved = StockMovement.objects.get(document=made.key)
    assert (moved.kind, moved.quantity, moved.place) == ("shipment", -2, shop.warehouse)
    assert StockBalance.objects.get(product=shop.product, place=shop.warehouse).reserved == 0
    assert state(order) == "done"
    assert Event.objects.filter(kind="orders.order_done").count() == 1
    assert Parcel.objects.get().state == "sent"


def test_two_places_send_two_shipments_and_the_second_ends_the_order(shop):
    box = shop.another("BOX", "5.00", units=0)
    stock(box, shop.paris, 4)
    order, slips = prepared(shop, (shop.product, 2), (box, 1))
    ship(slips[0], at=AT, actor="bob")
    assert state(order) == "ready"
    ship(slips[1], at=AT, actor="eve")
    assert state(order) == "done"
    assert [key for key, _lines in shipped()] == [f"order:{order.number}:{n}" for n in (1, 2)]
    assert sorted(str(lines) for _key, lines in shipped()) == ["{'1': 2}", "{'2': 1}"]


def test_a_slip_may_leave_in_parts_each_told_in_all(shop):
    order, [slip] = prepared(shop, (shop.product, 5))
    ship(slip, {"1": 2}, at=AT, actor="wms")
    ship(slip, {"1": 2}, at=AT, actor="wms")
    ship(slip, {"1": 5}, at=AT, actor="wms")
    assert shipped() == [(f"order:{order.number}:1", {"1": 2}), (f"order:{order.number}:2", {"1": 3})]
    assert state(order) == "done"
    with pytest.raises(Invalid):
        ship(slip, {"1": 6}, at=AT, actor="wms")
    with pytest.raises(Invalid):
        ship(slip, {"x": 1}, at=AT, actor="wms")


def test_nothing_leaves_that_is_not_prepared_not_paid_held_or_collected(shop):
    order = shop.order(pickup=False)
    services.record_payment(order, method=shop.card, amount=order.total, key="k", at=AT)
    [slip] = route_order(order, at=AT)
    with pytest.raises(Refused):
        ship(slip, at=AT, actor="bob")
    prepare(slip, None, at=AT, actor="bob")
    services.hold_order(order, reason="odd", at=AT, actor="anna")
    with pytest.raises(Refused) as held:
        ship(slip, at=AT, actor="bob")
    assert held.value.code == "order_held"
    pickup = shop.order()
    [at_store] = route_order(pickup, at=AT)
    prepare(at_store, None, at=AT, actor="bob")
    with pytest.raises(Refused) as told:
        ship(at_store, at=AT, actor="bob")
    assert told.value.code == "pickup"


def test_goods_are_packed_in_boxes_and_opened_again(shop):
    _order, [slip] = prepared(shop, (shop.product, 3))
    first = pack(slip, {"1": 2}, Box(weight_g=450, tracking=" 6A1 "), at=AT, actor="bob")
    assert (first.number, first.follow) == (f"{slip.number}-1", "https://post.test/6A1")
    assert unpacked(slip) == {"1": 1}
    with pytest.raises(Invalid):
        pack(slip, {"1": 2}, Box(), at=AT, actor="bob")
    second = pack(slip, None, Box(), at=AT, actor="bob")
    with pytest.raises(Invalid):
        pack(slip, None, Box(), at=AT, actor="bob")
    unpack(first, at=AT, actor="bob")
    third = pack(slip, {"1": 2}, Box(), at=AT, actor="bob")
    assert len({second.number, third.number}) == 2
    ship(slip, at=AT, actor="bob")
    with pytest.raises(Refused):
        unpack(second, at=AT, actor="bob")


@pytest.mark.parametrize("box", [{"weight_g": 0}, {"length_mm": 10**9}, {"tracking_url": "javascript:alert(1)"}])
def test_a_box_that_cannot_be_is_refused(shop, box):
    _order, [slip] = prepared(shop)
    with pytest.raises(Invalid):
        pack(slip, None, Box(**box), at=AT, actor="bob")
    assert not Parcel.objects.exists()


def test_a_parcel_is_followed_to_the_door(shop):
    _order, [slip] = prepared(shop)
    parcel = pack(slip, None, Box(), at=AT, actor="bob")
    with pytest.raises(Refused):
        tell_state(parcel, "delivered", at=AT, actor="post")
    ship(slip, at=AT, actor="bob")
    follow(parcel, tracking="6A2", at=AT, actor="bob")
    assert tell_state(parcel, "delivered", at=AT, actor="post").state == "delivered"
    tell_state(parcel, "delivered", at=AT, actor="post")
    assert Event.objects.filter(kind="logistics.parcel_changed").count() == 1
    with pytest.raises(Refused):
        tell_state(parcel, "lost", at=AT, actor="post")


def test_a_driver_takes_what_is_packed_and_the_rest_stays(shop):
    order, [slip] = prepared(shop, (shop.product, 2))
    held, [other] = prepared(shop)
    for one in (slip, other):
        pack(one, None, Box(), at=AT, actor="bob")
    services.hold_order(held, reason="odd", at=AT, actor="anna")
    made = hand_to_carrier(shop.warehouse, shop.post, at=AT, actor="bob")
    assert [parcel.preparation for parcel in made.parcels.all()] == [slip]
    assert (state(order), state(held)) == ("done", "ready")
    with pytest.raises(Refused):
        hand_to_carrier(shop.warehouse, shop.post, at=AT, actor="bob")


def test_the_short_way_still_hands_all_over(shop):
    order, [slip] = prepared(shop, (shop.product, 2))
    pack(slip, None, Box(), at=AT, actor="bob")
    services.hand_over(order, AT, "anna")
    assert Parcel.objects.get().state == "sent"
    slip.refresh_from_db()
    assert (slip.state, state(order)) == ("sent", "done")
    assert StockMovement.objects.filter(document=f"order:{order.number}").count() == 1


def test_a_cancelled_order_has_its_boxes_opened(shop):
    order, [slip] = prepared(shop)
    pack(slip, None, Box(), at=AT, actor="bob")
    services.cancel(order, "changed their mind", AT, "anna")
    slip.refresh_from_db()
    assert (slip.state, Parcel.objects.count()) == ("cancelled", 0)


def test_more_than_is_held_cannot_be_consumed(shop):
    order, [slip] = prepared(shop, (shop.product, 2))
    with pytest.raises(Refused):
        consume_part(order.guid, {"1": {shop.warehouse.pk: 3}}, document="d", kind="shipment", at=AT, actor="x")
    consume_part(order.guid, {"1": {shop.warehouse.pk: 1}}, document="d", kind="shipment", at=AT, actor="x")
    assert Reservation.objects.get(reference=order.guid).quantity == 1
    assert slip.pk


def test_the_shopper_is_told_once_with_the_tracking(shop, mailoutbox, client):
    order, [slip] = prepared(shop, (shop.product, 2))
    pack(slip, None, Box(tracking="6A3"), at=AT, actor="bob")
    made = ship(slip, at=AT, actor="bob")
    assert send_shipped(made.key) is True
    assert send_shipped(made.key) is False
    assert len(mailoutbox) == 1
    assert order.number in mailoutbox[0].subject
    assert "https://post.test/6A3" in mailoutbox[0].body
    assert "https://post.test/6A3" in mailoutbox[0].alternatives[0][0]
    page = client.get(f"/commande/{order.guid}/", follow=True)
    if page.status_code == 404:
        from django.urls import reverse

        page = client.get(reverse("storefront:order", args=[order.guid]), follow=True)
    assert "https://post.test/6A3" in page.content.decode()


def test_papers_are_pdf_whatever_is_written_on_them(shop, client):
    colleague(client, "view_parcel", "change_parcel", "view_handoverlist", "view_preparation")
    _order, [slip] = prepared(shop, first_name=EVIL, last_name="é漢字")
    parcel = pack(slip, None, Box(tracking="é漢", tracking_url="https://x.test/?a=<b>"), at=AT, actor="bob")
    label = client.get(f"{PARCELS}{parcel.pk}/label/")
    assert label["Content-Type"] == "application/pdf"
    assert label.content.startswith(b"%PDF")
    text = client.get(f"{PARCELS}{parcel.pk}/change/").content.decode()
    assert "<script>alert(1)" not in text
    assert "Post" in client.get(PARCELS).content.decode()
    told = client.post(f"{PARCELS}hand-over/", {"place": shop.warehouse.pk, "carrier": shop.post.pk}, follow=True)
    made = HandoverList.objects.get()
    assert made.number in told.content.decode()
    assert client.get(f"/office/logistics/handoverlist/{made.pk}/pdf/").content.startswith(b"%PDF")
    assert client.post(f"{PARCELS}hand-over/", {"place": "x", "carrier": "9" * 40}).status_code == 404
    assert client.get(f"{PARCELS}hand-over/").status_code == 404


def test_packing_and_sending_in_office(shop, client):
    colleague(client, "view_preparation", "change_preparation", "view_parcel", "change_parcel")
    order, [slip] = prepared(shop, (shop.product, 3))
    do, line = f"{SLIPS}{slip.pk}/do/", slip.lines.get()
    for wrong in ({f"pack-{line.pk}": "x"}, {f"pack-{line.pk}": "9"}, {f"pack-{line.pk}": "1", "weight_g": "-3"}, {}):
        client.post(do, {"verb": "pack", **wrong})
    assert not Parcel.objects.exists()
    client.post(
        do, {"verb": "pack", f"pack-{line.pk}": "2", "carrier": shop.post.pk, "weight_g": "300", "tracking": "T1"}
    )
    parcel = Parcel.objects.get()
    assert (parcel.carrier, parcel.weight_g, parcel.tracking) == (shop.post, 300, "T1")
    assert "T1" in client.get(f"{SLIPS}{slip.pk}/change/").content.decode()
    client.post(f"{PARCELS}{parcel.pk}/do/", {"verb": "follow", "tracking": "T2", "tracking_url": "ftp://x"})
    client.post(f"{PARCELS}{parcel.pk}/do/", {"verb": "follow", "tracking": "T3"})
    client.post(do, {"verb": "ship"})
    assert state(order) == "done"
    client.post(f"{PARCELS}{parcel.pk}/do/", {"verb": "delivered"})
    parcel.refresh_from_db()
    assert (parcel.tracking, parcel.state) == ("T3", "delivered")
    assert client.post(f"{PARCELS}{parcel.pk}/do/", {"verb": "explode"}).status_code == 404
    assert client.get(PARCELS, {"q": "T3"}).status_code == 200


def test_a_store_sees_its_own_parcels(shop, client):
    user = colleague(client, "view_parcel", "change_parcel", kind=AccountKind.STORE)
    user.stores.add(shop.paris.store)
    _order, [slip] = prepared(shop)
    parcel = pack(slip, None, Box(), at=AT, actor="bob")
    assert parcel.number not in client.get(PARCELS).content.decode()
    assert client.get(f"{PARCELS}{parcel.pk}/label/").status_code == 404
    asked = {"place": shop.warehouse.pk, "carrier": shop.post.pk}
    assert client.post(f"{PARCELS}hand-over/", asked).status_code == 404
    assert Place.objects.count()
    assert Shipment.objects.count() == 0
