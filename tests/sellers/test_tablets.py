"""What seller tablets read: the catalogue as staff see it, and deltas that lose nothing."""

import re

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from accounts.enums import Scope
from altazion.lib.clock import now
from catalog.enums import ProductState
from catalog.models import Media
from catalog.services import save_media
from discovery.services import reindex
from logbook.services import record_many
from tests.builders import AT, Shopfront, a_channel, a_price, a_product, a_store, a_warehouse, an_api_key, stock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tablet(client):
    store = a_store("LYON")
    a_channel()
    header = {"HTTP_AUTHORIZATION": f"Bearer {an_api_key(Scope.SELLERS_SYNC, system='tablet', store=store)}"}

    def get(path, **query):
        return client.get(f"/api/v1/sellers/{path}", query, **header)

    get.store = store
    return get


def test_staff_see_internal_attributes_stock_everywhere_and_their_stores_price(tablet):
    product = a_product("TOY", name="Red robot", price=10, attributes={"shelf": "B12"})
    a_price(product, 9, store=tablet.store)
    stock(product, a_warehouse(), 5, reserved=1)
    stock(product, tablet.store, 2)
    (item,) = tablet("products", query="robot").json()["items"]
    assert item["attributes"] == {"shelf": "B12"}
    assert item["price"]["unit"] == "9.00"
    assert [(row["code"], row["physical"], row["free"]) for row in item["stock"]] == [("LYON", 2, 2), ("DEPOT", 5, 4)]


def test_a_scanned_code_brings_all_variants_that_share_it(tablet):
    parent = a_product("P", kind="parent", name="Hero")
    for sku in ("A", "B"):
        a_product(sku, parent=parent, name="").references.create(type="EAN13", value="3612345678904")
    items = tablet("products", query="3612345678904").json()["items"]
    assert {(item["sku"], item["name"], item["parent"]) for item in items} == {("A", "Hero", "P"), ("B", "Hero", "P")}


def test_deltas_start_at_the_present_and_lose_nothing(tablet):
    old, new, dead = a_product("OLD", price=1), a_product("NEW", price=2), a_product("DEAD")
    record_many("catalog.products_changed", [old.pk], at=AT, subject_kind="product")
    start = tablet("changes").json()
    assert start["items"] == []
    dead.state = ProductState.ARCHIVED
    dead.save()
    record_many("logistics.stock_changed", [new.pk], at=AT, subject_kind="product")
    record_many("catalog.products_changed", [dead.pk], at=AT, subject_kind="product")
    record_many("campaigns.campaign_changed", [1], at=AT, subject_kind="campaign")
    for _lost_answer in range(2):
        told = tablet("changes", cursor=start["cursor"]).json()
        assert "NEW" in [item["sku"] for item in told["items"]]
        assert told["gone"] == ["DEAD"]
        assert told["campaigns_changed"]
        assert not told["more"]
    after = tablet("changes", cursor=told["cursor"]).json()
    assert after["items"] == []
    assert after["cursor"] == told["cursor"]


def test_bad_cursors_and_missing_scopes_are_refused(tablet, client):
    assert tablet("changes", cursor="nonsense").status_code == 400
    assert tablet("products", channel="nowhere").status_code == 404
    assert tablet("products", query="x" * 101).status_code == 422
    other = {"HTTP_AUTHORIZATION": f"Bearer {an_api_key(Scope.CATALOG_READ)}"}
    assert client.get("/api/v1/sellers/products", **other).status_code == 403


@pytest.fixture
def papers(settings, tmp_path):
    """A public manual on a parent, a secret on its variant; only the manual is for shoppers."""
    settings.MEDIA_ROOT = tmp_path / "media"
    raw = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "raw"}}
    settings.STORAGES = {**settings.STORAGES, "raw_files": raw}
    shop = Shopfront(description="D", short_description="S")
    for title, public in (("Notice", True), ("Marges secretes", False)):
        media = Media(kind="document", title=title, is_public=public)
        paper = b"%PDF-1.4\n% " + title.encode() + b"\n%%EOF\n"
        save_media(shop.product, [media], files={0: ContentFile(paper, "a.pdf")}, at=AT)
    return shop


def test_staff_read_internal_documents(tablet, papers, client):
    (item,) = tablet("products", query=papers.product.sku).json()["items"]
    assert [(one["title"], one["is_public"]) for one in item["documents"]] == [
        ("Notice", True),
        ("Marges secretes", False),
    ]
    address = item["documents"][1]["url"].removeprefix("/api/v1/sellers/")
    answer = tablet(address)
    assert b"Marges secretes" in b"".join(answer.streaming_content)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Cache-Control"] == "private, no-store"
    assert client.get(item["documents"][1]["url"]).status_code in (401, 403)
    assert tablet("documents/99999999").status_code == 404


def test_documents_cost_no_more_queries_for_more_products(tablet, papers, django_assert_max_num_queries):
    for number in range(3):
        a_product(f"ROBOT-{number}", name="robot", price=3)
    with django_assert_max_num_queries(16):
        assert len(tablet("products", query="robot").json()["items"]) == 3


def test_shoppers_never_meet_an_internal_document(papers, client):
    """Every page that can be reached from the home page by a link, and the places where files are served."""
    reindex(None, at=now())
    secret = Media.objects.get(is_public=False)
    page = reverse("storefront:product", args=[papers.product.slug, papers.product.pk])
    seen, waiting = set(), ["/", page, "/sitemap.xml", "/llms.txt", "/robots.txt"]
    while waiting and len(seen) < 80:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = client.get(address, follow=True)
        if answer.streaming or ("text" not in answer["Content-Type"] and "xml" not in answer["Content-Type"]):
            continue
        text = answer.content.decode()
        assert secret.digest not in text, address
        assert "Marges secretes" not in text, address
        found = re.findall(r'href="(/[^"#?]*)', text)
        waiting += [link for link in found if not link.startswith(("/office", "/static", "/api"))]
    assert "Notice" in client.get(page).content.decode()
    assert client.get(f"/media/{secret.location}").status_code == 404
