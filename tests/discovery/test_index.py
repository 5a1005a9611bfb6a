"""The index says what is sold: nothing more, nothing less, and the same however often it is rebuilt."""

import datetime as dt
from decimal import Decimal

import pytest

from catalog.enums import AttributeType, ProductKind, ProductState
from catalog.models import Attribute, AttributeOption, Brand
from discovery.models import IndexEntry, IndexVersion, Lexeme
from discovery.selectors import listing, suggest, tiles
from discovery.services import follow_time, reindex, reindex_segments, reindex_selection
from tests import builders as b

pytestmark = pytest.mark.django_db
AT = b.AT


def an_attribute(code="color", kind=AttributeType.LIST, options=("red", "blue"), **fields):
    attribute = Attribute.objects.create(code=code, name=code.title(), type=kind, is_facet=True, **fields)
    for position, option in enumerate(options):
        AttributeOption.objects.create(attribute=attribute, code=option, label=option.title(), position=position)
    return attribute


def a_range(channel, *children, segment=None, **fields):
    """A parent with children, each given as (sku, attributes)."""
    parent = b.a_product(kind=ProductKind.PARENT, channel=channel, segment=segment, price=10, **fields)
    return parent, [b.a_product(sku, parent=parent, attributes=attributes) for sku, attributes in children]


def find(channel, **asked):
    return listing(channel=channel, at=AT, language=asked.pop("language", "fr"), **asked)


def names(page):
    return [tile.name for tile in page.tiles]


def counts(page, code):
    facet = next((f for f in page.facets if f.code == code), None)
    return {option.value: option.count for option in facet.options} if facet else {}


@pytest.fixture
def channel(db):
    return b.a_channel()


def test_what_is_validated_published_and_priced_is_listed(channel):
    b.a_product("OK", price=5, channel=channel)
    b.a_product("UNPUBLISHED", price=5)
    b.a_product("DRAFT", price=5, channel=channel, state=ProductState.IN_PREPARATION)
    b.a_product("PRICELESS", channel=channel)
    reindex(None, at=AT)
    assert [e.product.sku for e in IndexEntry.objects.all()] == ["OK"]


def test_rebuilding_twice_writes_nothing_the_second_time(channel):
    segment = b.a_segment("Été")
    b.a_product("A", price=5, channel=channel, segment=segment, attributes={"x": "y"})
    assert reindex(None, at=AT) == 1
    version = IndexVersion.objects.get(channel=channel).number
    assert reindex(None, at=AT) == 0
    assert IndexVersion.objects.get(channel=channel).number == version


def test_an_archived_product_vanishes(channel):
    product = b.a_product("A", price=5, channel=channel)
    reindex(None, at=AT)
    product.state = ProductState.ARCHIVED
    product.save()
    assert reindex([product.pk], at=AT) == 1
    assert find(channel).total == 0


def test_a_child_that_moves_to_another_parent_leaves_no_trace(channel):
    _first, [child] = a_range(channel, ("C1", {}), name="First")
    second, _children = a_range(channel, ("C2", {}), name="Second")
    reindex(None, at=AT)
    child.parent = second
    child.save()
    reindex([child.pk], at=AT)
    assert names(find(channel)) == ["Second"]


def test_a_filter_is_true_only_if_one_child_satisfies_all(channel):
    an_attribute("color")
    an_attribute("size", options=("s", "l"))
    a_range(channel, ("A1", {"color": "red", "size": "s"}), ("A2", {"color": "blue", "size": "l"}), name="Mixed")
    a_range(channel, ("B1", {"color": "red", "size": "l"}), name="Fits")
    reindex(None, at=AT)
    page = find(channel, filters={"color": ["red"], "size": ["l"]})
    assert names(page) == ["Fits"]
    assert page.total == 1


def test_counts_are_of_listings_and_ignore_the_facets_own_choice(channel):
    an_attribute("color")
    an_attribute("size", options=("s", "l"))
    a_range(channel, ("A1", {"color": "red", "size": "s"}), ("A2", {"color": "red", "size": "l"}), name="Shirt")
    a_range(channel, ("B1", {"color": "blue", "size": "l"}), name="Coat")
    reindex(None, at=AT)
    page = find(channel)
    assert counts(page, "color") == {"red": 1, "blue": 1}  # the shirt's two red children are one listing
    page = find(channel, filters={"color": ["red"]})
    assert counts(page, "color") == {"red": 1, "blue": 1}
    assert counts(page, "size") == {"s": 1, "l": 1}
    assert find(channel, filters={"color": ["red", "blue"]}).total == 2


def test_every_count_is_what_choosing_it_shows(channel):
    an_attribute("color", options=("red", "blue", "green"))
    an_attribute("size", options=("s", "m", "l"))
    colors, sizes = ["red", "blue", "green"], ["s", "m", "l"]
    for n in range(12):
        kids = [(f"K{n}-{k}", {"color": colors[(n + k) % 3], "size": sizes[(n * k) % 3]}) for k in range(3)]
        a_range(channel, *kids, name=f"Range {n}")
    reindex(None, at=AT)
    chosen = {"color": ["red"]}
    page = find(channel, filters=chosen)
    for facet in page.facets:
        for option in facet.options:
            alone = chosen | {facet.code: [option.value]}
            assert find(channel, filters=alone).total == option.count, (facet.code, option.value)


def test_price_is_a_facet_and_an_order(channel):
    for sku, price in (("CHEAP", 4), ("MIDDLE", 15), ("DEAR", 120)):
        b.a_product(sku, price=price, channel=channel, name=sku)
    reindex(None, at=AT)
    assert names(find(channel, sort="price")) == ["CHEAP", "MIDDLE", "DEAR"]
    assert names(find(channel, sort="price_desc")) == ["DEAR", "MIDDLE", "CHEAP"]
    assert counts(find(channel), "price") == {"0-5": 1, "10-20": 1, "100-150": 1}
    assert names(find(channel, filters={"price": ["10-20"]})) == ["MIDDLE"]
    assert names(find(channel, filters={"price": ["-20"]}, sort="price")) == ["CHEAP", "MIDDLE"]


@pytest.mark.parametrize("nonsense", ["", "abc", "20-10", "1e9-2", "-", "'; DROP TABLE", "10-20-30"])
def test_a_price_range_that_is_none_is_ignored(channel, nonsense):
    b.a_product("A", price=5, channel=channel)
    reindex(None, at=AT)
    assert find(channel, filters={"price": [nonsense]}).total == 1


def test_an_unknown_facet_is_ignored_and_an_unknown_value_finds_nothing(channel):
    an_attribute("color")
    b.a_product("A", price=5, channel=channel, attributes={"color": "red"})
    reindex(None, at=AT)
    assert find(channel, filters={"colour": ["red"]}).total == 1
    assert find(channel, filters={"color": ["mauve"]}).total == 0


def test_the_store_filter_looks_at_the_child(channel):
    an_attribute("color")
    store = b.a_store()
    _parent, [red, blue] = a_range(channel, ("R", {"color": "red"}), ("B", {"color": "blue"}), name="Ball")
    b.stock(red, store, 3, channel=channel)
    b.stock(blue, b.a_warehouse(), 3, channel=channel)
    reindex(None, at=AT)
    here = {"store": store, "in_store_only": True}
    assert find(channel, filters={"color": ["red"]}, **here).total == 1
    assert find(channel, filters={"color": ["blue"]}, **here).total == 0
    page = find(channel, **here)
    assert counts(page, "color") == {} or counts(page, "color") == {"red": 1}
    assert find(channel, store=store).in_store == 1


def test_stock_is_followed(channel):
    store = b.a_store()
    product = b.a_product("A", price=5, channel=channel)
    balance = b.stock(product, store, 1, channel=channel)
    reindex(None, at=AT)
    balance.physical = 0
    balance.save()
    reindex([product.pk], at=AT)
    assert find(channel, store=store, in_store_only=True).total == 0
    assert find(channel).total == 1


def test_a_segment_shows_what_stands_below_it(channel):
    top = b.a_segment("Toys")
    below = b.a_segment("Cars", parent=top)
    b.a_product("A", price=5, channel=channel, segment=below)
    b.a_product("B", price=5, channel=channel)
    reindex(None, at=AT)
    assert find(channel, segment=top).total == 1
    assert find(channel, segment=top, segments_asked=(below.pk,)).segments == {below.pk: 1}


def test_archiving_a_segment_empties_it(channel):
    segment = b.a_segment("Toys")
    b.a_product("A", price=5, channel=channel, segment=segment)
    reindex(None, at=AT)
    segment.archived = True
    segment.save()
    reindex_segments([segment.pk], at=AT)
    assert find(channel, segment=segment).total == 0


def test_a_selection_takes_children_for_their_range(channel):
    _parent, [child] = a_range(channel, ("C", {}), name="Range")
    selection = b.a_selection(child)
    reindex_selection(selection.pk, at=AT)
    assert names(find(channel, selection=selection)) == ["Range"]


def test_dated_prices_are_followed_when_their_time_comes(channel):
    product = b.a_product("A", channel=channel)
    b.a_price(
        product, 10, promo_amount=Decimal(8), promo_during=(AT + dt.timedelta(hours=1), AT + dt.timedelta(hours=2))
    )
    reindex(None, at=AT)
    follow_time(at=AT)
    assert IndexEntry.objects.get().list_price == 10
    follow_time(at=AT + dt.timedelta(minutes=61))
    assert IndexEntry.objects.get().list_price == 8
    follow_time(at=AT + dt.timedelta(minutes=121))
    assert IndexEntry.objects.get().list_price == 10


# -- search -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def toys(channel):
    marvel = Brand.objects.create(code="hasbro", name="Hasbro", slug="hasbro")
    segment = b.a_segment("Super-héros")
    b.a_product("HAS-1234", name="Figurine Spider-Man", brand=marvel, price=20, channel=channel, segment=segment)
    b.a_product("P2", name="Château de princesse", price=40, channel=channel)
    b.a_product("P3", name="Jeu d'échecs HAS1234 en bois", price=30, channel=channel)
    reindex(None, at=AT)
    return channel


@pytest.mark.parametrize("text", ["château", "chateau", "CHATEAUX", "princesses"])
def test_accents_case_and_plural_do_not_matter(toys, text):
    assert names(find(toys, query=text)) == ["Château de princesse"]


@pytest.mark.parametrize("text", ["HAS-1234", "has1234", "HAS 1234"])
def test_an_exact_reference_comes_first(toys, text):
    page = find(toys, query=text)
    assert page.lane == "reference"
    assert names(page)[0] == "Figurine Spider-Man"


@pytest.mark.parametrize(
    ("text", "lane"),
    [("figurine spider", "words"), ("super-heros", "words"), ("spi", "beginnings"), ("hasbro", "words")],
)
def test_words_then_beginnings_of_words(toys, text, lane):
    page = find(toys, query=text)
    assert (names(page), page.lane) == (["Figurine Spider-Man"], lane)


@pytest.mark.parametrize("text", ["spyder man", "figurin spiderr", "chateua"])
def test_a_typing_mistake_is_understood_and_said(toys, text):
    page = find(toys, query=text)
    assert page.lane == "alike"
    assert page.total == 1
    assert page.read_as


@pytest.mark.parametrize("text", ["zzzzzz", "!!!", "' OR 1=1 --", "%", "a:*&|!", "\\", "x" * 500, "\x00abc"])
def test_nonsense_finds_nothing_and_breaks_nothing(toys, text):
    assert find(toys, query=text).total == 0 or not text.strip()
    suggest(text, channel=toys, language="fr")


def test_english_searches_english_words(channel):
    b.a_product("A", name="Voiture", price=5, channel=channel, translations={"en": {"name": "Racing car"}})
    reindex(None, at=AT)
    page = find(channel, query="cars", language="en")
    assert names(page) == ["Racing car"]


def test_stars_lead(channel):
    b.a_product("A", name="Robot rouge", price=5, channel=channel)
    b.a_product("B", name="Robot bleu", price=5, channel=channel, importance=900)
    b.a_product("C", name="Robot vert", price=5, channel=channel)
    reindex(None, at=AT)
    assert names(find(channel, query="robot"))[0] == "Robot bleu"
    assert names(find(channel))[0] == "Robot bleu"


def test_suggestions_are_of_three_kinds(toys):
    kinds = {s.kind: s.label for word in ("sup", "has", "figu") for s in suggest(word, channel=toys, language="fr")}
    assert kinds == {"segment": "Super-héros", "brand": "Hasbro", "product": "Figurine Spider-Man"}


def test_words_of_the_catalogue_are_kept_without_accents(toys):
    assert Lexeme.objects.filter(channel=toys, word="chateau").exists()


# -- cost -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("many", [1, 3])
def test_a_page_costs_the_same_number_of_queries_however_long(channel, many, django_assert_max_num_queries):
    an_attribute("color")
    store = b.a_store()
    for n in range(many):
        _parent, children = a_range(channel, (f"R{n}", {"color": "red"}), (f"B{n}", {"color": "blue"}))
        b.stock(children[0], store, 3, channel=channel)
    reindex(None, at=AT)
    with django_assert_max_num_queries(15):  # the first page of a version also reads the rules
        assert len(find(channel, store=store, filters={"color": ["red"]}).tiles) == many
    with django_assert_max_num_queries(9):  # one of them asks for the labels of all tiles
        assert len(find(channel, store=store, filters={"color": ["red"]}).tiles) == many


def test_pages_are_bounded(channel):
    for n in range(5):
        b.a_product(f"A{n}", price=5, channel=channel)
    reindex(None, at=AT)
    page = find(channel, per_page=2, page=99)
    assert (page.page, page.pages, page.total, len(page.tiles)) == (3, 3, 5, 1)
    assert find(channel, per_page=10_000, page=-4).page == 1


def test_tiles_leave_out_what_the_channel_does_not_sell(channel):
    sold = b.a_product("A", price=5, channel=channel)
    hidden = b.a_product("B", price=5)
    reindex(None, at=AT)
    assert [t.sku for t in tiles([hidden.pk, sold.pk], channel=channel, at=AT, language="fr")] == ["A"]
