"""What cannot be gets a sentence at its place, by whichever door it comes, and what was typed stays typed."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from altazion.lib.problems import Refused
from catalog.enums import ProductKind
from catalog.models import Attribute, Brand, Family, Media, Product, ProductReference, Segment
from integrations.engine.values import steps_of
from integrations.formats import Column, Definition
from integrations.formats.specs import FieldType
from tests import builders as b
from tests.catalog.test_media import a_bomb, an_image
from tests.pages import form_values

pytestmark = pytest.mark.django_db
HOSTILE = '<p onclick="x()">Good</p><script>alert(1)</script><img src=x onerror="alert(1)">'


@pytest.fixture
def office(client):
    client.force_login(b.a_colleague(is_superuser=True, language="en"))
    return client


def url(model, pk=None):
    name = f"admin:catalog_{model._meta.model_name}"
    return reverse(f"{name}_change", args=[pk]) if pk else reverse(f"{name}_add")


def sent(office, address, form, **changes):
    """The page after a browser sent its form with changes."""
    return office.post(address, {**form_values(office.get(address).content.decode(), form), **changes})


def sentences(answer):
    """What the page says at its top is wrong."""
    assert answer.status_code == 200
    found = re.search(r'<div class="of-errors".*?</div>', answer.content.decode(), re.DOTALL)
    assert found, "the page says nothing"
    return re.sub(r"<[^>]+>|\s+", " ", found[0])


def call(client, method, path, data):
    key = b.an_api_key("products:write")
    return getattr(client, method)(
        f"/api/v1/products/{path}", data=data, content_type="application/json",
        headers={"Authorization": f"Bearer {key}", "Accept-Language": "en"},
    )  # fmt: skip


# Impossible trees


def test_a_segment_does_not_hang_below_itself_nor_too_deep(office):
    top = b.a_segment("Top")
    below = b.a_segment("Below", parent=top)
    said = sentences(sent(office, url(Segment, top.pk), "segment_form", parent=below.pk, name="Renamed"))
    assert "cannot hang below itself" in said
    deepest = below
    for level in range(3, 7):
        deepest = b.a_segment(f"Level {level}", parent=deepest)
    answer = sent(office, url(Segment), "segment_form", name="Seventh", code="seventh", parent=deepest.pk)
    assert "at most 6 levels" in sentences(answer)
    assert 'value="Seventh"' in answer.content.decode()
    loose = b.a_segment("Loose")
    b.a_segment("Its own", parent=loose)
    b.a_segment("Leaf", parent=loose)
    fifth = Segment.objects.get(name="Level 5")
    answer = sent(office, url(Segment, loose.pk), "segment_form", parent=fifth.pk, name="Typed name")
    assert "levels" in sentences(answer)  # itself would fit, what hangs below it would not
    assert 'value="Typed name"' in answer.content.decode()
    loose.refresh_from_db()
    assert (loose.name, loose.parent) == ("Loose", None)


def test_families_have_two_levels(office):
    top, other = (Family.objects.create(code=code, name=code) for code in ("toys", "books"))
    Family.objects.create(code="robots", name="Robots", parent=top)
    for family, parent in ((top, top), (top, other)):
        answer = sent(office, url(Family, family.pk), "family_form", parent=parent.pk, name="Typed")
        assert "two levels" in sentences(answer) or "itself" in sentences(answer)
        family.refresh_from_db()
        assert (family.parent, family.name) == (None, "toys")


def test_a_variant_has_no_variants(office, client):
    parent = b.a_product("MUM", kind=ProductKind.PARENT, price=3)
    child = b.a_product("KID", parent=parent, price=3)
    page = reverse("admin:catalog_product_children", args=[child.pk])
    answer = office.post(page, {"names": "Grandchild"}, follow=True)
    assert "variant" in answer.content.decode().lower()
    assert not child.children.exists()
    answer = call(client, "put", "GRANDKID", {"name": "x", "parent": "KID"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/parent")
    assert "variant" in answer.json()["errors"][0]["detail"]
    answer = call(client, "put", "SELF", {"name": "x", "parent": "SELF"})
    assert answer.status_code in (404, 409, 422)
    assert answer.json()["errors"][0]["pointer"] == "/parent"


# Numbers of products


def test_a_sku_is_given_once(office, client):
    taken = b.a_product("TAKEN")
    add = url(Product)
    answer = sent(office, add, "product_form", sku="TAKEN", name="Typed name", type=taken.type_id,
                  vat_rate=taken.vat_rate_id)  # fmt: skip
    assert "SKU" in sentences(answer)
    assert 'value="Typed name"' in answer.content.decode()
    mum = b.a_product("MUM", kind=ProductKind.PARENT)
    answer = call(client, "put", "TAKEN", {"name": "x", "parent": mum.sku})
    assert answer.status_code in (409, 422)
    assert answer.json()["errors"][0]["pointer"] == "/parent"


def test_a_wrong_check_digit_is_named(office):
    toy = b.a_product(price=3)
    rows = {"references-TOTAL_FORMS": "1", "references-0-type": "EAN13", "references-0-value": "4006381333932"}
    answer = sent(office, url(Product, toy.pk), "product_form", name="Typed name", **rows)
    assert "digit" in sentences(answer)
    html = answer.content.decode()
    assert 'value="4006381333932"' in html
    assert 'value="Typed name"' in html
    assert not ProductReference.objects.exists()


# Values


def test_what_the_domain_refuses_leaves_everything_typed(office, monkeypatch):
    """The form finds nothing wrong, the domain does: at its field, and no word is lost."""
    toy = b.a_product(name="As it was", price=3)
    Attribute.objects.create(code="age", name="Age", type="N")
    page = url(Product, toy.pk)
    data = form_values(office.get(page).content.decode(), "product_form")
    Product.objects.update(fed_fields=["name"], source="erp")  # a file came while it was typed

    def late(self, *_args, **_words):
        raise Refused("Age is not asked any more.", field="attributes.age")

    monkeypatch.setattr("catalog.services.change_product", late)
    answer = office.post(page, {**data, "short_description": "Long thought of", "attr_age": "6"})
    assert "Age is not asked any more." in sentences(answer)
    html = answer.content.decode()
    assert 'value="Long thought of"' in html
    assert re.search(r'name="attr_age"[^>]*value="6"|value="6"[^>]*name="attr_age"', html)
    toy.refresh_from_db()
    assert toy.short_description == ""


def test_values_have_the_type_of_their_attribute(office, client):
    for code, kind in (("n", "N"), ("d", "D"), ("u", "U"), ("e", "E")):
        Attribute.objects.create(code=code, name=f"Attribute {code}", type=kind)
    toy = b.a_product("TOY", price=3)
    wrong = {"attr_n": "three", "attr_d": "2026-99-99", "attr_u": "javascript:x", "attr_e": "nothing"}
    answer = sent(office, url(Product, toy.pk), "product_form", name="Typed name", **wrong)
    said = sentences(answer)
    for code in "ndue":
        assert f"Attribute {code}" in said
    assert 'value="Typed name"' in answer.content.decode()
    for code, value in (("n", "three"), ("d", "2026-99-99"), ("u", "javascript:x"), ("e", "nothing"), ("ghost", 1)):
        answer = call(client, "patch", "TOY", {"attributes": {code: value}})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"/attributes/{code}")
        assert len(answer.json()["errors"][0]["detail"]) > 10


def test_html_is_cleaned_whichever_way_it_comes(office, client):
    toy = b.a_product("TOY", price=3)
    assert sent(office, url(Product, toy.pk), "product_form", description=HOSTILE, warnings=HOSTILE,
                description_en=HOSTILE).status_code == 302  # fmt: skip
    toy.refresh_from_db()
    texts = [toy.description, toy.warnings, toy.translations["en"]["description"]]
    assert call(client, "patch", "TOY", {"description": HOSTILE}).status_code == 200
    toy.refresh_from_db()
    brand = Brand.objects.create(code="x", slug="x", name="X")
    assert sent(office, url(Brand, brand.pk), "brand_form", intro=HOSTILE, header=HOSTILE).status_code == 302
    brand.refresh_from_db()
    for text in [*texts, toy.description, brand.intro, brand.header]:
        assert "Good" in text
        for bad in ("<script", "onclick", "onerror"):
            assert bad not in text, text


# Pictures


@pytest.mark.parametrize(("content", "words"), [(b"<html>no picture</html>", "not a picture"), (None, "50 megapixels")])
def test_a_picture_is_a_picture(office, content, words):
    toy = b.a_product(price=3)
    file = SimpleUploadedFile("a.jpg", a_bomb() if content is None else content, "image/jpeg")
    rows = {"media-TOTAL_FORMS": "1", "media-0-kind": "image", "media-0-position": "0", "media-0-upload": file,
            "media-0-alt": "Typed alt"}  # fmt: skip
    answer = sent(office, url(Product, toy.pk), "product_form", name="Typed name", **rows)
    assert words in sentences(answer)
    html = answer.content.decode()
    assert 'value="Typed name"' in html
    assert 'value="Typed alt"' in html
    assert not Media.objects.exists()
    good = SimpleUploadedFile("a.jpg", an_image(), "image/jpeg")
    assert sent(office, url(Product, toy.pk), "product_form", **{**rows, "media-0-upload": good}).status_code == 302
    assert Media.objects.count() == 1


@pytest.mark.parametrize("field", ["description", "warnings", "description@en"])
def test_html_of_a_file_is_cleaned_whatever_its_mapping_says(field):
    column = Column(field, "x")
    steps = steps_of(column, Definition("x", "articles", (column,)), FieldType.TEXT)

    def taken(cell):
        for step in steps:
            cell = step(cell)
        return cell

    assert "Good" in taken(HOSTILE)
    for bad in ("<script", "onclick", "onerror"):
        assert bad not in taken(HOSTILE)
    assert taken("for children < 3 & > 1") == "for children < 3 & > 1"


def test_html_in_translations_as_one_json_is_cleaned():
    column = Column("translations", "x")
    steps = steps_of(column, Definition("x", "articles", (column,)), FieldType.JSON)
    cell = json.dumps({"en": {"description": HOSTILE, "name": "a <b"}})
    for step in steps:
        cell = step(cell)
    words = json.loads(cell)["en"]
    assert words["name"] == "a <b"
    assert "Good" in words["description"]
    assert "onclick" not in cell
    assert "<script" not in cell
