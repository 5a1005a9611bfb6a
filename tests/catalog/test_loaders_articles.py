"""Articles from files: what is made, what is refused, what is left alone."""

from decimal import Decimal

import pytest

from catalog.loaders import merge_articles
from catalog.models import Attribute, BasePrice, Brand, Family, Product, ProductReference, Segment
from logbook.models import Event
from stores.models import SalesChannel
from tests.builders import a_channel, a_segment, a_vat_rate
from tests.loads import load

pytestmark = pytest.mark.django_db
TOY = {"sku": "T1", "name": "Pirate ship", "price": 49.9, "vat_rate": 0.2}


@pytest.fixture(autouse=True)
def world():
    a_vat_rate("0.2")
    a_channel("web")


def articles(*rows, **options):
    return load("articles", merge_articles, *rows, **options)


def test_a_full_row_makes_the_product_and_all_it_names():
    loaded = articles(
        {
            **TOY,
            "external_id": "E1",
            "brand": "Brickland",
            "family": "Toys",
            "subfamily": "Boats",
            "segment_1": "Construction",
            "segment_2": "Bateaux d'été",
            "description": "<p>Three masts</p>",
            "image": "demo/ship.webp",
            "images": "demo/ship-2.webp|https://img.test/3.png",
            "attributes": {"colour": "red", "pieces": "320"},
            "references": {"EAN13": "4006381333931"},
            "translations": {"en": {"name": "Pirate ship"}},
            "promo_price": 39.9,
        }
    )

    ship = Product.objects.get(sku="T1")
    assert loaded.counts == (1, 0, 0, 0)
    assert (ship.state, ship.kind, ship.source, ship.external_id) == ("validated", "simple", "erp", "E1")
    assert ship.slug == "pirate-ship"
    assert ship.brand.name == "Brickland"
    assert (ship.family.name, ship.family.parent.name) == ("Boats", "Toys")
    segment = Segment.objects.get(name="Bateaux d'été")
    assert (segment.slug, segment.level, segment.path) == ("bateaux-d-ete", 2, [segment.parent_id, segment.pk])
    assert ship.places.get().is_primary
    assert [m.location for m in ship.media.all()] == ["demo/ship.webp", "demo/ship-2.webp", "https://img.test/3.png"]
    assert ship.attributes == {"colour": "red", "pieces": 320}
    assert Attribute.objects.get(code="pieces").type == "N"
    assert ship.references.get().is_main
    price = ship.prices.get()
    assert (price.amount, price.promo_amount) == (Decimal("49.90"), Decimal("39.90"))
    assert ship.publications.count() == 1
    assert "price" in ship.fed_fields


def test_the_same_file_again_writes_nothing_and_says_nothing():
    row = {**TOY, "brand": "B", "segment_1": "S", "attributes": {"a": "1"}, "image": "a.webp", "references": {"X": "1"}}
    articles(row)
    events = Event.objects.count()

    assert articles(row).counts == (0, 0, 1, 0)
    assert Event.objects.count() == events


def test_only_the_changed_row_is_written():
    articles(TOY, {**TOY, "sku": "T2"})

    assert articles(TOY, {**TOY, "sku": "T2", "price": 10}).counts == (0, 1, 1, 0)
    assert BasePrice.objects.get(product__sku="T2").amount == 10
    assert Event.objects.filter(kind="catalog.prices_changed").last().data["ids"] == [Product.objects.get(sku="T2").pk]


def test_a_child_may_stand_before_its_parent_and_share_its_ean():
    loaded = articles(
        {"sku": "C1", "parent_external_id": "E9", "external_id": "E10", "references": {"EAN13": "4006381333931"}},
        {"sku": "C2", "parent_external_id": "E9", "references": {"EAN13": "4006381333931"}},
        {**TOY, "sku": "P", "external_id": "E9", "image": "a.webp", "description": "x"},
    )

    parent = Product.objects.get(sku="P")
    assert loaded.counts == (3, 0, 0, 0)
    assert parent.kind == "parent"
    assert sorted(parent.children.values_list("sku", "kind", "state")) == [
        ("C1", "child", "validated"),
        ("C2", "child", "validated"),
    ]
    assert ProductReference.objects.filter(value="4006381333931").count() == 2
    assert parent.publications.count() == 1


def test_a_child_in_a_later_file_makes_its_parent_a_parent():
    articles(TOY)

    articles({"sku": "T1-red", "parent_sku": "T1", "name": "Red"})

    assert Product.objects.get(sku="T1").kind == "parent"
    assert Product.objects.get(sku="T1-red").state == "validated"


@pytest.mark.parametrize(
    ("row", "refused"),
    [
        ({"sku": "B", "parent_sku": "nobody"}, ("parent_sku", "unknown_parent")),
        ({"sku": "B", "parent_sku": "B"}, ("parent_sku", "cycle")),
        ({"sku": "B", "parent_sku": "KID"}, ("parent_sku", "parent_is_child")),
        ({"sku": "B", "kind": "child"}, ("parent_sku", "required")),
        ({"sku": "B", "price": -1}, ("price", "too_small")),
        ({"sku": "B", "vat_rate": 0.123}, ("vat_rate", "unknown_vat_rate")),
        ({"sku": "B", "segment_1": "A", "segment_3": "C"}, ("segment_1", "bad_path")),
        ({"sku": "B", "segment_code": "nowhere"}, ("segment_code", "unknown_segment")),
        ({"sku": "B", "image": "javascript:alert(1)"}, ("image", "bad_address")),
        ({"sku": "B", "image": "../../etc/passwd"}, ("image", "bad_address")),
        ({"sku": "B", "importance": 1000}, ("importance", "out_of_range")),
        ({"sku": "B", "external_id": "EP"}, ("external_id", "taken")),
        (
            {"sku": "B", "promo_price": 1, "promo_from": "2026-03-02", "promo_to": "2026-03-01"},
            ("promo_to", "bad_dates"),
        ),
    ],
)
def test_what_cannot_be_is_refused_and_the_good_rows_go_in(row, refused):
    articles({**TOY, "sku": "PARENT", "external_id": "EP"}, {**TOY, "sku": "B0"})
    articles({"sku": "KID", "parent_sku": "PARENT"})
    if refused[1] == "taken":
        articles({**TOY, "sku": "B", "external_id": "EB"})
        row = {"sku": "B", "external_id": "EP"}

    loaded = articles({**TOY, **row}, {**TOY, "sku": "GOOD"})

    assert loaded.rejects == {(2, *refused)}
    assert loaded.result.new == 1
    assert Product.objects.filter(sku="GOOD").exists()


def test_two_rows_that_are_each_others_parent_are_a_cycle():
    loaded = articles({**TOY, "sku": "A", "parent_sku": "B"}, {**TOY, "sku": "B", "parent_sku": "A"})

    assert {code for _, _, code in loaded.rejects} == {"cycle"}
    assert not Product.objects.exists()


def test_children_of_a_refused_parent_are_refused_too():
    loaded = articles({**TOY, "sku": "P", "price": -3}, {**TOY, "sku": "C", "parent_sku": "P"})

    assert loaded.rejects == {(2, "price", "too_small"), (3, "parent_sku", "unknown_parent")}


@pytest.mark.parametrize(
    ("row", "state"),
    [
        ({}, "validated"),
        ({"in_preparation": True}, "in_preparation"),
        ({"published": False}, "in_preparation"),
        ({"price": 0}, "in_preparation"),
        ({"price": None}, "in_preparation"),
        ({"name": None}, "in_preparation"),
    ],
)
def test_the_state_follows_the_flags_the_name_and_the_price(row, state):
    articles({**TOY, **row})

    assert Product.objects.get().state == state


def test_what_a_colleague_withdrew_is_not_validated_by_the_next_file():
    articles(TOY)
    Product.objects.update(state="in_preparation")

    articles({**TOY, "name": "Better ship"})

    assert Product.objects.get().state == "in_preparation"


def test_a_whole_file_archives_what_it_lacks_and_brings_it_back():
    both = (TOY, {**TOY, "sku": "T2"})
    articles(*both, full=True)

    gone = articles(TOY, full=True)
    assert (gone.result.archived, Product.objects.get(sku="T2").state) == (1, "archived")

    back = articles(*both, full=True)
    assert back.counts == (0, 1, 1, 0)
    assert Product.objects.get(sku="T2").state == "validated"


def test_a_whole_file_of_one_source_leaves_other_sources_alone():
    articles(TOY, source="one")
    articles({**TOY, "sku": "T2"}, source="two", full=True)

    assert Product.objects.get(sku="T1").state == "validated"


def test_an_empty_cell_means_not_provided():
    articles({**TOY, "description": "Long words", "brand": "B", "attributes": {"a": "x"}})

    articles({"sku": "T1", "name": None, "description": None, "brand": None, "attributes": {"b": "y"}})

    ship = Product.objects.get()
    assert (ship.name, ship.description, ship.brand.name) == ("Pirate ship", "Long words", "B")
    assert ship.attributes == {"a": "x", "b": "y"}


def test_net_prices_become_gross_by_the_rows_rate():
    a_vat_rate("0.055")
    articles({"sku": "N", "name": "Book", "price_net": 10, "vat_rate": 0.055})

    assert BasePrice.objects.get().amount == Decimal("10.55")


def test_a_promotion_that_the_file_no_longer_gives_ends():
    articles({**TOY, "promo_price": 30, "promo_from": "2026-03-01"})
    articles({**TOY, "promo_price": None})

    assert BasePrice.objects.get().promo_amount is None


def test_a_list_attribute_keeps_codes_and_learns_new_labels():
    colour = Attribute.objects.create(code="colour", name="Colour", type="E")
    colour.options.create(code="rouge", label="Rouge")

    articles(
        {**TOY, "attributes": {"colour": "ROUGE"}},
        {**TOY, "sku": "T2", "attributes": {"colour": "Bleu nuit|Rouge"}},
    )

    assert Product.objects.get(sku="T1").attributes == {"colour": "rouge"}
    assert Product.objects.get(sku="T2").attributes == {"colour": ["bleu-nuit", "rouge"]}


def test_a_word_where_a_number_belongs_is_refused():
    Attribute.objects.create(code="pieces", name="Pieces", type="N")

    loaded = articles({**TOY, "attributes": {"pieces": "many"}}, {**TOY, "sku": "T2", "attributes": {"pieces": "1,5"}})

    assert loaded.rejects == {(2, "attr:pieces", "not_a_number")}
    assert Product.objects.get().attributes == {"pieces": 1.5}


def test_a_wrong_ean_is_left_out_and_the_run_says_so():
    loaded = articles({**TOY, "references": {"EAN13": "4006381333932"}})

    assert not ProductReference.objects.exists()
    assert "4006381333932" in loaded.result.notes[0]


def test_pictures_and_places_made_by_people_survive_the_next_file():
    articles({**TOY, "image": "a.webp", "segment_1": "Toys"})
    ship = Product.objects.get()
    ship.media.create(location="mine.webp", position=9)
    ship.places.create(segment=a_segment("Mine"))

    articles({**TOY, "image": "b.webp", "segment_1": "Games"})

    assert sorted(m.location for m in ship.media.all()) == ["b.webp", "mine.webp"]
    assert sorted(p.segment.name for p in ship.places.all()) == ["Games", "Mine"]
    assert ship.places.get(is_primary=True).segment.name == "Games"


def test_several_segment_codes_the_first_is_primary():
    first, second = a_segment("One", code="one"), a_segment("Two", code="two")
    articles({**TOY, "segment_code": "two, one"})

    assert dict(Product.objects.get().places.values_list("segment", "is_primary")) == {
        second.pk: True,
        first.pk: False,
    }


def test_names_that_differ_only_in_accents_get_different_words_in_the_address():
    articles({**TOY, "brand": "Été"}, {**TOY, "sku": "T2", "brand": "Ete"}, {**TOY, "sku": "T3", "brand": "ETE"})

    assert sorted(Brand.objects.values_list("slug", flat=True)) == ["ete", "ete-2"]


def test_a_channel_that_does_not_publish_imports_gets_nothing():
    SalesChannel.objects.update(auto_publish=False)
    articles({**TOY, "description": "d", "image": "a.webp"})

    assert not Product.objects.get().publications.exists()
    assert Family.objects.count() == 0


def test_a_row_may_name_a_known_product_by_its_external_identifier_alone():
    articles({**TOY, "external_id": "E1"})

    loaded = articles({"external_id": "E1", "name": "Better"}, {"external_id": "E2", "name": "Unknown"})

    assert Product.objects.get().name == "Better"
    assert loaded.rejects == {(3, "sku", "required")}


def test_a_parent_of_an_earlier_file_is_validated_with_its_first_priced_variant():
    articles({"sku": "P", "name": "Range", "kind": "parent", "description": "d", "image": "a.webp"})
    assert Product.objects.get(sku="P").state == "in_preparation"

    articles({"sku": "C", "parent_sku": "P", "price": 5})

    parent = Product.objects.get(sku="P")
    assert (parent.state, parent.publications.count()) == ("validated", 1)


def test_a_variant_that_moves_tells_of_both_parents():
    articles(
        {"sku": "P1", "kind": "parent", "name": "One", "price": 5}, {"sku": "P2", "kind": "parent", "name": "Two"},
        {"sku": "C", "parent_sku": "P1", "price": 5}, {"sku": "D", "parent_sku": "P1", "price": 5},
    )  # fmt: skip
    articles({"sku": "C", "parent_sku": "P2"})
    told = Event.objects.filter(kind="catalog.products_changed").latest("id").data["ids"]
    assert set(Product.objects.filter(sku__in=["C", "P1", "P2"]).values_list("pk", flat=True)) <= set(told)


def test_a_text_that_is_too_long_is_kept_and_the_run_says_so():
    Attribute.objects.create(code="note", name="Note", type="T")
    loaded = articles({"sku": "A", "name": "A", "price": 1, "attributes": {"note": "x" * 251}})
    assert loaded.counts == (1, 0, 0, 0)
    assert "note" in loaded.result.notes[0]
    assert len(Product.objects.get(sku="A").attributes["note"]) == 251
