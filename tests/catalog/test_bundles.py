"""Bundles: put together in Office, there as often as their scarcest product, sold to the last unit (OFF-5)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altazion.lib.problems import Invalid, Refused
from campaigns.selectors import prices, quote
from catalog.enums import BundleMode, ProductKind
from catalog.models import BundleLine, Product
from catalog.selectors.office import rows
from catalog.services import make_children, save_bundle
from catalog.services.children import NewChild
from discovery.models import IndexEntry
from discovery.services import reindex
from logistics.models import Reservation, StockBalance
from logistics.selectors import availability
from logistics.services import NotEnoughStock
from orders import rules
from tests.builders import AT, Shopfront, a_colleague, a_product, a_vat_rate
from tests.pages import form_values

pytestmark = pytest.mark.django_db
PRICES = st.decimals(min_value=0, max_value=9999, places=2)


@pytest.fixture
def shop():
    """A shop with a bundle of one figure (12.90) and two books (5.00 each, at another tax rate)."""
    shop = Shopfront(units=5)
    shop.book = shop.another("BOOK", "5.00", units=7, vat_rate=a_vat_rate("0.055"))
    shop.bundle = a_product("LOT", name="Gift box", price="20.00", channel=shop.channel)
    save_bundle(shop.bundle, [(shop.product, 1), (shop.book, 2)], at=AT)
    shop.bundle.refresh_from_db()
    return shop


def units_of(shop, product):
    found = availability([product.pk], channel=shop.channel, at=AT, stores=[shop.store])[product.pk]
    return found.delivery, found.pickup[shop.store.pk]


def price_of(shop, product):
    return prices([product.pk], channel=shop.channel, at=AT).get(product.pk)


@given(total=PRICES, weights=st.lists(PRICES, min_size=1, max_size=30))
def test_a_price_is_spread_to_the_cent_and_by_weight(total, weights):
    parts = rules.spread(total, weights)
    assert sum(parts) == total
    assert all(part >= 0 for part in parts)
    if sum(weights):
        assert all(
            abs(part - total * weight / sum(weights)) < Decimal("0.02")
            for part, weight in zip(parts, weights, strict=True)
        )


def test_a_bundle_is_there_as_often_as_its_scarcest_product(shop):
    assert shop.bundle.kind == ProductKind.BUNDLE
    assert units_of(shop, shop.bundle) == (3, 3)
    StockBalance.objects.filter(product=shop.book, place__store=shop.store).update(physical=1)
    assert units_of(shop, shop.bundle) == (3, 0)
    assert units_of(shop, shop.book) == (7, 1)


@pytest.mark.parametrize("count", [1, 3])
def test_stock_and_price_of_bundles_take_the_same_queries_for_one_and_three(shop, count, django_assert_max_num_queries):
    bundles = [a_product(price=3, channel=shop.channel, bundle_percent=10) for _n in range(count)]
    for bundle in bundles:
        save_bundle(bundle, [(shop.product, 1)], at=AT)
    ids = [bundle.pk for bundle in bundles]
    with django_assert_max_num_queries(4):
        assert len(availability(ids, channel=shop.channel, at=AT)) == count
    with django_assert_max_num_queries(6):
        assert len(prices(ids, channel=shop.channel, at=AT)) == count


def test_a_percentage_follows_what_is_inside(shop):
    assert price_of(shop, shop.bundle).unit == Decimal("20.00")
    Product.objects.filter(pk=shop.bundle.pk).update(bundle_percent=10)
    price = price_of(shop, shop.bundle)
    assert (price.base, price.unit) == (Decimal("22.90"), Decimal("20.61"))
    shop.book.prices.update(amount=10)
    assert price_of(shop, shop.bundle).base == Decimal("32.90")
    shop.book.prices.all().delete()
    assert price_of(shop, shop.bundle) is None


def test_sold_as_one_the_products_inside_are_held_and_noted(shop):
    order = shop.order((shop.bundle, 2))
    line = order.lines.get(product=shop.bundle)
    assert line.total == Decimal("40.00")
    inside = line.bundle["components"]
    assert [(one["sku"], one["quantity"]) for one in inside] == [("TOY-1", 1), ("BOOK", 2)]
    assert sum(Decimal(one["share"]) for one in inside) == line.total
    held = Reservation.objects.filter(reference=order.guid)
    assert sorted(held.values_list("product__sku", "quantity")) == [("BOOK", 4), ("TOY-1", 2)]


def test_handled_apart_each_product_is_a_line_with_its_share_and_its_tax(shop):
    Product.objects.filter(pk=shop.bundle.pk).update(bundle_mode=BundleMode.APART)
    order = shop.order((shop.bundle, 1), (shop.product, 1))
    lines = list(order.lines.filter(kind="product"))
    assert [(line.sku, line.quantity, line.vat_rate) for line in lines] == [
        ("TOY-1", 1, Decimal("0.2")),
        ("BOOK", 2, Decimal("0.055")),
        ("TOY-1", 1, Decimal("0.2")),
    ]
    assert lines[0].total + lines[1].total == Decimal("20.00")
    assert lines[0].bundle["sku"] == "LOT"
    assert order.total == Decimal("32.90")
    assert sum(Decimal(rate["net"]) + Decimal(rate["tax"]) for rate in order.vat) == order.total


def test_a_quote_is_taxed_as_its_order_will_be(shop):
    Product.objects.filter(pk=shop.bundle.pk).update(bundle_mode=BundleMode.APART)
    quoted = quote([(shop.bundle.pk, 1), (shop.product.pk, 2)], channel=shop.channel, at=AT)
    order = shop.order((shop.bundle, 1), (shop.product, 2))
    said = [(str(one.rate.normalize()), str(one.net), str(one.tax)) for one in quoted.vat]
    assert said == [(str(Decimal(one["rate"]).normalize()), one["net"], one["tax"]) for one in order.vat]
    assert sum(line.net_total for line in quoted.lines) == quoted.net_total == order.net_total
    Product.objects.filter(pk=shop.bundle.pk).update(bundle_mode=BundleMode.WHOLE)
    assert [one.rate for one in quote([(shop.bundle.pk, 1)], channel=shop.channel, at=AT).vat] == [Decimal("0.2")]


@pytest.mark.parametrize(("mode", "percent", "price"), [("whole", None, "20.00"), ("apart", None, "20.00"),
                                                        ("whole", 10, "20.61"), ("apart", 10, "20.61")])  # fmt: skip
def test_the_list_of_office_tells_what_bundles_cost_and_how_often_they_are_there(shop, mode, percent, price):
    Product.objects.filter(pk=shop.bundle.pk).update(bundle_mode=mode, bundle_percent=percent)
    bundle = Product.objects.get(pk=shop.bundle.pk)
    row = rows([bundle])[bundle.pk]
    together = min(
        row_of.stock // each for row_of, each in ((rows([shop.product])[shop.product.pk], 1),
                                                  (rows([shop.book])[shop.book.pk], 2))
    )  # fmt: skip
    assert (row.price, row.stock, row.is_from) == (Decimal(price), together, False)


def test_lists_with_bundles_take_the_same_queries_for_one_and_three(shop, django_assert_max_num_queries):
    bundles = [a_product(price=3, bundle_percent=10) for _n in range(3)]
    for bundle in bundles:
        save_bundle(bundle, [(shop.product, 1)], at=AT)
    for some in (bundles[:1], bundles):
        fresh = list(Product.objects.filter(pk__in=[one.pk for one in some]))
        with django_assert_max_num_queries(11):
            assert len(rows(fresh)) == len(some)


def test_the_last_unit_is_sold_once_alone_or_in_a_bundle(shop):
    StockBalance.objects.filter(product=shop.product).update(physical=1)
    shop.order((shop.bundle, 1))
    assert units_of(shop, shop.bundle)[1] == 0
    with pytest.raises(Refused):
        shop.order((shop.bundle, 1))
    with pytest.raises(Refused):
        shop.order((shop.product, 1))


def test_a_bundle_and_its_product_in_one_basket_do_not_take_one_unit_twice(shop):
    StockBalance.objects.filter(product=shop.product).update(physical=1)
    with pytest.raises((Refused, NotEnoughStock)):
        shop.order((shop.bundle, 1), (shop.product, 1))
    assert not Reservation.objects.exists()


def test_the_index_knows_where_bundles_are_and_follows_what_lies_in_them(shop):
    reindex(None, at=AT)
    entry = IndexEntry.objects.get(product=shop.bundle)
    assert (entry.in_stock, entry.list_price) == (True, Decimal("20.00"))
    assert entry.places == [shop.store.place.pk]
    StockBalance.objects.filter(product=shop.book, place__store=shop.store).update(physical=1)
    reindex([shop.book.pk], at=AT)
    entry.refresh_from_db()
    assert (entry.in_stock, entry.places) == (True, [])
    StockBalance.objects.filter(product=shop.book).update(physical=0)
    reindex([shop.book.pk], at=AT)
    entry.refresh_from_db()
    assert not entry.in_stock


def test_the_page_shows_what_is_inside_and_sells_it(client, shop):
    reindex(None, at=AT)
    html = client.get(f"/p/lot-{shop.bundle.pk}/").content.decode()
    assert 'id="inside"' in html
    assert f"/p/toy-1-{shop.product.pk}/" in html
    assert "2 ×" in html
    assert client.post("/basket/add/", {"product": shop.bundle.pk, "quantity": 1}).status_code == 302
    assert "Gift box" in client.get("/basket/").content.decode()


def test_what_cannot_lie_in_a_bundle_is_refused(shop):
    parent = a_product("FIG", kind="parent")
    child = a_product(parent=parent)
    other = a_product("OTHER")
    for lines in (
        [(parent, 1)],
        [(shop.bundle, 1)],
        [(other, 1)],
        [(shop.product, 0)],
        [(shop.product, 1000)],
        [(shop.product, 1), (shop.product, 2)],
        [(a_product(state="archived"), 1)],
        [(a_product(), 1) for _n in range(31)],
    ):
        with pytest.raises(Invalid):
            save_bundle(other, lines, at=AT)
    for product in (parent, child, shop.product):
        with pytest.raises(Refused):
            save_bundle(product, [(a_product(), 1)], at=AT)
    with pytest.raises(Refused):
        make_children(shop.bundle, [NewChild("A")], at=AT)
    with pytest.raises(Refused):
        save_bundle(shop.bundle, [], at=AT)
    save_bundle(other, [(child, 1)], at=AT)
    assert Product.objects.get(pk=other.pk).kind == ProductKind.BUNDLE


def test_a_bundle_is_put_together_in_office(client, shop):
    client.force_login(a_colleague(is_superuser=True))
    product = a_product("BOX", price=9)
    address = f"/office/catalog/product/{product.pk}/change/"
    html = client.get(address).content.decode()
    data = {
        **form_values(html, "product_form"),
        "bundle_mode": "apart",
        "bundle_percent": "15",
        "bundle_lines-TOTAL_FORMS": "2",
        "bundle_lines-0-component": str(shop.product.pk),
        "bundle_lines-0-quantity": "1",
        "bundle_lines-1-component": str(shop.book.pk),
        "bundle_lines-1-quantity": "3",
    }
    answer = client.post(address, data)
    assert answer.status_code == 302
    product.refresh_from_db()
    assert (product.kind, product.bundle_mode, product.bundle_percent) == ("bundle", "apart", 15)
    assert list(BundleLine.objects.filter(bundle=product).values_list("component__sku", "quantity")) == [
        ("TOY-1", 1), ("BOOK", 3)
    ]  # fmt: skip
    assert client.get(address).status_code == 200
    for wrong in ({"bundle_lines-0-component": str(shop.bundle.pk)}, {"bundle_lines-0-quantity": "0"},
                  {"bundle_percent": "100"}, {"bundle_lines-1-component": str(shop.product.pk)}):  # fmt: skip
        assert client.post(address, {**data, **wrong}).status_code == 200
