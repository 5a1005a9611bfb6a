"""How lists are made, for machines: synonyms, searches that lead to a page, rules, reasons."""

import pytest

from discovery.enums import EffectKind
from discovery.models import MerchandisingRule, RuleEffect, SearchRedirect, SynonymSet
from discovery.services import reindex, save_rule
from tests import builders as b

pytestmark = pytest.mark.django_db
API = "/api/v1"


def ask(client, method, path, scope="search:write", data=None):
    key = b.an_api_key(scope)
    return getattr(client, method)(
        f"{API}{path}", data=data, content_type="application/json", headers={"Authorization": f"Bearer {key}"}
    )


def read(client, path):
    return ask(client, "get", path, "search:read")


def test_synonyms_are_made_once_changed_and_forgotten(client):
    data = {"language": "fr", "words": ["scotch", "ruban adhésif"]}
    made = ask(client, "post", "/synonyms", data=data)
    assert made.status_code == 201, made.content
    again = ask(client, "post", "/synonyms", data={"language": "fr", "words": ["Ruban adhesif", "scotch"]})
    assert (again.status_code, again.json()["id"]) == (200, made.json()["id"])
    path = f"/synonyms/{made.json()['id']}"
    changed = ask(client, "put", path, data={**data, "words": ["scotch", "ruban", "adhésif"]})
    assert changed.json()["words"] == ["scotch", "ruban", "adhésif"]
    assert read(client, "/synonyms").json()["items"] == [read(client, path).json()]
    assert ask(client, "delete", path).status_code == 204
    assert not SynonymSet.objects.exists()


def test_two_expansions_of_the_same_words_are_two_if_another_leads(client):
    for words in (["console", "jeu"], ["jeu", "console"]):
        data = {"language": "fr", "kind": "expansion", "words": words}
        assert ask(client, "post", "/synonyms", data=data).status_code == 201
    assert SynonymSet.objects.count() == 2


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        ({"language": "fr", "words": ["un"]}, "/words"),
        ({"language": "fr", "words": ["un", "Un "]}, "/words"),
        ({"language": "fr", "words": ["a b c d e", "un"]}, "/words"),
        ({"language": "fr", "words": ["a\0", "un"]}, "/words"),
        ({"language": "xx", "words": ["un", "deux"]}, "/language"),
        ({"language": "fr", "kind": "?", "words": ["un", "deux"]}, "/kind"),
        ({"language": "fr", "words": {"a": 1}}, "/words"),
        ({}, "/"),
    ],
)
def test_wrong_synonyms_are_told_at_their_pointer(client, data, pointer):
    answer = ask(client, "post", "/synonyms", data=data)
    assert answer.status_code == 422, answer.content
    assert answer.json()["errors"][0]["pointer"].startswith(pointer)
    assert not SynonymSet.objects.exists()


def test_a_search_leads_to_a_page_and_the_same_search_leads_elsewhere_from_then_on(client):
    b.a_segment("Consoles", slug="consoles", code="CON")
    made = ask(client, "post", "/search-redirects", data={"query": "Consolé", "segment": "CON"})
    assert (made.status_code, made.json()["query"]) == (201, "console"), made.content
    again = ask(client, "post", "/search-redirects", data={"query": "console", "address": "/stores/"})
    assert (again.status_code, again.json()["segment"], again.json()["address"]) == (200, None, "/stores/")
    path = f"/search-redirects/{made.json()['id']}"
    data = {"query": "console", "address": "/", "starts": "2026-12-01T00:00:00Z"}
    assert ask(client, "put", path, data=data).json()["starts"].startswith("2026-12-01T")
    assert read(client, "/search-redirects").json()["items"] == [read(client, path).json()]
    assert ask(client, "delete", path).status_code == 204
    assert not SearchRedirect.objects.exists()


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        ({"query": "x"}, "/address"),
        ({"query": "!!", "address": "/stores/"}, "/query"),
        ({"query": "x", "address": "https://evil.test/"}, "/address"),
        ({"query": "x", "segment": "GHOST"}, "/segment"),
        ({"query": "x", "channel": "GHOST", "address": "/"}, "/channel"),
        ({"query": "x", "address": "/", "starts": "2026-12-02T00:00:00Z", "ends": "2026-12-01T00:00:00Z"}, "/ends"),
        ({"query": "x\0", "address": "/"}, "/query"),
    ],
)
def test_wrong_redirects_are_told_at_their_pointer(client, data, pointer):
    answer = ask(client, "post", "/search-redirects", data=data)
    assert answer.status_code == 422, answer.content
    assert answer.json()["errors"][0]["pointer"].startswith(pointer)
    assert not SearchRedirect.objects.exists()


def test_rules_are_read_with_what_they_do(client):
    product = b.a_product("A")
    rule = MerchandisingRule(name="r", queries=["jeu"])
    save_rule(rule, [RuleEffect(kind=EffectKind.PIN, product=product, position=1)], at=b.AT)
    found = read(client, "/merchandising-rules").json()["items"][0]
    assert (found["queries"], found["effects"][0]["product"], found["effects"][0]["position"]) == (["jeu"], "A", 1)
    assert read(client, f"/merchandising-rules/{rule.pk}").json() == found
    assert ask(client, "delete", f"/merchandising-rules/{rule.pk}").status_code in (403, 405)


def test_every_place_of_a_list_tells_why(client):
    channel = b.a_channel()
    segment = b.a_segment("Jeux", slug="jeux", code="JEUX")
    star = b.a_product("STAR", name="Jeu de dames", price=5, channel=channel, segment=segment, importance=900)
    b.a_product("B", name="Jeu de go", price=5, channel=channel, segment=segment)
    reindex(None, at=b.AT)
    found = read(client, f"/explain?channel={channel.code}&q=jeu&language=en").json()
    assert (found["total"], found["lane"], found["places"][0]["sku"]) == (2, "words", star.sku)
    assert "It is a star (importance 900)." in found["places"][0]["reasons"]
    assert read(client, f"/explain?channel={channel.code}&segment=JEUX").json()["total"] == 2


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 422), ("channel=main", 422), ("channel=GHOST&q=x", 422), ("channel=main&q=x&segment=y", 422),
     ("channel=main&segment=GHOST", 404), ("channel=main&q=%00", 400), ("channel=main&q=x&language=xx", 422),
     ("channel=main&q=x&at=soon", 422), ("channel=main&q=" + "x" * 201, 422)],
)  # fmt: skip
def test_a_list_that_cannot_be_is_told(client, query, status):
    b.a_channel("main")
    assert read(client, f"/explain?{query}").status_code == status


def test_rights_and_unknown_ones(client):
    assert ask(client, "post", "/synonyms", "search:read", data={}).status_code == 403
    assert ask(client, "get", "/synonyms", "catalog:read").status_code == 403
    assert ask(client, "get", "/synonyms", "search:write").status_code == 403
    for path in ("/synonyms/1", "/search-redirects/1", "/merchandising-rules/1", f"/synonyms/{10**30}"):
        assert read(client, path).status_code == 404


def test_reasons_are_throttled_more_than_other_calls(client, monkeypatch):
    from altazion.lib.api import Heavy

    monkeypatch.setattr(Heavy, "THROTTLE_RATES", {"heavy": "2/min"})
    key = b.an_api_key("search:read")
    headers = {"Authorization": f"Bearer {key}"}
    codes = [client.get(f"{API}/explain", headers=headers).status_code for _each in range(3)]
    assert codes == [422, 422, 429]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("path", ["/synonyms", "/search-redirects", "/merchandising-rules"])
def test_a_page_takes_the_same_queries(client, count, path, django_assert_max_num_queries):
    for number in range(count):
        SynonymSet.objects.create(words=["a", "b"], plain=["a", "b"])
        SearchRedirect.objects.create(query=f"q{number}", address="/")
        rule = MerchandisingRule.objects.create(name="r", queries=["q"])
        RuleEffect.objects.create(rule=rule, product=b.a_product(), position=1)
    key = b.an_api_key("search:read")
    with django_assert_max_num_queries(6):
        client.get(f"{API}{path}", headers={"Authorization": f"Bearer {key}"})
