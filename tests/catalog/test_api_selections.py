"""Selections for machines: read with content and relevance, written by hand, wrong input told at its pointer."""

import pytest

from catalog import services
from catalog.models import Selection
from tests import builders as b

pytestmark = pytest.mark.django_db
URL = "/api/v1/selections"


def ask(client, method, url, *scopes, data=None):
    key = b.an_api_key(*scopes)
    return getattr(client, method)(
        url, data=data, content_type="application/json", headers={"Authorization": f"Bearer {key}"}
    )


def test_selections_are_read_with_their_products(client):
    b.a_product("A", price=5)
    dear = b.a_product("B", price=50)
    selection = Selection.objects.create(code="cheap", name="Petits prix", group="home")
    services.save_rule(selection, [[{"what": "price", "how": "below", "values": ["20"]}]], at=b.AT)
    services.save_selection(selection, {dear.pk: 3}, at=b.AT)
    answer = ask(client, "get", URL, "catalog:read").json()
    assert [(one["code"], one["by_rule"]) for one in answer["items"]] == [("cheap", True)]
    answer = ask(client, "get", f"{URL}/cheap/products?limit=1", "catalog:read").json()
    assert answer["items"] == [{"sku": "A", "relevance": "1.00", "origin": "R"}]
    answer = ask(client, "get", f"{URL}/cheap/products?cursor={answer['next']}", "catalog:read").json()
    assert answer == {"items": [{"sku": "B", "relevance": "3.00", "origin": "H"}], "next": None}


def test_one_is_made_then_changed_and_the_same_call_changes_nothing(client):
    b.a_product("A")
    b.a_product("B")
    data = {
        "name": "Noël",
        "starts": "2026-12-01T00:00:00Z",
        "ends": None,
        "products": [{"sku": "A", "relevance": "2"}],
    }
    made = ask(client, "put", f"{URL}/noel", "catalog:write", data=data)
    assert made.status_code == 201, made.json()
    assert Selection.objects.get().during.lower.isoformat() == "2026-12-01T00:00:00+00:00"
    assert ask(client, "put", f"{URL}/noel", "catalog:write", data=data).status_code == 200
    answer = ask(client, "put", f"{URL}/noel", "catalog:write", data={"products": [{"sku": "B"}]})
    assert answer.json()["name"] == "Noël"
    assert [(i.product.sku, i.relevance) for i in Selection.objects.get().items.all()] == [("B", 1)]


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        ({"products": [{"sku": "A"}, {"sku": "GHOST"}]}, "/products/1/sku"),
        ({"products": [{"sku": "A", "relevance": "-1"}]}, "/products/0/relevance"),
        ({"products": [{"sku": "A", "relevance": "1000"}]}, "/products/0/relevance"),
        ({"products": [{"sku": "A"}, {"sku": "A"}]}, "/products"),
        ({"products": "A"}, "/products"),
        ({"name": "x" * 121}, "/name"),
        ({"name": "a\0b"}, "/name"),
        ({"starts": "2026-12-25T00:00:00Z", "ends": "2026-12-01T00:00:00Z"}, "/ends"),
        ({"starts": "tomorrow", "ends": None}, "/starts"),
    ],
)
def test_wrong_input_is_told_at_its_pointer_and_nothing_is_written(client, data, pointer):
    b.a_product("A")
    answer = ask(client, "put", f"{URL}/new", "catalog:write", data=data)
    assert answer.status_code == 422, answer.content
    assert answer.json()["errors"][0]["pointer"].startswith(pointer)
    assert not Selection.objects.exists()


def test_writing_needs_its_own_right_and_unknown_ones_are_not_found(client):
    assert ask(client, "put", f"{URL}/new", "catalog:read", data={"name": "x"}).status_code == 403
    assert ask(client, "get", f"{URL}/ghost", "catalog:read").status_code == 404
    assert ask(client, "get", f"{URL}/ghost/products", "catalog:read").status_code == 404
    assert ask(client, "get", URL, "catalog:write").status_code == 403
    assert ask(client, "put", f"{URL}/{'x' * 61}", "catalog:write", data={"name": "x"}).status_code == 422


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_takes_the_same_queries(client, count, django_assert_max_num_queries):
    selection = b.a_selection(*[b.a_product() for _number in range(count)], code="s")
    key = b.an_api_key("catalog:read")
    with django_assert_max_num_queries(5):
        client.get(f"{URL}/{selection.code}/products", headers={"Authorization": f"Bearer {key}"})
