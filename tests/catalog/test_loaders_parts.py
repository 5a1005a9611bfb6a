"""Segments, places, references and prices from files of their own."""

from decimal import Decimal

import pytest

from catalog.loaders import merge_article_categories, merge_categories, merge_prices, merge_references
from catalog.models import BasePrice, Product, ProductReference, ProductSegment, Segment
from logbook.models import Event
from tests.builders import a_channel, a_product, a_segment, a_store, a_vat_rate
from tests.loads import load

pytestmark = pytest.mark.django_db


def categories(*rows, **options):
    return load("categories", merge_categories, *rows, **options)


def links(*rows, **options):
    return load("article_categories", merge_article_categories, *rows, **options)


def references(*rows, **options):
    return load("references", merge_references, *rows, **options)


def prices(*rows, **options):
    return load("prices", merge_prices, *rows, **options)


def test_a_tree_in_any_order():
    rows = [
        {"code": "c", "parent_code": "b", "name": "Marvel"},
        {"code": "b", "parent_code": "a", "name": "Heroes"},
        {"code": "a", "name": "Toys", "importance": 900},
    ]
    assert categories(*rows).counts == (3, 0, 0, 0)
    a, b, c = (Segment.objects.get(code=code) for code in "abc")
    assert c.path == [a.pk, b.pk, c.pk]
    assert (a.level, b.level, c.level, a.importance) == (1, 2, 3, 900)

    events = Event.objects.count()
    assert categories(*rows).counts == (0, 0, 3, 0)
    assert Event.objects.count() == events


def test_moving_a_branch_moves_what_hangs_on_it():
    categories({"code": "a", "name": "A"}, {"code": "x", "name": "X"}, {"code": "b", "parent_code": "a", "name": "B"})
    categories({"code": "c", "parent_code": "b", "name": "C"})
    categories({"code": "b", "parent_code": "x", "name": "B"})

    assert Segment.objects.get(code="c").path == [Segment.objects.get(code=code).pk for code in "xbc"]


def test_impossible_trees_are_refused():
    deep = [{"code": f"l{n}", "parent_code": f"l{n - 1}" if n > 1 else None, "name": f"L{n}"} for n in range(1, 8)]
    loaded = categories(
        *deep,
        {"code": "self", "parent_code": "self"},
        {"code": "o", "parent_code": "p"},
        {"code": "p", "parent_code": "o"},
        {"code": "lost", "parent_code": "nowhere"},
        {"code": "below-lost", "parent_code": "lost"},
    )

    assert {(row, code) for row, _, code in loaded.rejects} == {
        (8, "too_deep"),
        (9, "cycle"),
        (10, "cycle"),
        (11, "cycle"),
        (12, "unknown_parent"),
        (13, "unknown_parent"),
    }
    assert Segment.objects.count() == 6


def test_a_segment_cannot_go_below_its_own_branch():
    categories({"code": "a", "name": "A"}, {"code": "b", "parent_code": "a", "name": "B"})

    assert {code for *_, code in categories({"code": "a", "parent_code": "b"}).rejects} == {"cycle"}


def test_a_whole_tree_archives_what_it_lacks():
    categories({"code": "a", "name": "A"}, {"code": "b", "name": "B"}, full=True)

    assert categories({"code": "a", "name": "A"}, full=True).result.archived == 1
    assert Segment.objects.get(code="b").archived
    assert categories({"code": "b", "name": "B"}).counts == (0, 1, 0, 0)


def test_segments_of_one_name_get_different_addresses():
    categories(
        {"code": "a", "name": "Été"},
        {"code": "b", "name": "Hiver"},
        {"code": "c", "parent_code": "a", "name": "Hiver"},
    )
    assert sorted(Segment.objects.values_list("slug", flat=True)) == ["ete", "ete-hiver", "hiver"]


def test_places_from_a_file_of_their_own():
    toy, child = a_product("T"), a_product("C", parent=a_product("P", kind="parent"))
    one, two = a_segment("One", code="one"), a_segment("Two", code="two")

    loaded = links(
        {"sku": "T", "segment_code": "one", "is_primary": True, "relevance": 2},
        {"sku": "T", "segment_code": "two"},
        {"sku": "C", "segment_code": "two"},
        {"sku": "nobody", "segment_code": "two"},
        {"sku": "T", "segment_code": "nowhere"},
        {"sku": "T", "segment_code": "two", "relevance": 12},
    )

    assert loaded.counts == (3, 0, 0, 3)
    assert toy.places.get(is_primary=True).segment == one
    assert toy.places.get(segment=one).relevance == 2
    assert child.parent.places.get().segment == two
    assert links({"sku": "T", "segment_code": "one", "is_primary": True, "relevance": 2}).counts == (0, 0, 1, 0)
    assert links({"sku": "T", "segment_code": "two"}, full=True).result.archived == 2
    assert ProductSegment.objects.count() == 1


def test_references_are_checked_by_their_last_digit():
    a_product("T")
    loaded = references(
        {"sku": "T", "type": "ean13", "value": "4006381333931", "is_main": True},
        {"sku": "T", "type": "EAN13", "value": "4006381333932"},
        {"sku": "T", "type": "ISBN", "value": "978-2-07-036822-8"},
        {"sku": "T", "type": "SHELF", "value": "A-12"},
        {"sku": "nobody", "type": "SHELF", "value": "A-12"},
        {"sku": "T", "type": "EAN13", "value": "400638 1333931"},
    )

    assert loaded.rejects == {
        (3, "value", "bad_check_digit"),
        (6, "sku", "unknown_product"),
        (7, "value", "duplicate_key"),
    }
    assert sorted(ProductReference.objects.values_list("value", flat=True)) == [
        "4006381333931",
        "9782070368228",
        "A-12",
    ]


def test_a_new_main_reference_takes_the_place_of_the_old_one():
    a_product("T")
    references({"sku": "T", "type": "SHELF", "value": "A", "is_main": True})
    references({"sku": "T", "type": "SHELF", "value": "B", "is_main": True})

    assert ProductReference.objects.get(is_main=True).value == "B"


def test_prices_by_layer():
    toy, store = a_product("T", price=10), a_store("S1")
    loaded = prices(
        {"sku": "T", "price": 12, "promo_price": 9, "promo_to": "2026-04-01"},
        {"sku": "T", "price": 11, "layer": "MAGASIN", "destination": "S1"},
        {"sku": "T", "price_net": 10, "layer": "GRILLETARIF", "destination": "PRO"},
        {"sku": "T", "price": 11, "layer": "MAGASIN", "destination": "S9"},
        {"sku": "T", "layer": "GRILLETARIF", "destination": "X"},
        {"sku": "nobody", "price": 1},
    )

    assert loaded.counts == (2, 1, 0, 3)
    assert {code for *_, code in loaded.rejects} == {"unknown_store", "no_price", "unknown_product"}
    assert toy.prices.get(store=None, grid="").promo_amount == 9
    assert toy.prices.get(store=store).amount == 11
    assert toy.prices.get(grid="PRO").amount == Decimal("12.00")
    assert prices({"sku": "T", "price": 11, "layer": "MAGASIN", "destination": "S1"}).counts == (0, 0, 1, 0)


def test_an_article_that_only_lacked_its_price_is_published_with_it():
    from catalog.loaders import merge_articles

    a_vat_rate()
    a_channel()
    load("articles", merge_articles, {"sku": "T", "name": "Toy", "description": "d", "image": "a.webp"})
    assert Product.objects.get().state == "in_preparation"

    prices({"sku": "T", "price": 3})

    assert Product.objects.get().state == "validated"
    assert Product.objects.get().publications.count() == 1


def test_a_price_does_not_validate_what_the_articles_file_calls_a_draft():
    from catalog.loaders import merge_articles

    a_vat_rate()
    load("articles", merge_articles, {"sku": "T", "name": "Toy", "in_preparation": True})
    prices({"sku": "T", "price": 3})

    assert Product.objects.get().state == "in_preparation"


def test_a_whole_price_file_drops_its_own_prices_only():
    a_product("A", price=1)
    a_product("B")
    prices({"sku": "B", "price": 2}, {"sku": "A", "price": 3, "layer": "GRILLETARIF", "destination": "G"}, full=True)

    assert prices({"sku": "B", "price": 2}, full=True).result.archived == 1
    assert BasePrice.objects.count() == 2


def test_a_path_of_names_gives_parent_and_name():
    loaded = categories(
        {"code": "3", "path": "Toys > Games > Chess"},
        {"code": "1", "path": "Toys"},
        {"code": "2", "path": "Toys>Games"},
    )

    chess = Segment.objects.get(code="3")
    assert loaded.counts == (3, 0, 0, 0)
    assert (chess.name, chess.parent.code, chess.level) == ("Chess", "2", 3)
    assert {code for *_, code in categories({"code": "9", "path": "Lost > Things"}).rejects} == {"unknown_parent"}


def test_a_whole_price_file_keeps_the_price_of_a_row_that_was_refused():
    kept, gone = a_product("KEPT"), a_product("GONE")
    prices({"sku": "KEPT", "price": 10}, {"sku": "GONE", "price": 10}, full=True)
    loaded = prices({"sku": "KEPT", "price": -1}, full=True)
    assert {code for *_, code in loaded.rejects} == {"too_small"}
    assert kept.prices.get().amount == 10
    assert not gone.prices.exists()
