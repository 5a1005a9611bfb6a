"""Naming sources and ordering them, in general and for single fields; what that changes is settled afterwards."""

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from catalog.enums import SourceKind
from catalog.loaders.copied import copy_to_variants
from catalog.loaders.settling import settle
from catalog.models import Claim, FieldOrder, Source
from catalog.rules import sources as rules
from catalog.services.log import log_many
from logbook.services import record

SOURCES = "catalog.sources_changed"
AT_ONCE = 5000


@transaction.atomic
def save_source(source: Source, *, at: dt.datetime, actor: str = "") -> Source:
    """Write a new or changed source. Invalid when a flow speaks for two; the usual one and hands stay what they are."""
    stored = Source.objects.filter(pk=source.pk).first()
    if stored and (stored.kind == SourceKind.HAND) != (source.kind == SourceKind.HAND):
        raise Invalid(_("What colleagues type stays what it is."), field="kind")
    if not stored and source.kind == SourceKind.HAND:
        raise Invalid(_("Colleagues are a source already."), field="kind")
    if source.kind == SourceKind.HAND and source.flows:
        raise Invalid(_("No flow speaks for colleagues."), field="flows")
    source.flows = sorted(set(source.flows))
    other = Source.objects.filter(flows__overlap=source.flows).exclude(pk=source.pk).first() if source.flows else None
    if other:
        words = {"flow": min(set(other.flows) & set(source.flows)), "other": other}
        raise Invalid(_("The flow %(flow)s speaks for %(other)s already.") % words, field="flows")
    try:
        with transaction.atomic():
            source.save()
    except IntegrityError:
        raise Invalid(_("Another source has the code %(code)s.") % {"code": source.code}, field="code") from None
    _told(source.code, at, actor)
    return source


@transaction.atomic
def delete_source(source: Source, *, at: dt.datetime, actor: str = "") -> None:
    """A source falls silent: what it alone said stays, elsewhere the next one is shown."""
    if source.is_usual or source.kind == SourceKind.HAND:
        raise Refused(_("The usual source and what colleagues type stay."), code="needed")
    source.delete()
    _told(source.code, at, actor)


@transaction.atomic
def order_sources(ids: Sequence[int], *, at: dt.datetime, actor: str = "") -> None:
    """Sources, the most believed first; those that are not named follow as they stood."""
    known = list(Source.objects.select_for_update().order_by("position", "pk"))
    named = [one for pk in ids for one in known if one.pk == pk]
    for place, source in enumerate([*named, *(one for one in known if one not in named)], 1):
        source.position = place * 10
        source.save(update_fields=["position"])
    _told("", at, actor)


@transaction.atomic
def save_order(order: FieldOrder, *, at: dt.datetime, actor: str = "") -> FieldOrder:
    """Another order for a field or a group. Invalid for an unknown field, or without sources."""
    if not (rules.is_field(order.field) or order.field in rules.GROUPS or order.field == rules.ALL):
        raise Invalid(_("No source speaks of %(field)s.") % {"field": order.field[:80]}, field="field")
    order.sources = list(dict.fromkeys(order.sources))
    known = set(Source.objects.filter(pk__in=order.sources).values_list("pk", flat=True))
    if not order.sources or len(known) != len(order.sources):
        raise Invalid(_("Choose at least one source."), field="sources")
    try:
        with transaction.atomic():
            order.save()
    except IntegrityError:
        raise Invalid(_("This field has an order already."), field="field") from None
    _told(order.field, at, actor)
    return order


@transaction.atomic
def delete_order(order: FieldOrder, *, at: dt.datetime, actor: str = "") -> None:
    """The usual order holds again."""
    order.delete()
    _told(order.field, at, actor)


def settle_all(*, at: dt.datetime) -> int:
    """Every product of which sources speak shows whoever is believed now. Returns how many changed."""
    last, changed = 0, 0
    while ids := list(
        Claim.objects.filter(product__gt=last).order_by("product_id").values_list("product_id", flat=True)[:AT_ONCE]
    ):
        last = ids[-1]
        with transaction.atomic():
            found = settle(sorted(set(ids)), at=at)
            if found:
                copy_to_variants(found)
                log_many("settled", found, at=at, actor="")
        changed += len(found)
    return changed


def _told(code: str, at: dt.datetime, actor: str) -> None:
    record(SOURCES, at=at, subject_kind="source", subject_id=code, actor=actor)
