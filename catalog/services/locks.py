"""Locks: fields that no import changes for a while, with who and why; their end lets in what sources said meanwhile."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid
from catalog.loaders.copied import copy_to_variants
from catalog.loaders.settling import settle
from catalog.models import Family, FieldLock, Product, Segment
from catalog.rules import sources as rules
from catalog.selectors.believed import locks_over
from catalog.services.log import log_many
from logbook.services import record

LOCKED, UNLOCKED = "catalog.field_locked", "catalog.field_unlocked"
AT_ONCE = 5000
Of = Product | Family | Segment


@transaction.atomic
def lock_field(
    of: Of, field: str, *, reason: str, until: dt.datetime | None = None, at: dt.datetime, actor: str = ""
) -> FieldLock:
    """No import changes this field (or group, or `all`) of a product, a family or a segment. The same lock again is
    changed. Invalid without a reason, for an unknown field, or for an end that has passed.
    """
    reason = " ".join(reason.replace("\0", " ").split())
    if not reason:
        raise Invalid(_("Say why: colleagues will ask."), field="reason")
    if len(reason) > 200:
        raise Invalid(_("A reason has at most 200 characters."), field="reason")
    if not (rules.is_field(field) or field in rules.GROUPS or field == rules.ALL) or len(field) > 80:
        raise Invalid(_("No source speaks of %(field)s.") % {"field": field[:80]}, field="field")
    if until is not None and until <= at:
        raise Invalid(_("The end lies in the past."), field="until")
    about: dict[str, Any] = {_name(of): of}
    lock, _made = FieldLock.objects.update_or_create(
        **about,
        field=field,
        defaults={"reason": reason, "until": until, "made_at": at, "made_by": actor[:150]},
    )
    _told(LOCKED, lock, at, actor, until=until.isoformat() if until else None)
    return lock


def lock_fields_of(
    things: Sequence[Of], field: str, *, reason: str, until: dt.datetime | None, at: dt.datetime, actor: str = ""
) -> int:
    """The same lock for many things, all or none; returns how many."""
    with transaction.atomic():
        for one in things:
            lock_field(one, field, reason=reason, until=until, at=at, actor=actor)
    return len(things)


@transaction.atomic
def unlock(locks: Sequence[FieldLock], *, at: dt.datetime, actor: str = "") -> int:
    """Lift locks: what sources said meanwhile comes in. Returns how many products changed; twice does nothing more."""
    alive = list(FieldLock.objects.select_for_update().filter(pk__in=[lock.pk for lock in locks]).order_by("pk"))
    if not alive:
        return 0
    fields = {lock.pk: lock.field for lock in alive}
    products = {lock.pk: _held(lock) for lock in alive}
    for lock in alive:
        _told(UNLOCKED, lock, at, actor)
    FieldLock.objects.filter(pk__in=fields).delete()
    changed: set[int] = set()
    everything = sorted({pk for ids in products.values() for pk in ids})
    for start in range(0, len(everything), AT_ONCE):
        changed.update(settle(everything[start : start + AT_ONCE], at=at))
    if changed:
        copy_to_variants(changed)
        log_many("unlocked", changed, at=at, actor=actor)
    return len(changed)


def end_locks(*, at: dt.datetime) -> int:
    """Tidy up locks whose end has come. Returns how many; doing it twice does nothing more."""
    over = locks_over(at=at)
    unlock(over, at=at, actor="")
    return len(over)


def _held(lock: FieldLock) -> list[int]:
    """Products under a lock of which more than one source, or an import meanwhile, spoke."""
    found = Product.objects.filter(claims__isnull=False)
    if lock.product_id:
        found = found.filter(pk=lock.product_id)
    elif lock.family_id:
        found = found.filter(family__in=Family.objects.filter(pk=lock.family_id) | lock.family.children.all())  # type: ignore[union-attr]
    else:
        inside = Segment.objects.filter(path__contains=[lock.segment_id]).values("pk")
        found = found.filter(places__segment__in=inside) | found.filter(parent__places__segment__in=inside)
    return list(found.values_list("pk", flat=True).distinct())


def _name(of: Of) -> str:
    return {Product: "product", Family: "family", Segment: "segment"}[type(of)]


def _told(kind: str, lock: FieldLock, at: dt.datetime, actor: str, **data: Any) -> None:
    about = next(name for name in ("product", "family", "segment") if getattr(lock, f"{name}_id"))
    record(
        kind,
        at=at,
        subject_kind=about,
        subject_id=getattr(lock, f"{about}_id"),
        actor=actor,
        fields=[lock.field],
        reason=lock.reason,
        **data,
    )
