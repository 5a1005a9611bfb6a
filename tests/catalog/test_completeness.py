"""Completeness by family, channel and language: worked out in one statement, refreshed by whatever changes it."""

import pytest
from django.core.management import call_command

from altazion.lib.problems import Invalid
from catalog import services
from catalog.consumers import completeness_changed, requirements_changed
from catalog.enums import AttributeType, MediaKind, ProductKind, ProductState
from catalog.models import Attribute, Brand, ChannelText, Completeness, Family, Requirement
from catalog.selectors.completeness import by_family, standings
from logbook.models import Event
from tests import builders as b
from tests.pages import form_values

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def channel(db):
    return b.a_channel()


def require(*facts, **where):
    services.save_requirements(
        [
            Requirement(attribute=fact, **where) if isinstance(fact, Attribute) else Requirement(fact=fact, **where)
            for fact in facts
        ],
        at=b.AT,
    )


def state_of(product, language="fr", channel="web"):
    services.refresh_completeness([product.pk], at=b.AT)
    row = Completeness.objects.get(product=product, language=language, channel__code=channel)
    return row.percent, row.missing


def test_the_usual_facts_count_while_nobody_said_otherwise():
    product = b.a_product(price=5)
    assert state_of(product) == (28, ["brand", "description", "image", "reference", "segment"])


def test_everything_that_is_there_counts():
    segment = b.a_segment()
    brand = Brand.objects.create(code="b", slug="b", name="B")
    product = b.a_product(price=5, segment=segment, brand=brand, description="D", weight_g=3)
    product.media.create(kind=MediaKind.IMAGE, location="a.png")
    product.references.create(type="MPN", value="x")
    assert state_of(product) == (100, [])
    assert state_of(product, "en") == (71, ["description", "name"])
    product.translations = {"en": {"name": "N", "description": "D"}}
    product.save()
    assert state_of(product, "en") == (100, [])


def test_families_channels_and_languages_ask_their_own():
    kiosk = b.a_channel("kiosk")
    games = Family.objects.create(code="games", name="Games")
    board = Family.objects.create(code="board", name="Board", parent=games)
    age = Attribute.objects.create(code="age", name="Age", type=AttributeType.NUMBER)
    require("name")
    require(age, family=games)
    require("weight", channel=kiosk)
    require("meta_description", language="en")
    inside, outside = b.a_product(family=board), b.a_product()
    assert state_of(inside) == (50, ["attr:age"])
    assert state_of(inside, channel="kiosk") == (33, ["attr:age", "weight"])
    assert state_of(outside) == (100, [])
    assert state_of(outside, "en") == (0, ["meta_description", "name"])
    inside.attributes = {"age": 0}
    inside.save()
    assert state_of(inside) == (100, [])


def test_prices_count_on_their_channel():
    kiosk = b.a_channel("kiosk")
    require("price")
    product = b.a_product()
    b.a_price(product, 5, channel=kiosk)
    assert state_of(product) == (0, ["price"])
    assert state_of(product, channel="kiosk") == (100, [])
    b.a_price(product, 0)
    assert state_of(product) == (0, ["price"])


def test_variants_have_what_their_parent_has_and_parents_what_all_variants_have():
    age = Attribute.objects.create(code="age", name="Age", type=AttributeType.NUMBER)
    colour = Attribute.objects.create(code="colour", name="Colour", type=AttributeType.TEXT)
    require("name", "price", "image", "reference", age, colour)
    parent = b.a_product("P", kind=ProductKind.PARENT, attributes={"age": 3})
    children = [b.a_product(f"C{n}", parent=parent, name="", price=5) for n in range(2)]
    children[0].media.create(kind=MediaKind.IMAGE, location="a.png")
    children[0].references.create(type="MPN", value="x")
    assert state_of(parent) == (83, ["attr:colour"])
    assert state_of(children[0]) == (83, ["attr:colour"])
    assert state_of(children[1]) == (50, ["attr:colour", "image", "reference"])
    children[0].attributes = {"colour": "red"}
    children[0].save()
    assert state_of(parent)[1] == ["attr:colour"]
    children[1].attributes = {"colour": "blue"}
    children[1].save()
    assert state_of(parent) == (100, [])


def test_empty_values_are_missing():
    colour = Attribute.objects.create(code="colour", name="Colour", type=AttributeType.TEXT)
    require(colour)
    for empty in ("", [], None):
        assert state_of(b.a_product(attributes={"colour": empty})) == (0, ["attr:colour"])


def test_twice_writes_nothing_and_archived_products_are_forgotten():
    product = b.a_product()
    assert services.refresh_completeness(None, at=b.AT) == 2
    assert services.refresh_completeness(None, at=b.AT) == 0
    product.state = ProductState.ARCHIVED
    product.save()
    assert services.refresh_completeness([product.pk], at=b.AT) == 2
    assert not Completeness.objects.exists()


def test_events_and_the_command_refresh(capsys):
    product = b.a_product(description="")
    completeness_changed(Event(kind="catalog.products_changed", at=b.AT, data={"ids": [product.pk]}))
    assert "description" in Completeness.objects.get(language="fr").missing
    require("name", "brand")
    requirements_changed(Event.objects.filter(kind="catalog.requirements_changed").last())
    assert Completeness.objects.get(language="fr").missing == ["brand"]
    Completeness.objects.all().delete()
    call_command("refresh_completeness")
    assert "2 rows" in capsys.readouterr().out


def test_a_family_s_requirements_judge_its_products_only():
    family = Family.objects.create(code="f", name="F")
    require("name")
    inside, outside = b.a_product(family=family), b.a_product()
    services.refresh_completeness(None, at=b.AT)
    Completeness.objects.filter(product=outside).update(percent=7)
    require("brand", family=family)
    for event in Event.objects.filter(kind="catalog.requirements_changed", data__family=family.pk):
        requirements_changed(event)
    assert Completeness.objects.get(product=inside, language="fr").missing == ["brand"]
    assert Completeness.objects.get(product=outside, language="fr").percent == 7


def test_what_cannot_be_required_says_why():
    age = Attribute.objects.create(code="age", name="Age", type=AttributeType.NUMBER)
    for wrong in (Requirement(), Requirement(fact="name", attribute=age), Requirement(fact="name", language="xx")):
        with pytest.raises(Invalid):
            services.save_requirements([wrong], at=b.AT)
    require("name")
    with pytest.raises(Invalid):
        require("name")


def test_the_page_s_view_and_the_card_by_family():
    family = Family.objects.create(code="f", name="Jeux")
    age = Attribute.objects.create(code="age", name="Âge", type=AttributeType.NUMBER)
    require("name", "image", age)
    product = b.a_product(family=family)
    found = standings(product.pk)
    assert [(one.channel.code, one.language, one.percent) for one in found] == [("web", "en", 0), ("web", "fr", 33)]
    first = found[1].missing[0]
    assert (first.code, first.label, first.tab) == ("attr:age", "Âge", "attributes")
    services.refresh_completeness(None, at=b.AT)
    card = by_family()
    assert [(one.name, one.incomplete, one.total) for one in card] == [("Jeux", 1, 1)]


def test_office_shows_it_in_the_list_the_form_and_on_the_first_page(client):
    client.force_login(b.a_colleague(is_superuser=True))
    family = Family.objects.create(code="f", name="Jeux")
    require("name", "image")
    whole, lacking = b.a_product("WHOLE"), b.a_product("LACKING", family=family)
    whole.translations = {"en": {"name": "N"}}
    whole.save()
    whole.media.create(kind=MediaKind.IMAGE, location="https://cdn.example/a.png")
    services.refresh_completeness(None, at=b.AT)
    html = client.get("/office/catalog/product/?complete=no").content.decode()
    assert "LACKING" in html
    assert "WHOLE" not in html
    assert "WHOLE" in client.get("/office/catalog/product/?complete=yes").content.decode()
    assert "LACKING" in client.get("/office/catalog/product/?complete=half").content.decode()
    page = client.get(f"/office/catalog/product/{lacking.pk}/change/")
    assert [(s.language, s.percent) for s in page.context["standings"]] == [("en", 0), ("fr", 50)]
    assert 'href="#media"' in page.content.decode()
    assert "Jeux" in client.get("/office/").content.decode()


def test_office_takes_requirements_on_their_own_page_and_on_the_family_s(client):
    client.force_login(b.a_colleague(is_superuser=True))
    family = Family.objects.create(code="f", name="F")
    add = "/office/catalog/requirement/add/"
    assert client.post(add, {"fact": "image", "family": family.pk, "language": ""}).status_code == 302
    assert client.post(add, {"fact": "", "language": ""}).status_code == 200
    assert client.post(add, {"fact": "image", "language": "xx"}).status_code == 200
    address = f"/office/catalog/family/{family.pk}/change/"
    sent = form_values(client.get(address).content.decode(), "family_form")
    sent |= {"requirements-TOTAL_FORMS": "2", "requirements-1-fact": "brand", "requirements-1-id": "",
             "requirements-1-family": str(family.pk), "requirements-1-language": ""}  # fmt: skip
    assert client.post(address, sent).status_code == 302
    assert sorted(family.requirements.values_list("fact", flat=True)) == ["brand", "image"]
    assert client.get("/office/catalog/requirement/").status_code == 200


def test_a_variant_s_page_opens_and_is_saved(client):
    client.force_login(b.a_colleague(is_superuser=True))
    parent = b.a_product("P", kind=ProductKind.PARENT, price=5)
    child = b.a_product("C", parent=parent)
    address = f"/office/catalog/product/{child.pk}/change/"
    sent = form_values(client.get(address).content.decode(), "product_form")
    assert client.post(address, {**sent, "name": "Another"}).status_code == 302
    child.refresh_from_db()
    assert child.name == "Another"


def test_the_words_of_a_channel_count_there(channel):
    other = b.a_channel("app")
    require("description", "name")
    product = b.a_product(price=5)
    text = ChannelText(channel=channel, description="Ici", translations={"en": {"name": "Here"}})
    services.save_channel_texts(product, [text], at=b.AT)
    assert state_of(product) == (100, [])
    assert state_of(product, channel=other.code) == (50, ["description"])
    assert state_of(product, language="en") == (50, ["description"])
    assert state_of(product, language="en", channel=other.code) == (0, ["description", "name"])
