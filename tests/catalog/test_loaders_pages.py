"""Pages of segments and brands, and translations, from files."""

import pytest

from catalog import loaders
from catalog.models import Attribute, AttributeOption, Brand, Criterion, Segment
from tests.builders import a_segment
from tests.loads import load

pytestmark = pytest.mark.django_db


def categories(*rows, **options):
    return load("categories", loaders.merge_categories, *rows, **options)


def brands(*rows, **options):
    return load("brands", loaders.merge_brands, *rows, **options)


def translations(*rows, **options):
    return load("translations", loaders.merge_translations, *rows, **options)


def test_the_page_of_a_segment():
    row = {
        "code": "toys",
        "name": "Jouets",
        "header": "<h2>Tout</h2><script>alert(1)</script>",
        "intro": "<p onclick=x>Bien</p>",
        "banner": "toys/banner.webp",
        "meta_title": "Jouets",
        "meta_description": "Des jouets.",
        "page_template": "DOORS",
        "header_below": False,
        "translations": {"en": {"name": "Toys", "header": "<h2>All</h2><script>x</script>"}},
    }
    assert categories(row).counts == (1, 0, 0, 0)
    kept = Segment.objects.get()
    assert (kept.header, kept.intro, kept.banner) == ("<h2>Tout</h2>", "<p>Bien</p>", "toys/banner.webp")
    assert (kept.page_template, kept.header_below) == ("doors", False)
    assert kept.translations == {"en": {"name": "Toys", "header": "<h2>All</h2>"}}
    assert {"header", "banner", "meta_title"} <= set(kept.fed_fields)
    assert categories(row).counts == (0, 0, 1, 0)
    categories({"code": "toys", "translations": {"en": {"meta_title": "Toys!"}}})
    kept.refresh_from_db()
    assert kept.translations["en"] == {"name": "Toys", "header": "<h2>All</h2>", "meta_title": "Toys!"}
    assert kept.header == "<h2>Tout</h2>"


def test_a_page_that_cannot_be():
    loaded = categories(
        {"code": "a", "name": "A", "page_template": "spiral"}, {"code": "b", "name": "B", "banner": "javascript:x"},
        {"code": "c", "translations": ["en"]}, {"code": "d", "translations": {"en": "D"}},
    )  # fmt: skip
    assert {code for *_rest, code in loaded.rejects} == {"not_a_choice", "bad_address", "not_json"}


def test_brands_by_code_or_by_name():
    met = Brand.objects.create(code="hasbro", name="Hasbro", slug="hasbro", translations={"en": {"intro": "Since"}})
    loaded = brands(
        {"code": "M1", "name": "HASBRO", "website": "https://hasbro.test", "is_own": True, "intro": "<b>H</b>"},
        {"code": "M2", "name": "Lego", "translations": {"en": {"intro": "Bricks"}}, "importance": 300},
        {"code": "M3", "name": "Bad", "website": "javascript:alert(1)"},
        {"code": "M4", "name": "Far", "importance": 1000},
        {"code": "M5", "name": "hasbro"},
    )
    assert loaded.counts == (1, 1, 0, 3)
    met.refresh_from_db()
    assert (met.code, met.name, met.slug, met.is_own, met.intro) == ("M1", "HASBRO", "hasbro", True, "<b>H</b>")
    assert met.translations == {"en": {"intro": "Since"}}
    assert Brand.objects.get(code="M2").translations == {"en": {"intro": "Bricks"}}
    assert brands({"code": "M2", "name": "Lego"}).counts == (0, 0, 1, 0)


def test_an_address_of_a_brand_leads_on(client):
    brands({"code": "M2", "name": "Lego"})
    brands({"code": "M2", "slug": "lego-bricks"})
    from stores.models import FormerAddress

    assert Brand.objects.get().slug == "lego-bricks"
    assert set(FormerAddress.objects.values_list("path", flat=True)) == {"b/lego"}


def test_names_in_other_languages():
    segment = a_segment("Jouets", code="J", translations={"en": {"slug": "toys", "name": "Old"}})
    brand = Brand.objects.create(code="B", name="Marque", slug="b")
    colour = Attribute.objects.create(code="COLOUR", name="Couleur", type="E")
    red = AttributeOption.objects.create(attribute=colour, code="red", label="Rouge")
    criterion = Criterion.objects.create(code="couleur", name="Couleur", attribute=colour)
    rows = [
        {"type": "SEGMT", "code": "J", "language": "en-GB", "name": "Toys"},
        {"type": "MARQU", "code": "B", "language": "EN", "name": "Brand"},
        {"type": "ATTRT", "code": "COLOUR", "language": "en", "name": "Colour"},
        {"type": "ATVAL", "code": "COLOUR", "language": "en", "value_code": "red", "name": "Red"},
        {"type": "CRITR", "code": "couleur", "language": "en", "name": "Colour"},
    ]
    wrong = [
        {"type": "SEGMT", "code": "X", "language": "en", "name": "Nothing"},
        {"type": "SEGMT", "code": "J", "language": "fr", "name": "Jouets"},
        {"type": "SEGMT", "code": "J", "language": "tlh", "name": "Reh"},
        {"type": "ATVAL", "code": "COLOUR", "language": "en", "name": "Red"},
        {"type": "MARQU", "code": "B", "language": "en", "name": "x" * 121},
        {"type": "SEGMT", "code": "J", "language": "en", "name": "Again"},
    ]
    loaded = translations(*rows, *wrong)
    assert loaded.counts == (4, 1, 0, 6)
    assert {code for *_rest, code in loaded.rejects} == {
        "unknown_code", "main_language", "unknown_language", "required", "too_long", "duplicate_key",
    }  # fmt: skip
    for thing in (segment, brand, colour, red, criterion):
        thing.refresh_from_db()
    assert segment.translations["en"] == {"slug": "toys", "name": "Toys"}
    assert [one.translations["en"] for one in (brand, colour, red, criterion)] == [
        {"name": "Brand"}, {"name": "Colour"}, {"label": "Red"}, {"name": "Colour"},
    ]  # fmt: skip
    assert translations(*rows).counts == (0, 0, 5, 0)
    translations({"type": "SEGMT", "code": "J", "language": "en", "name": None})
    segment.refresh_from_db()
    assert segment.translations["en"] == {"slug": "toys"}
