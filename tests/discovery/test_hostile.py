"""Whatever is typed or decided, searches answer, in bounded time, and rules hold or are refused with a sentence."""

import time
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from altazion.lib.problems import Invalid
from catalog.models import Attribute, Product
from discovery.enums import EffectKind, StockState
from discovery.models import FacetValue, MerchandisingRule, RuleEffect
from discovery.selectors import listing, suggest
from discovery.selectors.facet_values import facet_choices
from discovery.services import reindex, save_rule
from tests import builders as b

pytestmark = pytest.mark.django_db
AT = b.AT
SECONDS = 5  # generous: other work shares the machine
MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

# Letters, marks, controls, NUL, what SQL and text search give a meaning to, lone surrogates, and long runs of them.
piece = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["%", "_", "'", '"', "\\", "\0", ":*", "&", "|", "!", "<->", "(", ")", "--", ";", "\ud800",
                     "\udfff", "robot", "rouge", "R1", "\x1b", "\u202e", "e\u0301", "ﬁ", "œ", "İ", "\U0001f9f8"]),
)  # fmt: skip
hostile = st.one_of(
    st.lists(piece, max_size=12).map(" ".join),
    st.lists(piece, max_size=12).map("".join),
    st.tuples(piece, st.integers(1, 10_000)).map(lambda pair: (pair[0] * pair[1])[:10_000]),
)


@pytest.fixture
def shop(db):
    channel = b.a_channel()
    channel.segment = b.a_segment("Robots")
    Attribute.objects.create(code="color", name="Couleur", type="T", is_facet=True)
    for number, colour in enumerate(["rouge", "bleu", "vert", "rouge", "bleu", "vert"]):
        b.a_product(f"R{number}", name=f"Robot {colour}", price=5 + number, channel=channel, segment=channel.segment,
                    attributes={"color": colour}, importance=300 - number)  # fmt: skip
    reindex(None, at=AT)
    return channel


@MANY
@given(text=hostile, language=st.sampled_from(["fr", "en", "xx"]), as_typed=st.booleans())
def test_any_text_is_answered_in_bounded_time(shop, text, language, as_typed):
    started = time.monotonic()
    page = listing(channel=shop, at=AT, language=language, query=text, as_typed=as_typed)
    assert len(page.tiles) <= page.total or page.total >= 0
    suggest(text, channel=shop, language=language)
    facet_choices(text, page=0)
    assert time.monotonic() - started < SECONDS


@MANY
@given(text=hostile.filter(lambda text: not any(0xD800 <= ord(letter) < 0xE000 for letter in text)))
def test_no_text_breaks_the_pages_of_search(shop, client, text):
    for address in ("/search/", "/suggest/"):
        assert client.get(address, {"q": text, "typed": "1"}).status_code in (200, 302, 400, 404)


@pytest.mark.parametrize("text", ["%ED%A0%80", "%FF%FE", "%00", "%C3", "a%ED%B0%80b", "%F5%80%80%80"])
def test_bytes_that_are_no_text_are_answered(shop, client, text):
    assert client.get(f"/search/?q={text}").status_code in (200, 302, 400)
    assert client.get(f"/suggest/?q={text}").status_code in (200, 400)


@MANY
@given(
    chosen=st.dictionaries(
        st.one_of(st.sampled_from(["color", "price", "brand", "in_store"]), st.text(max_size=20)),
        st.lists(st.one_of(st.sampled_from(["rouge", "bleu", "0-10", "-", "10-5", "9" * 40]), st.text(max_size=20)),
                 max_size=60),
        max_size=60,
    ),
    query=st.sampled_from(["", "robot", "rbot"]),
    sort=st.sampled_from(["rank", "price", "new", "; --"]),
    page=st.integers(-5, 10**9),
    size=st.integers(-5, 10**9),
)  # fmt: skip
def test_any_filters_are_answered(shop, chosen, query, sort, page, size):
    found = listing(channel=shop, at=AT, language="fr", query=query, filters=chosen, sort=sort, page=page,
                    per_page=size)  # fmt: skip
    assert 1 <= found.page <= found.pages
    assert len(found.tiles) <= min(50, max(found.total, 0))


effect = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(list(EffectKind.values)),
        "aim": st.sampled_from(["product", "facet", "stock", "nothing", "two"]),
        "which": st.integers(0, 5),
        "position": st.one_of(st.none(), st.integers(1, 100)),
        "factor": st.decimals(1, 100, places=2),
    }
)


def made(said):
    product = Product.objects.filter(kind="simple").order_by("pk")[said["which"]]
    facet = FacetValue.objects.filter(attribute="color").order_by("pk")[said["which"] % 3]
    aims = {"product": {"product": product}, "stock": {"stock": StockState.SOLD_OUT}, "nothing": {},
            "facet": {"attribute": facet.attribute, "value": facet.value},
            "two": {"product": product, "stock": StockState.IN_STOCK}}[said["aim"]]  # fmt: skip
    return RuleEffect(kind=said["kind"], position=said["position"], factor=Decimal(said["factor"]), **aims)


@MANY
@given(
    queries=st.lists(st.one_of(st.just("robot"), hostile.map(lambda text: text[:200])), max_size=3),
    on_segment=st.booleans(),
    effects=st.lists(effect, max_size=6),
)
def test_a_rule_holds_or_is_refused_and_lists_stay_whole(shop, queries, on_segment, effects):
    with transaction.atomic():
        rule = MerchandisingRule(name="r", queries=queries, segment=shop.segment if on_segment else None)
        refusal = None
        try:
            with transaction.atomic():
                save_rule(rule, [made(one) for one in effects], at=AT)
        except Invalid as said:
            refusal = said
        if refusal:
            assert refusal.message
            assert refusal.field
            assert not MerchandisingRule.objects.exists()
        for asked in ({"query": "robot"}, {"segment": shop.segment}):
            whole = listing(channel=shop, at=AT, language="fr", **asked)
            seen = [tile.id for n in range(1, 4) for tile in _page(shop, n, asked)]
            assert len(seen) == len(set(seen)) == whole.total
            assert whole.total <= 6
        transaction.set_rollback(True)


def _page(shop, number, asked):
    found = listing(channel=shop, at=AT, language="fr", per_page=2, page=number, **asked)
    return found.tiles if found.page == number else []
