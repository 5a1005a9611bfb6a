"""What a relevance test expects, in a sentence, and what the list says."""

import datetime as dt
from dataclasses import dataclass

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from catalog.models import Product
from discovery.enums import TestKind, TestState
from discovery.models import IndexEntry, RelevanceCall, RelevanceTest
from discovery.selectors.listing import first_ids

LOOKED_AT = 50


@dataclass(frozen=True)
class Outcome:
    """Whether a test holds, and what was found."""

    holds: bool
    finding: str


@dataclass(frozen=True)
class Standing:
    """All tests together: how many are active, the red ones (five at most), when all ran last."""

    active: int
    red: list[RelevanceTest]
    red_count: int
    ran_at: dt.datetime | None


def sentence(test: RelevanceTest) -> str:
    """The test as one would say it: “avengers” → Spider-Man among the first 3."""
    where = _("“%(query)s”") % {"query": test.query} if test.query else str(test.segment)
    product = test.product.name or test.product.sku if test.product else ""
    other = test.other.name or test.other.sku if test.other else ""
    words = {
        TestKind.IN_TOP: _("%(where)s: %(product)s among the first %(first)d"),
        TestKind.IS_FIRST: _("%(where)s: %(product)s is first"),
        TestKind.BEFORE: _("%(where)s: %(product)s before %(other)s"),
        TestKind.NOT_IN_TOP: _("%(where)s: %(product)s not among the first %(first)d"),
        TestKind.NO_SOLD_OUT: _("%(where)s: nothing sold out among the first %(first)d"),
        TestKind.FINDS: _("%(where)s: at least %(first)d products"),
    }[TestKind(test.kind)]
    return words % {"where": where, "product": product, "other": other, "first": test.first}


def outcome(test: RelevanceTest, *, at: dt.datetime) -> Outcome:
    """Look at the list as the shop shows it at `at`. A list that cannot be asked is a test that does not hold."""
    try:
        with transaction.atomic():
            ids, total = first_ids(
                channel=test.channel, at=at, language=test.language, query=test.query, segment=test.segment,
                size=LOOKED_AT,
            )  # fmt: skip
            return _judge(test, ids, total)
    except DatabaseError as error:
        return Outcome(False, _("The list could not be asked: %(error)s") % {"error": str(error)[:200]})


def standing() -> Standing:
    """How the tests stand. Three queries."""
    active = RelevanceTest.objects.filter(active=True)
    red = active.filter(state=TestState.RED).select_related("segment", "product", "other").order_by("since")
    shown = list(red[:6])
    count = len(shown) if len(shown) < 6 else red.count()
    ran_at = RelevanceCall.objects.filter(pk=1).values_list("ran_at", flat=True).first()
    return Standing(active.count(), shown[:5], count, ran_at)


def _judge(test: RelevanceTest, ids: list[int], total: int) -> Outcome:
    kind = TestKind(test.kind)
    if kind == TestKind.FINDS:
        return Outcome(total >= test.first, _("%(total)d products found") % {"total": total})
    if kind == TestKind.NO_SOLD_OUT:
        return _none_sold_out(test, ids[: test.first])
    place = _place(test.product, ids)
    if kind == TestKind.BEFORE:
        other = _place(test.other, ids)
        holds = place is not None and (other is None or place < other)
        return Outcome(holds, _("%(one)s; the other: %(two)s") % {"one": _said(place), "two": _said(other)})
    if kind == TestKind.NOT_IN_TOP:
        return Outcome(place is None or place > test.first, _said(place))
    return Outcome(place is not None and place <= (1 if kind == TestKind.IS_FIRST else test.first), _said(place))


def _none_sold_out(test: RelevanceTest, ids: list[int]) -> Outcome:
    there = set(
        IndexEntry.objects.filter(channel=test.channel, listing__in=ids, in_stock=True).values_list(
            "listing", flat=True
        )
    )
    gone = [pk for pk in ids if pk not in there]
    if not gone:
        return Outcome(True, _("all of the first %(count)d can be had") % {"count": len(ids)})
    names = Product.objects.filter(pk__in=gone[:5]).values_list("name", flat=True)
    return Outcome(False, _("sold out: %(names)s") % {"names": ", ".join(names)})


def _place(product: Product | None, ids: list[int]) -> int | None:
    if product is None:
        return None
    listing_id = product.parent_id or product.pk
    return ids.index(listing_id) + 1 if listing_id in ids else None


def _said(place: int | None) -> str:
    if place is None:
        return _("not among the first %(count)d") % {"count": LOOKED_AT}
    return _("at place %(place)d") % {"place": place}
