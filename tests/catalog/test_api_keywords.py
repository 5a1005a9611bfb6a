"""Keywords, segments and brands for machines: rights, what is asked for, the same call twice, wrong input."""

import pytest

from catalog.models import Brand, Keyword, KeywordCategory, ProductKeyword
from logbook.models import Event
from tests import builders as b

pytestmark = pytest.mark.django_db
API = "/api/v1"


def ask(client, method, path, *scopes, data=None):
    key = b.an_api_key(*scopes)
    return getattr(client, method)(
        f"{API}{path}", data=data, content_type="application/json", headers={"Authorization": f"Bearer {key}"}
    )


def read(client, path):
    return ask(client, "get", path, "catalog:read")


def write(client, path, data):
    return ask(client, "put", path, "catalog:write", data=data)


@pytest.fixture
def heroes(db):
    return KeywordCategory.objects.create(code="heroes", name="Heroes")


def test_a_keyword_is_made_changed_and_forgotten_and_the_same_call_changes_nothing(client, heroes):
    for sku in ("A", "B"):
        b.a_product(sku)
    data = {"name": "Avengers", "translations": {"en": {"name": "The Avengers"}}, "products": ["A"]}
    made = write(client, "/keywords/heroes/avengers", data)
    assert (made.status_code, made.json()["products"]) == (201, ["A"])
    told = Event.objects.filter(kind__startswith="catalog.")
    events = told.count()
    assert write(client, "/keywords/heroes/avengers", data).status_code == 200
    assert told.count() == events
    changed = write(client, "/keywords/heroes/avengers", {"products": ["B"]}).json()
    assert (changed["name"], changed["products"]) == ("Avengers", ["B"])
    assert Keyword.objects.get().forms == ["avengers", "the avengers"]
    assert ask(client, "delete", "/keywords/heroes/avengers", "catalog:write").status_code == 204
    assert read(client, "/keywords/heroes/avengers").status_code == 404


def test_what_a_flow_feeds_stays(client, heroes):
    fed, other = b.a_product("FED"), b.a_product("A")
    keyword = Keyword.objects.create(category=heroes, code="x", name="X", forms=["x"])
    ProductKeyword.objects.create(keyword=keyword, product=fed, source="erp")
    ProductKeyword.objects.create(keyword=keyword, product=other)
    assert write(client, "/keywords/heroes/x", {"products": []}).json()["products"] == ["FED"]


def test_a_whole_segment_or_selection_gets_one_and_is_asked_for_its_own(client, heroes):
    top = b.a_segment("Toys", slug="toys", code="TOYS")
    below = b.a_segment("Robots", slug="robots", parent=top, code="ROB")
    inside, alone = b.a_product("A", segment=below), b.a_product("B")
    b.a_selection(alone, code="best")
    assert write(client, "/keywords/heroes/iron", {"add_segment": "TOYS"}).json()["products"] == ["A"]
    assert write(client, "/keywords/heroes/hulk", {"add_selection": "best"}).json()["products"] == ["B"]

    def codes(query):
        return [one["code"] for one in read(client, f"/keywords?{query}").json()["items"]]

    assert codes("segment=TOYS") == codes("segment=ROB") == codes(f"product={inside.sku}") == ["iron"]
    assert codes("selection=best") == codes("product=B") == codes("q=H%C3%BClk") == ["hulk"]
    assert codes("category=heroes") == ["iron", "hulk"]
    for query in ("segment=GHOST", "selection=GHOST", "product=GHOST"):
        assert read(client, f"/keywords?{query}").status_code == 404
    assert write(client, "/keywords/heroes/iron", {"add_segment": "GHOST"}).status_code == 404


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        ({"products": ["A", "GHOST"]}, "/products/1"),
        ({"products": ["A", "A"]}, "/products"),
        ({"products": "A"}, "/products"),
        ({"name": "x" * 121}, "/name"),
        ({"name": "!!!"}, "/name"),
        ({"name": "a\0b"}, "/name"),
        ({"translations": {"xx": {"name": "a"}}}, "/translations"),
        ({"translations": {"en": {"name": 3}}}, "/translations"),
        ({"translations": []}, "/translations"),
    ],
)
def test_wrong_input_is_told_at_its_pointer_and_nothing_is_written(client, heroes, data, pointer):
    b.a_product("A")
    answer = write(client, "/keywords/heroes/new", data)
    assert answer.status_code == 422, answer.content
    assert answer.json()["errors"][0]["pointer"].startswith(pointer)
    assert not Keyword.objects.exists()


def test_categories_are_made_and_read(client):
    made = write(client, "/keyword-categories/heroes", {"name": "Héros", "is_facet": True})
    assert made.status_code == 201
    assert write(client, "/keyword-categories/heroes", {"name": "Héros"}).status_code == 200
    assert read(client, "/keyword-categories").json()["items"][0]["name"] == "Héros"
    assert write(client, "/keywords/ghosts/x", {"name": "x"}).status_code == 404


def test_rights(client, heroes):
    assert ask(client, "put", "/keywords/heroes/x", "catalog:read", data={"name": "x"}).status_code == 403
    assert ask(client, "delete", "/keywords/heroes/x", "catalog:read").status_code == 403
    assert ask(client, "get", "/keywords", "catalog:write").status_code == 403
    assert ask(client, "get", "/segments", "search:read").status_code == 403


def test_segments_and_brands_are_read_page_by_page(client):
    top = b.a_segment("Toys", slug="toys", code="TOYS")
    b.a_segment("Robots", slug="robots", parent=top, code="ROB", archived=True)
    Brand.objects.create(code="acme", name="Acme", slug="acme")
    b.a_product("A", segment=top)
    first = read(client, "/segments?limit=1").json()
    assert first["items"][0]["code"] == "TOYS"
    second = read(client, f"/segments?limit=1&cursor={first['next']}").json()
    assert [(one["parent"], one["archived"]) for one in second["items"]] == [("TOYS", True)]
    assert read(client, "/segments/TOYS").json()["level"] == 1
    assert read(client, "/segments/TOYS/products").json()["items"][0]["sku"] == "A"
    assert read(client, "/brands").json()["items"][0]["code"] == "acme"
    assert read(client, "/brands/acme").json()["name"] == "Acme"
    for path in ("/segments/GHOST", "/segments/GHOST/products", "/brands/GHOST"):
        assert read(client, path).status_code == 404
    for query in ("cursor=!!", "limit=0", "limit=x", "updated_since=tomorrow"):
        assert read(client, f"/segments?{query}").status_code in (400, 422)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("path", ["/segments", "/brands", "/keywords"])
def test_a_page_takes_the_same_queries(client, heroes, count, path, django_assert_max_num_queries):
    for number in range(count):
        b.a_segment(f"S{number}", slug=f"s{number}", code=f"S{number}")
        Brand.objects.create(code=f"b{number}", name="B", slug=f"b{number}")
        keyword = Keyword.objects.create(category=heroes, code=f"k{number}", name="K", forms=["k"])
        ProductKeyword.objects.create(keyword=keyword, product=b.a_product())
    key = b.an_api_key("catalog:read")
    with django_assert_max_num_queries(4):
        client.get(f"{API}{path}", headers={"Authorization": f"Bearer {key}"})
