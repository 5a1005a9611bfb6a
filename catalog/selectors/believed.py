"""Who is believed in the fields of one product, and whether a colleague's word would count."""

import datetime as dt
from collections.abc import Collection, Iterable

from django.db.models import F, Q

from catalog.models import Claim, FieldLock, FieldOrder, Product, Source
from catalog.rules import sources as rules


def locks_of(product: Product, *, at: dt.datetime) -> list[FieldLock]:
    """Locks that hold for a product now: its own, its families', its segments' (of its parent for a variant)."""
    held = Q(product=product)
    if product.family_id:
        held |= Q(family=product.family_id) | Q(family__children=product.family_id)
    places = Product.objects.filter(pk=product.parent_id or product.pk).values_list("places__segment__path", flat=True)
    above = {pk for path in places for pk in path or ()}
    if above:
        held |= Q(segment__in=above)
    living = FieldLock.objects.exclude(until__lte=at).filter(held)
    return list(living.select_related("product", "family", "segment").distinct())


def open_to_hand(product: Product, fields: Collection[str], *, at: dt.datetime) -> set[str]:
    """Which of these fields, fed by imports, a colleague may change: those locked, those where hands are believed most.

    Five queries, none when no field is asked.
    """
    asked = {name for name in fields if rules.is_field(name)}
    if not asked:
        return set()
    locks = [lock.field for lock in locks_of(product, at=at)]
    sources = list(Source.objects.all())
    order = [source.pk for source in sources]
    hand = next((source.pk for source in sources if source.kind == "hand"), 0)
    orders = dict(FieldOrder.objects.values_list("field", "sources"))
    claims = list(Claim.objects.filter(product=product).exclude(source=hand))
    first = voice(sources, product.source)

    def wins(name: str) -> bool:
        ranked = rules.ranked(name, order, orders)
        if hand not in ranked:
            return False
        above = set(ranked[: ranked.index(hand)])
        others = {claim.source_id for claim in claims if name in claim.said}
        return not above & (others or {first})

    return {name for name in asked if any(rules.covers(lock, name) for lock in locks) or wins(name)}


def voice(sources: Iterable[Source], flow: str) -> int:
    """The source that a flow speaks for."""
    found = {source.pk: source for source in sources}
    spoken = next((pk for pk, source in found.items() if flow in source.flows), None)
    return spoken or next((pk for pk, source in found.items() if source.is_usual), 0)


def locks_over(*, at: dt.datetime) -> list[FieldLock]:
    """Locks whose end has come."""
    return list(FieldLock.objects.filter(until__lte=at).order_by(F("until"))[:500])
