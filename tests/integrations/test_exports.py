"""Exports: every kind in every form, filtered, whole or what changed; feeds that Google takes; one product off now."""

import csv
import datetime as dt
import io
import json
import re
import zipfile

import pytest
from django.urls import reverse

from altazion.lib.clock import now
from altazion.lib.problems import Refused
from catalog.models import Brand, Media, ProductReference
from discovery.services import reindex
from integrations.enums import Coverage, Direction, ExportKind
from integrations.models import Export, FeedStop, Flow, Run
from integrations.services import pull_product, put_back, save_export, start_flow, write_export
from integrations.services.receiving import open_raw
from orders.selectors import basket
from orders.services import add_to_cart, open_cart
from tests.builders import AT, Shopfront, a_colleague, a_price, a_product, a_segment, an_api_key

pytestmark = pytest.mark.django_db
EAN, OTHER_EAN = "4006381333931", "3017620422003"


@pytest.fixture(autouse=True)
def _quiet(monkeypatch):
    monkeypatch.setattr("integrations.tasks.nudge_flow", lambda code: None)


@pytest.fixture
def shop():
    front = Shopfront()
    front.product.description = "<p>A good toy</p>"
    front.product.brand = Brand.objects.create(code="acme", slug="acme", name="Acme")
    front.product.save()
    picture(front.product)
    return front


def picture(product):
    return Media.objects.create(product=product, location=f"https://img.test/{product.sku}.jpg")


def an_export(shop, kind, **fields):
    coverage = fields.pop("coverage", Coverage.FULL)
    flow = Flow.objects.create(
        code=f"out-{kind.replace('_', '-')}", name=kind, direction=Direction.OUT, entity="articles", coverage=coverage
    )
    options = {"channel": shop.channel, "origin": "https://shop.test", **fields}
    save_export(Export(flow=flow, kind=kind, **options), at=AT)
    return flow


def content(run):
    return open_raw(run.raw_file).read()


def rows(run, separator=";"):
    return list(csv.DictReader(io.StringIO(content(run).decode()), delimiter=separator))


def feed(flow, at=AT):
    return rows(write_export(flow, at=at), "\t")


@pytest.mark.parametrize("kind", [kind for kind in ExportKind.values if kind != "journals"])
@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_every_kind_in_every_form(shop, kind, form):
    if form != "csv" and kind.startswith("google"):
        with pytest.raises(Refused, match="choose CSV"):
            an_export(shop, kind, file_format=form)
        return
    run = write_export(an_export(shop, kind, file_format=form), at=AT)
    assert run.state == "done", run.message
    data = content(run)
    if form == "xlsx":
        assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
    elif form == "json":
        assert len(json.loads(data)) == run.rows_read
    else:
        assert len(data.decode().splitlines()) == run.rows_read + 1


def test_what_comes_out_can_go_in_again(shop):
    (row,) = rows(write_export(an_export(shop, "prices"), at=AT))
    assert (row["art_reference"], row["art_pu_base_ttc"], row["type_prix"]) == ("TOY-1", "12.90", "BASE")
    found = rows(write_export(an_export(shop, "stock"), at=AT))
    assert {(row["depot_type"], row["art_ref"], row["qte"]) for row in found} == {
        ("DEPOT", "TOY-1", "10"),
        ("MAG", "TOY-1", "10"),
    }


def test_no_cell_acts_in_a_spreadsheet(shop):
    shop.product.name = '=HYPERLINK("http://evil")'
    shop.product.save()
    for form in ("csv", "json"):
        flow = an_export(shop, "catalogue", file_format=form)
        assert b"'=HYPERLINK" in content(write_export(flow, at=AT))
        Flow.objects.filter(pk=flow.pk).update(code=f"was-{form}")
    xlsx = content(write_export(an_export(shop, "catalogue", file_format="xlsx"), at=AT))
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(xlsx)).read("xl/worksheets/sheet1.xml")


def test_a_filter_takes_a_segment_and_what_lies_below(shop):
    top = a_segment("Toys")
    below = a_segment("Cars", parent=top)
    inside = a_product("IN", segment=below, price=1)
    found = rows(write_export(an_export(shop, "catalogue", segment=top), at=AT))
    assert [row["sku"] for row in found] == [inside.sku]
    assert [found[0]["segment_1"], found[0]["segment_2"]] == ["Toys", "Cars"]


def test_a_delta_tells_what_changed_and_nothing_twice(shop):
    flow = an_export(shop, "prices", coverage=Coverage.DELTA)
    assert len(rows(write_export(flow, at=AT))) == 1
    assert write_export(flow, at=AT) is None
    a_price(a_product("NEW"), 5)
    assert [(row["art_reference"], row["state"]) for row in rows(write_export(flow, at=AT))] == [("NEW", "new")]
    assert write_export(flow, at=AT) is None
    export = flow.export
    export.only_validated = False
    save_export(export, at=AT)
    assert len(rows(write_export(flow, at=AT))) == 2, "another filter begins anew"


def test_the_questions_do_not_grow_with_the_rows(shop, django_assert_max_num_queries):
    flow = an_export(shop, "google")
    with django_assert_max_num_queries(60):
        write_export(flow, at=AT)
    for number in range(5):
        picture(shop.another(f"T{number}", "3", description="x"))
    with django_assert_max_num_queries(60):
        assert len(feed(flow)) == 6


def test_a_google_row_holds_what_the_rules_ask_for(shop):
    ProductReference.objects.create(product=shop.product, type="EAN13", value=EAN)
    (row,) = feed(an_export(shop, "google"))
    assert (row["id"], row["price"], row["sale_price"], row["availability"]) == ("TOY-1", "12.90 EUR", "", "in_stock")
    assert (row["gtin"], row["mpn"], row["identifier_exists"], row["brand"]) == (EAN, "", "", "Acme")
    assert row["link"].startswith("https://shop.test/p/")
    assert row["description"] == "A good toy"


def test_a_reduced_price_is_the_sale_price_and_the_price_stays_the_base(shop):
    price = shop.product.prices.get()
    price.promo_amount, price.promo_during = "9.90", (AT - dt.timedelta(days=1), AT + dt.timedelta(days=1))
    price.save()
    (row,) = feed(an_export(shop, "google"))
    assert (row["price"], row["sale_price"]) == ("12.90 EUR", "9.90 EUR")
    assert row["sale_price_effective_date"] == "2026-03-10T09:00+00:00/2026-03-11T09:00+00:00"


def test_variants_that_share_a_code_are_named_by_brand_and_number_instead(shop):
    parent = a_product("P", kind="parent", channel=shop.channel, brand=shop.product.brand, description="x")
    picture(parent)
    for sku, size in (("C1", "S"), ("C2", "M")):
        child = a_product(sku, parent=parent, price=5, attributes={"taille": size})
        ProductReference.objects.create(product=child, type="EAN13", value=OTHER_EAN)
    found = {row["id"]: row for row in feed(an_export(shop, "google"))}
    for sku, size in (("C1", "S"), ("C2", "M")):
        row = found[sku]
        assert (row["gtin"], row["brand"], row["mpn"]) == ("", "Acme", sku)
        assert (row["item_group_id"], row["size"], row["image_link"]) == ("P", size, "https://img.test/P.jpg")


def test_a_code_of_the_shops_own_or_a_mistyped_one_is_never_sent(shop):
    ProductReference.objects.create(product=shop.product, type="EAN13", value="2000000000008")
    ProductReference.objects.create(product=shop.product, type="EAN13", value="4006381333932")
    (row,) = feed(an_export(shop, "google"))
    assert (row["gtin"], row["mpn"]) == ("", "TOY-1")
    shop.product.brand = None
    shop.product.save()
    (row,) = feed(Flow.objects.get())
    assert (row["mpn"], row["identifier_exists"]) == ("", "no")


def test_what_google_would_refuse_is_listed_with_its_reason(shop, client):
    shop.another("NOPIC", "5", description="x")
    shop.another("NOTEXT", "5")
    free = shop.another("FREE", "0", description="x")
    picture(free)
    run = write_export(an_export(shop, "google"), at=AT)
    assert (run.state, run.rows_read, run.rows_rejected) == ("done_with_rejections", 1, 3)
    refused = {one.raw["sku"]: (one.field, one.code) for one in run.rejections.all()}
    assert refused == {
        "NOPIC": ("image_link", "feed_missing"),
        "NOTEXT": ("description", "feed_missing"),
        "FREE": ("price", "feed_missing"),
    }
    client.force_login(a_colleague(is_superuser=True, language="en"))
    client.cookies["django_language"] = "en"
    text = client.get(reverse("admin:integrations_run_change", args=[run.pk])).content.decode()
    assert "Kept out of the feed: it has no image_link." in text
    assert "NOPIC" in text


def test_the_local_feed_has_a_row_for_each_store(shop):
    (row,) = feed(an_export(shop, "google_local"))
    assert (row["store_code"], row["id"], row["quantity"], row["availability"]) == ("LYON", "TOY-1", "10", "in_stock")
    assert row["pickup_method"] == "buy"


def test_the_header_of_the_aggregator_is_frozen(shop):
    run = write_export(an_export(shop, "aggregator"), at=AT)
    assert content(run).decode().splitlines()[0] == (
        "id;sku;parent_sku;title;description;url;image_url;brand;ean;category;"
        "price;price_before_discount;currency;quantity;available;weight_g"
    )


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        ("google", {"channel": None}, "channel"),
        ("google", {"origin": ""}, "origin"),
        ("google", {"origin": "javascript:x"}, "origin"),
        ("stock", {"file_name": "../../etc/cron"}, "file_name"),
    ],
)
def test_an_export_that_cannot_work_is_refused_at_its_field(shop, kind, fields, field):
    with pytest.raises(Refused) as found:
        an_export(shop, kind, **fields)
    assert found.value.field == field


def test_one_product_is_off_every_feed_at_once_and_back_again(shop):
    flow = an_export(shop, "google")
    assert len(feed(flow)) == 1
    assert pull_product("TOY-1", reason="recalled", at=AT, actor="anna") == [flow]
    with pytest.raises(Refused, match="already"):
        pull_product("TOY-1", at=AT)
    assert feed(flow) == []
    put_back("TOY-1", at=AT)
    assert len(feed(flow)) == 1
    for verb in (pull_product, put_back):
        with pytest.raises(Refused):
            verb("NOWHERE", at=AT)


def test_office_and_api_take_a_product_off(client, shop, django_capture_on_commit_callbacks, monkeypatch):
    an_export(shop, "google")
    asked = []
    monkeypatch.setattr("integrations.tasks.nudge_flow", asked.append)
    client.force_login(a_colleague(is_superuser=True, language="en"))
    client.cookies["django_language"] = "en"
    pull = reverse("admin:integrations_feedstop_pull")
    with django_capture_on_commit_callbacks(execute=True):
        text = client.post(pull, {"sku": "TOY-1"}, follow=True).content.decode()
    assert "TOY-1 is off" in text
    assert asked == ["out-google"]
    assert "already" in client.post(pull, {"sku": "TOY-1"}, follow=True).content.decode()
    key = {"HTTP_AUTHORIZATION": f"Bearer {an_api_key('flows:run')}"}
    back = client.post("/api/v1/feeds/put-back", {"sku": "TOY-1"}, content_type="application/json", **key)
    assert (back.status_code, back.json()) == (202, {"feeds": ["out-google"]})
    assert client.post("/api/v1/feeds/pull", {}, content_type="application/json", **key).status_code in (400, 422)
    assert client.post("/api/v1/feeds/pull", {"sku": "x"}, content_type="application/json", **key).status_code == 404
    assert FeedStop.objects.filter(until=None).count() == 0


def test_who_may_not_run_flows_takes_nothing_off(client, shop):
    client.force_login(a_colleague("ben@shop.test"))
    assert client.post(reverse("admin:integrations_feedstop_pull"), {"sku": "TOY-1"}).status_code == 403


def test_an_export_is_started_from_its_page(client, shop):
    flow = an_export(shop, "stock", file_name="stock.csv")
    client.force_login(a_colleague(is_superuser=True, language="en"))
    client.cookies["django_language"] = "en"
    text = client.get(reverse("admin:integrations_flow_change", args=[flow.pk])).content.decode()
    assert "Write and send it now" in text
    text = client.post(reverse("admin:integrations_flow_run", args=[flow.pk]), follow=True).content.decode()
    assert "2 rows written to stock.csv." in text
    assert Run.objects.get().raw_file.name == "stock.csv"


def test_feed_structured_data_page_and_cart_say_one_price(client, shop):
    """Comparison services throw a shop out whose pages say another price than its feed."""
    price = shop.product.prices.get()
    price.promo_amount, price.promo_during = "9.90", (now() - dt.timedelta(days=1), now() + dt.timedelta(days=1))
    price.save()
    flow = an_export(shop, "google")
    (row,) = rows(start_flow(flow, at=now())[0], "\t")
    reindex(None, at=now())
    answer = client.get(row["link"].removeprefix("https://shop.test"), follow=True)
    page = answer.content.decode()
    offer = re.search(r'"price":\s*"([0-9.]+)"', page)
    assert offer is not None, (answer.status_code, answer.redirect_chain, page[:3000])
    cart = open_cart(shop.channel, now())
    add_to_cart(cart, shop.product.pk, 1, at=now())
    (line,) = basket(cart, at=now(), language="fr").lines
    assert row["sale_price"] == "9.90 EUR"
    assert offer[1] == "9.90"
    assert re.search(r"9[.,]90", page.partition("</head>")[2])
    assert str(line.price.unit) == "9.90"
