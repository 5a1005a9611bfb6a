"""Effective prices as rows: layers, promotions, campaigns, parents, and a constant number of queries."""

import datetime as dt
from decimal import Decimal

import pytest
from psycopg.types.range import TimestamptzRange as DateTimeTZRange

from altazion.lib.problems import Invalid, Refused
from campaigns import services
from campaigns.models import Campaign
from campaigns.selectors import prices, quote, upcoming_edges
from logbook.models import Event
from tests.builders import AT, a_channel, a_price, a_product, a_selection, a_store, a_vat_rate

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def a_campaign(*products, percent=10, starts=AT - HOUR, ends=AT + HOUR, approved=True, code="sale", channels=None):
    campaign = services.create_campaign(
        code=code,
        name=code,
        public_label="Sale!",
        selection=a_selection(*products),
        channels=channels or [a_channel()],
        percent_off=Decimal(percent),
        starts=starts,
        ends=ends,
        at=AT,
    )
    if approved:
        services.approve(campaign, at=AT - 2 * HOUR, actor="anna")
    return campaign


def price_of(product, **asked):
    return prices([product.pk], channel=a_channel(), **{"at": AT, **asked}).get(product.pk)


def test_a_plain_product_costs_its_base_price():
    price = price_of(a_product(price="19.99"))
    assert (price.base, price.unit, price.currency, price.vat_rate) == (
        Decimal("19.99"),
        Decimal("19.99"),
        "EUR",
        Decimal("0.2"),
    )
    assert [reason.kind for reason in price.reasons] == ["base"]
    assert not price.is_reduced
    assert price.until is None


def test_a_product_without_a_price_is_absent():
    assert price_of(a_product()) is None


def test_store_beats_channel_beats_base_and_a_grid_only_counts_when_named():
    product, store, channel = a_product(price=10), a_store(), a_channel()
    assert price_of(product).unit == 10
    a_price(product, 9, channel=channel)
    a_price(product, 12, store=store)
    a_price(product, 8, grid="VIP")
    assert price_of(product).unit == 9
    assert price_of(product, grid="VIP").unit == 8
    assert price_of(product, store=store, grid="VIP").unit == 12
    assert price_of(product, store=a_store()).unit == 9
    assert price_of(product, store=store).reasons[0].kind == "store_price"


def test_another_channels_price_is_not_ours():
    product = a_product(price=10)
    a_price(product, 5, channel=a_channel("kiosk"))
    assert price_of(product).unit == 10


def test_a_promotion_counts_from_its_first_instant_to_before_its_last():
    product = a_product()
    a_price(product, 10, promo_amount=Decimal(7), promo_during=(AT, AT + HOUR))
    tick = dt.timedelta(microseconds=1)
    seen = [price_of(product, at=at) for at in (AT - tick, AT, AT + HOUR - tick, AT + HOUR)]
    assert [price.unit for price in seen] == [10, 7, 7, 10]
    assert [price.until for price in seen] == [AT, AT + HOUR, AT + HOUR, None]


def test_a_campaign_starts_on_its_second_with_no_job_running():
    product = a_product(price="9.99")
    a_campaign(product, percent=15, starts=AT, ends=None)
    assert price_of(product, at=AT - dt.timedelta(seconds=1)).unit == Decimal("9.99")
    price = price_of(product)
    assert price.unit == Decimal("8.49")
    assert (price.reasons[1].kind, price.reasons[1].code, price.reasons[1].amount) == (
        "campaign",
        "sale",
        Decimal("-1.50"),
    )
    assert (price.label, price.percent_off) == ("Sale!", 15)


def test_only_an_approved_living_campaign_of_the_channel_counts():
    product = a_product(price=10)
    campaign = a_campaign(product, approved=False)
    a_campaign(product, code="elsewhere", channels=[a_channel("kiosk")])
    assert price_of(product).unit == 10
    services.approve(campaign, at=AT, actor="anna")
    assert price_of(product).unit == 9
    services.withdraw(campaign, at=AT, actor="anna")
    assert price_of(product).unit == 10
    services.approve(campaign, at=AT, actor="anna")
    services.archive(campaign, at=AT, actor="anna")
    assert price_of(product).unit == 10
    told = Event.objects.filter(kind="campaigns.campaign_changed", data__code="sale").order_by("pk")
    assert [event.data["what"] for event in told] == ["created", "approved", "withdrawn", "approved", "archived"]


def test_promotion_and_campaign_do_not_add_up_the_best_wins():
    product = a_product()
    a_price(product, 10, promo_amount=Decimal("8.5"))
    a_campaign(product, percent=10)
    assert (price_of(product).unit, price_of(product).reasons[1].kind) == (Decimal("8.5"), "promo")
    a_campaign(product, percent=20, code="more")
    assert (price_of(product).unit, price_of(product).reasons[1].code) == (Decimal(8), "more")


def test_a_parent_in_a_selection_stands_for_its_children_and_costs_from_the_cheapest():
    parent = a_product(kind="parent", price=20)
    red, blue = a_product(parent=parent), a_product(parent=parent, price=15)
    a_campaign(parent, percent=10)
    assert (price_of(red).unit, price_of(blue).unit) == (Decimal(18), Decimal("13.50"))
    price = price_of(parent)
    assert (price.product_id, price.unit, price.is_from) == (parent.pk, Decimal("13.50"), True)


def test_prices_take_the_same_queries_for_one_and_for_many(django_assert_num_queries):
    products = [a_product(price=10) for _ in range(4)]
    a_campaign(*products)
    channel = a_channel()
    for some in (products[:1], products):
        with django_assert_num_queries(2):
            assert len(prices([product.pk for product in some], channel=channel, at=AT)) == len(some)


def test_a_quote_adds_up_to_the_cent_by_rate():
    book = a_product(price="9.99", vat_rate=a_vat_rate("0.055"))
    toy, car = a_product(price="3.33"), a_product(price="0.01")
    a_campaign(toy, percent=50)
    told = quote([(book.pk, 3), (toy.pk, 7), (car.pk, 1)], channel=a_channel(), at=AT)
    assert told.total == Decimal("29.97") + Decimal("11.69") + Decimal("0.01") == sum(line.total for line in told.lines)
    assert told.discount_total == 7 * (Decimal("3.33") - Decimal("1.67"))
    assert [vat.rate for vat in told.vat] == [Decimal("0.2"), Decimal("0.055")]
    assert all(vat.net + vat.tax == vat.gross for vat in told.vat)
    assert told.net_total == sum(vat.net for vat in told.vat) == sum(line.net_total for line in told.lines)


def test_a_quote_of_nonsense_is_refused():
    product = a_product()
    with pytest.raises(Refused) as refusal:
        quote([(product.pk, 1)], channel=a_channel(), at=AT)
    assert refusal.value.details == {"products": [product.pk]}
    with pytest.raises(Invalid):
        quote([(product.pk, 0)], channel=a_channel(), at=AT)
    assert quote([], channel=a_channel(), at=AT).total == 0


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"percent": 0}, "percent_off"), ({"percent": 101}, "percent_off"), ({"ends": AT - 2 * HOUR}, "during")],
)
def test_a_campaign_that_makes_no_sense_is_refused(fields, field):
    with pytest.raises(Invalid) as refusal:
        a_campaign(a_product(price=1), **fields)
    assert refusal.value.field == field
    assert not Campaign.objects.exists()


def test_approval_is_refused_when_nothing_would_change():
    with pytest.raises(Refused, match="empty"):
        a_campaign()
    over = a_campaign(a_product(price=1), code="over", approved=False)
    with pytest.raises(Refused, match="over"):
        services.approve(over, at=AT + 2 * HOUR, actor="anna")
    with pytest.raises(Invalid, match="code"):
        a_campaign(a_product(), code="over")


def test_edges_to_warm_indexes_are_known():
    a_campaign(a_product(price=1))
    edges = upcoming_edges(a_channel(), after=AT - 2 * HOUR, until=AT + 9 * HOUR)
    assert edges == [AT - HOUR, AT + HOUR]


def test_a_campaign_reaches_a_selection_in_its_dates_only():
    toy = a_product(price="10.00")
    campaign = a_campaign(toy, percent=50)
    selection = campaign.selection
    selection.during = DateTimeTZRange(AT, AT + HOUR / 2)
    selection.save()
    assert price_of(toy, at=AT - HOUR / 2).unit == Decimal("10.00")
    assert price_of(toy).unit == Decimal("5.00")
    assert price_of(toy).until == AT + HOUR / 2
    assert price_of(toy, at=AT + HOUR / 2).unit == Decimal("10.00")
    selection.during = DateTimeTZRange(AT + HOUR, AT + 2 * HOUR)
    selection.save()
    assert price_of(toy).unit == Decimal("10.00")
