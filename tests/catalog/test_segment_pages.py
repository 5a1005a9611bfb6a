"""Segments in Office: the tree branch by branch, ranks, products in their order, pages with inherited headers."""

from decimal import Decimal

import pytest

from altazion.lib.problems import Invalid
from catalog import services
from catalog.models import ProductSegment, Segment
from catalog.selectors import office_tree
from discovery.selectors import index_version, listing, segment_page
from discovery.services import reindex
from tests.builders import AT, a_channel, a_colleague, a_product, a_segment
from tests.pages import form_values

pytestmark = pytest.mark.django_db
TREE = "/office/catalog/segment/"


@pytest.fixture
def office(client):
    client.force_login(a_colleague(is_superuser=True))
    return client


def test_the_tree_opens_branch_by_branch_and_a_search_shows_the_way(office):
    toys = a_segment("Toys")
    heroes = a_segment("Heroes", toys)
    a_segment("Marvel", heroes)
    html = office.get(TREE).content.decode()
    assert "Toys" in html
    assert "Heroes" not in html
    html = office.get(f"{TREE}?open={toys.pk}.{heroes.pk}").content.decode()
    assert "Marvel" in html
    assert 'aria-expanded="true"' in html
    html = office.get(f"{TREE}?q=marvel").content.decode()
    assert "Toys › Heroes" in html
    for hostile in ("open=x", "open=1.%27", f"open={'9' * 40}", "open=" + "1." * 3000):
        assert office.get(f"{TREE}?{hostile}").status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_tree_takes_the_same_queries(office, count, django_assert_max_num_queries):
    for number in range(count):
        a_segment(f"Below {number}", a_segment(f"Top {number}"))
    opened = ".".join(str(pk) for pk in Segment.objects.values_list("pk", flat=True))
    with django_assert_max_num_queries(12):
        html = office.get(f"{TREE}?open={opened}").content.decode()
    assert f"Below {count - 1}" in html


def test_siblings_change_places_by_a_button(office):
    first, second = a_segment("A", position=1), a_segment("B", position=2)
    assert office.get(f"{TREE}{second.pk}/rank/?by=-1").status_code == 405
    office.post(f"{TREE}{second.pk}/rank/?by=-1")
    assert list(Segment.objects.order_by("position").values_list("pk", flat=True)) == [second.pk, first.pk]
    office.post(f"{TREE}{second.pk}/rank/?by=-1")
    office.post(f"{TREE}{second.pk}/rank/?by=1")
    assert list(Segment.objects.order_by("position").values_list("pk", flat=True)) == [first.pk, second.pk]


@pytest.fixture
def shelf():
    channel, segment = a_channel(), a_segment("Heroes")
    products = [a_product(f"P{n}", name=f"Hero {n}", price=10, channel=channel, segment=segment) for n in range(5)]
    reindex(None, at=AT)
    return channel, segment, products


def order_of(segment):
    return [member.product.sku for member in office_tree.members_in_order(segment)]


def shown(channel, segment):
    found = listing(channel=channel, at=AT, language="fr", segment=segment, version=index_version(channel))
    return [tile.sku for tile in found.tiles]


def test_a_product_is_brought_to_a_place_and_given_back(shelf):
    channel, segment, products = shelf
    assert order_of(segment) == ["P0", "P1", "P2", "P3", "P4"]
    assert services.place_in_segment(segment, products[3].pk, 1, at=AT) == 1
    assert order_of(segment)[:2] == ["P3", "P0"]
    services.place_in_segment(segment, products[4].pk, 3, at=AT)
    assert order_of(segment) == ["P3", "P0", "P4", "P1", "P2"]
    assert ProductSegment.objects.filter(segment=segment, position__isnull=False).count() == 3
    reindex([product.pk for product in products], at=AT)
    assert shown(channel, segment)[:3] == ["P3", "P0", "P4"]
    services.give_back_to_relevance(segment, products[3].pk, at=AT)
    assert order_of(segment)[:2] == ["P0", "P4"]
    services.place_in_segment(segment, products[0].pk, 400, at=AT)
    assert order_of(segment)[-1] == "P0"


def test_places_and_relevance_that_cannot_be_are_refused(shelf):
    _channel, segment, products = shelf
    with pytest.raises(Invalid):
        services.place_in_segment(segment, a_product("ELSE").pk, 1, at=AT)
    with pytest.raises(Invalid):
        services.place_in_segment(segment, products[0].pk, 501, at=AT)
    for wrong in ("-1", "10"):
        with pytest.raises(Invalid):
            services.rate_in_segment(segment, {products[0].pk: Decimal(wrong)}, at=AT)


def test_the_page_of_a_segments_products_works_without_a_mouse(office, shelf):
    _channel, segment, products = shelf
    url = f"{TREE}{segment.pk}/products/"
    assert "Hero 4" in office.get(url).content.decode()
    office.post(url, {"move": f"{products[4].pk}:1"})
    assert order_of(segment)[0] == "P4"
    office.post(url, {"to": str(products[2].pk), f"place-{products[2].pk}": "2"})
    assert order_of(segment)[:2] == ["P4", "P2"]
    office.post(url, {"back": str(products[4].pk)})
    assert order_of(segment)[0] == "P2"
    office.post(url, {"save": "1", f"relevance-{products[3].pk}": "5,5"})
    assert order_of(segment)[:2] == ["P2", "P3"]
    hostile = ({"move": "x:y"}, {"move": "9" * 60}, {"to": "7", "place-7": "abc"}, {"save": "1", "relevance-1": "NaN"},
               {"to": str(products[2].pk), f"place-{products[2].pk}": "0"},
               {"save": "1", f"relevance-{products[3].pk}": "many"}, {"back": "9" * 17}, {})  # fmt: skip
    for sent in hostile:
        assert office.post(url, sent).status_code == 302
    assert order_of(segment)[:2] == ["P2", "P3"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_products_takes_the_same_queries(office, count, django_assert_max_num_queries):
    segment = a_segment("Many")
    for _number in range(count):
        a_product(segment=segment)
    with django_assert_max_num_queries(12):
        assert office.get(f"{TREE}{segment.pk}/products/").status_code == 200


def test_a_header_is_handed_down_to_those_that_have_none(shelf):
    channel, heroes, _products = shelf
    top = a_segment("Top", header="<p>From above</p>", translations={"en": {"header": "<p>Down here</p>"}})
    services.move_segment(heroes, top, at=AT)
    own = a_segment("Own", top, header="Mine")
    heroes.refresh_from_db()
    assert office_tree.inherited_header(heroes) == (top, False)
    assert office_tree.inherited_header(own) == (own, True)
    assert office_tree.header_reaches(top) == 1
    page = segment_page(heroes.slug, channel=channel, language="en", version="1")
    assert (page.header, page.header_language) == ("<p>Down here</p>", "en")
    services.save_segment(top, {"header_below": False}, parent=None, at=AT)
    assert segment_page(heroes.slug, channel=channel, language="en", version="2").header == ""


def test_the_form_takes_importance_in_words_and_texts_in_two_languages(office):
    a_channel()
    segment = a_segment("Ski")
    url = f"{TREE}{segment.pk}/change/"
    values = form_values(office.get(url).content.decode(), "segment_form")
    office.post(url, {**values, "importance_word": "900", "intro": "<script>x</script><p>Neige</p>",
                      "intro_en": "<p>Snow</p>", "slug_en": "skiing", "meta_title": "Skis"})  # fmt: skip
    segment.refresh_from_db()
    assert segment.importance == 900
    assert segment.intro == "<p>Neige</p>"
    assert segment.translations["en"] == {"intro": "<p>Snow</p>", "slug": "skiing"}
    html = office.get(url).content.decode()
    assert "/en/s/skiing/" in html
    other = a_segment("Other")
    url = f"{TREE}{other.pk}/change/"
    values = form_values(office.get(url).content.decode(), "segment_form")
    office.post(url, {**values, "slug_en": "skiing"})
    office.post(url, {**values, "slug_en": "../x y"})
    other.refresh_from_db()
    assert other.translations == {}


@pytest.mark.parametrize("translations", [[], {"xx": {}}, {"en": {"owner": "x"}}, {"en": {"name": 3}}, {"en": "x"},
                                          {"fr": {"name": "x"}}, {"en": {"name": "x" * 121}}])  # fmt: skip
def test_translations_that_cannot_be_are_refused(translations):
    with pytest.raises(Invalid):
        services.save_segment(a_segment("A"), {"translations": translations}, parent=None, at=AT)
