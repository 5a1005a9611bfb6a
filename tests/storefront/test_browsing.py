"""Browsing as a shopper without JavaScript: pages, choices, addresses, what they cost."""

import json
import re

import pytest

from catalog.enums import AttributeType, ProductKind, ProductState
from catalog.models import Attribute, AttributeOption, Brand
from discovery.services import reindex
from tests import builders as b

pytestmark = pytest.mark.django_db
AT = b.AT


@pytest.fixture
def shop(db):
    class Shop:
        channel = b.a_channel()
        segment = b.a_segment("Super-héros", slug="super-heros", importance=900)
        brand = Brand.objects.create(code="hasbro", name="Hasbro", slug="hasbro")
        store = b.a_store("LYO", name="Lyon Bellecour")
        depot = b.a_warehouse()

    color = Attribute.objects.create(
        code="color", name="Couleur", type=AttributeType.LIST, is_facet=True, is_differentiating=True
    )
    for position, (code, label) in enumerate([("red", "Rouge"), ("blue", "Bleu")]):
        AttributeOption.objects.create(attribute=color, code=code, label=label, position=position)
    Shop.parent = b.a_product(
        "FIG", name="Figurine", slug="figurine", kind=ProductKind.PARENT, channel=Shop.channel, segment=Shop.segment,
        price=20, brand=Shop.brand, description="<p>Articulée</p><script>alert(1)</script>",
    )  # fmt: skip
    Shop.red = b.a_product("FIG-R", parent=Shop.parent, name="Figurine rouge", attributes={"color": "red"})
    Shop.blue = b.a_product("FIG-B", parent=Shop.parent, name="Figurine bleue", attributes={"color": "blue"})
    b.stock(Shop.red, Shop.store, 5, channel=Shop.channel)
    b.stock(Shop.blue, Shop.depot, 5, channel=Shop.channel)
    Shop.url = f"/p/figurine-{Shop.parent.pk}/"
    reindex(None, at=AT)
    return Shop


def read(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def test_home_shows_departments_and_products(client, shop):
    page = read(client, "/")
    assert "Super-héros" in page
    assert shop.url in page
    assert "20,00\N{NO-BREAK SPACE}€" in page
    assert "€20.00" in read(client, "/en/")


def test_an_empty_shop_says_so(client):
    b.a_channel()
    assert client.get("/").status_code == 200


def test_a_segment_filters_sorts_and_pages(client, shop):
    page = read(client, "/s/super-heros/")
    assert "<h1><span>Super-héros</span>" in page
    assert 'name="f-color"' in page
    assert "Figurine" in read(client, "/s/super-heros/?f-color=red&f-brand=hasbro&sort=price&page=1")
    assert shop.url not in read(client, "/s/super-heros/?f-price=100-")


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=-1", "page=99999999999", "page=x", "sort=;drop", "f-color=%01", "f-%01=1", "f-price=x",
     "f-=x", "in_store=1", "f-color=red&f-color=blue&f-color=red", "f-brand=%F0%9F%98%80"],
)  # fmt: skip
def test_no_query_breaks_a_listing(client, shop, query):
    read(client, f"/s/super-heros/?{query}")
    read(client, f"/search/?q=figurine&{query}")


def test_search_finds_and_helps_when_it_finds_nothing(client, shop):
    assert shop.url in read(client, "/search/?q=figurine")
    assert shop.url in read(client, "/search/?q=FIG-R")
    nothing = read(client, "/search/?q=qqqqqqq")
    assert "/s/super-heros/" in nothing
    assert read(client, "/search/")
    assert "&lt;b&gt;" in read(client, "/search/?q=<b>")


def test_suggestions_are_links(client, shop):
    found = read(client, "/suggest/?q=fig")
    assert f'href="{shop.url}"' in found
    assert read(client, "/suggest/?q=%01").strip() == ""
    assert client.get("/suggest/?q=%00").status_code == 400  # no address holds a NUL


def test_a_child_has_its_own_address(client, shop):
    page = read(client, f"{shop.url}?variant=FIG-B")
    assert f'name="product" value="{shop.blue.pk}"' in page
    assert re.search(r'variant=FIG-B" aria-current="true"', page)
    answer = client.get(f"/p/x-{shop.blue.pk}/")
    assert answer["Location"] == f"{shop.url}?variant=FIG-B"


def test_an_old_word_in_the_address_leads_to_the_new_one(client, shop):
    assert client.get(f"/p/old-{shop.parent.pk}/")["Location"] == shop.url


def test_the_page_prefers_the_child_that_the_chosen_store_has(client, shop):
    client.cookies["store"] = "LYO"
    assert f'name="product" value="{shop.red.pk}"' in read(client, shop.url)
    tile = read(client, "/s/super-heros/")
    assert "Lyon Bellecour" in tile
    assert shop.url not in read(client, "/s/super-heros/?in_store=1&f-color=blue")


def test_what_suppliers_write_cannot_act(client, shop):
    page = read(client, shop.url)
    assert "<p>Articulée</p>" in page
    assert "alert(1)" not in page


def test_machines_read_the_offer_that_people_see(client, shop):
    page = read(client, f"{shop.url}?variant=FIG-R")
    facts = [json.loads(text) for text in re.findall(r'ld\+json"[^>]*>(.*?)</script>', page)]
    product = next(f for f in facts if f["@type"] == "ProductGroup")["hasVariant"][0]
    assert (product["sku"], product["offers"]["price"]) == ("FIG-R", "20.00")
    assert product["offers"]["availability"].endswith("InStoreOnly")
    assert any(f["@type"] == "BreadcrumbList" for f in facts)


@pytest.mark.parametrize("address", ["/p/none-999999/", "/s/none/", "/b/none/", "/stores/none/", "/nothing/"])
def test_what_is_not_there_gets_a_page_of_the_shop(client, shop, address):
    assert "site-header" in read(client, address, 404)


def test_an_archived_product_is_gone(client, shop):
    shop.parent.state = ProductState.ARCHIVED
    shop.parent.save()
    reindex([shop.parent.pk], at=AT)
    read(client, shop.url, 410)


def test_no_site_no_shop(client):
    assert client.get("/").status_code == 404


def test_brand_page(client, shop):
    assert shop.url in read(client, "/b/hasbro/")


@pytest.mark.parametrize("address", ["/", "/s/super-heros/", "/search/?q=figurine", "{product}"])
def test_pages_cost_the_same_with_one_and_with_three_products(
    client, shop, address, django_assert_max_num_queries, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    address = address.format(product=shop.url)
    read(client, address)
    with CaptureQueriesContext(connection) as one:
        read(client, address)
    for n in range(2):
        extra = b.a_product(f"X{n}", name=f"Figurine {n}", price=5, channel=shop.channel, segment=shop.segment)
        b.stock(extra, shop.depot, 2)
    reindex(None, at=AT)
    read(client, address)
    with CaptureQueriesContext(connection) as three:
        read(client, address)
    assert len(three) <= len(one)
    assert len(three) <= 8, "\n".join(q["sql"][:120] for q in three)


def test_media_are_served_harmless(client, shop, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "a.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    (tmp_path / "page.html").write_text("<script>alert(1)</script>")
    picture = client.get("/media/a.svg")
    assert picture["Content-Type"] == "image/svg+xml"
    assert "sandbox" in picture["Content-Security-Policy"]
    assert picture["X-Content-Type-Options"] == "nosniff"
    page = client.get("/media/page.html")
    assert (page["Content-Type"], page["Content-Disposition"]) == ("application/octet-stream", "attachment")
    assert client.get("/media/../settings.py").status_code == 404
    assert client.get("/media/%2e%2e/%2e%2e/etc/passwd").status_code == 404
    assert client.get("/media/").status_code == 404


def test_robots_stay_out_until_the_site_is_open(client, shop):
    assert "Disallow: /\n" in read(client, "/robots.txt")


def test_pages_carry_a_strict_policy(client, shop):
    policy = client.get("/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "object-src 'none'" in policy


def test_children_that_share_a_name_are_told_apart_by_what_differs(client, shop):
    Attribute.objects.create(code="size", name="Taille", type=AttributeType.TEXT)
    parent = b.a_product("TEE", name="Tee", slug="tee", kind=ProductKind.PARENT, channel=shop.channel, price=5)
    for size in ("S", "M"):
        b.a_product(f"TEE-{size}", parent=parent, name="Tee", attributes={"size": size})
    twins = b.a_product("TWINS", name="Twins", slug="twins", kind=ProductKind.PARENT, channel=shop.channel, price=5)
    for number in (1, 2):
        b.a_product(f"TWIN-{number}", parent=twins, name="Twin")
    reindex(None, at=AT)
    page = read(client, f"/p/tee-{parent.pk}/")
    assert "Taille" in page
    assert re.search(r"variant=TEE-M[^>]*>M<", page)
    assert "Twin TWIN-2" in read(client, f"/p/twins-{twins.pk}/")
