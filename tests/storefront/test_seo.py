"""What every page tells search engines, and that machines read the very price that people see."""

import datetime as dt
import json
import re
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from psycopg.types.range import TimestamptzRange

from altazion.lib.clock import now
from altazion.lib.problems import Invalid
from campaigns.enums import BlockKind
from campaigns.models import LandingPage
from campaigns.services import add_block, approve, create_campaign, publish_page, save_page
from catalog import services as catalog
from catalog.enums import AttributeType, MediaKind
from catalog.models import Attribute, BasePrice, Brand, ProductReference
from discovery.services import reindex
from storefront.selectors.sitemap import entries
from stores.models import Site
from tests import builders as b

pytestmark = pytest.mark.django_db
XML = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml",
       "i": "http://www.google.com/schemas/sitemap-image/1.1"}  # fmt: skip


class Page:
    """A page as a crawler reads it."""

    def __init__(self, client, address, status=200):
        answer = client.get(address)
        assert answer.status_code == status, address
        self.html = answer.content.decode()
        head = self.html.partition("</head>")[0]
        self.canonical = re.findall(r'<link rel="canonical" href="([^"]*)">', head)
        self.alternates = dict(re.findall(r'<link rel="alternate" hreflang="([^"]*)" href="([^"]*)">', head))
        self.title = re.findall(r"<title>(.*?)</title>", head, re.DOTALL)
        self.h1 = re.findall(r"<h1[ >]", self.html)
        self.robots = re.findall(r'<meta name="robots" content="([^"]*)">', head)
        self.meta = dict(re.findall(r'<meta (?:property|name)="([^"]*)" content="([^"]*)">', head))
        scripts = re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', self.html, re.DOTALL)
        self.facts = {fact["@type"]: fact for fact in map(json.loads, scripts)}

    def shown_price(self):
        """The price in the buying panel, as a number."""
        text = re.search(r'<p class="price[^"]* big">.*?<span class="now">(.*?)</span>', self.html, re.DOTALL)[1]
        return Decimal(re.sub(r"[^\d,.]", "", text).replace(",", "."))


@pytest.fixture
def shop(client):
    channel = b.a_channel()
    Site.objects.update(in_production=True, name="Jouets", tagline="Tout pour jouer")
    brand = catalog.save_brand(None, {"code": "hasbro", "name": "Hasbro", "website": "https://hasbro.example"}, at=b.AT)
    top = b.a_segment("Jouets", slug="jouets", translations={"en": {"name": "Toys", "slug": "toys"}})
    heroes = b.a_segment("Héros", slug="heros", parent=top, translations={"en": {"name": "Heroes", "slug": "heroes"}})
    Attribute.objects.create(code="couleur", name="Couleur", type=AttributeType.TEXT, is_facet=True,
                             is_differentiating=True)  # fmt: skip
    hulk = b.a_product("HULK", name="Hulk", price="12.90", channel=channel, segment=heroes, brand=brand,
                       attributes={"couleur": "vert"}, translations={"en": {"name": "The Hulk", "slug": "the-hulk"}},
                       description="Un <b>géant</b> vert.")  # fmt: skip
    ProductReference.objects.create(product=hulk, type="EAN13", value="4006381333931", is_main=True)
    hulk.media.create(kind=MediaKind.IMAGE, location="demo/hulk.webp")
    b.stock(hulk, b.a_warehouse(), 40, channel=channel)
    parent = b.a_product("TEAM", name="Équipe", price="10", channel=channel, segment=heroes, kind="parent", brand=brand)
    for colour, price, units in (("rouge", "11", 9), ("bleu", "14", 0)):
        child = b.a_product(f"TEAM-{colour}", name=f"Équipe {colour}", price=price, parent=parent,
                            attributes={"couleur": colour})  # fmt: skip
        b.stock(child, b.a_warehouse(), units)
    b.a_store("LYO", name="Lyon", address="1 rue Haute", postcode="69001", latitude=Decimal("45.76"),
              longitude=Decimal("4.83"), hours={"1": [["09:00", "19:00"]]})  # fmt: skip
    b.a_delivery_mode(channel)
    reindex(None, at=b.AT)
    client.hulk, client.parent, client.channel = hulk, parent, channel
    return client


def pages(shop):
    return ["/", "/s/jouets/", "/s/heros/", "/b/hasbro/", "/stores/", "/stores/LYO/", f"/p/hulk-{shop.hulk.pk}/",
            f"/p/team-{shop.parent.pk}/"]  # fmt: skip


def test_every_kind_of_page_has_one_head_and_true_languages(shop):
    for address in pages(shop):
        page = Page(shop, address)
        assert page.canonical == [f"http://testserver{address}"]
        assert len(page.h1) == len(page.title) == 1, address
        assert page.robots == []
        assert set(page.alternates) == {"fr", "en", "x-default"}, address
        assert page.alternates["fr"] == page.alternates["x-default"] == page.canonical[0]
        other = Page(shop, page.alternates["en"].removeprefix("http://testserver"))
        assert other.alternates == page.alternates
        assert other.canonical == [page.alternates["en"]]
        assert page.meta["og:url"] == page.canonical[0]
        assert page.meta["og:title"] == page.title[0]
    assert page.alternates["en"].startswith("http://testserver/en/p/team-")
    assert "/en/s/heroes/" in Page(shop, "/s/heros/").alternates["en"]


@pytest.mark.parametrize("address", ["/search/?q=hulk", "/basket/", "/account/login/", "/nowhere/"])
def test_pages_that_nobody_should_find_by_a_search_engine_say_so(shop, address):
    page = Page(shop, address, 404 if "nowhere" in address else 200)
    assert page.robots[0].startswith("noindex")
    assert len(page.canonical) <= 1
    assert page.alternates == {}


def test_filtered_and_sorted_views_point_at_the_plain_one(shop):
    one = Page(shop, "/s/heros/?f-couleur=vert")
    assert one.canonical == ["http://testserver/s/heros/"]
    assert one.robots == []
    for deep in ("?f-couleur=vert&f-brand=hasbro", "?sort=price", "?in_store=1"):
        page = Page(shop, f"/s/heros/{deep}")
        assert page.canonical == ["http://testserver/s/heros/"]
        assert deep == "?in_store=1" or page.robots == ["noindex, follow"]


def test_the_language_switch_keeps_the_page_and_what_was_asked(shop):
    html = Page(shop, "/s/heros/?f-couleur=vert").html
    assert 'href="/en/s/heroes/?f-couleur=vert"' in html
    html = Page(shop, f"/en/p/the-hulk-{shop.hulk.pk}/").html
    assert f'href="/p/hulk-{shop.hulk.pk}/"' in html


def test_machines_read_the_way_and_the_product(shop):
    page = Page(shop, f"/p/hulk-{shop.hulk.pk}/")
    way = page.facts["BreadcrumbList"]["itemListElement"]
    assert [step["name"] for step in way] == ["Accueil", "Jouets", "Héros", "Hulk"]
    assert way[1]["item"] == "http://testserver/s/jouets/"
    product = page.facts["Product"]
    assert (product["sku"], product["gtin"], product["brand"]["name"]) == ("HULK", "4006381333931", "Hasbro")
    assert product["description"] == "Un géant vert."
    assert product["image"] == ["http://testserver/media/demo/hulk.webp"]
    assert product["offers"]["shippingDetails"][0]["shippingRate"]["value"] == "4.90"
    assert product["offers"]["hasMerchantReturnPolicy"]["merchantReturnDays"] == 14
    assert page.meta["product:price:amount"] == "12.90"
    assert page.title == ["Hulk – Hasbro | Jouets"]


def test_the_home_and_a_store_say_who_and_where(shop):
    Site.objects.update(social_pages="https://social.example/jouets", contact_phone="+33 1 02 03 04 05")
    home = Page(shop, "/").facts
    assert home["Organization"]["sameAs"] == ["https://social.example/jouets"]
    assert "search_term_string" in home["WebSite"]["potentialAction"]["target"]["urlTemplate"]
    store = Page(shop, "/stores/LYO/").facts["Store"]
    assert store["address"]["postalCode"] == "69001"
    assert store["openingHoursSpecification"][0]["opens"] == "09:00"


def test_each_variant_address_shows_what_its_offer_says(shop):
    group = Page(shop, f"/p/team-{shop.parent.pk}/").facts["ProductGroup"]
    assert group["variesBy"] == ["https://schema.org/color"]
    assert len(group["hasVariant"]) == 2
    for variant in group["hasVariant"]:
        page = Page(shop, variant["url"].removeprefix("http://testserver"))
        assert page.shown_price() == Decimal(variant["offers"]["price"])
        sold_out = "OutOfStock" in variant["offers"]["availability"]
        assert sold_out == ('class="add"' not in page.html)


def test_price_for_machines_equals_the_one_shown_across_the_edges_of_a_campaign(shop, monkeypatch):
    start = now().replace(microsecond=0) + dt.timedelta(days=1)
    selection = b.a_selection(shop.hulk)
    campaign = create_campaign(
        code="c", name="C", public_label="Promo", selection=selection, channels=[shop.channel],
        percent_off=Decimal(15), starts=start, ends=start + dt.timedelta(hours=2), at=b.AT, actor="",
    )  # fmt: skip
    approve(campaign, at=b.AT, actor="")
    second = dt.timedelta(seconds=1)
    seen = []
    for at in (start - second, start, start + 2 * second, start + dt.timedelta(hours=2) - second,
               start + dt.timedelta(hours=2)):  # fmt: skip
        for clock in ("catalogue", "kept"):
            monkeypatch.setattr(f"storefront.views.{clock}.now", lambda at=at: at)
        page = Page(shop, f"/p/hulk-{shop.hulk.pk}/")
        offer = page.facts["Product"]["offers"]
        assert Decimal(offer["price"]) == page.shown_price() == Decimal(page.meta["product:price:amount"])
        assert ("priceSpecification" in offer) == ("<s>" in page.html)
        assert offer["priceCurrency"] == page.meta["product:price:currency"] == "EUR"
        seen.append(offer["price"])
    assert seen == ["12.90", "10.97", "10.97", "10.97", "12.90"]


def test_an_address_with_a_bad_price_or_none_makes_no_offer(shop):
    BasePrice.objects.filter(product=shop.hulk).delete()
    facts = Page(shop, f"/p/hulk-{shop.hulk.pk}/").facts["Product"]
    assert "offers" not in facts


def test_the_sitemap_names_every_page_in_every_language(shop, monkeypatch):
    monkeypatch.setattr("storefront.selectors.sitemap.PRODUCTS_PER_FILE", 1)
    index = ET.fromstring(shop.get("/sitemap.xml").content)
    files = [loc.text for loc in index.iterfind(".//s:loc", XML)]
    assert len([name for name in files if "products" in name]) == 2
    found = {}
    for name in files:
        answer = shop.get(name.removeprefix("http://testserver"))
        for url in ET.fromstring(b"".join(answer.streaming_content)).iterfind("s:url", XML):
            found[url.findtext("s:loc", namespaces=XML)] = url
    for address in pages(shop):
        assert f"http://testserver{address}" in found, address
    hulk = found[f"http://testserver/p/hulk-{shop.hulk.pk}/"]
    assert hulk.findtext("s:lastmod", namespaces=XML) == b.AT.isoformat(timespec="seconds")
    assert hulk.findtext(".//i:loc", namespaces=XML) == "http://testserver/media/demo/hulk.webp"
    links = {link.get("hreflang"): link.get("href") for link in hulk.iterfind("x:link", XML)}
    assert links["en"] in found
    assert links["x-default"] == links["fr"]
    assert shop.get("/sitemap-nothing.xml").status_code == 404
    assert shop.get(f"/sitemap-products-{10**30}.xml").status_code == 404


def test_robots_and_llms_are_the_sites_own(shop):
    Site.objects.update(robots_txt="Disallow: /secret/", llms_txt="Une boutique de <b>jouets</b>.")
    robots = shop.get("/robots.txt").content.decode()
    assert "Disallow: /secret/" in robots
    assert "Sitemap: http://testserver/sitemap.xml" in robots
    llms = shop.get("/llms.txt").content.decode()
    assert "Une boutique de jouets." in llms
    assert "[Jouets](http://testserver/s/jouets/)" in llms
    Site.objects.update(in_production=False)
    from django.core.cache import cache

    cache.clear()
    assert shop.get("/robots.txt").content.decode() == "User-agent: *\nDisallow: /\n"
    assert Page(shop, "/").robots == ["noindex"]


def test_titles_of_its_own_win_and_hostile_texts_stay_texts(shop):
    brand = Brand.objects.get(code="hasbro")
    evil = '"><script>alert(1)</script>'
    catalog.save_brand(brand, {"meta_title": evil, "meta_description": evil, "header": f"<p>ok</p>{evil}"}, at=b.AT)
    html = Page(shop, "/b/hasbro/").html
    assert "<script>alert" not in html
    assert "<p>ok</p>" in html


@pytest.mark.parametrize(
    ("field", "text"),
    [("product_title", "{nom}"), ("robots_txt", "<b>"), ("social_pages", "http://x.test"), ("segment_title_en", "{x}")],
)
def test_a_site_refuses_what_search_engines_cannot_read(shop, field, text):
    from stores.forms import SiteForm

    site = Site.objects.first()
    form = SiteForm({"name": "x", "host": "*", "channel": site.channel_id, "return_days": 14, field: text,
                     **({} if field == "product_title" else {"product_title": "{name}"}), "segment_title": "{name}",
                     "brand_title": "{name}"}, instance=site)  # fmt: skip
    assert field in form.errors


def test_page_templates_change_the_layout_not_the_content(shop):
    from catalog.models import Segment

    top = Segment.objects.get(slug="jouets")
    for template, mark in (("doors", 'class="doors"'), ("wide", "is-wide")):
        catalog.save_segment(top, {"page_template": template, "banner": "demo/b.webp"}, parent=None, at=b.AT)
        reindex(None, at=b.AT)
        from django.core.cache import cache

        cache.clear()
        html = Page(shop, "/s/jouets/").html
        assert mark in html
        assert "Hulk" in html
        assert "/media/demo/b.webp" in html


def test_a_text_that_nobody_translated_says_its_language(shop):
    brand = Brand.objects.get(code="hasbro")
    catalog.save_brand(brand, {"intro": "Une marque."}, at=b.AT)
    assert '<div class="intro prose" lang="fr">' in Page(shop, "/en/b/hasbro/").html
    assert '<div class="intro prose">' in Page(shop, "/b/hasbro/").html


def test_ways_to_deliver_are_named_in_the_readers_language(shop):
    from logistics.models import DeliveryMode

    DeliveryMode.objects.update(name="À domicile", translations={"en": {"name": "To your door"}})
    assert "To your door" in Page(shop, f"/en/p/the-hulk-{shop.hulk.pk}/").html
    assert "À domicile" in Page(shop, f"/p/hulk-{shop.hulk.pk}/").html


def test_landing_pages_stand_in_the_sitemap_and_old_addresses_lead_to_them(shop):
    from campaigns import services as campaigns
    from campaigns.enums import BlockKind
    from campaigns.models import LandingPage
    from stores.services import add_redirect

    pages = {}
    for name, fields in (("live", {}), ("hidden", {"noindex": True}), ("draft", {})):
        page = pages[name] = LandingPage(name=name, title=name, channel=shop.channel, **fields)
        campaigns.save_page(page, {"fr": f"page-{name}", "en": f"{name}-page"}, at=b.AT)
        campaigns.add_block(page, BlockKind.TEXT, {"texts": {"fr": {"html": "<p>Ici</p>"}}}, at=b.AT)
        if name != "draft":
            campaigns.publish_page(page, at=b.AT)
    sitemap = b"".join(shop.get("/sitemap-pages.xml").streaming_content).decode()
    assert "<loc>http://testserver/l/page-live/</loc>" in sitemap
    assert 'hreflang="en" href="http://testserver/en/l/live-page/"' in sitemap
    assert "hidden" not in sitemap
    assert "draft" not in sitemap
    head = Page(shop, "/l/page-live/")
    assert head.canonical == [head.meta["og:url"]] == ["http://testserver/l/page-live/"]
    assert set(head.alternates) == {"fr", "en", "x-default"}
    add_redirect("/vieille-page/", "/l/page-live/", at=b.AT)
    assert shop.get("/vieille-page/")["Location"] == "/l/page-live/"
    campaigns.save_page(pages["live"], {"fr": "page-neuve", "en": "live-page"}, at=b.AT)
    assert shop.get("/vieille-page/")["Location"] == "/l/page-neuve/"  # one step, wherever it moves
    with pytest.raises(Invalid):
        add_redirect("/autre/", "/l/page-draft/", at=b.AT)
    with pytest.raises(Invalid):
        add_redirect("/l/page-neuve/", "/s/jouets/", at=b.AT)


def test_returns_are_told_for_the_sites_own_countries(shop):
    from stores.forms import SiteForm

    Site.objects.update(return_countries="BE LU")
    offer = Page(shop, f"/p/hulk-{shop.hulk.pk}/").facts["Product"]["offers"]
    assert offer["hasMerchantReturnPolicy"]["applicableCountry"] == ["BE", "LU"]
    form = SiteForm({"return_countries": "france"}, instance=Site.objects.first())
    assert "return_countries" in form.errors


def test_what_nobody_translated_says_in_which_language_it_is(shop):
    english = Page(shop, f"/en/p/the-hulk-{shop.hulk.pk}/").html
    assert "<h1>The Hulk</h1>" in english
    assert '<div lang="fr">' in english  # the description
    french = Page(shop, f"/p/hulk-{shop.hulk.pk}/").html
    assert '<div lang="fr">' not in french
    tiles = Page(shop, "/en/s/heroes/").html
    assert re.search(r'<a href="/en/p/team-\d+/" lang="fr">Équipe</a>', tiles)
    assert re.search(r'<a href="/en/p/the-hulk-\d+/">The Hulk</a>', tiles)


def test_landing_pages_tell_when_they_last_changed(shop):
    channel = shop.channel
    for number, (changed, begins) in enumerate([(0, None), (2, None), (2, 5), (6, 3)]):
        page = LandingPage(name=f"Page {number}", title=f"Page {number}", channel=channel)
        if begins is not None:
            page.during = TimestamptzRange(b.AT + dt.timedelta(days=begins), None)
        save_page(page, {"fr": f"page-{number}", "en": f"the-page-{number}"}, at=b.AT)
        add_block(page, BlockKind.TEXT, {"texts": {"fr": {"html": "<p>Ici</p>"}}}, at=b.AT)
        publish_page(page, at=b.AT + dt.timedelta(days=changed))
    at = b.AT + dt.timedelta(days=7)
    told = {entry.addresses["fr"]: entry.changed for entry in entries("pages", channel=channel, at=at)}
    assert [(told[f"/l/page-{number}/"] - b.AT).days for number in range(4)] == [0, 2, 5, 6]
    assert told["/"] is None
