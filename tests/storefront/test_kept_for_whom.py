"""A kept page belongs to nobody: what is one visitor's own is filled in, and who is somebody gets his own page."""

import re
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from altazion.lib import clock
from campaigns.models import Campaign
from catalog.models import BasePrice
from discovery.services import reindex
from storefront.selectors import fingerprint as rests_on
from storefront.views import kept
from stores.models import Site, Store
from tests import builders as b
from tests.storefront.kept_world import AT, DAY, World, settled

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db):
    world = World()
    reindex(None, at=AT)
    return world


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
    "discovery_indexentry", "discovery_facetvalue", "discovery_listingset", "discovery_commonword", "discovery_lexeme",
    "discovery_synonymset", "discovery_ruleeffect", "discovery_listingpolicy",
    "catalog_segment", "catalog_productsegment",
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
