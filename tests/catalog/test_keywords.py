"""Keywords: a search for one puts its products at the very top; people and imports give them."""

import pytest

from altazion.lib.problems import Invalid, Refused
from catalog.loaders import merge_articles
from catalog.models import Keyword, KeywordCategory, ProductKeyword
from catalog.services import delete_keyword, link_named, save_category, save_keyword, set_keywords
from discovery.selectors import listing, suggest
from discovery.services import reindex
from tests import builders as b
from tests.loads import load
from tests.pages import form_values

pytestmark = pytest.mark.django_db
AT = b.AT
LIST = "/office/catalog/keyword/"


def a_keyword(name="Avengers", *products, category="heros", is_facet=False, **fields):
    found = KeywordCategory.objects.filter(code=category).first()
    found = found or save_category(KeywordCategory(code=category, name=category.title(), is_facet=is_facet), at=AT)
    keyword = save_keyword(Keyword(category=found, name=name, **fields), at=AT)
    link_named(keyword, [product.sku for product in products], at=AT)
    return keyword


def find(channel, query="", language="fr", **asked):
    return listing(channel=channel, at=AT, language=language, query=query, **asked)


def names(page):
    return [tile.name for tile in page.tiles]


@pytest.fixture
def shop(db):
    channel = b.a_channel()
    b.a_product("LED", name="Avengers Quinjet", price=5, channel=channel, importance=900)
    b.a_product("FIG", name="Figurine Spider-Man", price=5, channel=channel, importance=100)
    b.a_product("BALL", name="Ballon", price=5, channel=channel)
    return channel


def product(sku):
    from catalog.models import Product

    return Product.objects.get(sku=sku)


@pytest.mark.parametrize("query", ["Avengers", "avengers ", "ÀVENGERS"])
def test_an_exact_keyword_goes_before_names_and_stars(shop, query):
    a_keyword("Avengers", product("FIG"))
    reindex(None, at=AT)
    page = find(shop, query)
    assert (names(page), page.lane) == (["Figurine Spider-Man", "Avengers Quinjet"], "keyword")


def test_a_keyword_of_several_words_and_in_english(shop):
    a_keyword("Homme araignée", product("FIG"), translations={"en": {"name": "Spider hero"}})
    reindex(None, at=AT)
    assert names(find(shop, "homme araignee")) == ["Figurine Spider-Man"]
    assert names(find(shop, "spider hero", language="en")) == ["Figurine Spider-Man"]


def test_a_keyword_among_other_words_lifts(shop):
    b.a_product("FIG2", name="Figurine avengers", price=5, channel=shop)
    a_keyword("Avengers", product("FIG"))
    reindex(None, at=AT)
    assert names(find(shop, "figurine avengers"))[0] == "Figurine Spider-Man"


def test_a_mistyped_keyword_is_understood(shop):
    a_keyword("Tisseur", product("FIG"))
    reindex(None, at=AT)
    page = find(shop, "tiseur")
    assert (names(page), page.lane) == (["Figurine Spider-Man"], "alike")


def test_a_category_is_a_facet_when_it_says_so(shop):
    keyword = a_keyword("Avengers", product("FIG"), product("LED"), is_facet=True)
    a_keyword("Sport", product("BALL"))
    reindex(None, at=AT)
    facet = next(facet for facet in find(shop).facets if facet.code == "kw-heros")
    assert {option.label: option.count for option in facet.options} == {"Avengers": 2, "Sport": 1}
    assert find(shop, filters={"kw-heros": [keyword.code]}).total == 2
    keyword.category.is_facet = False
    save_category(keyword.category, at=AT)
    reindex([product("FIG").pk], at=AT)
    assert "kw-heros" not in [facet.code for facet in find(shop).facets]


def test_a_keyword_that_goes_leaves_no_trace(shop):
    keyword = a_keyword("Tisseur", product("FIG"))
    reindex(None, at=AT)
    delete_keyword(keyword, at=AT)
    reindex([product("FIG").pk], at=AT)
    assert find(shop, "tisseur").total == 0


def test_a_word_on_a_parent_serves_its_variants(shop):
    parent = b.a_product("R", name="Gamme", price=5, channel=shop, kind="parent")
    b.a_product("R1", parent=parent)
    a_keyword("Collection", parent)
    reindex(None, at=AT)
    assert names(find(shop, "collection")) == ["Gamme"]


@pytest.mark.parametrize("name", ["", "!!!", "·"])
def test_a_keyword_says_something(db, name):
    with pytest.raises(Invalid):
        a_keyword(name)


def test_a_keyword_stands_once_in_its_category(db):
    a_keyword("Avengers")
    with pytest.raises(Invalid):
        a_keyword("avengers")
    a_keyword("Avengers", category="licence")


def test_a_product_carries_exactly_what_is_said_and_fed_ones_stay(shop):
    first, second = a_keyword("Un", product("FIG")), a_keyword("Deux")
    set_keywords(product("FIG"), [second], at=AT)
    assert [link.keyword for link in product("FIG").keyword_links.all()] == [second]
    ProductKeyword.objects.create(product=product("FIG"), keyword=first, source="erp")
    with pytest.raises(Refused):
        set_keywords(product("FIG"), [second], at=AT)


def test_files_give_keywords_and_take_back_only_their_own(shop):
    b.a_vat_rate()
    mine = a_keyword("Mien", product("FIG"))
    load("articles", merge_articles, {"sku": "FIG", "keywords": "Héros:Spider-Man|Œuf: |Licence : Avengers|araignée"})
    said = {(link.keyword.category.code, link.keyword.name) for link in product("FIG").keyword_links.all()}
    assert said == {("heros", "Mien"), ("heros", "Spider-Man"), ("licence", "Avengers"), ("mots-cles", "araignée")}
    load("articles", merge_articles, {"sku": "FIG", "keywords": "Licence:Avengers"})
    assert {link.keyword.name for link in product("FIG").keyword_links.all()} == {"Mien", "Avengers"}
    assert Keyword.objects.get(name="araignée").forms == ["araignee"]
    assert mine.links.exists()
    reindex(None, at=AT)
    assert names(find(shop, "avengers"))[0] == "Figurine Spider-Man"


# -- Office -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def office(client, shop):
    client.force_login(b.a_colleague(is_superuser=True))
    return client


def test_a_keyword_is_made_with_pasted_skus(office):
    category = save_category(KeywordCategory(name="Héros"), at=AT)
    html = office.get(f"{LIST}add/").content.decode()
    values = {**form_values(html, "keyword_form"), "name": "Avengers", "category": category.pk, "paste": "FIG, nope"}
    answer = office.post(f"{LIST}add/", values, follow=True)
    assert "nope" in answer.content.decode()
    assert [link.product.sku for link in ProductKeyword.objects.all()] == ["FIG"]


@pytest.mark.parametrize("name", ["???", ""])
def test_a_keyword_without_sense_is_refused_at_its_field(office, name):
    category = save_category(KeywordCategory(name="Héros"), at=AT)
    html = office.get(f"{LIST}add/").content.decode()
    answer = office.post(f"{LIST}add/", {**form_values(html, "keyword_form"), "name": name, "category": category.pk})
    assert answer.status_code == 200
    assert not Keyword.objects.exists()


@pytest.mark.parametrize("many", [1, 3])
def test_the_list_of_keywords_takes_the_same_queries(office, many, django_assert_max_num_queries):
    for n in range(many):
        a_keyword(f"Mot {n}", product("FIG"))
    with django_assert_max_num_queries(12):
        assert f"Mot {many - 1}" in office.get(LIST).content.decode()


def test_the_product_page_shows_and_takes_keywords(office):
    keyword, other = a_keyword("Avengers", product("FIG")), a_keyword("Tisseur")
    page = f"/office/catalog/product/{product('FIG').pk}/change/"
    html = office.get(page).content.decode()
    assert "Avengers" in html
    values = form_values(html, "product_form")
    name = next(key for key in values if key.endswith("-0-keyword"))
    assert values[name] in (str(keyword.pk), [str(keyword.pk)])
    office.post(page, {**values, name: other.pk})
    assert [link.keyword for link in product("FIG").keyword_links.all()] == [other]


@pytest.mark.parametrize("many", [1, 3])
def test_the_api_tells_keywords_with_their_skus(shop, client, many, django_assert_max_num_queries):
    for n in range(many):
        a_keyword(f"Mot {n}", product("FIG"), product("LED"))
    headers = {"Authorization": f"Bearer {b.an_api_key('catalog:read')}"}
    with django_assert_max_num_queries(6):
        body = client.get("/api/v1/keywords", headers=headers).json()
    assert [item["products"] for item in body["items"]] == [["FIG", "LED"]] * many
    assert client.get("/api/v1/keywords?limit=0", headers=headers).status_code == 422


def test_suggestions_know_keywords(shop):
    a_keyword("Tisseur", product("FIG"))
    reindex(None, at=AT)
    assert [(s.kind, s.label) for s in suggest("tiss", channel=shop, language="fr")][-1][1] == "Figurine Spider-Man"
