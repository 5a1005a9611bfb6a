"""Thresholds per product and channel: strictly fewer is none; not shown beats not available."""

import json

import pytest

from accounts.enums import Scope
from altazion.lib.problems import Invalid, Refused
from discovery.models import IndexEntry
from discovery.services import reindex
from logbook.models import Event
from logistics.enums import Level, Purpose
from logistics.models import ChannelThreshold
from logistics.selectors import availability
from logistics.services import Figures, NotEnoughStock, reserve, save_threshold
from stores.models import Zone
from tests.builders import AT, Shopfront, a_colleague, a_product, a_warehouse, an_api_key, stock
from tests.logistics.test_office import with_rights

pytestmark = pytest.mark.django_db
WHO = {"at": AT, "actor": "anna"}


@pytest.fixture
def shop():
    return Shopfront(units=5)


def ask(shop, product=None):
    pk = (product or shop.product).pk
    return availability([pk], channel=shop.channel, at=AT, stores=[shop.store])[pk]


def limit(shop, *figures, product=None):
    return save_threshold(product or shop.product, shop.channel.pk, Figures(*figures), **WHO)


@pytest.mark.parametrize(("below", "delivery", "pickup"), [(5, 5, 5), (6, 0, 0), (0, 5, 5), (None, 5, 5)])
def test_strictly_fewer_than_the_threshold_are_none(shop, below, delivery, pickup, django_assert_num_queries):
    limit(shop, below, None, 9)
    with django_assert_num_queries(1):
        found = ask(shop)
    assert (found.delivery, found.pickup[shop.store.pk]) == (delivery, pickup)


def test_units_for_delivery_are_added_up_over_places_and_the_trace_says_why(shop):
    stock(shop.product, a_warehouse("SECOND"), 3, channel=shop.channel)
    limit(shop, 8)
    assert ask(shop).delivery == 8
    limit(shop, 9)
    found = ask(shop)
    assert found.delivery == 0
    assert {step.why for step in found.trace if step.purpose == Purpose.DELIVERY} == {"below"}


def test_the_product_goes_before_the_zone_of_the_store(shop):
    shop.store.zone = Zone.objects.create(code="z", name="Large", unavailable_below=6)
    shop.store.save()
    assert ask(shop).pickup[shop.store.pk] == 0
    limit(shop, 2)
    assert ask(shop).pickup[shop.store.pk] == 5


def test_not_shown_beats_not_available_and_the_shop_forgets_the_product(shop):
    reindex(None, at=AT)
    limit(shop, None, 10)  # five here, five there
    assert ask(shop).shown_level == Level.AVAILABLE
    limit(shop, 2, 11)
    assert (ask(shop).shown_level, ask(shop).delivery) == (Level.NOT_SHOWN, 0)
    reindex([shop.product.pk], at=AT)
    assert not IndexEntry.objects.exists()
    limit(shop, 2)
    reindex([shop.product.pk], at=AT)
    assert IndexEntry.objects.get().in_stock


@pytest.mark.parametrize(("below", "in_stock", "places"), [(5, True, 1), (6, False, 0), (None, True, 1)])
def test_lists_follow_the_same_threshold(shop, below, in_stock, places):
    limit(shop, below, None, 9)
    reindex(None, at=AT)
    entry = IndexEntry.objects.get()
    assert (entry.in_stock, len(entry.places)) == (in_stock, places)


def test_a_variant_follows_its_parent_unless_it_says_otherwise(shop):
    parent = a_product("PARENT", kind="parent", channel=shop.channel)
    red, blue = (a_product(sku, parent=parent) for sku in ("RED", "BLUE"))
    for one in (red, blue):
        stock(one, shop.warehouse, 5)
    limit(shop, 6, product=parent)
    limit(shop, 1, product=blue)
    assert (ask(shop, red).delivery, ask(shop, blue).delivery, ask(shop, parent).delivery) == (0, 5, 5)


def test_a_reservation_obeys_and_keeps_what_it_holds(shop):
    cart = shop.cart().guid

    def take(units, who=cart):
        lines = [("1", shop.product.pk, None, units)]
        reserve(who, lines, channel=shop.channel, purpose=Purpose.DELIVERY, at=AT, expires_at=None)

    take(3)
    limit(shop, 6)
    with pytest.raises(NotEnoughStock):
        take(1, shop.cart().guid)
    with pytest.raises(NotEnoughStock):
        take(4)
    take(3)


def test_one_order_holds_no_more_than_the_most(shop):
    limit(shop, None, None, 2)
    with pytest.raises(Refused, match="At most 2 of TOY-1"):
        shop.order((shop.product, 3))
    assert shop.order((shop.product, 2)).lines.count() == 2


def test_saying_it_twice_is_told_once_and_nothing_takes_it_away(shop):
    for _ in range(2):
        limit(shop, 2)
    assert Event.objects.filter(kind="logistics.threshold_saved").count() == 1
    limit(shop)
    assert not ChannelThreshold.objects.exists()


@pytest.mark.parametrize("figures", [(-1,), (None, -1), (None, None, 0), (10**9,)])
def test_nonsense_is_refused(shop, figures):
    with pytest.raises(Invalid):
        limit(shop, *figures)


def test_a_bundle_has_none_of_its_own(shop):
    with pytest.raises(Invalid):
        limit(shop, 2, product=a_product("SET", kind="bundle"))


def test_office_makes_changes_and_takes_away(client, shop):
    rights = [f"{verb}_channelthreshold" for verb in ("view", "add", "change", "delete")]
    client.force_login(with_rights(a_colleague(language="en"), *rights, "view_product"))
    page = "/office/logistics/channelthreshold/"
    fields = {"product": shop.product.pk, "channel": shop.channel.pk, "unavailable_below": "6"}
    assert client.post(f"{page}add/", fields).status_code == 302
    row = ChannelThreshold.objects.get()
    assert "TOY-1" in client.get(page, {"q": "TOY-1"}).content.decode()
    assert "At least 1" in client.post(f"{page}{row.pk}/change/", {"most_per_order": "0"}).content.decode()
    assert client.post(f"{page}{row.pk}/change/", {"unavailable_below": "1"}).status_code == 302
    assert ask(shop).delivery == 5
    client.post(f"{page}{row.pk}/delete/", {"post": "yes"})
    assert not ChannelThreshold.objects.exists()


def test_machines_write_in_batches_and_read(client, shop):
    head = {"Authorization": f"Bearer {an_api_key(Scope.STOCK_WRITE)}"}
    rows = [
        {"sku": "TOY-1", "channel": "web", "unavailable_below": 6, "most_per_order": 2},
        {"sku": "NOPE", "unavailable_below": 1},
        {"sku": "TOY-1", "channel": "moon"},
        {"sku": "TOY-1", "hidden_below": "x"},
    ]
    body = json.dumps({"rows": rows})
    answer = client.put("/api/v1/stock/thresholds", body, content_type="application/json", headers=head)
    assert [row["code"] for row in answer.json()["rows"]] == ["", "no_product", "no_channel", "invalid"]
    listed = client.get("/api/v1/stock/thresholds?channel=web", headers=head).json()
    assert [(row["sku"], row["unavailable_below"], row["most_per_order"]) for row in listed] == [("TOY-1", 6, 2)]
    key = {"Authorization": f"Bearer {an_api_key(Scope.AVAILABILITY_READ)}"}
    item = client.get("/api/v1/availability?sku=TOY-1&channel=web", headers=key).json()["items"][0]
    assert (item["level"], item["most_per_order"]) == ("unavailable", 2)
    assert client.get("/api/v1/stock/thresholds", headers=key).status_code == 403
