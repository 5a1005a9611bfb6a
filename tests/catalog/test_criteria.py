"""Criteria in Office: what is typed becomes a facet, what cannot be says why at its field."""

import pytest

from altazion.lib.problems import Invalid
from catalog.enums import AttributeType, CriterionKind
from catalog.models import Attribute, AttributeOption, Criterion, CriterionValue
from catalog.services import save_choices, save_criterion
from logbook.models import Event
from tests.builders import AT, a_colleague, a_segment
from tests.pages import form_values

pytestmark = pytest.mark.django_db
LIST = "/office/catalog/criterion/"


@pytest.fixture
def office(client):
    client.force_login(a_colleague(is_superuser=True))
    return client


def an_attribute(code="age", kind=AttributeType.NUMBER, **fields):
    return Attribute.objects.create(code=code, name=code.title(), type=kind, **fields)


def test_a_criterion_is_made_then_gets_its_ranges(office):
    attribute, segment = an_attribute(), a_segment("Jeux")
    page = office.get(f"{LIST}add/").content.decode()
    sent = {**form_values(page, "criterion_form"), "name": "Âge", "name_en": "Age", "code": "tranche"}
    sent |= {"attribute": attribute.pk, "kind": "R", "segments": [segment.pk], "_continue": "1"}
    answer = office.post(f"{LIST}add/", sent)
    criterion = Criterion.objects.get()
    assert answer.status_code == 302
    assert criterion.translations == {"en": {"name": "Age"}}
    assert list(criterion.segments.all()) == [segment]
    address = f"{LIST}{criterion.pk}/change/"
    sent = form_values(office.get(address).content.decode(), "criterion_form")
    row = {"label": "0 à 3 ans", "label_en": "0 to 3", "value": "", "minimum": "", "maximum": "3", "position": "1"}
    sent |= {f"values-0-{name}": value for name, value in row.items()}
    sent |= {"values-TOTAL_FORMS": "1", "values-0-criterion": str(criterion.pk), "values-0-id": "", "values-0-code": ""}
    assert office.post(address, sent).status_code == 302
    choice = CriterionValue.objects.get()
    assert (choice.code, choice.maximum, choice.translations) == ("0-a-3-ans", 3, {"en": {"label": "0 to 3"}})
    assert Event.objects.filter(kind="catalog.facets_changed").count() == 2
    assert "Âge" in office.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"code": "brand"}, "code"),
        ({"code": "colour"}, "code"),
        ({"kind": CriterionKind.RANGES, "attribute": "colour"}, "kind"),
        ({"kind": CriterionKind.YES_NO}, "kind"),
        ({"attribute": "secret"}, "attribute"),
    ],
)
def test_what_cannot_be_a_criterion_says_why_at_its_field(office, fields, field):
    an_attribute()
    an_attribute("colour", AttributeType.TEXT)
    an_attribute("secret", is_public=False)
    attribute = Attribute.objects.get(code=fields.pop("attribute", "age"))
    with pytest.raises(Invalid) as refusal:
        save_criterion(Criterion(**{"code": "word", "name": "N", "attribute": attribute, **fields}), at=AT)
    assert refusal.value.field == field
    sent = {"name": "N", "code": "word", "attribute": attribute.pk, "kind": "V", "position": 0, **fields}
    answer = office.post(f"{LIST}add/", sent)
    assert answer.status_code == 200
    assert field in answer.context["adminform"].form.errors


@pytest.mark.parametrize(
    ("kind", "choice", "field"),
    [
        ("R", {"label": "x"}, "minimum"),
        ("R", {"label": "x", "minimum": 5, "maximum": 5}, "maximum"),
        ("R", {"label": "x", "minimum": 5, "value": "3"}, "value"),
        ("V", {"label": "x"}, "value"),
        ("V", {"label": "x", "value": "3", "maximum": 5}, "minimum"),
    ],
)
def test_a_choice_that_cannot_be_says_why(kind, choice, field):
    criterion = Criterion.objects.create(code="w", name="N", attribute=an_attribute(), kind=kind)
    with pytest.raises(Invalid) as refusal:
        save_choices(criterion, [CriterionValue(**choice)], at=AT)
    assert refusal.value.field == field
    assert not CriterionValue.objects.exists()


def test_a_value_outside_the_list_is_refused_and_two_alike_too():
    attribute = an_attribute("colour", AttributeType.LIST)
    AttributeOption.objects.create(attribute=attribute, code="red", label="Red")
    criterion = Criterion.objects.create(code="w", name="N", attribute=attribute)
    with pytest.raises(Invalid):
        save_choices(criterion, [CriterionValue(label="x", value="green")], at=AT)
    with pytest.raises(Invalid):
        save_choices(criterion, [CriterionValue(label=x, value="red") for x in "ab"], at=AT)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_three(office, count, django_assert_max_num_queries):
    attribute = an_attribute()
    for number in range(count):
        Criterion.objects.create(code=f"c{number}", name=f"C{number}", attribute=attribute)
    with django_assert_max_num_queries(14):
        assert "C0" in office.get(LIST).content.decode()
