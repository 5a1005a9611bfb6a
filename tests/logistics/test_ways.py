"""Delivery modes with zones, fee tables, carriers, products' own rules and quotas, as a basket meets them."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from altazion.lib.public_holidays import is_known, public_holidays
from catalog.models import Family
from logistics.enums import DeliveryKind, Period
from logistics.models import (
    Carrier,
    DeliveryZone,
    FeeBand,
    ForbiddenMode,
    FulfilmentType,
    ModeUse,
    PlaceDay,
    ProductDelivery,
)
from logistics.selectors import delivery_options, explained
from logistics.services import FullyBooked, give_delivery_back, take_delivery
from tests.builders import AT, a_channel, a_delivery_mode, a_product, a_store, a_warehouse, stock

pytestmark = pytest.mark.django_db
DAY = AT.date()


@pytest.fixture
def product():
    made = a_product("LAMP", weight_g=1500, height_mm=400, width_mm=200, length_mm=200)
    stock(made, a_warehouse(), 50, channel=a_channel())
    return made


def options(product, quantity=1, **asked):
    asked = {"value": Decimal(20), "at": AT, **asked}
    with translation.override("en"):
        return {
            option.mode.code: option
            for option in delivery_options([(product.pk, quantity)], channel=a_channel(), **asked)
        }


def a_zone(code, areas):
    return DeliveryZone.objects.create(code=code, name=code.title(), areas=areas)


def test_zones_go_before_countries_and_a_table_has_their_fees(product):
    mode = a_delivery_mode(a_channel(), fee="99", free_from=Decimal(100))
    mainland, corsica = a_zone("mainland", "FR -20\nBE"), a_zone("corsica", "FR 20")
    mode.zones.add(mainland, corsica)
    for fee, grams, zone in (("4.90", 2000, None), ("8.90", None, None), ("15.00", None, corsica)):
        FeeBand.objects.create(mode=mode, fee=Decimal(fee), up_to_weight_g=grams, zone=zone)
    assert options(product, postcode="69002")["home"].fee == Decimal("4.90")
    assert options(product, 2, postcode="69002")["home"].fee == Decimal("8.90")
    assert options(product, postcode="20000")["home"].fee == Decimal("15.00")
    assert options(product, country="BE", postcode="1000")["home"].ok
    refused = options(product, country="LU", postcode="1234")["home"]
    assert (refused.ok, refused.reason) == (False, "Does not deliver to this address.")
    waived = options(product, value=Decimal(100), postcode="69002")["home"]
    assert (waived.fee, waived.fee_parts.base, waived.fee_parts.waived) == (0, Decimal("4.90"), True)


def test_a_table_without_a_line_refuses(product):
    mode = a_delivery_mode(a_channel())
    FeeBand.objects.create(mode=mode, fee=Decimal(5), up_to_weight_g=1000)
    assert options(product)["home"].reason == "No fee is fixed for this weight and address."


@pytest.mark.parametrize(
    ("fields", "quantity", "reason"),
    [
        ({"max_length_mm": 390, "max_width_mm": 390, "max_height_mm": 390}, 1,
         "LAMP is too long: 40 cm, at most 39 cm."),
        ({"max_girth_mm": 700}, 1, "The three sides of LAMP make 80 cm, at most 70 cm."),
        ({"max_volume_l": 15}, 1, "LAMP is too large: 16 litres, at most 15."),
        ({"max_volume_l": 20, "several_parcels": False}, 2, "Too large together: 32 litres, at most 20."),
        ({"max_volume_l": 17, "volume_margin": 10}, 1, "LAMP is too large: 16 litres, at most 15.454."),
    ],
)  # fmt: skip
def test_sizes_are_told_in_words_and_figures(product, fields, quantity, reason):
    a_delivery_mode(a_channel(), **fields)
    assert options(product, quantity)["home"].reason == reason


def test_a_variant_takes_size_delay_and_bans_from_its_parent():
    parent = a_product("PARENT", kind="parent", weight_g=9000, family=Family.objects.create(code="f", name="F"))
    child = a_product("CHILD", kind="child", parent=parent)
    stock(child, a_warehouse(), 5, channel=a_channel())
    ProductDelivery.objects.create(product=parent, delay_days=3, surcharge=Decimal(7))
    mode, other = a_delivery_mode(a_channel()), a_delivery_mode(a_channel(), "other", max_weight_g=8000)
    found = options(child)
    assert found["home"].fee == Decimal("11.90")
    assert found["home"].from_date == DAY + dt.timedelta(days=3)
    assert found["other"].reason.startswith("Too heavy")
    ForbiddenMode.objects.create(mode=mode, product=parent)
    ForbiddenMode.objects.create(mode=other, family=parent.family, reason="Batteries never fly.")
    found = options(child)
    assert found["home"].reason == "CHILD does not travel this way."
    assert found["other"].reason == "Batteries never fly."


def test_pickup_knows_no_extra_fee(product):
    store = a_store("LYON")
    stock(product, store, 5, channel=a_channel())
    ProductDelivery.objects.create(product=product, surcharge=Decimal(30))
    a_delivery_mode(a_channel(), "pickup", DeliveryKind.PICKUP, fee="0")
    assert options(product, store=store)["pickup"].fee == 0


def test_the_cheapest_of_a_carrier_is_offered_the_other_says_who_goes_before_it(product):
    post = Carrier.objects.create(code="post", name="Post")
    a_delivery_mode(a_channel(), "small", fee="5", carrier=post, max_weight_g=7000)
    a_delivery_mode(a_channel(), "big", fee="9", carrier=post, max_weight_g=10_000)
    found = options(product)
    assert (found["small"].ok, found["big"].ok, found["big"].hidden) == (True, False, True)
    assert found["big"].reason == "“Small” of the same carrier goes before it."
    assert options(product, 6)["big"].ok, "too heavy for the small one"
    Carrier.objects.update(active=False)
    assert options(product) == {}


def test_days_of_place_carrier_and_holidays_make_the_promise(product):
    """Maundy Thursday 2 April 2026, 10:00: made in a day, closed on the morning after, Easter Monday is a holiday."""
    place = a_warehouse()
    place.preparation_days, place.holidays = 1, "FR"
    place.save()
    PlaceDay.objects.create(place=place, date=dt.date(2026, 4, 3), percent=0)
    post = Carrier.objects.create(code="post", name="Post", delivers_on="23456")
    engraved = FulfilmentType.objects.create(code="GRV", name="Engraving", delay_days=1)
    ProductDelivery.objects.create(product=product, fulfilment=engraved)
    a_delivery_mode(a_channel(), carrier=post, min_days=2, max_days=2)
    at = dt.datetime(2026, 4, 2, 8, 0, tzinfo=dt.UTC)
    found = options(product, at=at)["home"]
    assert found.from_date == dt.date(2026, 4, 10)
    with translation.override("en"):
        said = [(day.isoformat(), why) for day, why in explained(found.links)]
    assert said == [
        ("2026-04-02", "Ordered"),
        ("2026-04-07", "Engraving: 1 working day"),
        ("2026-04-08", "Prepared: 1 working day"),
        ("2026-04-10", "On its way: 2 working days"),
        ("2026-04-10", "Arrives"),
    ]
    PlaceDay.objects.filter(place=place).update(percent=100)  # opened after all
    assert options(product, at=at)["home"].from_date == dt.date(2026, 4, 9)


def test_of_two_places_the_slower_one_counts(product):
    slow = a_warehouse("SLOW")
    slow.preparation_days = 5
    slow.save()
    a_delivery_mode(a_channel())
    stock(product, slow, 60, channel=a_channel())
    assert options(product)["home"].from_date == DAY
    assert options(product, 55)["home"].from_date == DAY + dt.timedelta(days=7), "only the slow one holds as many"


def test_a_quota_is_taken_once_and_given_back(product):
    mode = a_delivery_mode(a_channel(), quota=2, quota_period=Period.WEEK)
    assert options(product)["home"].ok
    take_delivery(mode, DAY)
    take_delivery(mode, DAY + dt.timedelta(days=3))  # Friday of the same week
    with pytest.raises(FullyBooked):
        take_delivery(mode, DAY)
    assert ModeUse.objects.get().used == 2
    assert options(product)["home"].reason == "Fully booked for this week."
    assert options(product, at=AT + dt.timedelta(days=7))["home"].ok
    give_delivery_back(mode, DAY)
    assert options(product)["home"].ok


def test_a_quota_of_none_refuses_and_no_quota_counts_nothing(product):
    with pytest.raises(FullyBooked):
        take_delivery(a_delivery_mode(a_channel(), "none", quota=0), DAY)
    take_delivery(a_delivery_mode(a_channel()), DAY)
    assert not ModeUse.objects.exists()


def test_holidays_are_the_regions_own():
    assert dt.date(2026, 12, 26) in public_holidays("FR-57", 2026)
    assert dt.date(2026, 12, 26) not in public_holidays("FR", 2026)
    assert public_holidays("", 2026) == public_holidays("ZZ", 2026) == frozenset()
    assert is_known("BE")
    assert not is_known("FR-999")


@pytest.mark.parametrize("count", [1, 3])
def test_everything_at_once_takes_the_same_queries(product, django_assert_num_queries, count):
    zone = a_zone("z", "FR")
    post = Carrier.objects.create(code="post", name="Post")
    for number in range(count):
        mode = a_delivery_mode(a_channel(), f"m{number}", carrier=post, quota=5)
        mode.zones.add(zone)
        FeeBand.objects.create(mode=mode, fee=Decimal(number))
        ForbiddenMode.objects.create(mode=mode, product=a_product())
    lines = [(product.pk, 1)]
    for _number in range(count - 1):
        more = a_product()
        stock(more, a_warehouse(), 1, channel=a_channel())
        lines.append((more.pk, 1))
    channel = a_channel()
    with django_assert_num_queries(9):
        delivery_options(lines, channel=channel, at=AT, value=Decimal(9))
