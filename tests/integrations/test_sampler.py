"""At one instant feed row, structured data, page and cart say one price and one stock."""

import csv
import datetime as dt
import io
import json
import re
from decimal import Decimal

import pytest

from altazion.lib.clock import now
from catalog.models import BasePrice, Brand, Media, Publication
from catalog.services import save_bundle
from discovery.services import reindex
from integrations.enums import Direction
from integrations.models import Export, Flow
from integrations.services import save_export, write_export
from integrations.services.receiving import open_raw
from logistics.models import StockBalance
from orders.selectors import basket
from orders.services import add_to_cart, open_cart
from tests.builders import Shopfront, a_price, a_product, stock

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def shop():
    front = Shopfront()
    front.brand = Brand.objects.create(code="acme", slug="acme", name="Acme")
    dressed(front, front.product)
    return front


def dressed(front, *products):
    for product in products:
        product.description, product.brand = "A good toy", front.brand
        product.save()
        Media.objects.create(product=product, location=f"https://img.test/{product.sku}.jpg")


def feed(shop, kind="google"):
    flow, made = Flow.objects.get_or_create(
        code=f"out-{kind.replace('_', '-')}", defaults={"name": kind, "direction": Direction.OUT, "entity": "articles"}
    )
    if made:
        save_export(Export(flow=flow, kind=kind, channel=shop.channel, origin="https://shop.test"), at=now())
    run = write_export(flow, at=now())
    assert run.state.startswith("done"), run.message
    text = open_raw(run.raw_file).read().decode()
    return {row["id"]: row for row in csv.DictReader(io.StringIO(text), delimiter="\t")}


def offer_of(page, sku):
    """The offer that the page's structured data makes of this article."""
    found = []

    def walk(thing):
        if isinstance(thing, dict):
            if thing.get("sku") == sku and "offers" in thing:
                offers = thing["offers"]
                found.extend(offers if isinstance(offers, list) else [offers])
            for value in thing.values():
                walk(value)
        elif isinstance(thing, list):
            for value in thing:
                walk(value)

    for script in re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page, re.DOTALL):
        walk(json.loads(script))
    assert found, (sku, page[:500])
    return found[0]


def sampled(client, shop, products):
    """Compare feed, page and cart of each; {sku: price}."""
    reindex(None, at=now())
    rows, said = feed(shop), {}
    for product in products:
        row = rows[product.sku]
        price = (row["sale_price"] or row["price"]).removesuffix(" EUR")
        answer = client.get(row["link"].removeprefix("https://shop.test"), follow=True)
        assert answer.status_code == 200
        page = answer.content.decode()
        offer = offer_of(page, product.sku)
        assert Decimal(offer["price"]) == Decimal(price), product.sku
        assert price.replace(".", ",") in page.replace(".", ","), f"{product.sku}: the page does not show {price}"
        there = offer["availability"].rpartition("/")[2]
        assert (row["availability"] == "in_stock") == (there != "OutOfStock"), product.sku
        if row["availability"] == "in_stock":
            cart = open_cart(shop.channel, now())
            add_to_cart(cart, product.pk, 1, at=now())
            unit = sum(line.price.unit * line.quantity for line in basket(cart, at=now(), language="fr").lines)
            assert unit == Decimal(price), product.sku
        said[product.sku] = Decimal(price)
    return said


def test_a_price_of_the_channel_goes_before_the_base(client, shop):
    BasePrice.objects.create(product=shop.product, channel=shop.channel, amount="11.50")
    assert sampled(client, shop, [shop.product]) == {"TOY-1": Decimal("11.50")}


@pytest.mark.parametrize(
    ("begins", "ends", "price"),
    [(-DAY, DAY, "9.90"), (DAY, 2 * DAY, "12.90"), (-2 * DAY, -DAY, "12.90")],
    ids=["now", "not yet", "over"],
)
def test_a_sale_price_counts_between_its_dates_alone(client, shop, begins, ends, price):
    base = shop.product.prices.get()
    base.promo_amount, base.promo_during = "9.90", (now() + begins, now() + ends)
    base.save()
    assert sampled(client, shop, [shop.product]) == {"TOY-1": Decimal(price)}


def test_sold_out_is_sold_out_everywhere(client, shop):
    StockBalance.objects.filter(product=shop.product).update(physical=0)
    sampled(client, shop, [shop.product])
    assert feed(shop)["TOY-1"]["availability"] == "out_of_stock"


def test_variants_have_each_their_own_price_and_stock(client, shop):
    parent = a_product("P", kind="parent", channel=shop.channel, description="x", attributes={})
    dressed(shop, parent)
    children = [a_product(f"C{size}", parent=parent, attributes={"taille": size}) for size in ("S", "M", "L")]
    for child, price, units in zip(children, ("10.00", "12.00", "14.00"), (5, 0, 5), strict=True):
        a_price(child, price)
        stock(child, shop.warehouse, units)
    said = sampled(client, shop, children)
    assert list(said.values()) == [Decimal("10.00"), Decimal("12.00"), Decimal("14.00")]
    assert feed(shop)["CM"]["availability"] == "out_of_stock"


def test_a_bundle_costs_what_its_content_costs_less_its_percent(client, shop):
    other = shop.another("TOY-2", "7.10")
    box = a_product("BOX", kind="bundle", channel=shop.channel, bundle_percent=10)
    save_bundle(box, [(shop.product, 1), (other, 1)], at=now(), actor="anna")
    box.refresh_from_db()
    dressed(shop, box)
    assert Publication.objects.filter(product=box).exists()
    assert sampled(client, shop, [box]) == {"BOX": Decimal("18.00")}


def test_the_local_feed_says_the_same_price_and_the_stores_stock(client, shop):
    base = shop.product.prices.get()
    base.promo_amount, base.promo_during = "9.90", (now() - DAY, now() + DAY)
    base.save()
    said = sampled(client, shop, [shop.product])
    row = feed(shop, "google_local")["TOY-1"]
    assert (row["price"], row["sale_price"]) == ("12.90 EUR", f"{said['TOY-1']} EUR")
    assert (row["quantity"], row["availability"]) == ("10", "in_stock")
    StockBalance.objects.filter(product=shop.product, place=shop.store.place).update(physical=0)
    row = feed(shop, "google_local")["TOY-1"]
    assert (row["quantity"], row["availability"]) == ("0", "out_of_stock")
    assert feed(shop)["TOY-1"]["availability"] == "in_stock", "the warehouse still has it"
