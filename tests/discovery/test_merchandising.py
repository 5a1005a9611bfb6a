"""Pins, boosts, buries and hides: where they hold, when they hold, and what a page then shows."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Brand
from discovery.enums import EffectKind, RulePlace, StockState, Unavailable
from discovery.models import ListingPolicy, MerchandisingRule
from discovery.rules import cut, slots, woven
from discovery.selectors import listing
from discovery.services import reindex
from tests import builders as b

AT = b.AT
HOUR = dt.timedelta(hours=1)


def find(channel, **asked):
    return listing(channel=channel, at=asked.pop("at", AT), language="fr", **asked)


def names(page):
    return [tile.name for tile in page.tiles]


def a_rule(*effects, **fields):
    place = RulePlace.SEGMENT if "segment" in fields else RulePlace.QUERY
    place = RulePlace.SELECTION if "selection" in fields else place
    rule = MerchandisingRule.objects.create(**{"name": "rule", "place": place, **fields})
    for effect in effects:
        rule.effects.create(**effect)
    return rule


@pytest.fixture
def shop(db):
    channel = b.a_channel()
    segment = b.a_segment("Robots")
    brand = Brand.objects.create(code="acme", name="Acme", slug="acme")
    toys = {}
    for number, letter in enumerate("abcdef"):
        toys[letter] = b.a_product(
            letter.upper(), name=f"Robot {letter}", price=5, channel=channel, segment=segment, importance=200 - number,
            brand=brand if letter == "e" else None,
        )  # fmt: skip
        b.stock(toys[letter], b.a_warehouse(), 0 if letter == "b" else 5, channel=channel)
    reindex(None, at=AT)
    channel.toys, channel.segment, channel.acme = toys, segment, brand
    return channel


def letters(page):
    return "".join(name[-1] for name in names(page))


def test_without_rules_importance_leads(shop):
    assert letters(find(shop, segment=shop.segment)) == "abcdef"


def test_pins_stand_at_their_positions_and_only_there(shop):
    a_rule({"kind": EffectKind.PIN, "product": shop.toys["f"], "position": 1},
           {"kind": EffectKind.PIN, "product": shop.toys["a"], "position": 3}, segment=shop.segment)  # fmt: skip
    assert letters(find(shop, segment=shop.segment)) == "fbacde"
    assert letters(find(shop, segment=shop.segment, sort="new")) == "fedcba"
    assert letters(find(shop)) == "abcdef"


def test_pins_hold_across_pages_without_losing_or_doubling_anything(shop):
    a_rule({"kind": EffectKind.PIN, "product": shop.toys["f"], "position": 2},
           {"kind": EffectKind.PIN, "product": shop.toys["a"], "position": 4}, segment=shop.segment)  # fmt: skip
    pages = [letters(find(shop, segment=shop.segment, page=page, per_page=2)) for page in (1, 2, 3)]
    assert pages == ["bf", "ca", "de"]


def test_a_pin_that_a_filter_excludes_takes_no_place(shop):
    a_rule({"kind": EffectKind.PIN, "product": shop.toys["f"], "position": 1}, segment=shop.segment)
    assert letters(find(shop, segment=shop.segment, filters={"brand": ["acme"]})) == "e"


def test_a_pin_of_a_search_comes_even_if_its_words_do_not_match(shop):
    ball = b.a_product("BALL", name="Ballon z", price=5, channel=shop)
    reindex([ball.pk], at=AT)
    a_rule({"kind": EffectKind.PIN, "product": ball, "position": 1}, queries=["robot"])
    page = find(shop, query="Robôt ")
    assert (letters(page), page.total) == ("zabcdef", 7)
    assert letters(find(shop, query="robot b")) == "b"


def test_boosts_buries_and_hides(shop):
    a_rule(
        {"kind": EffectKind.BOOST, "brand": shop.acme, "factor": Decimal(20)},
        {"kind": EffectKind.BURY, "product": shop.toys["a"], "factor": Decimal(5)},
        {"kind": EffectKind.HIDE, "product": shop.toys["c"]},
        segment=shop.segment,
    )
    page = find(shop, segment=shop.segment)
    assert (letters(page), page.total) == ("ebdfa", 5)


def test_sold_out_products_can_be_buried_by_a_rule(shop):
    a_rule({"kind": EffectKind.BURY, "stock": StockState.SOLD_OUT, "factor": Decimal(10)}, queries=["robot"])
    assert letters(find(shop, query="robot")) == "acdefb"


@pytest.mark.parametrize(
    ("policy", "expected"),
    [(Unavailable.MIXED, "abcdef"), (Unavailable.LAST, "acdefb"), (Unavailable.HIDDEN, "acdef")],
)
def test_a_channel_says_where_sold_out_products_stand(shop, policy, expected):
    ListingPolicy.objects.create(channel=shop, unavailable=policy)
    page = find(shop, segment=shop.segment)
    assert (letters(page), page.total) == (expected, len(expected))


def test_dates_are_half_open_and_read_when_asked(shop):
    a_rule({"kind": EffectKind.PIN, "product": shop.toys["f"], "position": 1}, segment=shop.segment,
           during=(AT, AT + HOUR))  # fmt: skip

    def first(at):
        return letters(find(shop, segment=shop.segment, at=at))[0]

    assert [first(at) for at in (AT - dt.timedelta(seconds=1), AT, AT + HOUR)] == ["a", "f", "a"]


def test_a_rule_of_another_channel_or_switched_off_does_nothing(shop):
    pin = {"kind": EffectKind.PIN, "product": shop.toys["f"], "position": 1}
    a_rule(pin, segment=shop.segment, channel=b.a_channel("kiosk"))
    a_rule(pin, segment=shop.segment, active=False)
    assert letters(find(shop, segment=shop.segment)) == "abcdef"


@given(
    st.lists(st.integers(1, 12), max_size=6),
    st.integers(0, 9),
    st.integers(1, 4),
)
def test_pages_with_pins_hold_every_listing_once(positions, others, size):
    pins = [(position, 100 + number) for number, position in enumerate(positions)]
    unpinned = list(range(others))
    pinned = slots(pins, others)
    total, found = others + len(pins), []
    for start in range(0, total, size):
        begin, left, here = cut(pinned, start, size)
        found += woven(unpinned[begin : begin + left], here, size)
    assert sorted(found) == sorted([*unpinned, *(listing for _position, listing in pins)])
    for position, listing_id in pins:
        if positions.count(position) == 1 and position <= others:
            assert found.index(listing_id) >= position - 1 or total < position
