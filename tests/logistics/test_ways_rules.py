"""Zones, limits, fee tables, the cheapest of a carrier, and the chain of calendars: plain rules, worked examples."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics import rules
from logistics.rules import Asked, Band, Calendar, Good, Limits, Route, Way

TUESDAY = dt.datetime(2026, 3, 10, 10, 0)


@pytest.mark.parametrize(
    ("text", "country", "postcode", "inside"),
    [
        ("FR", "FR", "69002", True),
        ("FR", "BE", "1000", False),
        ("FR 20 98", "FR", "20 000", True),
        ("FR 20 98", "FR", "69002", False),
        ("FR -20", "FR", "20000", False),
        ("FR -20", "FR", "69002", True),
        ("FR 20", "FR", "", True),  # no postcode typed yet: the country decides
        ("BE\nLU 1", "LU", "L-1234", False),
        ("gb sw1a", "GB", "SW1A 1AA", True),
    ],
)
def test_an_address_lies_in_an_area_or_not(text, country, postcode, inside):
    assert rules.lies_in(rules.areas(text), country, postcode) is inside


def test_a_fee_is_not_guessed_while_no_postcode_is_typed():
    whole, island = rules.areas("FR -20"), rules.areas("FR 20")
    assert rules.lies_in(whole, "FR", "", surely=True)
    assert not rules.lies_in(island, "FR", "", surely=True)


@pytest.mark.parametrize("text", ["France", "F", "FR 2*", "FR\n12", "FR ééé"])
def test_a_line_that_names_no_area_is_told(text):
    with pytest.raises(rules.BadArea):
        rules.areas(text)


BOX, POLE = Good("A", 2, 500, (100, 100, 100)), Good("C", 1, 5000, (450, 100, 100))


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({}, None),
        ({"max_weight_g": 6000}, None),
        ({"max_weight_g": 5999}, "too_heavy"),
        ({"min_weight_g": 6001}, "too_light"),
        ({"max_sides_mm": (100, 100, 450)}, None),  # turned as it fits
        ({"max_sides_mm": (100, 100, 449)}, "too_long"),
        ({"max_sides_mm": (449, None, None)}, None),  # two sides are without limit
        ({"max_girth_mm": 650}, None),
        ({"max_girth_mm": 649}, "too_wide"),
        ({"max_volume_cm3": 4500}, None),  # several parcels: each product alone
        ({"max_volume_cm3": 4499}, "too_voluminous"),
        ({"max_volume_cm3": 4500, "volume_margin": 10}, "too_voluminous"),
        ({"max_volume_cm3": 6499, "several_parcels": False}, "too_voluminous"),
        ({"max_volume_cm3": 6500, "several_parcels": False}, None),
        ({"min_value": Decimal(21)}, "too_cheap"),
        ({"max_value": Decimal("19.99")}, "too_dear"),
    ],
)
def test_a_mode_takes_what_its_limits_allow(limits, code):
    passed = rules.passed_limit([BOX, POLE], Decimal(20), Limits(**limits))
    assert (passed.code if passed else None) == code


def test_what_nobody_measured_fits_anywhere():
    limits = Limits(max_sides_mm=(1, 1, 1), max_girth_mm=1, max_volume_cm3=1)
    assert rules.passed_limit([Good("X", 9)], Decimal(1), limits) is None


BANDS = [
    Band(Decimal("4.90"), 1000),
    Band(Decimal("7.90"), 5000),
    Band(Decimal("0.00"), 5000, Decimal(60)),
    Band(Decimal("19.90"), None, Decimal(0), 7),
]


@pytest.mark.parametrize(
    ("asked", "fee"),
    [
        (Asked(1000, Decimal(20)), "4.90"),
        (Asked(1001, Decimal(20)), "7.90"),
        (Asked(1001, Decimal(60)), "0.00"),
        (Asked(500, Decimal(60)), "4.90"),  # the tighter weight goes before the higher value
        (Asked(500, Decimal(60), frozenset({7})), "19.90"),
        (Asked(5001, Decimal(20)), None),
    ],
)
def test_the_fee_table_has_one_answer(asked, fee):
    band = rules.band_for(BANDS, asked)
    assert (str(band.fee) if band else None) == fee


def test_of_one_carrier_and_kind_the_cheapest_is_offered():
    """The worked example of Altazion's help: courier by car 45 €, home 5 €, pickup point 4 € remain."""
    ways = [
        Way(1, 10, "DOMI", Decimal(60)),  # courier, lorry
        Way(2, 10, "DOMI", Decimal(45)),  # courier, car
        Way(3, 20, "DOMI", Decimal(9)),  # post, up to 10 kg
        Way(4, 20, "DOMI", Decimal(5)),  # post, up to 7 kg
        Way(5, 20, "PTRL", Decimal(4)),  # the post's pickup points
    ]
    assert rules.beaten(ways) == {1: 2, 3: 4}


def test_what_is_exceptional_stands_back_unless_it_is_alone():
    plain, special = Way(1, None, "DOMI", Decimal(50)), Way(2, None, "DOMI", Decimal(5), exceptional=True)
    assert rules.beaten([plain, special]) == {2: None}
    assert rules.beaten([special]) == {}


@given(
    st.lists(
        st.builds(
            Way, st.integers(), st.sampled_from([None, 1, 2]), st.sampled_from(["DOMI", "PTRL"]),
            st.decimals(0, 20, places=2), st.booleans(),
        ),
        unique_by=lambda way: way.key,
    )
)  # fmt: skip
def test_somebody_always_delivers_and_nobody_dearer_of_the_same_carrier(ways):
    lost = rules.beaten(ways)
    left = [way for way in ways if way.key not in lost]
    assert bool(left) == bool(ways)
    for one in ways:
        for other in left:
            if one.carrier is not None and (one.carrier, one.kind, one.exceptional) == (
                other.carrier, other.kind, other.exceptional
            ):  # fmt: skip
                assert other.fee <= one.fee
    assert all(winner is None or winner not in lost for winner in lost.values())


def days(route, local=TUESDAY):
    found = rules.promise(local, route)
    return found.first.isoformat(), found.last.isoformat()


def test_the_chain_of_a_delivery_day():
    """Ordered on Tuesday 15:00, held 24 h, made in two days, collected on two weekdays, on its way two days."""
    route = Route(
        hold_hours=24, cutoff_hour=14, making_days=2, making="Engraved", place_days=1,
        place=Calendar(closed={dt.date(2026, 3, 13)}),  # Friday: stocktaking
        collection=Calendar({1, 4}), transit_days=(2, 3), transit=Calendar({1, 2, 3, 4, 5, 6}),
        arrival=Calendar({2, 3, 4, 5, 6}),
    )  # fmt: skip
    found = rules.promise(TUESDAY.replace(hour=15), route)
    # Held until Wednesday 15:00, past 14: Thursday 12. Two days: Monday 16 (Friday closed), Tuesday… prepared.
    assert [(link.code, link.day.isoformat()) for link in found.links] == [
        ("ordered", "2026-03-10"),
        ("hold", "2026-03-11"),
        ("cutoff", "2026-03-12"),
        ("making", "2026-03-17"),
        ("prepared", "2026-03-18"),
        ("collected", "2026-03-19"),
        ("carried", "2026-03-21"),
        ("arrives", "2026-03-21"),
    ]
    assert found.last == dt.date(2026, 3, 24)  # three days end on Monday, on which nobody hands over


def test_goods_that_come_later_and_days_opened_on_purpose():
    assert days(Route(not_before=dt.date(2026, 4, 1), late="X")) == ("2026-04-01", "2026-04-01")
    assert days(Route(not_before=dt.date(2026, 3, 1))) == ("2026-03-10", "2026-03-10")
    sunday = dt.date(2026, 3, 15)
    saturday = dt.datetime(2026, 3, 14, 9, 0)
    always = Calendar({1, 2, 3, 4, 5, 6, 7})
    open_sunday = Route(place=Calendar(opened={sunday}), collection=always, transit=always, arrival=always)
    assert days(open_sunday, saturday) == ("2026-03-15", "2026-03-15")


def test_a_calendar_that_never_opens_does_not_hang():
    never = Calendar(days=())
    assert never.after(TUESDAY.date(), 3) == TUESDAY.date()


@given(st.integers(0, 60), st.integers(0, 10), st.integers(0, 10), st.sets(st.integers(1, 7), min_size=1))
def test_more_delay_never_arrives_earlier(making, least, more, weekdays):
    calendar = Calendar(weekdays)
    route = Route(making_days=making, transit_days=(least, least + more), place=calendar, arrival=calendar)
    later = Route(making_days=making + 1, transit_days=(least, least + more), place=calendar, arrival=calendar)
    assert days(route) <= days(later)
    assert days(route)[0] <= days(route)[1]


def test_week_days_from_their_digits():
    assert rules.days_named("67") == {6, 7}
    assert rules.days_named("") == rules.WORKING_DAYS
