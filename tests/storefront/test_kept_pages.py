"""A page that is kept is never a page that is old: whatever changes shows on the very next request."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.models import Campaign
from catalog.enums import ProductKind, ProductState
from catalog.models import BasePrice, BundleLine, Label, LabelSlot, Product, ProductLabel, Publication, Selection
from discovery.models import MerchandisingRule
from discovery.services import reindex
from discovery.services.causes import decided
from logistics.models import DeliveryMode, Place, Reservation, StockBalance
from tests import builders as b
from tests.storefront.kept_world import AT, DAY, SECOND, World, changed, mask, settled

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db):
    world = World()
    reindex(None, at=AT)
    return world


def test_what_a_page_said_before_is_said_again_with_one_question(shop):
    before = settled(shop)
    assert "20,00" in before[0]
    assert changed(shop, before) == [False, False, False, False]


def test_a_price_shows_on_the_next_request(shop):
    before = settled(shop)
    BasePrice.objects.filter(product=shop.robot).update(amount=15)
    assert "15,00" in shop.said()[0]
    assert changed(shop, before) == [True, True, True, True]


def test_a_price_of_another_product_leaves_pages_alone(shop):
    other = b.a_product("OTH", price=3, channel=shop.channel)
    before = settled(shop)
    BasePrice.objects.filter(product=other).update(amount=4)
    with CaptureQueriesContext(connection) as asked:
        shop.read(shop.pages[0])
    assert len(asked) == 1
    assert changed(shop, before) == [False, False, False, False]


def test_a_promotion_begins_on_its_second_and_ends_on_it(shop):
    BasePrice.objects.filter(product=shop.robot).update(promo_amount=12, promo_during=(AT + DAY, AT + 2 * DAY))
    settled(shop)
    shop.at = AT + DAY - SECOND
    assert all("12,00" not in page for page in shop.said())
    shop.at = AT + DAY
    assert all("12,00" in page for page in shop.said())
    shop.settle()
    shop.at = AT + 2 * DAY
    assert all("12,00" not in page for page in shop.said())


def test_stock_to_zero_shows_on_the_next_request(shop):
    before = settled(shop)
    StockBalance.objects.filter(product=shop.robot).update(physical=0)
    assert changed(shop, before) == [True, True, True, True]


def test_a_reservation_takes_units_until_its_second(shop):
    StockBalance.objects.filter(product=shop.robot).update(physical=1)
    settled(shop)
    Reservation.objects.create(
        product=shop.robot, place=shop.depot, quantity=1, reference="7f1c6f9e-8d9c-4b1e-9f43-000000000001",
        expires_at=AT + DAY, created_at=AT, state="held",
    )  # fmt: skip
    StockBalance.objects.filter(product=shop.robot).update(reserved=1)
    gone = [mask(page) for page in shop.said()]
    shop.settle()
    shop.at = AT + DAY - SECOND
    assert "hx-post" not in shop.said()[1]
    shop.at = AT + DAY
    assert "hx-post" in shop.said()[1]
    assert changed(shop, gone)[1]


def test_a_campaign_begins_on_its_second(shop):
    selection = b.a_selection(shop.robot)
    campaign = Campaign.objects.create(
        code="half", name="Half", public_label="Half", selection=selection, percent_off=Decimal(50), approved=True,
        during=(AT + DAY, AT + 2 * DAY),
    )  # fmt: skip
    campaign.channels.add(shop.channel)
    settled(shop)
    shop.at = AT + DAY
    before = [mask(page) for page in shop.said()]
    assert all("10,00" in page for page in before)
    shop.settle()
    Campaign.objects.update(percent_off=Decimal(40))
    assert all("12,00" in page for page in shop.said())
    shop.settle()
    selection.items.all().delete()
    assert all("20,00" in page for page in shop.said())


def test_the_window_follows_campaigns_and_selections(shop):
    assert "Coup de coeur" not in shop.said()[3]
    shop.settle()
    b.a_selection(shop.robot, code="best")
    Selection.objects.update(group="home", name="Coup de coeur", during=(AT + DAY, None))
    reindex(None, at=AT)
    shop.settle()
    shop.at = AT + DAY
    assert "Coup de coeur" in shop.said()[3]
    shop.settle()
    Selection.objects.update(name="Nos favoris")
    assert "Nos favoris" in shop.said()[3]
    campaign = Campaign.objects.create(
        code="feast", name="Feast", public_label="Grande braderie", selection=Selection.objects.get(),
        percent_off=Decimal(10), approved=True, during=(AT + 2 * DAY, None),
    )  # fmt: skip
    campaign.channels.add(shop.channel)
    shop.settle()
    assert "Grande braderie" not in shop.said()[3]
    shop.at = AT + 2 * DAY
    assert "Grande braderie" in shop.said()[3]


def test_labels_begin_on_their_date_and_follow_changes(shop):
    slot = LabelSlot.objects.create(code="top", name="Top")
    label = Label.objects.create(code="fair", name="Equitable", slot=slot, ground="#112233", ink="#ffffff")
    before = settled(shop)
    ProductLabel.objects.create(product=shop.robot, label=label, during=(AT + DAY, None))
    assert all("Equitable" not in page for page in shop.said())
    shop.settle()
    shop.at = AT + DAY
    assert all("Equitable" in page for page in shop.said())
    shop.settle()
    Label.objects.update(name="Durable")
    assert all("Durable" in page for page in shop.said())
    shop.settle()
    Label.objects.update(during=(AT, AT + 3 * DAY))
    shop.at = AT + 3 * DAY
    assert changed(shop, before)[0] is False


def test_a_novelty_ends_after_its_days(shop):
    slot = LabelSlot.objects.create(code="top", name="Top")
    Label.objects.create(code="new", name="Tout neuf", slot=slot, rule="new", days=3, ground="#112233", ink="#ffffff")
    settled(shop)
    assert all("Tout neuf" in page for page in shop.said())
    shop.at = AT + 3 * DAY
    assert all("Tout neuf" not in page for page in shop.said())
    Publication.objects.filter(product=shop.robot).update(published_at=AT + 2 * DAY)
    assert all("Tout neuf" in page for page in shop.said())


def test_the_index_and_decisions_of_merchandisers_show_at_once(shop):
    before = settled(shop)
    late = b.a_product("LAT", name="Robot tardif", price=5, channel=shop.channel, segment=shop.segment)
    reindex([late.pk], at=AT)
    assert changed(shop, before) == [True, False, True, False]
    before = settled(shop)
    rule = MerchandisingRule.objects.create(
        name="up", place="segment", segment=shop.segment, during=(AT + DAY, AT + 2 * DAY)
    )
    rule.effects.create(kind="pin", product=late, position=1)
    decided()
    assert changed(shop, before)[0] is False
    shop.settle()
    shop.at = AT + DAY
    first = re.search(r'class="tiles".*?/p/([a-z]+)-', shop.said()[0], re.DOTALL)
    assert first
    assert first[1] == "lat"


def test_a_segment_renamed_shows_with_the_index(shop):
    before = settled(shop)
    shop.segment.name = "Jeux"
    shop.segment.save()
    reindex(None, at=AT)
    assert changed(shop, before)[0]
    assert "Jeux" in shop.said()[0]


def test_settings_show_at_once(shop):
    DeliveryMode.objects.all().delete()
    mode = b.a_delivery_mode(shop.channel)
    before = settled(shop)
    assert "4,90" in before[1]
    mode.fee = Decimal("6.50")
    mode.save()
    assert "6,50" in shop.said()[1]
    shop.settle()
    Place.objects.filter(pk=shop.depot.pk).update(active=False)
    assert "hx-post" not in shop.said()[1]
    Place.objects.update(active=True)
    Product.objects.filter(pk=shop.robot.pk).update(limited_below=50)
    assert changed(shop, before)[1]


def test_promises_follow_the_hour(shop):
    b.a_delivery_mode(shop.channel, cutoff_hour=12)
    before = settled(shop)
    shop.at = AT + dt.timedelta(hours=6)
    assert changed(shop, before)[1]


def test_children_and_bundles_are_followed_through(shop):
    parent = b.a_product(
        "FAM", name="Robot famille", kind=ProductKind.PARENT, channel=shop.channel, segment=shop.segment
    )
    child = b.a_product("FAM-1", parent=parent, price=9)
    inside = b.a_product("INS", price=4)
    bundle = b.a_product("BUN", name="Robot lot", kind=ProductKind.BUNDLE, price=8, channel=shop.channel,
                         segment=shop.segment)  # fmt: skip
    BundleLine.objects.create(bundle=bundle, component=inside, quantity=1)
    b.stock(child, shop.depot, 5)
    balance = b.stock(inside, shop.depot, 5)
    reindex(None, at=AT)
    settled(shop)
    BasePrice.objects.filter(product=child).update(amount=2)
    assert "2,00" in shop.said()[0]
    before = settled(shop)
    StockBalance.objects.filter(pk=balance.pk).update(physical=0)
    assert changed(shop, before)[0]
    before = settled(shop)
    cheap = b.a_product("FAM-2", parent=parent, price=1, state=ProductState.VALIDATED)
    b.stock(cheap, shop.depot, 5)
    assert "1,00" in shop.said()[0]  # before any index knows it
    assert changed(shop, before)[0]
