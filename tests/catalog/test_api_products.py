"""Products written by other systems: all or nothing, the same call twice is one, wrong input told at its pointer."""

import pytest

from catalog.enums import ProductKind, ProductState
from catalog.models import Attribute, Brand, Family, Product
from logbook.models import Event
from tests import builders as b

pytestmark = pytest.mark.django_db
URL = "/api/v1/products"


def ask(client, method, sku, *scopes, data=None):
    key = b.an_api_key(*(scopes or ("products:write",)))
    return getattr(client, method)(
        f"{URL}/{sku}", data=data, content_type="application/json",
        headers={"Authorization": f"Bearer {key}", "Accept-Language": "en"},
    )  # fmt: skip


@pytest.fixture
def toy():
    b.a_segment("Toys", code="toys")
    b.a_segment("Heroes", code="heroes")
    Brand.objects.create(code="hasbro", slug="hasbro", name="Hasbro")
    Family.objects.create(code="fig", name="Figurines")
    Attribute.objects.create(code="age", name="Age", type="N")
    return b.a_product("TOY/1", name="Toy", price=10)


EVERYTHING = {
    "name": "Better toy",
    "description": "<p>Good</p><script>alert(1)</script>",
    "brand": "hasbro",
    "family": "fig",
    "attributes": {"age": 6},
    "translations": {"en": {"name": "Better"}},
    "segments": ["heroes", "toys"],
    "price": "12.50",
    "weight_g": 300,
    "importance": 300,
    "flags": ["exclusive"],
}


def test_what_is_given_changes_and_the_same_call_again_changes_nothing(client, toy):
    answer = ask(client, "patch", toy.sku, data=EVERYTHING)
    assert answer.status_code == 200, answer.json()
    said = answer.json()
    assert (said["name"], said["brand"], said["family"]) == ("Better toy", "hasbro", "fig")
    assert "script" not in said["description"]
    assert (said["attributes"], said["flags"], said["importance"]) == ({"age": 6}, ["exclusive"], 300)
    places = {one["segment"]: one["is_primary"] for one in said["segments"]}
    assert places == {"heroes": True, "toys": False}
    assert said["prices"][0]["amount"] == "12.50"
    events = Event.objects.filter(subject_id=str(toy.pk))
    before = events.count()
    assert ask(client, "patch", toy.sku, data=EVERYTHING).json()["updated_at"] == said["updated_at"]
    assert events.count() == before


def test_one_is_made_validated_archived_and_brought_back(client, toy):
    new = {"name": "Ball", "price": "5", "segments": ["toys"], "state": "validated"}
    made = ask(client, "put", "BALL", data=new)
    assert made.status_code == 201, made.json()
    assert (made.json()["state"], made.json()["sku"]) == ("validated", "BALL")
    assert ask(client, "put", "BALL", data=new).status_code == 200
    for state in ("archived", "archived", "validated", "in_preparation"):
        answer = ask(client, "patch", "BALL", data={"state": state})
        assert answer.json()["state"] == state, answer.json()


def test_a_variant_is_made_below_its_parent_once(client, toy):
    b.a_product("P", name="Parent", kind=ProductKind.PARENT)
    for status in (201, 200):
        assert ask(client, "put", "P-1", data={"name": "One", "parent": "P"}).status_code == status
    child = Product.objects.get(sku="P-1")
    assert (child.kind, child.parent.sku) == (ProductKind.CHILD, "P")
    moved = ask(client, "patch", "P-1", data={"parent": None})
    assert moved.json()["errors"][0]["pointer"] == "/parent"


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        ({"name": "x" * 251}, "/name"),
        ({"name": "a\0b"}, "/name"),
        ({"brand": "ghost"}, "/brand"),
        ({"family": "ghost"}, "/family"),
        ({"type": "ghost"}, "/type"),
        ({"vat_rate": "0.77"}, "/vat_rate"),
        ({"price": "-1"}, "/price"),
        ({"price": "NaN"}, "/price"),
        ({"price": "1e30"}, "/price"),
        ({"importance": 1000}, "/importance"),
        ({"weight_g": -3}, "/weight_g"),
        ({"weight_g": 99999999999}, "/weight_g"),
        ({"segments": ["toys", "ghost"]}, "/segments/1"),
        ({"segments": ["toys", "toys"]}, "/segments"),
        ({"attributes": {"ghost": 1}}, "/attributes/ghost"),
        ({"attributes": {"age": "old"}}, "/attributes/age"),
        ({"attributes": []}, "/attributes"),
        ({"translations": {"xx": {"name": "?"}}}, "/translations"),
        ({"translations": {"en": {"sku": "?"}}}, "/translations"),
        ({"translations": {"en": {"name": 3}}}, "/name_en"),
        ({"translations": {"en": {"short_description": "x" * 20_001}}}, "/short_description_en"),
        ({"flags": ["shiny"]}, "/flags"),
        ({"state": "sold"}, "/state"),
        ({"hs_code": "12"}, "/hs_code"),
        ({"origin_country": "XX"}, "/origin_country"),
        ({"parent": "GHOST"}, "/parent"),
        ({"sku": "OTHER"}, "/sku"),
        ({"nonsense": 1}, "/nonsense"),
        ([], "/"),
    ],
)
@pytest.mark.parametrize("method", ["patch", "put"])
def test_wrong_input_is_told_at_its_pointer_and_nothing_is_written(client, toy, method, data, pointer):
    sku = toy.sku if method == "patch" else "NEW"
    data = {"importance": 500, **data} if isinstance(data, dict) and "importance" not in data else data
    answer = ask(client, method, sku, data=data)
    assert answer.status_code == 422, answer.content
    assert answer.json()["errors"][0]["pointer"].startswith(pointer)
    assert Product.objects.get().importance == 100


def test_refusals_of_the_domain_name_the_field_and_undo_the_rest(client, toy):
    Product.objects.update(fed_fields=["name"], source="erp")
    answer = ask(client, "patch", toy.sku, data={"name": "Mine", "importance": 5})
    assert (answer.status_code, answer.json()["code"]) == (409, "fed")
    assert answer.json()["errors"][0]["pointer"] == "/name"
    answer = ask(client, "put", "NEW", data={"name": "Free", "state": "validated"})
    assert answer.json()["errors"][0]["pointer"] == "/state"
    assert not Product.objects.filter(sku="NEW").exists()
    answer = ask(client, "patch", toy.sku, data={"importance": 5, "price": None, "state": "validated"})
    assert answer.status_code == 409
    toy.refresh_from_db()
    assert (toy.importance, toy.state) == (100, ProductState.VALIDATED)


def test_rights_and_unknown_ones(client, toy):
    for scope in ("catalog:read", "catalog:write", "orders:read"):
        assert ask(client, "patch", toy.sku, scope, data={"importance": 5}).status_code == 403
    assert ask(client, "get", toy.sku, "products:write").status_code == 403
    assert ask(client, "patch", "GHOST", data={"importance": 5}).status_code == 404
    assert ask(client, "patch", "%00", data={}).status_code == 400
    assert ask(client, "put", "x" * 61, data={"name": "x"}).status_code == 422
    assert ask(client, "put", "%00", data={"name": "x"}).status_code == 400
    assert ask(client, "patch", toy.sku, data={}).status_code == 200
