"""What a search understands: synonyms, searches that lead to a page, hostile input; and what it says of itself."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from altazion.lib.problems import Invalid
from catalog.models import Brand
from catalog.services import place_in_segment, rate_in_segment
from discovery.enums import EffectKind, SynonymKind
from discovery.models import IndexVersion, MerchandisingRule, RuleEffect, SearchRedirect, SynonymSet
from discovery.selectors import listing, redirect_for, suggest, why_now
from discovery.services import delete_rule, forget, reindex, save_redirect, save_rule, save_synonyms
from tests import builders as b

pytestmark = pytest.mark.django_db
AT = b.AT
HOUR = dt.timedelta(hours=1)


def find(channel, query="", language="fr", **asked):
    return listing(channel=channel, at=AT, language=language, query=query, **asked)


def names(page):
    return [tile.name for tile in page.tiles]


@pytest.fixture
def shop(db):
    channel = b.a_channel()
    channel.segment = b.a_segment("Jeux vidéo", importance=900)
    channel.acme = Brand.objects.create(code="acme", name="Acme", slug="acme")
    for sku, name in (("C", "Console portable"), ("J", "Jeu vidéo de course"), ("R", "Ruban adhésif"), ("S", "Scotch")):
        b.a_product(sku, name=name, price=5, channel=channel, segment=channel.segment if sku == "C" else None)
    reindex(None, at=AT)
    return channel


def synonyms(*words, kind=SynonymKind.GROUP, language="fr"):
    return save_synonyms(SynonymSet(kind=kind, words=list(words), language=language), at=AT)


# -- synonyms ---------------------------------------------------------------------------------------------------------


def test_words_of_a_group_find_each_others_products(shop):
    assert names(find(shop, "scotch")) == ["Scotch"]
    synonyms("scotch", "ruban adhésif")
    assert set(names(find(shop, "scotch"))) == {"Scotch", "Ruban adhésif"}
    page = find(shop, "ruban adhesif")
    assert set(names(page)) == {"Scotch", "Ruban adhésif"}
    assert page.synonyms == ("scotch",)


def test_an_expansion_goes_one_way_and_in_its_language(shop):
    synonyms("console", "jeu vidéo", kind=SynonymKind.EXPANSION)
    assert set(names(find(shop, "console"))) == {"Console portable", "Jeu vidéo de course"}
    assert names(find(shop, "jeu video")) == ["Jeu vidéo de course"] or "Console portable" in names(find(shop, "jeu"))
    assert find(shop, "console", language="en").synonyms == ()


def test_synonyms_that_go_are_forgotten_at_once(shop):
    made = synonyms("scotch", "ruban")
    assert find(shop, "scotch").total == 2
    forget(made, at=AT)
    assert find(shop, "scotch").total == 1


@pytest.mark.parametrize(
    "words", [[], ["un"], ["un", "Un "], ["!!!", "un"], ["a b c d e", "un"], [f"w{n}" for n in range(40)]]
)
def test_synonyms_that_say_nothing_are_refused(shop, words):
    with pytest.raises(Invalid):
        synonyms(*words)


# -- redirects --------------------------------------------------------------------------------------------------------


def test_a_search_may_lead_to_a_page_within_its_dates(shop, client):
    save_redirect(SearchRedirect(query="Éteignoir!", address="/stores/"), at=AT)
    save_redirect(SearchRedirect(query="consoles", segment=shop.segment, during=(AT, AT + HOUR)), at=AT)
    assert redirect_for(" eteignoir", channel=shop, at=AT).address == "/stores/"
    assert redirect_for("consoles", channel=shop, at=AT).segment == shop.segment
    assert redirect_for("consoles", channel=shop, at=AT + HOUR) is None
    assert client.get("/search/?q=Éteignoir").headers["Location"] == "/stores/"


@pytest.mark.parametrize(
    "fields",
    [
        {"query": "x"},
        {"query": "!!", "address": "/stores/"},
        {"query": "x", "address": "https://evil.test/"},
        {"query": "x", "address": "//evil.test"},
        {"query": "x", "address": "/\\evil.test"},
        {"query": "x", "address": "/a\nb"},
    ],
)
def test_a_redirect_leads_to_one_page_of_this_site(shop, fields):
    with pytest.raises(Invalid):
        save_redirect(SearchRedirect(**fields), at=AT)


def test_a_search_leads_to_one_place_only(shop):
    save_redirect(SearchRedirect(query="x", address="/stores/"), at=AT)
    with pytest.raises(Invalid):
        save_redirect(SearchRedirect(query="X", brand=shop.acme), at=AT)
    save_redirect(SearchRedirect(query="x", brand=shop.acme, channel=shop), at=AT)
    assert redirect_for("x", channel=shop, at=AT).brand == shop.acme


# -- rules as verbs ---------------------------------------------------------------------------------------------------


def test_a_saved_rule_holds_from_the_next_request_on(shop):
    assert names(find(shop, "jeu"))[:1] == ["Jeu vidéo de course"]
    from catalog.models import Product

    console = Product.objects.get(sku="C")
    rule = MerchandisingRule(name="r", queries=["  JEU! ", ""])
    save_rule(rule, [RuleEffect(kind=EffectKind.PIN, product=console, position=1)], at=AT)
    assert (rule.queries, rule.place) == (["jeu"], "query")
    assert names(find(shop, "jeu")) == ["Console portable", "Jeu vidéo de course"]
    trace = why_now([console.pk], channel=shop, at=AT, language="fr", query="jeu")[console.pk]
    assert [name for name, _effect in trace.effects] == ["r"]
    assert trace.sentences()
    delete_rule(rule, at=AT)
    assert names(find(shop, "jeu"))[:1] == ["Jeu vidéo de course"]


@pytest.mark.parametrize(
    ("fields", "effect"),
    [
        ({}, {"kind": EffectKind.HIDE, "stock": "out"}),
        ({"queries": ["!!"]}, {"kind": EffectKind.HIDE, "stock": "out"}),
        ({"queries": ["x"], "during": (AT, AT)}, {"kind": EffectKind.HIDE, "stock": "out"}),
        ({"queries": ["x"]}, {"kind": EffectKind.BOOST}),
        ({"queries": ["x"]}, {"kind": EffectKind.PIN, "stock": "in", "position": 1}),
        ({"queries": ["x"]}, {"kind": EffectKind.BOOST, "attribute": "color"}),
        ({"queries": ["x"]}, {"kind": EffectKind.BOOST, "attribute": "color", "value": "red", "stock": "in"}),
    ],
)
def test_a_rule_without_sense_is_refused_and_nothing_is_written(shop, fields, effect):
    from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

    if "during" in fields:
        fields = {**fields, "during": DateTimeTZRange(*fields["during"])}
    with pytest.raises(Invalid):
        save_rule(MerchandisingRule(name="r", **fields), [RuleEffect(**effect)], at=AT)
    assert not MerchandisingRule.objects.exists()


def test_the_order_of_a_segment_by_hand_and_by_relevance_holds(shop):
    letters = {}
    for n, letter in enumerate("abcd"):
        letters[letter] = b.a_product(
            letter, name=letter, price=5, channel=shop, segment=shop.segment, importance=300 - n
        )
    reindex(None, at=AT)
    assert "".join(names(find(shop, segment=shop.segment)))[:4] == "abcd"
    place_in_segment(shop.segment, letters["d"].pk, 1, at=AT)
    rate_in_segment(shop.segment, {letters["c"].pk: Decimal("2.5")}, at=AT)
    reindex([letters["d"].pk], at=AT)
    page = find(shop, segment=shop.segment)
    assert "".join(names(page))[:3] == "dca"


# -- why --------------------------------------------------------------------------------------------------------------


def test_why_names_words_star_and_stock(shop):
    from catalog.models import Product

    console = Product.objects.get(sku="C")
    trace = why_now([console.pk], channel=shop, at=AT, language="fr", query="console video")[console.pk]
    assert dict(trace.words) == {"console": "a", "video": "b"}
    assert trace.star == "Jeux vidéo"
    assert len(trace.sentences()) >= 3
    by_code = why_now([console.pk], channel=shop, at=AT, language="fr", query="C")[console.pk]
    assert by_code.is_exact


@pytest.mark.parametrize("many", [1, 3])
def test_why_takes_the_same_queries_for_one_and_three(shop, many, django_assert_max_num_queries):
    ids = [tile.id for tile in find(shop).tiles][:many]
    with django_assert_max_num_queries(12):
        assert len(why_now(ids, channel=shop, at=AT, language="fr", query="console")) == many


# -- hostile input ----------------------------------------------------------------------------------------------------

HOSTILE = ["%", "'", '"', "\\", "a:*&|!()<->", "\x00", "\x1b[0m", "⁂" * 50, "a" * 10_000, "a " * 5_000, "-- ;", "🧸",
           "' OR 1=1 --", "{0.05,0.2}", "%(text)s", "%s %s", "jeu -video", '"jeu video"', "jeu OR console", "ﬁ ß œ",
           "a\u0300" * 3_000, "\u202e abc", "&amp;<script>"]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_a_search(shop, client, text):
    find(shop, text)
    suggest(text, channel=shop, language="fr")
    redirect_for(text, channel=shop, at=AT)
    assert client.get("/search/", {"q": text}).status_code in (200, 302, 400)
    assert client.get("/suggest/", {"q": text}).status_code in (200, 400)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=300))
def test_any_text_gets_an_answer(shop, text):
    page = find(shop, text)
    assert page.total >= len(page.tiles) or page.page > 1
    suggest(text, channel=shop, language="en")


def test_suggestions_are_typed_by_kind(shop):
    b.a_store("LYO", name="Console Store", city="Lyon")
    kinds = [found.kind for found in suggest("cons", channel=shop, language="fr")]
    assert kinds == ["product", "store"]
    assert IndexVersion.objects.filter(channel=shop).exists()


# -- likely words -----------------------------------------------------------------------------------------------------


def typed(shop, *names_of, importance=100):
    for name in names_of:
        b.a_product(name=name, price=5, channel=shop, importance=importance)
    reindex(None, at=AT)


def test_few_that_hold_what_was_typed_stand_before_likely_ones_and_it_is_told(shop, client):
    typed(shop, "Avengers un", "Avengers deux", importance=900)
    b.a_product(name="Poster", description="Un poster des avengres", price=5, channel=shop)
    reindex(None, at=AT)
    page = find(shop, "avengres")
    assert names(page)[0] == "Poster"
    assert set(names(page)[1:]) == {"Avengers un", "Avengers deux"}
    assert (page.lane, page.read_as, page.as_typed) == ("words", "avengers", 1)
    told = client.get("/search/", {"q": "avengres"}).content.decode()
    assert "/search/?q=avengres" in told or "?q=avengres&amp;typed=1" in told
    assert names(find(shop, "avengres", as_typed=True)) == ["Poster"]
    only = client.get("/search/", {"q": "avengres", "typed": "1"}).content.decode()
    assert "Poster" in only
    assert "Avengers un" not in only


def test_words_that_the_catalogue_knows_are_not_mistaken(shop):
    typed(shop, "Hulk", "Bulk", "Hull")
    page = find(shop, "hulk")
    assert (names(page), page.read_as) == (["Hulk"], "")


def test_many_that_hold_what_was_typed_need_no_likely_words(shop):
    for number in range(4):
        b.a_product(name=f"Poster {number}", description="avengres", price=5, channel=shop)
    typed(shop, "Avengers")
    page = find(shop, "avengres")
    assert (page.total, page.read_as) == (4, "")


def test_likely_words_replace_what_nobody_holds_unless_it_is_meant(shop):
    typed(shop, "Avengers")
    assert (find(shop, "avengres").lane, find(shop, "avengres").read_as) == ("alike", "avengers")
    page = find(shop, "avengres", as_typed=True)
    assert (page.lane, page.total) == ("none", 0)


def test_more_filters_than_narrow_at_once_are_told(shop, client):
    asked = {"q": "jeu", **{f"f-x{n}": "1" for n in range(50)}}
    for address in ("/search/", f"/s/{shop.segment.slug}/", "/b/acme/"):
        answer = client.get(address, asked)
        assert (address, answer.status_code) in {("/b/acme/", 404), (address, 200)}
        assert answer.status_code == 404 or "30" in answer.content.decode()


# -- words of many products -------------------------------------------------------------------------------------------


def test_common_words_are_ranked_where_they_stand_in_names(shop, monkeypatch):
    from discovery.selectors import found

    monkeypatch.setattr(found, "RANKED", 2)
    for number in range(5):
        b.a_product(f"D{number}", name=f"Chose {number}", description="robot", price=5, channel=shop, importance=900)
    typed(shop, "Robot")
    page = find(shop, "robot", per_page=2)
    assert (page.total, names(page)[0] in {"Robot", "Chose 4"}) == (6, True)
    seen = [name for number in (1, 2, 3) for name in names(find(shop, "robot", per_page=2, page=number))]
    assert len(set(seen)) == 6
    assert "Robot" in seen[:2]
