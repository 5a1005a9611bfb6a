"""What a scanner reads: in Office, by API, with shared, internal and mistyped codes (OFF-8)."""

import pytest

from accounts.enums import Scope
from altazion.lib import codes
from catalog.models import Attribute, AttributeOption, ProductReference
from catalog.selectors.scan import scan
from tests.builders import a_colleague, a_product, an_api_key

pytestmark = pytest.mark.django_db
EAN = "4006381333931"


@pytest.fixture
def figures():
    hero = Attribute.objects.create(code="hero", name="Hero", type="E", is_differentiating=True)
    Attribute.objects.create(code="age", name="Age", type="N")
    parent = a_product("FIG", kind="parent", name="Figure")
    made = []
    for label in ("Hulk", "Thor"):
        AttributeOption.objects.create(attribute=hero, code=label.lower(), label=label)
        child = a_product(f"FIG-{label}", parent=parent, name="", attributes={"hero": label.lower(), "age": 6})
        ProductReference.objects.create(product=child, type="EAN13", value=EAN)
        made.append(child)
    return made


def carry(product, code):
    return ProductReference.objects.create(product=product, type="EAN13", value=code)


def test_a_shared_code_asks_with_what_tells_the_variants_apart(figures):
    found = scan(f" 0{EAN} ")
    assert found.one is None
    assert [[(told.name, told.value) for told in found.told[child.pk]] for child in found.products] == [
        [("Hero", "Hulk")],
        [("Hero", "Thor")],
    ]


@pytest.mark.parametrize(
    ("code", "internal"),
    [("2001234567893", True), ("0212345678901", True), ("2999999999999", True), ("20123451", True),
     ("212345678901", True), (EAN, False), ("3010000000013", False), ("abc", False), ("", False), ("20", False)],
)  # fmt: skip
def test_prefixes_that_a_shop_gives_itself_are_known(code, internal):
    assert codes.is_internal(code) is internal


def test_a_weighed_article_is_found_by_the_code_its_scale_printed():
    cheese = a_product("CHEESE")
    carry(cheese, codes.internal_without_measure("2123456001253"))
    found = scan("2123456001253")
    assert (found.one, found.internal) == (cheese, True)
    assert not scan("4006381001253").products


@pytest.mark.parametrize("code", ["", " ", "\0", "%", "'; --", "x" * 5000, "²", "٣" * 13])
def test_nonsense_is_nobody_and_no_fault(client, code):
    assert scan(code).products == []
    client.force_login(a_colleague(is_superuser=True))
    assert client.get("/office/catalog/product/scan/", {"code": code}).status_code in {200, 400}


def test_office_opens_the_one_and_asks_among_several(client, figures):
    client.force_login(a_colleague(is_superuser=True))
    one = a_product("ONE")
    carry(one, "3010000000013")
    answer = client.get("/office/catalog/product/scan/", {"code": "301-0000000013"})
    assert answer["Location"] == f"/office/catalog/product/{one.pk}/change/"
    html = client.get("/office/catalog/product/scan/", {"code": EAN}).content.decode()
    assert "Hulk" in html
    assert "FIG-Thor" in html
    wrong = client.get("/office/catalog/product/scan/", {"code": EAN[:-1] + "2"}).content.decode()
    assert 'role="alert"' in wrong


def test_the_api_says_what_to_ask_and_why_nothing_was_found(client, figures):
    bearer = {"Authorization": f"Bearer {an_api_key(Scope.CATALOG_READ)}"}
    body = client.get(f"/api/v1/references/{EAN}", headers=bearer).json()
    assert body["product"] is None
    assert body["internal"] is False
    assert body["candidates"][0]["tells_apart"] == [{"attribute": "hero", "name": "Hero", "value": "Hulk"}]
    wrong = client.get(f"/api/v1/references/{EAN[:-1]}2", headers=bearer)
    assert (wrong.status_code, wrong.json()["code"]) == (404, "bad_check_digit")
    assert client.get("/api/v1/references/nobody", headers=bearer).json()["code"] == "unknown_reference"


@pytest.mark.parametrize("count", [1, 3])
def test_a_scan_takes_the_same_queries_for_few_and_many(count, django_assert_max_num_queries):
    Attribute.objects.create(code="n", name="N", type="N", is_differentiating=True)
    parent = a_product("FIG", kind="parent")
    for n in range(count + 1):
        carry(a_product(parent=parent, attributes={"n": n}), EAN)
    with django_assert_max_num_queries(6):
        assert len(scan(EAN).products) == count + 1
