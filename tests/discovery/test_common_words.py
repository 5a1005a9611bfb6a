"""What many entries say is found by sets of words, exactly as the database finds it."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from catalog.enums import ProductKind
from discovery.models import CommonWord, IndexEntry, ListingSet
from discovery.rules import SPOKEN
from discovery.selectors import index_version, listing
from discovery.selectors.common import common_hits
from discovery.selectors.found import found
from discovery.selectors.snapshot import snapshot
from discovery.services import common_words, prove_sets, reindex
from tests import builders as b

WORDS = ["ours", "lapin", "chats", "brun", "grand"]
ASKED = ["ours", "lapin brun", "grand ours brun", "chat", "ourse grand lapin"]

child = st.tuples(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True), st.booleans())
catalogue = st.lists(
    st.tuples(st.lists(st.sampled_from(WORDS), max_size=2), st.lists(child, min_size=1, max_size=3)),
    min_size=1,
    max_size=6,
)


def build(world):
    channel, depot = b.a_channel(), b.a_warehouse()
    for text, children in world:
        alone, parent = len(children) == 1, None
        if not alone:
            parent = b.a_product(name="Jouet", price=9, kind=ProductKind.PARENT, channel=channel,
                                 description=" ".join(text))  # fmt: skip
        for name, stocked in children:
            product = b.a_product(name=" ".join(name), price=9, parent=parent, channel=channel if alone else None,
                                  description=" ".join(text) if alone else "")  # fmt: skip
            b.stock(product, depot, int(stocked), channel=channel)
    reindex(None, at=b.AT)
    return channel


def hits(channel, query):
    cache.clear()
    version = index_version(channel)
    made = found(query, snapshot(version), channel=channel, language="fr", version=version)
    return (
        {*made.entries.whole},
        {slot: {*some} for slot, some in made.entries.part.items()},
        made.named is not None,
    )


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(world=catalogue, data=st.data())
def test_sets_of_words_find_what_the_database_finds(world, data):
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(common_words, "COMMON", 1)
        channel = build(world)
        for _again in range(2):
            by_sets = {query: hits(channel, query) for query in ASKED}
            pages = {query: [tile.id for tile in _page(channel, query).tiles] for query in ASKED}
            kept = list(CommonWord.objects.all())
            CommonWord.objects.all().delete()
            for query in ASKED:
                whole, part, _known = hits(channel, query)
                assert by_sets[query][:2] == (whole, part), query
                assert pages[query] == [tile.id for tile in _page(channel, query).tiles]
            CommonWord.objects.bulk_create(kept)
            # words of changed products are followed, and agree with sets made anew
            for entry in data.draw(st.lists(st.sampled_from(list(IndexEntry.objects.order_by("pk"))), max_size=2)):
                product = entry.product
                product.name = " ".join(data.draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=2)))
                product.save()
                reindex([product.pk], at=b.AT + dt.timedelta(minutes=1))
            assert sum(prove_sets(repair=False).values()) == 0
        transaction.set_rollback(True)


def _page(channel, query):
    cache.clear()
    return listing(channel=channel, at=b.AT, language="fr", query=query)


@pytest.fixture
def few_are_many(monkeypatch):
    monkeypatch.setattr(common_words, "COMMON", 2)


@pytest.mark.django_db
def test_words_become_common_and_cease_to_be(few_are_many):
    channel = build([([], [(["ours"], True)]), ([], [(["ours", "brun"], True)])])
    assert set(CommonWord.objects.filter(column="words_fr").values_list("word", "entries")) == {("our", 2)}
    assert hits(channel, "ours")[2] is True
    assert hits(channel, "brun")[2] is False  # rare words are looked up
    for entry in IndexEntry.objects.all():
        entry.product.name = "lapin"
        entry.product.save()
    reindex(None, at=b.AT + dt.timedelta(minutes=1))
    assert set(CommonWord.objects.filter(column="words_fr").values_list("word", flat=True)) == {"lapin"}
    spoken = ListingSet.objects.filter(kind__in=[str(kind) for kind in SPOKEN])
    assert set(spoken.values_list("number", flat=True)) == set(CommonWord.objects.values_list("pk", flat=True))
    assert listing(channel=channel, at=b.AT, language="fr", query="lapin").total == 2
    assert listing(channel=channel, at=b.AT, language="fr", query="ours").total == 0


@pytest.mark.django_db
def test_processes_do_not_keep_words(few_are_many):
    channel = build([([], [(["ours"], True)]), ([], [(["ours", "brun"], True)])])
    kinds = {kind for kind, _number in snapshot(index_version(channel)).sets}
    assert not kinds & {str(kind) for kind in SPOKEN}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "tree", ["", "'our':*", "'our' <-> 'brun'", "!'our'", "'our':A", "'unheard'", "'our' & 'unheard'", "'o''u\\\\r'"]
)
def test_only_plain_words_are_answered(few_are_many, tree):
    channel = build([([], [(["ours"], True)]), ([], [(["ours", "brun"], True)])])
    assert common_hits(tree, channel=channel.pk, column="words_fr") is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "said"), [("a & b", 1), ("a | b & c", 2), ("(a | b) & c", 1), ("a & (b | c) | c", 2)]
)
def test_queries_are_read_as_the_database_reads_them(few_are_many, query, said):
    words = {"a": "ours", "b": "brun", "c": "lapin"}
    channel = build([([], [([words[each] for each in names], True)]) for names in ("ab", "ab", "c", "c")])
    with connection.cursor() as sql:
        written = "".join(words.get(sign, sign) for sign in query)
        sql.execute("SELECT to_tsquery('altazion_fr', %s)::text, count(*) FROM discovery_indexentry"
                    " WHERE words_fr @@ to_tsquery('altazion_fr', %s)", [written, written])  # fmt: skip
        tree, number = sql.fetchone()
    assert len(common_hits(tree, channel=channel.pk, column="words_fr").offered.listings) == number
