"""The grid of a parent's variants and the matrix that makes them, as a merchandiser uses them (OFF-8)."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.enums import ProductKind, ProductState
from catalog.models import Attribute, AttributeOption, BasePrice, Product, ProductReference
from logbook.models import Event
from tests.builders import AT, a_colleague, a_price, a_product, a_vat_rate
from tests.pages import form_values

pytestmark = pytest.mark.django_db
EAN, OTHER_EAN = "4006381333931", "3010000000013"


@pytest.fixture
def office(client):
    client.force_login(a_colleague(is_superuser=True))
    return client


@pytest.fixture
def shirt():
    colour = Attribute.objects.create(code="colour", name="Colour", type="E", is_differentiating=True)
    for position, label in enumerate(["Red", "Blue", "Green"]):
        AttributeOption.objects.create(attribute=colour, code=label.lower(), label=label, position=position)
    Attribute.objects.create(code="size", name="Size", type="N", is_differentiating=True)
    parent = a_product("SHIRT", name="Shirt", price=20, kind=ProductKind.PARENT)
    ProductReference.objects.create(product=parent, type="EAN13", value=EAN, is_main=True)
    return parent


def children_of(parent, number):
    return [
        a_product(f"{parent.sku}-{n}", parent=parent, name="", attributes={"colour": ["red", "blue"][n % 2], "size": n})
        for n in range(number)
    ]


def grid(parent):
    return f"/office/catalog/product/{parent.pk}/variants/"


def matrix(parent):
    return f"/office/catalog/product/{parent.pk}/matrix/"


def typed(office, parent, **cells):
    """What a browser would send for the grid, with these cells typed over."""
    return {**form_values(office.get(grid(parent)).content.decode(), "grid"), "do": "save", **cells}


@pytest.mark.parametrize("count", [1, 3])
def test_the_grid_takes_the_same_queries_for_one_and_three(office, shirt, count, django_assert_max_num_queries):
    for child in children_of(shirt, count):
        a_price(child, 3)
        ProductReference.objects.create(product=child, type="EAN13", value=EAN)
    with django_assert_max_num_queries(16):
        html = office.get(grid(shirt)).content.decode()
    assert f"SHIRT-{count - 1}" in html


def test_two_thousand_variants_cost_no_more_than_fifty(office, shirt):
    kind, rate = shirt.type, a_vat_rate()
    Product.objects.bulk_create(
        Product(sku=f"SHIRT-{n:04}", name=f"Shirt {n}", kind=ProductKind.CHILD, parent=shirt, type=kind, vat_rate=rate,
                state=ProductState.VALIDATED, attributes={"colour": "red", "size": n}, created_at=AT, updated_at=AT)
        for n in range(2000)
    )  # fmt: skip
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = office.get(grid(shirt), {"page": "40"})
    html = page.content.decode()
    assert len(queries) <= 16
    assert len(html) < 400_000
    assert "SHIRT-1999" in html
    assert "SHIRT-0000" not in html
    with CaptureQueriesContext(connection) as queries:
        form = office.get(f"/office/catalog/product/{shirt.pk}/change/").content.decode()
    assert len(queries) <= 75
    assert len(form) < 400_000
    found = office.get(grid(shirt), {"text": "shirt-0042"}).content.decode()
    assert "SHIRT-0042" in found
    assert "SHIRT-0043" not in found
    with CaptureQueriesContext(connection) as queries:
        answer = office.post(grid(shirt), {"do": "bulk", "verb": "price", "amount": "12,50", "all": "1"})
    assert answer.status_code == 302
    assert BasePrice.objects.filter(product__parent=shirt, amount="12.5").count() == 2000
    assert len(queries) <= 40


def test_cells_are_saved_and_errors_stand_at_their_cell(office, shirt):
    one, two = children_of(shirt, 2)
    data = typed(
        office,
        shirt,
        **{
            f"v{one.pk}-sku": "SHIRT-RED-S",
            f"v{one.pk}-a:colour": "green",
            f"v{one.pk}-price": "12,50",
            f"v{one.pk}-ean": "301-0000000013",
            f"v{two.pk}-ean": "3010000000015",
            f"v{two.pk}-name": "Kept in the box",
        },
    )
    html = office.post(grid(shirt), data).content.decode()
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.sku, one.attributes["colour"], one.prices.get().amount) == ("SHIRT-RED-S", "green", 12.5)
    assert one.references.get().value == OTHER_EAN
    assert two.name == ""
    assert f'id="v{two.pk}-ean-error"' in html
    assert "Kept in the box" in html
    assert form_values(html, "grid")[f"v{two.pk}-ean"] == ["3010000000015"]


@pytest.mark.parametrize(
    ("cell", "text"),
    [("sku", ""), ("sku", "TAKEN"), ("sku", "x" * 61), ("a:colour", "Mauve"), ("a:size", "big"), ("price", "cheap"),
     ("price", "-1"), ("price", "NaN"), ("price", "9" * 30), ("ean", "123"), ("state", "gone"), ("name", "n" * 251),
     ("name", "\0")],
)  # fmt: skip
def test_what_cannot_be_is_said_at_its_cell_and_changes_nothing(office, shirt, cell, text):
    a_product("TAKEN")
    (child,) = children_of(shirt, 1)
    answer = office.post(grid(shirt), typed(office, shirt, **{f"v{child.pk}-{cell}": text}))
    assert answer.status_code == 200
    assert f"v{child.pk}-{cell}-error" in answer.content.decode()
    child.refresh_from_db()
    assert (child.sku, child.name, child.attributes) == ("SHIRT-0", "", {"colour": "red", "size": 0})


def test_what_somebody_else_changed_meanwhile_is_not_typed_over(office, shirt):
    (child,) = children_of(shirt, 1)
    data = typed(office, shirt, **{f"v{child.pk}-a:size": "7"})
    Product.objects.filter(pk=child.pk).update(name="Theirs", sku="THEIRS")
    assert office.post(grid(shirt), data).status_code == 302
    child.refresh_from_db()
    assert (child.name, child.sku, child.attributes["size"]) == ("Theirs", "THEIRS", 7)
    data[f"v{child.pk}-name"] = "Mine"
    html = office.post(grid(shirt), data).content.decode()
    assert "Theirs" in html
    child.refresh_from_db()
    assert child.name == "Theirs"


def test_fed_cells_are_locked(office, shirt):
    (child,) = children_of(shirt, 1)
    Product.objects.filter(pk=child.pk).update(fed_fields=["sku", "attributes.colour"], source="erp")
    BasePrice.objects.create(product=child, amount=3, source="erp")
    forged = {f"v{child.pk}-sku": "X", f"v{child.pk}-a:colour": "Blue", f"v{child.pk}-price": "1"}
    html = office.get(grid(shirt)).content.decode()
    assert f'name="v{child.pk}-sku"' not in html
    assert office.post(grid(shirt), typed(office, shirt, **forged)).status_code == 302
    child.refresh_from_db()
    assert (child.sku, child.attributes["colour"], child.prices.get().amount) == ("SHIRT-0", "red", 3)


def test_ticked_lines_get_one_verb(office, shirt):
    children = children_of(shirt, 3)
    ids = [str(child.pk) for child in children[:2]]

    def apply(verb, **more):
        return office.post(grid(shirt), {"do": "bulk", "verb": verb, "ticked": ids, **more}, follow=True)

    apply("archive")
    assert [c.state for c in Product.objects.filter(parent=shirt).order_by("pk")] == [
        "archived",
        "archived",
        "validated",
    ]
    assert "SHIRT-0" not in office.get(grid(shirt)).content.decode()
    apply("validate")
    assert Product.objects.get(sku="SHIRT-0").state == "archived"
    apply("restore")
    apply("validate")
    assert Product.objects.get(sku="SHIRT-0").state == "validated"
    apply("ean")
    assert ProductReference.objects.filter(value=EAN, product__parent=shirt).count() == 2
    apply("price", amount="0")
    assert not BasePrice.objects.filter(product__parent=shirt).exists()
    apply("price", amount="9.90")
    apply("no_price")
    assert not BasePrice.objects.filter(product__parent=shirt).exists()
    assert Event.objects.filter(data__change="variants_archived").get().data["count"] == 2
    assert apply("explode").status_code == 200
    for nonsense in ({"amount": "x"}, {"ticked": ["x", "9" * 40]}):
        assert apply("price", **nonsense).status_code == 200


def test_search_finds_by_value_and_by_code_and_nonsense_is_no_fault(office, shirt):
    children = children_of(shirt, 3)
    ProductReference.objects.create(product=children[2], type="EAN13", value=OTHER_EAN)

    def skus(**query):
        html = office.get(grid(shirt), query).content.decode()
        return [child.sku for child in children if f">{child.sku}<" in html or f'value="{child.sku}"' in html]

    assert skus(text="blue") == ["SHIRT-1"]
    assert skus(text=OTHER_EAN) == ["SHIRT-2"]
    assert skus(text="red 2") == ["SHIRT-2"]
    assert skus(text="%' OR 1=1 \0") == []
    assert skus(page="99999", state="nonsense") == ["SHIRT-0", "SHIRT-1", "SHIRT-2"]
    assert office.get("/office/catalog/product/999999/variants/").status_code == 404


def test_who_may_only_look_sees_no_inputs_and_writes_nothing(client, shirt):
    (child,) = children_of(shirt, 1)
    reader = a_colleague("reader@shop.test")
    client.force_login(reader)
    assert client.get(grid(shirt)).status_code == 403
    reader.user_permissions.add(Permission.objects.get(codename="view_product"))
    html = client.get(grid(shirt)).content.decode()
    assert "SHIRT-0" in html
    assert f'name="v{child.pk}-sku"' not in html
    assert client.post(grid(shirt), {"do": "save"}).status_code == 403
    assert client.get(matrix(shirt)).status_code == 403


def test_a_matrix_is_previewed_then_made_without_what_exists(office, shirt):
    a_product("SHIRT-OLD", parent=shirt, attributes={"colour": "red", "size": 38})
    data = {"tick_colour": ["Red", "Blue"], "more_colour": "Gold", "more_size": "38\n40\n38", "ean": "shared"}
    html = office.post(matrix(shirt), {**data, "do": "preview"}).content.decode()
    assert "SHIRT-OLD" in html
    assert "SHIRT-BLUE-38" in html
    assert shirt.children.count() == 1
    kept = form_values(html, "matrix")["make"]
    assert len(kept) == 5
    answer = office.post(matrix(shirt), {**data, "do": "make", "previewed": "1", "make": kept[:-1]})
    assert answer.status_code == 302
    made = Product.objects.filter(parent=shirt).exclude(sku="SHIRT-OLD").order_by("pk")
    assert [child.sku for child in made] == ["SHIRT-RED-40", "SHIRT-BLUE-38", "SHIRT-BLUE-40", "SHIRT-GOLD-38"]
    assert made[3].attributes == {"colour": "gold", "size": 38}
    assert made[0].references.get().value == EAN
    assert made[0].state == ProductState.VALIDATED
    assert AttributeOption.objects.filter(code="gold", label="Gold").exists()
    own = office.post(matrix(shirt), {**data, "do": "make", "ean": "own"})
    assert own.status_code == 302
    assert not Product.objects.get(sku="SHIRT-GOLD-40").references.exists()
    assert office.post(matrix(shirt), {**data, "do": "make"}).status_code == 200


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"more_size": "big"},
        {"more_size": "\n".join(str(n) for n in range(501))},
        {"more_colour": "\n".join(f"c{n}" for n in range(30)), "more_size": "\n".join(str(n) for n in range(30))},
        {"more_colour": "x" * 200},
        {"more_colour": "a|b"},
        {"tick_colour": ["Nobody"]},
        {"more_size": "1", "ean": "stolen"},
    ],
)
def test_an_impossible_matrix_says_why(office, shirt, data):
    answer = office.post(matrix(shirt), {"ean": "shared", "do": "make", **data})
    assert answer.status_code == 200
    assert "alz-error" in answer.content.decode() or "errorlist" in answer.content.decode()
    assert not shirt.children.exists()


def test_copied_attributes_follow_the_parent_except_where_fed(office, shirt):
    Attribute.objects.create(code="care", name="Care", type="T", is_copied=True)
    Product.objects.filter(pk=shirt.pk).update(attributes={"care": "30°"})
    office.post(matrix(shirt), {"tick_colour": ["Red", "Blue"], "ean": "shared", "do": "make"})
    red, blue = shirt.children.order_by("pk")
    assert red.attributes == {"colour": "red", "care": "30°"}
    Product.objects.filter(pk=blue.pk).update(fed_fields=["attributes.care"], source="erp")
    html = office.get(f"/office/catalog/product/{shirt.pk}/change/").content.decode()
    assert office.post(
        f"/office/catalog/product/{shirt.pk}/change/", {**form_values(html, "product_form"), "attr_care": "40°"}
    ).status_code == 302  # fmt: skip
    red.refresh_from_db()
    blue.refresh_from_db()
    assert (red.attributes["care"], blue.attributes["care"]) == ("40°", "30°")
