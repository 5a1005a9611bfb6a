"""The price evaluator, hunted with generated layers and campaigns: order, bounds, cents, clocks."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from altazion.lib.money import CENT
from campaigns.rules import During, EffectivePrice, Layer, Offer, cheapest, evaluate, phase, reduced
from campaigns.selectors.pricing import _sum_up

AT = dt.datetime(2026, 3, 10, 9, 0, tzinfo=dt.UTC)
PARIS = ZoneInfo("Europe/Paris")
amounts = st.decimals(0, 10_000, places=2)
percents = st.decimals("0.01", 100, places=2)
moments = st.integers(-100, 100).map(lambda hours: AT + dt.timedelta(hours=hours))
ranges = st.builds(During, st.none() | moments, st.none() | moments)
layers = st.lists(
    st.builds(
        Layer,
        st.sampled_from(["base", "channel", "grid", "store"]),
        amounts,
        st.none() | amounts,
        ranges,
        st.sampled_from(["", "A", "B"]),
    ),
    max_size=5,
)
offers = st.lists(
    st.builds(Offer, st.text("abc", min_size=1, max_size=3), st.just("x"), percents, ranges),
    max_size=6,
    unique_by=lambda offer: offer.code,
)


def price(some_layers, some_offers, at=AT):
    return evaluate(1, some_layers, some_offers, at=at, vat_rate=Decimal("0.2"), currency="EUR")


@given(layers, offers, st.randoms())
def test_the_order_of_layers_and_campaigns_never_matters(some_layers, some_offers, random):
    known = {f"{layer.kind}{layer.amount}{layer.code}": layer for layer in some_layers}.values()
    shuffled, mixed = list(known), list(some_offers)
    random.shuffle(shuffled)
    random.shuffle(mixed)
    assert price(known, some_offers) == price(shuffled, mixed)


@given(layers, offers)
def test_a_price_is_never_negative_never_above_its_base_and_its_reasons_add_up(some_layers, some_offers):
    found = price(some_layers, some_offers)
    assert (found is None) == (not some_layers)
    if found:
        assert 0 <= found.unit <= found.base
        assert found.unit == found.unit.quantize(CENT)
        assert sum(reason.amount for reason in found.reasons) == found.unit
        assert 0 <= found.percent_off <= 100


@given(layers, offers, moments)
def test_a_price_stays_the_same_until_the_instant_it_names(some_layers, some_offers, later):
    found = price(some_layers, some_offers)
    if found and later >= AT and (found.until is None or later < found.until):
        again = price(some_layers, some_offers, at=later)
        assert (again.unit, again.reasons) == (found.unit, found.reasons)
    if found and found.until:
        assert found.until > AT


@given(layers, offers)
def test_the_best_deal_wins(some_layers, some_offers):
    found = price(some_layers, some_offers)
    if found:
        running = [offer for offer in some_offers if offer.during.holds(AT)]
        assert all(found.unit <= reduced(found.base, offer.percent) for offer in running)


def test_half_a_cent_is_rounded_up():
    assert reduced(Decimal("0.05"), Decimal(50)) == Decimal("0.03")
    assert reduced(Decimal("9.99"), Decimal(15)) == Decimal("8.49")
    assert reduced(Decimal("1.00"), Decimal(100)) == 0


prices_at_rates = st.builds(
    lambda amount, rate: EffectivePrice(1, amount, amount, Decimal(rate), "EUR", (), None),
    amounts,
    st.sampled_from(["0", "0.021", "0.055", "0.1", "0.2"]),
)


@settings(max_examples=200)
@given(st.lists(st.tuples(st.just(1), st.integers(1, 99), prices_at_rates), max_size=30))
def test_the_tax_of_any_basket_adds_up_to_the_cent(lines):
    told = _sum_up(lines, {})
    assert told.total == sum(line.total for line in told.lines) == sum(vat.gross for vat in told.vat)
    assert told.net_total == sum(line.net_total for line in told.lines) == sum(vat.net for vat in told.vat)
    assert all(vat.net + vat.tax == vat.gross and vat.tax >= 0 for vat in told.vat)
    assert len({vat.rate for vat in told.vat}) == len(told.vat)


def test_a_campaign_keeps_its_local_hours_across_the_change_of_clocks():
    spring = During(dt.datetime(2026, 3, 29, 0, 0, tzinfo=PARIS), dt.datetime(2026, 3, 30, 0, 0, tzinfo=PARIS))
    assert spring.end.astimezone(dt.UTC) - spring.start.astimezone(dt.UTC) == dt.timedelta(hours=23)
    first, last = (edge.astimezone(dt.UTC) for edge in (spring.start, spring.end))
    tick = dt.timedelta(microseconds=1)
    assert [spring.holds(at) for at in (first - tick, first, last - tick, last)] == [False, True, True, False]
    twice = dt.datetime(2026, 10, 25, 2, 30, tzinfo=PARIS)
    autumn = During(twice, twice.replace(fold=1))
    assert autumn.holds(twice.astimezone(dt.UTC) + dt.timedelta(minutes=30))
    assert not autumn.holds(twice.replace(fold=1).astimezone(dt.UTC))


def test_an_empty_or_reversed_range_never_holds():
    for during in (During(AT, AT), During(AT, AT - dt.timedelta(hours=1))):
        assert not during.holds(AT)
        assert during.next_edge(AT - dt.timedelta(days=1)) is None


def test_a_parent_without_priced_children_has_no_price_of_theirs():
    assert cheapest(1, []) is None


def test_the_phases_of_a_campaign():
    hour = dt.timedelta(hours=1)
    assert phase(True, False, AT, None, at=AT) == "running"
    assert phase(True, False, AT + hour, None, at=AT) == "coming"
    assert phase(False, False, None, None, at=AT) == "draft"
    assert phase(True, False, None, AT, at=AT) == "over"
    assert phase(True, True, None, None, at=AT) == "archived"
