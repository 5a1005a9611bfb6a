"""Facet counts from bitmaps are what one gets by looking at every child, and what the database counts."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from catalog.enums import AttributeType, ProductKind
from catalog.models import Attribute
from discovery.models import FacetValue, IndexEntry, ListingSet
from discovery.rules import UNTOUCHED, Entries, Lever, Ranking, first, union
from discovery.selectors import index_version, listing
from discovery.selectors.listing import _Asked, _scope
from discovery.selectors.scope import with_filters
from discovery.selectors.snapshot import snapshot
from discovery.selectors.sql_counts import count_by_sql, page_by_sql
from discovery.services import prove_sets, reindex
from logistics.models import Place
from tests import builders as b

COLORS, SIZES, PRICES = ["red", "blue", "green"], ["s", "m"], [3, 7, 15, 40]

# -- the algebra, against plain sets of (listing, slot) ---------------------------------------------------------------

pairs = st.sets(st.tuples(st.integers(0, 7), st.integers(0, 3)), max_size=32)


def entries_of(plain, world):
    whole = {pk for pk, _slot in plain if {p for p in world if p[0] == pk} <= plain}
    part = {}
    for pk, slot in plain:
        if pk not in whole:
            part.setdefault(slot, BitMap()).add(pk)
    return Entries(BitMap(whole), part)


@given(pairs, pairs, pairs, pairs)
def test_the_algebra_of_entries(world, one, two, three):
    one, two, three = one & world, two & world, three & world
    a, c, d = (entries_of(each, world) for each in (one, two, three))
    slots = [entries_of({p for p in world if p[1] == slot}, world) for slot in range(4)]
    for made, plain in [
        (a & c, one & two),
        (a | c, one | two),
        (union([a, c, d]), one | two | three),
        (a.less(c, slots), one - two),
        ((a | c) & d, (one | two) & three),
        ((a & c).less(d, slots), (one & two) - three),
        (a.without(BitMap([1, 2])), {p for p in one if p[0] not in (1, 2)}),
    ]:
        assert set(made.listings) == {pk for pk, _slot in plain}
        assert len(made) == len(made.listings)
        for other, also in ((a, one), (c, two), (d, three)):
            assert made.common(other) == len({pk for pk, _slot in plain & also})


@given(st.dictionaries(st.integers(0, 300), st.integers(0, 40), max_size=60), st.integers(0, 70), st.integers(0, 30),
       st.booleans())  # fmt: skip
def test_the_first_of_a_set_by_bits(values, start, size, descending):
    slices = [(BitMap([pk for pk, v in values.items() if v >> bit & 1]), descending) for bit in range(6, -1, -1)]
    wanted = sorted(values, key=lambda pk: (-values[pk] if descending else values[pk], -pk))
    assert first(BitMap(values), slices, start, size) == wanted[start : start + size]


# -- whole catalogues -------------------------------------------------------------------------------------------------

child = st.tuples(
    st.sampled_from([*COLORS, ""]), st.sampled_from([*SIZES, ""]), st.sampled_from(PRICES), st.integers(0, 1),
    st.integers(0, 1),
)  # fmt: skip
catalogue = st.lists(st.tuples(st.booleans(), st.lists(child, min_size=1, max_size=4)), min_size=1, max_size=7)
filters = st.fixed_dictionaries(
    {},
    optional={
        "color": st.lists(st.sampled_from([*COLORS, "mauve"]), min_size=1, max_size=2, unique=True),
        "size": st.lists(st.sampled_from(SIZES), min_size=1, max_size=2, unique=True),
        "price": st.lists(st.sampled_from(["0-5", "5-10", "10-20", "4-12", "-10", "12.50-"]), min_size=1, max_size=2),
    },
)
BOUNDS = {"0-5": (0, 5), "5-10": (5, 10), "10-20": (10, 20), "4-12": (4, 12), "-10": (0, 10),
          "12.50-": (Decimal("12.5"), 10**6)}  # fmt: skip


def build(world):
    """The catalogue; returns (listing, in segment, color, size, price, in stock, in the store) per child."""
    channel, store, depot = b.a_channel(), b.a_store(), b.a_warehouse()
    for code in ("color", "size"):
        Attribute.objects.create(code=code, name=code, type=AttributeType.TEXT, is_facet=True)
    segment = b.a_segment("Here")
    rows = []
    for inside, children in world:
        alone = len(children) == 1
        parent = None
        if not alone:
            parent = b.a_product(kind=ProductKind.PARENT, channel=channel, segment=segment if inside else None)
        for color, size, price, stocked, in_store in children:
            product = b.a_product(
                price=price,
                parent=parent,
                channel=channel if alone else None,
                segment=segment if alone and inside else None,
                attributes={code: value for code, value in (("color", color), ("size", size)) if value},
            )
            b.stock(product, depot, stocked, channel=channel)
            b.stock(product, store, in_store, channel=channel)
            rows.append(((parent or product).pk, inside, color, size, price, bool(stocked or in_store), bool(in_store)))
    reindex(None, at=b.AT)
    return channel, store, segment, rows


def offered(rows):
    """A child that is sold out hides behind those of its listing that are not."""
    alive = {row[0] for row in rows if row[5]}
    return [row for row in rows if row[5] or row[0] not in alive]


def passes(row, chosen, in_store_only, ignoring=""):
    _pk, _inside, color, size, price, _stocked, in_store = row
    return (
        ("color" not in chosen or ignoring == "color" or color in chosen["color"])
        and ("size" not in chosen or ignoring == "size" or size in chosen["size"])
        and ("price" not in chosen or ignoring == "price"
             or any(BOUNDS[r][0] <= price < BOUNDS[r][1] for r in chosen["price"]))
        and (not in_store_only or ignoring == "in_store" or in_store)
    )  # fmt: skip


def naive(rows, chosen, in_store_only):
    def listings(ignoring, holds):
        return len({r[0] for r in rows if passes(r, chosen, in_store_only, ignoring) and holds(r)})

    return {
        "total": listings("", lambda r: True),
        "in_store": listings("in_store", lambda r: r[6]),
        "color": {c: n for c in COLORS if (n := listings("color", lambda r, c=c: r[2] == c))},
        "size": {s: n for s in SIZES if (n := listings("size", lambda r, s=s: r[3] == s))},
    }


def as_plain(counted, names):
    values = {code: {names[pk]: n for pk, n in found if n} for code, found in counted.values.items()}
    return {
        "total": counted.total,
        "in_store": counted.in_store,
        "color": values.get("color", {}),
        "size": values.get("size", {}),
    }


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(world=catalogue, chosen=filters, scoped=st.booleans(), in_store_only=st.booleans(), data=st.data())
def test_bitmaps_count_what_children_and_the_database_say(world, chosen, scoped, in_store_only, data):
    from django.db import transaction

    from discovery.selectors import sets

    with transaction.atomic():
        channel, store, segment, rows = build(world)
        place = Place.objects.get(store=store).pk
        rows = [row for row in offered(rows) if row[1] or not scoped]
        snap, names = snapshot(version := index_version(channel)), dict(FacetValue.objects.values_list("pk", "value"))
        segment_id = segment.pk if scoped else None
        within = [snap.entries("segment", segment.pk)] if scoped else []
        question = sets.ask(snap, channel=channel.pk, within=within, chosen=chosen, place=place,
                            in_store_only=in_store_only, ranking=UNTOUCHED)  # fmt: skip
        counted = sets.count(snap, question, version=version, place=place, segments=[])
        # a facet that no offered child has cannot be filtered by, though the database may know it of a sold-out one
        known = {code: values for code, values in chosen.items() if code == "price" or code in snap.facets}
        asked = _Asked(channel, "fr", segment_id, None, None, known, place, in_store_only, UNTOUCHED)
        scope = with_filters(_scope(asked, "", version)[0], known, place_id=place, in_store_only=in_store_only)
        by_sql = count_by_sql(scope, place_id=place, segments=())
        wanted = naive(rows, known, in_store_only)
        assert as_plain(counted, names) == wanted
        assert as_plain(by_sql, names) == wanted
        assert counted.prices == by_sql.prices
        page = sets.page(snap, question.passing, sort="new", ranking=UNTOUCHED, start=0, size=50, apart=BitMap())
        assert page == page_by_sql(scope, "new", 0, 50)
        # what changed is followed row by row, and agrees with sets made anew
        some = data.draw(st.lists(st.sampled_from(rows), max_size=3)) if rows else []
        for row in some:
            entry = IndexEntry.objects.filter(listing=row[0]).first()
            if entry is None:
                continue
            product = entry.product
            product.attributes = {"color": data.draw(st.sampled_from(COLORS))}
            product.state = data.draw(st.sampled_from([product.state, "archived"]))
            product.save()
            reindex([product.pk], at=b.AT)
        assert sum(prove_sets(repair=False).values()) == 0
        assert snapshot(index_version(channel)).number >= snap.number
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_size_that_is_sold_out_is_not_offered_as_a_filter():
    channel, _store, _segment, _rows = build([(True, [("red", "s", 7, 1, 0), ("red", "m", 7, 0, 0)])])
    page = listing(channel=channel, at=b.AT, language="fr", filters={"size": ["m"]})
    assert page.total == 0
    assert listing(channel=channel, at=b.AT, language="fr", filters={"size": ["s"]}).total == 1


@pytest.mark.django_db
def test_what_is_left_out_leaves_the_other_children():
    channel, _store, _segment, _rows = build([(True, [("red", "s", 7, 1, 0), ("blue", "m", 7, 1, 0)])])
    red = FacetValue.objects.get(value="red").pk
    ranking = Ranking(left_out=frozenset([(Lever.FACET, red)]))
    page = listing(channel=channel, at=b.AT, language="fr", ranking=ranking)
    assert page.total == 1
    assert listing(channel=channel, at=b.AT, language="fr", ranking=ranking, filters={"color": ["red"]}).total == 0


@pytest.mark.django_db
def test_sets_that_lie_are_found_and_repaired():
    channel, _store, _segment, _rows = build([(True, [("red", "s", 7, 1, 1)])])
    call_command("prove_facets")
    IndexEntry.objects.all().delete()
    with pytest.raises(CommandError, match="differ"):
        call_command("prove_facets")
    call_command("prove_facets", "--repair")
    call_command("prove_facets")
    assert listing(channel=channel, at=b.AT, language="fr").total == 0


@pytest.mark.django_db
def test_a_change_writes_only_the_rows_it_touches():
    build([(True, [(color, "s", 7, 1, 0)]) for color in COLORS])
    product = IndexEntry.objects.first().product
    product.attributes = {**product.attributes, "size": "m"}
    product.save()
    before = ListingSet.objects.latest("version").version
    reindex([product.pk], at=b.AT + dt.timedelta(minutes=1))
    changed = set(ListingSet.objects.filter(version__gt=before).values_list("kind", flat=True))
    assert changed == {"facet"}
