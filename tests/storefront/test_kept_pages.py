"""A page that is kept is never a page that is old: whatever changes shows on the very next request."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from altazion.lib import clock
from campaigns.models import Campaign
from catalog.enums import ProductKind, ProductState
from catalog.models import BasePrice, BundleLine, Label, LabelSlot, Product, ProductLabel, Publication, Selection
from discovery.models import MerchandisingRule
from discovery.services import reindex
from discovery.services.causes import decided
from logistics.models import DeliveryMode, Place, Reservation, StockBalance
from storefront.selectors import fingerprint as rests_on
from storefront.views import kept
from stores.models import Site, Store
from tests import builders as b

pytestmark = pytest.mark.django_db
AT = b.AT
SECOND = dt.timedelta(seconds=1)
DAY = dt.timedelta(days=1)


class World:
    """A shop at an instant, and a visitor without a past."""

    def __init__(self):
        self.at = AT
        self.channel = b.a_channel()
        self.segment = b.a_segment("Jouets", slug="jouets")
        self.depot = b.a_warehouse()
        self.robot = b.a_product("ROB", name="Robot", price=20, channel=self.channel, segment=self.segment)
        self.plain = b.a_product("PLA", name="Robot nu", price=7, channel=self.channel, segment=self.segment)
        self.balance = b.stock(self.robot, self.depot, 30, channel=self.channel)
        b.stock(self.plain, self.depot, 30)
        self.pages = ["/s/jouets/", f"/p/rob-{self.robot.pk}/", "/search/?q=robot", "/"]
        self.visitor = Client()

    def read(self, address, visitor=None, **headers):
        with clock.pretending(self.at):
            answer = (visitor or self.visitor).get(address, headers=headers)
        assert answer.status_code in (200, 304), address
        return answer

    def settle(self):
        """Every page is kept: the third request asks nothing but what it rests on."""
        for address in self.pages:
            for _time in range(2):
                self.read(address)
            with CaptureQueriesContext(connection) as asked:
                self.read(address)
            assert len(asked) == 1, [query["sql"] for query in asked]

    def said(self, visitor=None):
        return [self.read(address, visitor).content.decode() for address in self.pages]


@pytest.fixture
def shop(db):
    world = World()
    reindex(None, at=AT)
    return world


def settled(shop):
    shop.settle()
    return [mask(page) for page in shop.said()]


def mask(page):
    return re.sub(r'(csrfmiddlewaretoken" value=")[^"]+', r"\1", page)


def changed(shop, before):
    """For each page whether it says something else now; what it says is what a new process would draw."""
    now = [mask(page) for page in shop.said()]
    kept.forget_pages()
    assert now == [mask(page) for page in shop.said()]
    return [one != other for one, other in zip(before, now, strict=True)]


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


def test_languages_and_hosts_have_pages_of_their_own(shop):
    settled(shop)
    assert "€20.00" in shop.read("/en/s/jouets/").content.decode()
    other = b.a_channel("pro")
    Site.objects.create(host="pro.test", channel=other, name="Pro")
    for _time in range(3):
        answer = shop.visitor.get("/s/jouets/", headers={"host": "localhost"})
        assert "localhost" in answer.content.decode()
        assert "localhost" not in shop.said()[0]


def test_stores_have_pages_of_their_own(shop):
    lyon = b.a_store("LYO", name="Lyon Bellecour")
    b.a_store("PAR", name="Paris Nation")
    b.stock(shop.robot, lyon, 5, channel=shop.channel)
    reindex(None, at=AT)
    settled(shop)
    for code, own, other in (("LYO", "Lyon Bellecour", "Paris Nation"), ("PAR", "Paris Nation", "Lyon Bellecour")):
        visitor = Client()
        visitor.cookies["store"] = code
        for _time in range(3):
            page = shop.read("/s/jouets/", visitor).content.decode()
            assert own in page
            assert other not in page
    assert "Lyon" not in shop.said()[0]
    Store.objects.filter(code="LYO").update(name="Lyon Part-Dieu")
    assert "Lyon Part-Dieu" in shop.read(f"/p/rob-{shop.robot.pk}/").content.decode()


def test_a_basket_and_the_tokens_of_forms_belong_to_one_visitor(shop):
    settled(shop)
    buyer = Client()
    with clock.pretending(AT):
        buyer.post("/basket/add/", {"product": shop.robot.pk, "quantity": 3})
    for _time in range(3):
        for address in shop.pages:
            assert re.search(r'class="count">.*?3', shop.read(address, buyer).content.decode(), re.DOTALL)
            assert 'class="count"' not in shop.read(address).content.decode().split("basket-link")[1].split("</a>")[0]
    one, two = (Client(enforce_csrf_checks=True) for _one in range(2))
    page, other = (shop.read(shop.pages[1], each).content.decode() for each in (one, two))
    token, foreign = (re.search(r'csrfmiddlewaretoken" value="(\w{64})"', each)[1] for each in (page, other))
    form = {"product": shop.robot.pk, "quantity": 1}
    with clock.pretending(AT):
        assert one.post("/basket/add/", {**form, "csrfmiddlewaretoken": foreign}).status_code == 403
        assert one.post("/basket/add/", {**form, "csrfmiddlewaretoken": token}).status_code in (200, 302)


def test_no_mark_is_ever_seen_and_no_nonce_is_kept(shop):
    settled(shop)
    for page in shop.said():
        assert kept.TOKEN_MARK not in page
        assert kept.BASKET_MARK not in page
        assert "nonce" not in page


def test_pages_instead_of_missing_ones_carry_no_marks(shop):
    for address in ("/s/nowhere/", "/p/nothing-999999/"):
        for _time in range(3):
            answer = shop.visitor.get(address)
            assert answer.status_code in (404, 410)
            assert kept.TOKEN_MARK not in answer.content.decode()
            assert kept.BASKET_MARK not in answer.content.decode()


def test_who_has_a_session_gets_a_page_drawn_for_him(shop):
    settled(shop)
    colleague = b.a_colleague()
    colleague.user_permissions.add(Permission.objects.get(codename="preview_shop"))
    selection = b.a_selection(shop.robot)
    campaign = Campaign.objects.create(
        code="half", name="Half", selection=selection, percent_off=Decimal(50), approved=True,
        during=(AT + DAY, AT + 2 * DAY),
    )  # fmt: skip
    campaign.channels.add(shop.channel)
    office = Client()
    office.force_login(colleague)
    office.post("/preview/start/", {"at": (AT + DAY).isoformat(), "next": "/"})
    for _time in range(3):
        page = office.get("/s/jouets/")
        assert "10,00" in page.content.decode()
        assert page["Cache-Control"] == "private, no-store"
        assert "10,00" not in shop.said()[0]


def test_a_message_is_read_once_and_by_whom_it_is_for(shop):
    b.a_store("LYO", name="Lyon Bellecour")
    settled(shop)
    visitor = Client()
    visitor.post("/stores/choose/", {"store": "LYO", "next": "/s/jouets/"})
    assert 'class="notice success"' in shop.read("/s/jouets/", visitor).content.decode()
    for _time in range(3):
        assert 'class="notice success"' not in shop.read("/s/jouets/", visitor).content.decode()


def test_a_browser_that_has_the_page_is_told_so_and_no_longer_after_a_change(shop):
    settled(shop)
    first = shop.read(shop.pages[1])
    assert "no-cache" in first["Cache-Control"]
    assert "Cookie" in first["Vary"]
    assert shop.read(shop.pages[1], if_none_match=first["ETag"]).status_code == 304
    assert shop.read(shop.pages[1], Client(), if_none_match=first["ETag"]).status_code == 200  # another token of forms
    BasePrice.objects.filter(product=shop.robot).update(amount=15)
    assert shop.read(shop.pages[1], if_none_match=first["ETag"]).status_code == 200


def test_parameters_in_another_order_are_the_same_page(shop):
    for address in ("/s/jouets/?sort=price&page=1", "/s/jouets/?page=1&sort=price", "/s/jouets/?sort=price&page=1"):
        with CaptureQueriesContext(connection) as asked:
            shop.read(address)
    assert len(asked) == 1


def test_what_is_kept_stays_within_its_bounds(shop, monkeypatch):
    monkeypatch.setattr(kept, "MOST_BYTES", 60_000)
    for page in range(1, 9):
        for _time in range(2):
            shop.read(f"/s/jouets/?page={page}")
    assert kept._held <= 60_000
    assert kept._held == sum(place.bytes for place in kept._PLACES.values())
    assert len(kept._PLACES) < 8
    kept.forget_pages()
    shop.read(f"/s/jouets/?x={'y' * 500}")
    assert not kept._PLACES


def test_a_page_is_drawn_again_after_a_minute(shop, monkeypatch):
    settled(shop)
    later = kept.time.monotonic() + 61
    monkeypatch.setattr(kept.time, "monotonic", lambda: later)
    with CaptureQueriesContext(connection) as asked:
        shop.read(shop.pages[0])
    assert len(asked) > 1


# Read while a page is drawn, shown or used there, and yet not asked: kept with the index's version, or a minute.
WITH_THE_INDEX = {
    "discovery_indexentry", "discovery_facetvalue", "discovery_listingset", "discovery_lexeme", "discovery_synonymset",
    "discovery_ruleeffect", "discovery_listingpolicy", "catalog_segment", "catalog_productsegment",
    "catalog_keyword", "catalog_association", "catalog_associationkind", "orders_boughttogether",
}  # fmt: skip
A_MINUTE = {
    "catalog_brand", "catalog_media", "catalog_documentkind", "catalog_channeltext", "catalog_attribute",
    "catalog_attributeoption", "catalog_attributegroup", "catalog_producttype", "catalog_productreference",
    "catalog_family", "catalog_productdocument", "catalog_customsinfo", "catalog_criterion_segments",
    "catalog_keywordcategory", "catalog_attributeuse", "catalog_criterion", "catalog_criterionvalue",
}  # fmt: skip


def test_every_table_that_a_page_reads_is_asked_or_named_here(shop):
    """Whoever makes an evaluator read one more table has to say how pages learn of its changes."""
    asked = []

    def listens(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listens):
        shop.said()
    read = set()
    for question, given in asked:
        with connection.cursor() as sql:
            sql.execute(f"EXPLAIN (FORMAT JSON) {question}", given)
            read |= set(re.findall(r"'Relation Name': '(\w+)'", str(sql.fetchone()[0])))
    known = {*rests_on.SETTINGS, *rests_on.DATED, *rests_on.OF_PRODUCTS, *rests_on.OF_DAYS, *rests_on.VERSIONED}
    assert read - known - WITH_THE_INDEX - A_MINUTE == set()
    assert {"catalog_baseprice", "logistics_stockbalance", "catalog_label", "logistics_deliverymode"} <= read
