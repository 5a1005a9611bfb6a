"""Attributes by family and segment, their values in Office, and definitions that a file brings."""

import pytest

from altazion.lib.problems import Refused
from catalog import services
from catalog.enums import AttributeType
from catalog.loaders import merge_articles, merge_attribute_values, merge_attributes
from catalog.models import Attribute, AttributeOption, AttributeUse, Criterion, Family
from catalog.selectors.attributes import attributes_for
from logbook.models import Event
from storefront.selectors.facts import used_attributes
from tests import builders as b
from tests.loads import load
from tests.pages import form_values

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client):
    client.force_login(b.a_colleague(is_superuser=True))
    return client


def an_attribute(code, kind=AttributeType.TEXT, **fields):
    return Attribute.objects.create(code=code, name=code.title(), type=kind, **fields)


def codes(attributes):
    return [attribute.code for attribute in attributes]


def test_a_product_is_asked_what_its_family_and_segments_ask():
    games = Family.objects.create(code="games", name="Games")
    board = Family.objects.create(code="board", name="Board games", parent=games)
    toys = b.a_segment("Toys")
    cards = b.a_segment("Cards", parent=toys)
    for code, use in [("players", {"family": games}), ("deck", {"segment": toys}), ("engine", {"family": None})]:
        attribute = an_attribute(code)
        if use.get("family") or use.get("segment"):
            AttributeUse.objects.create(attribute=attribute, **use)
    other = Family.objects.create(code="cars", name="Cars")
    AttributeUse.objects.create(attribute=Attribute.objects.get(code="engine"), family=other)
    an_attribute("common")
    product = b.a_product(family=board, segment=cards)
    assert set(codes(attributes_for(product))) == {"players", "deck", "common"}
    assert set(codes(attributes_for(b.a_product()))) == {"common"}
    assert set(codes(attributes_for(b.a_product(parent=product)))) == {"players", "deck", "common"}
    carrying = b.a_product(attributes={"engine": "v8"})
    assert "engine" in codes(attributes_for(carrying)), "what it carries is never hidden from colleagues"
    assert len(attributes_for(product, show_all=True)) == 4


def test_the_order_is_the_family_s_inside_groups():
    family = Family.objects.create(code="f", name="F")
    for place, code in [(3, "a"), (1, "b"), (2, "c")]:
        AttributeUse.objects.create(attribute=an_attribute(code, group="G", position=0), family=family, position=place)
    assert codes(attributes_for(b.a_product(family=family))) == ["b", "c", "a"]


def test_the_shop_shows_only_what_concerns_the_product():
    family = Family.objects.create(code="f", name="F")
    AttributeUse.objects.create(attribute=an_attribute("engine"), family=family)
    an_attribute("colour")
    inside = b.a_product(family=family, attributes={"engine": "v8", "colour": "red"})
    outside = b.a_product(attributes={"engine": "v8", "colour": "red"})
    assert set(codes(used_attributes([inside]))) == {"engine", "colour"}
    assert codes(used_attributes([outside])) == ["colour"]


@pytest.mark.parametrize("count", [1, 3])
def test_what_is_asked_takes_the_same_queries(count, django_assert_num_queries):
    family = Family.objects.create(code="f", name="F")
    for number in range(count):
        attribute = an_attribute(f"a{number}", AttributeType.LIST)
        AttributeOption.objects.create(attribute=attribute, code="x", label="X")
        AttributeUse.objects.create(attribute=attribute, family=family)
    product = b.a_product(family=family)
    with django_assert_num_queries(6):
        attributes_for(product)


def test_the_page_of_an_attribute_shows_its_values_and_who_carries_it(office):
    attribute = an_attribute("colour", AttributeType.LIST)
    red = AttributeOption.objects.create(attribute=attribute, code="red", label="Rouge")
    b.a_product(attributes={"colour": "red"})
    b.a_product(attributes={"colour": ["blue", "red"]})
    family = Family.objects.create(code="f", name="F")
    address = f"/office/catalog/attribute/{attribute.pk}/change/"
    html = office.get(address).content.decode()
    assert "2 produits" in html
    sent = form_values(html, "attribute_form")
    sent |= {"options-TOTAL_FORMS": "2", "options-0-label_en": "Red", "options-1-label": "Vert pâle",
             "options-1-label_en": "", "options-1-code": "", "options-1-position": "2", "options-1-id": "",
             "options-1-attribute": str(attribute.pk), "uses-TOTAL_FORMS": "1", "uses-0-family": str(family.pk),
             "uses-0-segment": "", "uses-0-position": "1", "uses-0-id": "", "uses-0-attribute": str(attribute.pk),
             "name_en": "Colour"}  # fmt: skip
    answer = office.post(address, sent)
    assert answer.status_code == 302, answer.context and answer.context["errors"]
    red.refresh_from_db()
    attribute.refresh_from_db()
    assert red.translations == {"en": {"label": "Red"}}
    assert attribute.translations == {"en": {"name": "Colour"}}
    assert attribute.options.get(label="Vert pâle").code == "vert-pale"
    assert attribute.uses.get().family == family
    assert Event.objects.filter(kind="catalog.facets_changed").exists()
    sent["uses-0-segment"] = str(b.a_segment().pk)
    sent |= {"uses-0-id": str(attribute.uses.get().pk), "uses-INITIAL_FORMS": "1"}
    assert office.post(address, sent).status_code == 200, "a family and a segment at once"


def test_a_value_that_products_carry_is_not_deleted():
    attribute = an_attribute("colour", AttributeType.LIST)
    red = AttributeOption.objects.create(attribute=attribute, code="red", label="Red")
    b.a_product(attributes={"colour": ["red"]})
    with pytest.raises(Refused) as refusal:
        services.save_options(attribute, [], [red], at=b.AT)
    assert refusal.value.code == "in_use"
    assert AttributeOption.objects.filter(pk=red.pk).exists()


def test_code_and_type_stay_and_words_of_criteria_are_taken():
    attribute = an_attribute("age", AttributeType.NUMBER)
    attribute.type = AttributeType.TEXT
    with pytest.raises(Refused):
        services.save_attribute(attribute, at=b.AT)
    Criterion.objects.create(code="tranche", name="T", attribute=attribute)
    with pytest.raises(Refused) as refusal:
        services.save_attribute(Attribute(code="tranche", name="Tranche"), at=b.AT)
    assert refusal.value.field == "code"


def test_families_and_segments_tell_what_they_ask(office):
    attribute, family = an_attribute("age"), Family.objects.create(code="f", name="F")
    for address, form in [
        (f"/office/catalog/family/{family.pk}/change/", "family_form"),
        (f"/office/catalog/segment/{b.a_segment().pk}/change/", "segment_form"),
    ]:
        sent = form_values(office.get(address).content.decode(), form)
        owner = next(name for name in sent if name.startswith("asked-") and name.endswith("TOTAL_FORMS"))
        assert owner == "asked-TOTAL_FORMS"
        sent |= {"asked-TOTAL_FORMS": "1", "asked-0-attribute": str(attribute.pk), "asked-0-position": "4",
                 "asked-0-id": ""}  # fmt: skip
        assert office.post(address, sent).status_code == 302
    assert AttributeUse.objects.count() == 2


def test_a_file_makes_and_changes_attributes():
    an_attribute("colour")
    old = an_attribute("age", AttributeType.NUMBER, unit="ans")
    colour = {"code": "colour", "name": "Couleur", "type": "list", "is_facet": True}
    colour["translations"] = {"en": {"name": "Colour"}}
    done = load(
        "attributes",
        merge_attributes,
        colour,
        {"code": "age", "name": "Âge", "type": "text"},
        {"code": "new", "name": "Neuf", "type": "D"},
        {"code": "not a code", "name": "x"},
    )
    assert done.counts == (1, 1, 0, 2)
    assert done.rejects == {(3, "type", "other_type"), (5, "code", "bad_code")}
    stored = Attribute.objects.get(code="colour")
    assert (stored.name, stored.type, stored.is_facet) == ("Couleur", "E", True)
    old.refresh_from_db()
    assert (old.name, old.unit) == ("Age", "ans")
    assert load("attributes", merge_attributes, colour).counts == (0, 0, 1, 0)


def test_a_file_names_the_values_of_lists():
    attribute = an_attribute("colour", AttributeType.LIST)
    AttributeOption.objects.create(attribute=attribute, code="rd", label="rd")
    an_attribute("note")
    red = {"attribute": "colour", "code": "rd", "label": "Rouge", "position": 1}
    red["translations"] = {"en": {"label": "Red"}}
    done = load(
        "attribute_values",
        merge_attribute_values,
        red,
        {"attribute": "colour", "code": "bl", "label": "Bleu"},
        {"attribute": "ghost", "code": "x"},
        {"attribute": "note", "code": "x"},
    )
    assert done.counts == (1, 1, 0, 2)
    assert {code for _row, _field, code in done.rejects} == {"unknown_attribute", "not_a_list"}
    assert {o.code: (o.label, o.translations) for o in attribute.options.all()} == {
        "rd": ("Rouge", {"en": {"label": "Red"}}),
        "bl": ("Bleu", {}),
    }


@pytest.mark.parametrize(
    ("kind", "good", "bad", "why"),
    [
        (AttributeType.DATE, "2026-12-31", "31/12/2026", "not_a_date"),
        (AttributeType.DATE, "2026-02-01", "2026-13-01", "not_a_date"),
        (AttributeType.URL, "https://maker.example/x", "javascript:alert(1)", "bad_address"),
        (AttributeType.URL, "http://maker.example", "maker.example", "bad_address"),
        (AttributeType.NUMBER, "3,5", "three", "not_a_number"),
        (AttributeType.BOOLEAN, "oui", "maybe", "not_a_boolean"),
    ],
)
def test_values_of_a_file_have_the_type_of_their_attribute(kind, good, bad, why):
    b.a_product()  # with it come a type and a rate
    an_attribute("x", kind)
    done = load(
        "articles",
        merge_articles,
        {"sku": "GOOD", "name": "G", "attributes": {"x": good}},
        {"sku": "BAD", "name": "B", "attributes": {"x": bad}},
    )
    assert done.rejects == {(3, "attr:x", why)}
