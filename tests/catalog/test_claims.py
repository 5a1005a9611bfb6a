"""Several sources speak of one product: who is believed, what is kept beside it, what no import changes."""

import datetime as dt

import pytest
from django.utils import translation

from altazion.lib.problems import Invalid, NotFound, Refused
from catalog import services
from catalog.loaders import merge_articles, merge_dimensions
from catalog.loaders.by_hand import speakers
from catalog.loaders.settling import settle
from catalog.models import Claim, FieldLock, FieldOrder, Product, Source
from catalog.rules import sources as rules
from logbook.models import Event
from tests.builders import AT, a_product, a_vat_rate
from tests.loads import load

pytestmark = pytest.mark.django_db
LATER = AT + dt.timedelta(days=2)


@pytest.fixture(autouse=True)
def world():
    a_vat_rate("0.2")
    speakers(AT)  # makes the usual sources where another test emptied the database


@pytest.fixture
def overlay(world):
    source = Source.objects.get(code="overlay")
    source.flows = ["enrich"]
    source.save()
    return source


def erp(*rows, **options):
    return load("articles", merge_articles, *rows, source="erp-articles", **options)


def enrich(*rows, **options):
    return load("articles", merge_articles, *rows, source="enrich", **options)


def says(sku, code):
    return Claim.objects.get(product__sku=sku, source__code=code).said


def product(sku="T1"):
    return Product.objects.get(sku=sku)


def test_the_closest_order_decides_then_the_usual_one():
    orders = {"texts": [3], "description": [2, 1], "attributes": [9, 1]}
    assert rules.ranked("description", [1, 2, 3], orders) == [2, 1, 3]
    assert rules.ranked("translations.en.description", [1, 2, 3], orders) == [2, 1, 3]
    assert rules.ranked("name", [1, 2, 3], orders) == [3, 1, 2]
    assert rules.ranked("attributes.size", [1, 2, 3], orders) == [1, 2, 3]
    assert rules.ranked("brand", [1, 2], {"all": [2]}) == [2, 1]
    assert rules.covers("all", "attributes.x")
    assert not rules.covers("sizes", "name")
    assert not rules.is_field("price")


def test_one_source_alone_keeps_no_claims():
    erp({"sku": "T1", "name": "Ship", "price": 5})
    erp({"sku": "T1", "name": "Ship 2", "price": 5})
    load("articles", merge_articles, {"sku": "T1", "name": "Ship 3"}, source="another-flow-of-the-erp")

    assert product().name == "Ship 3"
    assert not Claim.objects.exists()


def test_an_overlay_survives_the_next_import_of_the_erp(overlay):
    erp({"sku": "T1", "name": "SHIP PIRAT", "price": 5, "description": "blue", "attributes": {"age": "3"}})
    enrich({"sku": "T1", "name": "Pirate ship", "attributes": {"age": "6", "crew": "12"}})
    assert (product().name, product().attributes) == ("Pirate ship", {"age": 6, "crew": 12})
    assert says("T1", "erp") == {"name": "SHIP PIRAT", "attributes.age": 3}

    loaded = erp({"sku": "T1", "name": "SHIP PIRATE", "price": 6, "description": "red", "attributes": {"age": "4"}})

    ship = product()
    assert loaded.counts == (0, 1, 0, 0)
    assert (ship.name, ship.description, ship.attributes) == ("Pirate ship", "red", {"age": 6, "crew": 12})
    assert ship.prices.get().amount == 6
    assert says("T1", "erp") == {"name": "SHIP PIRATE", "attributes.age": 4}
    assert {"attributes.crew", "attributes.age", "name"} <= set(ship.fed_fields)


def test_a_loser_changes_nothing_not_even_the_date(overlay):
    erp({"sku": "T1", "name": "SHIP", "price": 5})
    enrich({"sku": "T1", "name": "Pirate ship"})

    loaded = erp({"sku": "T1", "name": "BOAT", "price": 5}, at=LATER)

    assert loaded.counts == (0, 0, 1, 0)
    assert product().updated_at == AT
    claim = Claim.objects.get(source__code="erp")
    assert claim.said["name"] == "BOAT"
    assert claim.since["name"][0].startswith(str(LATER.date()))


def test_what_the_overlay_takes_back_falls_to_the_erp(overlay):
    erp({"sku": "T1", "name": "SHIP", "price": 5, "description": "of the ERP"})
    enrich({"sku": "T1", "description": "of the overlay"})
    erp({"sku": "T1", "name": "SHIP", "price": 5, "description": "new of the ERP"})
    assert product().description == "of the overlay"

    loaded = enrich({"sku": "T1", "description": ""})

    assert loaded.counts == (0, 1, 0, 0)
    assert product().description == "new of the ERP"
    assert "description" not in says("T1", "overlay")


def test_what_only_one_source_said_and_takes_back_is_empty(overlay):
    erp({"sku": "T1", "name": "SHIP", "price": 5})
    enrich({"sku": "T1", "description": "of the overlay"})
    enrich({"sku": "T1", "description": ""})

    assert product().description == ""


def test_an_order_of_a_field_beats_the_usual_one(overlay):
    FieldOrder.objects.create(field="texts", sources=[Source.objects.get(code="erp").pk, overlay.pk])
    erp({"sku": "T1", "name": "SHIP", "price": 5, "brand": "A", "translations": {"en": {"name": "ship"}}})
    enrich({"sku": "T1", "name": "Pirate ship", "brand": "B", "translations": {"en": {"name": "pirate", "slug": "p"}}})

    ship = product()
    assert (ship.name, ship.brand.name) == ("SHIP", "B")
    assert ship.translations == {"en": {"name": "ship", "slug": "p"}}
    assert says("T1", "overlay")["translations.en.name"] == "pirate"


def test_a_product_that_the_overlay_made_is_the_erps_afterwards_where_it_is_believed():
    supplier = Source.objects.get(code="supplier")
    supplier.flows = ["hasbro"]
    supplier.save()
    FieldOrder.objects.create(field="brand", sources=[Source.objects.get(code="erp").pk])
    load("articles", merge_articles, {"sku": "T1", "name": "Hulk", "price": 5, "brand": "HASBRO INC"}, source="hasbro")
    erp({"sku": "T1", "name": "HULK 30CM", "brand": "Hasbro"})

    assert (product().name, product().brand.name) == ("Hulk", "Hasbro")


def test_sizes_have_sources_too(overlay):
    erp({"sku": "T1", "name": "SHIP", "price": 5})
    sizes = {"sku": "T1", "gross_height": 100, "gross_weight": 250}
    load("dimensions", merge_dimensions, sizes, source="erp-sizes")
    load("dimensions", merge_dimensions, {"sku": "T1", "gross_height": 120}, source="enrich")
    loaded = load("dimensions", merge_dimensions, {**sizes, "gross_weight": 260}, source="erp-sizes")

    assert loaded.counts == (0, 1, 0, 0)
    assert (product().height_mm, product().weight_g) == (120, 260)


def test_what_colleagues_typed_is_kept_when_the_erp_first_speaks():
    a_product("T1", name="Typed", description="by hand")
    erp({"sku": "T1", "name": "SHIP", "price": 5})

    assert product().name == "SHIP"
    assert says("T1", "hand")["name"] == "Typed"


def test_a_lock_keeps_the_value_and_the_run_says_so():
    erp({"sku": "T1", "name": "SHIP", "price": 5, "attributes": {"age": "3"}})
    FieldLock.objects.create(product=product(), field="name", reason="campaign", made_at=AT, until=LATER)
    FieldLock.objects.create(product=product(), field="attributes", reason="checked", made_at=AT, until=LATER)

    with translation.override("en"):
        loaded = erp({"sku": "T1", "name": "BOAT", "price": 6, "attributes": {"age": "4"}})

    assert (product().name, product().attributes) == ("SHIP", {"age": 3})
    assert "2 values kept by locks." in loaded.result.notes
    assert settle([product().pk], at=AT) == []

    assert settle([product().pk], at=LATER) == [product().pk]
    assert (product().name, product().attributes) == ("BOAT", {"age": 4})
    assert settle([product().pk], at=LATER) == []


def test_a_lock_that_is_over_holds_nothing():
    erp({"sku": "T1", "name": "SHIP", "price": 5})
    FieldLock.objects.create(product=product(), field="all", reason="campaign", made_at=AT, until=LATER)

    assert erp({"sku": "T1", "name": "BOAT", "price": 5}, at=LATER).result.notes == []
    assert product().name == "BOAT"


def test_a_lock_of_a_family_holds_for_those_below():
    erp(
        {"sku": "T1", "name": "SHIP", "price": 5, "family": "Toys", "subfamily": "Boats"},
        {"sku": "T2", "name": "BALL", "price": 5, "family": "Sport"},
    )
    FieldLock.objects.create(family=product().family.parent, field="texts", reason="rewritten", made_at=AT)

    erp(
        {"sku": "T1", "name": "SHIP 2", "price": 5, "family": "Toys", "subfamily": "Boats"},
        {"sku": "T2", "name": "BALL 2", "price": 5, "family": "Sport"},
    )
    assert (product().name, product("T2").name) == ("SHIP", "BALL 2")


def test_a_lock_of_a_segment_holds_for_variants_too():
    erp(
        {"sku": "P", "name": "SHIP", "kind": "parent", "price": 5, "segment_1": "Toys", "segment_2": "Boats"},
        {"sku": "T1", "name": "SHIP RED", "parent_sku": "P"},
    )
    toys = product("P").places.get().segment.parent
    FieldLock.objects.create(segment=toys, field="name", reason="rewritten", made_at=AT)

    erp({"sku": "P", "name": "S"}, {"sku": "T1", "name": "R", "parent_sku": "P"})
    assert (product("P").name, product("T1").name) == ("SHIP", "SHIP RED")


def fed(name="SHIP", **more):
    erp({"sku": "T1", "name": name, "price": 5, **more})
    return product()


def test_hands_are_believed_least_and_say_so():
    with pytest.raises(Refused) as refusal:
        services.change_product(fed(), {"name": "Mine"}, at=AT)
    assert refusal.value.field == "name"


def test_hands_that_are_believed_more_edit_and_stay():
    FieldOrder.objects.create(field="texts", sources=[Source.objects.get(code="hand").pk])
    services.change_product(fed(), {"name": "Mine"}, at=AT, actor="anna")
    fed("SHIP 2")

    assert product().name == "Mine"
    assert says("T1", "hand") == {"name": "Mine"}
    assert says("T1", "erp")["name"] == "SHIP 2"
    services.give_back(product(), ["name"], at=LATER, actor="anna")
    assert product().name == "SHIP 2"


def test_under_a_lock_a_colleague_edits_until_its_end():
    services.lock_field(fed(), "texts", reason="rewriting", until=LATER, at=AT, actor="anna")
    services.change_product(product(), {"name": "Mine", "description": "New"}, at=AT, actor="anna")
    fed("SHIP 2")
    assert (product().name, product().description) == ("Mine", "New")

    assert services.end_locks(at=AT) == 0
    assert services.end_locks(at=LATER) == 1
    assert (product().name, product().description) == ("SHIP 2", "New")
    assert not FieldLock.objects.exists()
    assert services.end_locks(at=LATER) == 0


def test_taking_a_losers_value_and_giving_it_back(overlay):
    fed()
    enrich({"sku": "T1", "name": "Pirate ship"})
    services.take_value(product(), "name", Source.objects.get(code="erp").pk, at=AT, actor="anna")
    assert product().name == "SHIP"
    assert FieldLock.objects.get().made_by == "anna"
    enrich({"sku": "T1", "name": "Pirate ship 2"})
    assert product().name == "SHIP"

    services.give_back(product(), ["name"], at=AT)
    assert product().name == "Pirate ship 2"
    assert not FieldLock.objects.exists()
    with pytest.raises(NotFound):
        services.take_value(product(), "brand", overlay.pk, at=AT)


def test_what_is_wrong_with_a_lock():
    ship = fed()
    for field, reason, until, wrong in (
        ("name", " ", None, "reason"),
        ("price", "x", None, "field"),
        ("name\0", "x", None, "field"),
        ("name", "x", AT, "until"),
        ("name", "x" * 201, None, "reason"),
    ):
        with pytest.raises(Invalid) as refusal:
            services.lock_field(ship, field, reason=reason, until=until, at=AT)
        assert refusal.value.field == wrong
    again = services.lock_field(ship, "name", reason="a", at=AT)
    assert services.lock_field(ship, "name", reason="b", at=LATER).pk == again.pk
    assert Event.objects.filter(kind="catalog.field_locked").count() == 2


def test_another_order_is_settled(overlay):
    fed(attributes={"age": 3}, translations={"en": {"name": "ship"}})
    enrich({"sku": "T1", "name": "Pirate", "attributes": {"age": 6}, "translations": {"en": {"name": "pirate"}}})
    services.order_sources([Source.objects.get(code="erp").pk], at=AT)
    assert Event.objects.filter(kind="catalog.sources_changed").exists()

    assert services.settle_all(at=AT) == 1
    ship = product()
    assert (ship.name, ship.attributes, ship.translations["en"]["name"]) == ("SHIP", {"age": 3}, "ship")
    assert services.settle_all(at=AT) == 0


def test_a_source_that_falls_silent_gives_way(overlay):
    fed()
    enrich({"sku": "T1", "name": "Pirate"})
    services.delete_source(overlay, at=AT)
    services.settle_all(at=AT)
    assert product().name == "SHIP"
    with pytest.raises(Refused):
        services.delete_source(Source.objects.get(code="erp"), at=AT)


def test_what_is_wrong_with_a_source(overlay):
    supplier = Source.objects.get(code="supplier")
    supplier.flows = ["enrich"]
    with pytest.raises(Invalid, match="enrich"):
        services.save_source(supplier, at=AT)
    with pytest.raises(Invalid):
        services.save_source(Source(code="me", name="Me", kind="hand"), at=AT)
    with pytest.raises(Invalid):
        services.save_source(Source(code="erp", name="Twice", kind="erp"), at=AT)
    with pytest.raises(Invalid):
        services.save_order(FieldOrder(field="price", sources=[overlay.pk]), at=AT)
    with pytest.raises(Invalid):
        services.save_order(FieldOrder(field="name", sources=[]), at=AT)


def test_words_of_any_kind_come_back_as_they_were(overlay):
    odd = {"sku": "T1", "name": "50 % {x} \\ ' \"", "description": "a\nb", "attributes": {"age": 1.5, "ok": True}}
    erp({**odd, "price": 5})
    enrich({"sku": "T1", "name": "x", "description": "y", "attributes": {"age": 2, "ok": False}})
    services.delete_source(overlay, at=AT)
    services.settle_all(at=AT)
    ship = product()
    assert (ship.name, ship.description, ship.attributes) == (odd["name"], "a\nb", {"age": 1.5, "ok": True})
