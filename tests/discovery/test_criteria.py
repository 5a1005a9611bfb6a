"""Criteria decide how shoppers are asked: ranges, labels, order, only in some segments."""

import datetime as dt
from decimal import Decimal

import pytest

from altazion.lib.problems import Invalid
from catalog.enums import AttributeType, CriterionKind, ProductKind
from catalog.models import Attribute, Criterion, CriterionValue
from catalog.services import delete_criterion, save_choices, save_criterion
from discovery.consumers import facets_changed
from discovery.selectors import listing
from discovery.services import reindex
from logbook.models import Event
from storefront.templatetags.drawn import facet_options
from tests import builders as b

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(db):
    return b.a_channel()


def a_number(code="age", **fields):
    return Attribute.objects.create(code=code, name=code.title(), type=AttributeType.NUMBER, **fields)


def ages(attribute, code="from-age"):
    criterion = Criterion.objects.create(code=code, name="Âge", attribute=attribute, kind=CriterionKind.RANGES)
    for position, (word, low, high) in enumerate([("0-3", None, 3), ("3-6", 3, 6), ("6", 6, None)], 1):
        CriterionValue.objects.create(
            criterion=criterion, code=word, label=f"{word} ans", minimum=low, maximum=high, position=position,
            translations={"en": {"label": f"{word} years"}},
        )  # fmt: skip
    return criterion


def asked(channel, **question):
    page = listing(channel=channel, at=b.AT, language=question.pop("language", "fr"), **question)
    return {facet.code: [(o.value, o.label, o.count) for o in facet.options] for facet in page.facets}, page


def test_ranges_include_their_lower_end_and_not_their_upper_one(channel):
    for sku, age in [("A", 0), ("B", 2.5), ("C", 3), ("D", 6), ("E", 99)]:
        b.a_product(sku, price=5, channel=channel, attributes={"age": age})
    ages(a_number())
    reindex(None, at=b.AT)
    facets, _page = asked(channel)
    assert facets["from-age"] == [("0-3", "0-3 ans", 2), ("3-6", "3-6 ans", 1), ("6", "6 ans", 2)]
    assert asked(channel, language="en")[0]["from-age"][0][1] == "0-3 years"
    assert asked(channel, filters={"from-age": ["0-3", "3-6"]})[1].total == 3


def test_what_is_no_number_falls_into_no_range_and_stops_nothing(channel):
    b.a_product("A", price=5, channel=channel, attributes={"age": "trois"})
    b.a_product("B", price=5, channel=channel, attributes={"age": 1})
    ages(a_number())
    reindex(None, at=b.AT)
    assert asked(channel, filters={"from-age": ["0-3"]})[1].total == 1


def test_a_filter_without_criterion_asks_as_before_and_a_criterion_takes_over(channel):
    attribute = a_number(is_facet=True, unit="ans")
    for sku, age in [("A", 1), ("B", 7)]:
        b.a_product(sku, price=5, channel=channel, attributes={"age": age})
    reindex(None, at=b.AT)
    assert asked(channel)[0]["age"] == [("1", "1 ans", 1), ("7", "7 ans", 1)]
    criterion = ages(attribute)
    save_criterion(criterion, at=b.AT)
    facets_changed(Event.objects.filter(kind="catalog.facets_changed").last())
    facets, _page = asked(channel)
    assert "age" not in facets
    assert [value for value, _label, _count in facets["from-age"]] == ["0-3", "6"]
    delete_criterion(criterion, at=b.AT)
    facets_changed(Event.objects.filter(kind="catalog.facets_changed").last())
    assert "age" in asked(channel)[0]


def test_values_get_labels_words_and_an_order(channel):
    attribute = Attribute.objects.create(code="color", name="Color", type=AttributeType.TEXT)
    for sku, color in [("A", "rd"), ("B", "bl"), ("C", "bl"), ("D", "gn")]:
        b.a_product(sku, price=5, channel=channel, attributes={"color": color})
    criterion = Criterion.objects.create(code="couleur", name="Couleur", attribute=attribute)
    CriterionValue.objects.create(criterion=criterion, code="rouge", label="Rouge", value="rd", position=1)
    CriterionValue.objects.create(criterion=criterion, code="bleu", label="Bleu", value="bl", position=2)
    reindex(None, at=b.AT)
    facets, _page = asked(channel)
    assert ("rouge", "Rouge", 1) in facets["couleur"]
    assert facets["couleur"].index(("rouge", "Rouge", 1)) < facets["couleur"].index(("bleu", "Bleu", 2))
    assert ("gn", "gn", 1) in facets["couleur"]
    assert asked(channel, filters={"couleur": ["bleu"]})[1].total == 2


def test_a_criterion_may_be_asked_in_some_segments_only(channel):
    games, cars = b.a_segment("Games"), b.a_segment("Cars")
    cards = b.a_segment("Cards", parent=games)
    for number, segment in enumerate([games, cards, cards, cars]):
        b.a_product(price=5, channel=channel, segment=segment, attributes={"age": number * 3})
    criterion = ages(a_number())
    criterion.segments.set([games])
    reindex(None, at=b.AT)
    assert "from-age" in asked(channel, segment=games)[0]
    assert "from-age" in asked(channel, segment=cards)[0]
    assert "from-age" not in asked(channel, segment=cars)[0]
    assert "from-age" not in asked(channel)[0]


def test_an_internal_attribute_or_a_silent_criterion_asks_nothing(channel):
    for age in (1, 4):
        b.a_product(price=5, channel=channel, attributes={"age": age, "secret": age})
    ages(a_number("secret", is_public=False), "secret-age")
    off = ages(a_number())
    off.active = False
    off.save()
    reindex(None, at=b.AT)
    assert set(asked(channel)[0]) <= {"brand", "price"}


def test_one_and_the_same_child_satisfies_range_and_colour(channel):
    attribute = a_number("size")
    Attribute.objects.create(code="color", name="Color", type=AttributeType.TEXT, is_facet=True)
    criterion = Criterion.objects.create(code="grosse", name="Taille", attribute=attribute, kind=CriterionKind.RANGES)
    CriterionValue.objects.create(criterion=criterion, code="big", label="Grand", minimum=Decimal(10))
    parent = b.a_product(kind=ProductKind.PARENT, channel=channel, price=5)
    b.a_product(parent=parent, attributes={"size": 20, "color": "red"})
    b.a_product(parent=parent, attributes={"size": 2, "color": "blue"})
    reindex(None, at=b.AT)
    assert asked(channel, filters={"grosse": ["big"], "color": ["red"]})[1].total == 1
    assert asked(channel, filters={"grosse": ["big"], "color": ["blue"]})[1].total == 0


def test_ranges_of_days(channel):
    out = Attribute.objects.create(code="out", name="Parution", type=AttributeType.DATE)
    for sku, day in [("A", "2025-12-31"), ("B", "2026-01-01"), ("C", "2026-12-31"), ("D", "bald")]:
        b.a_product(sku, price=5, channel=channel, attributes={"out": day})
    criterion = Criterion.objects.create(code="year", name="Année", attribute=out, kind=CriterionKind.RANGES)
    save_choices(
        criterion,
        [
            CriterionValue(label="Avant", before=dt.date(2026, 1, 1), position=1),
            CriterionValue(label="2026", since=dt.date(2026, 1, 1), before=dt.date(2027, 1, 1), position=2),
        ],
        at=b.AT,
    )
    reindex(None, at=b.AT)
    assert asked(channel)[0]["year"] == [("avant", "Avant", 1), ("2026", "2026", 2)]
    for wrong in ({"minimum": 3}, {"since": dt.date(2026, 1, 2), "before": dt.date(2026, 1, 1)}, {}):
        with pytest.raises(Invalid):
            save_choices(criterion, [CriterionValue(label="x", **wrong)], at=b.AT)


def test_a_value_or_none(channel):
    eco = Attribute.objects.create(code="eco", name="Label", type=AttributeType.TEXT)
    for sku, attributes in [("A", {"eco": "FSC"}), ("B", {}), ("C", {"eco": ""})]:
        b.a_product(sku, price=5, channel=channel, attributes=attributes)
    criterion = Criterion(code="with-eco", name="Labellisé", attribute=eco, kind=CriterionKind.PRESENCE)
    save_criterion(criterion, at=b.AT)
    facets_changed(Event.objects.filter(kind="catalog.facets_changed").latest("id"))
    assert asked(channel)[0]["with-eco"] == [("no", "Non", 2), ("yes", "Oui", 1)]
    save_choices(criterion, [CriterionValue(label="Avec", value="yes", position=1)], at=b.AT)
    with pytest.raises(Invalid):
        save_choices(criterion, [CriterionValue(label="Bof", value="maybe")], at=b.AT)
    criterion.active = False
    save_criterion(criterion, at=b.AT)
    facets_changed(Event.objects.filter(kind="catalog.facets_changed").latest("id"))
    assert "with-eco" not in asked(channel)[0]


def test_a_choice_has_a_colour_or_a_picture(channel, client):
    colour = Attribute.objects.create(code="colour", name="Couleur", type=AttributeType.TEXT)
    for sku, value in [("A", "rouge"), ("B", "bleu")]:
        product = b.a_product(sku, price=5, channel=channel, attributes={"colour": value})
        b.stock(product, b.a_warehouse(), 5, channel=channel)
    criterion = Criterion.objects.create(code="couleur", name="Couleur", attribute=colour)
    save_choices(
        criterion,
        [
            CriterionValue(label="Rouge", value="rouge", colour="#CC2233"),
            CriterionValue(label="Bleu", value="bleu", image="toys/bleu.png"),
        ],
        at=b.AT,
    )
    with pytest.raises(Invalid):
        save_choices(criterion, [CriterionValue(label="x", value="x", colour="red;}")], at=b.AT)
    reindex(None, at=b.AT)
    _facets, page = asked(channel)
    (facet,) = [one for one in page.facets if one.code == "couleur"]
    assert {(o.label, o.colour, o.image) for o in facet.options} == {
        ("Rouge", "#cc2233", ""),
        ("Bleu", "", "toys/bleu.png"),
    }
    shown = facet_options(facet)
    assert '<i class="swatch sw-cc2233"></i>' in shown
    assert "/media/toys/bleu.png" in shown
    assert ".swatch.sw-cc2233" in client.get("/labels.css").content.decode()
