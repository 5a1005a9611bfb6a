"""The shoppers' tree: six levels at most, each segment knows the way down to itself."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from altazion.lib.text import safe_html, slug
from catalog import rules
from catalog.models import ProductSegment, Segment
from catalog.services.log import PRODUCTS, SEGMENTS, log_many
from logbook.services import record

FIELDS = {"code", "name", "slug", "kind", "importance", "position", "intro", "image", "translations", "archived"}
TREE_LOCK = 5_270_001  # one at a time moves branches: two moves at once could close a ring


@transaction.atomic
def save_segment(
    segment: Segment | None,
    fields: Mapping[str, Any],
    *,
    parent: Segment | None,
    at: dt.datetime,
    actor: str = "",
) -> Segment:
    """Make (segment None) or change a segment and hang it below `parent` (None: at the top).

    Refused for a fed field; Invalid when the tree would be deeper than six levels or closed into a ring.
    """
    _hold_tree()
    segment = Segment.objects.get(pk=segment.pk) if segment else Segment()
    for name, value in fields.items():
        if name not in FIELDS:
            raise Invalid(_("%(field)s cannot be changed here.") % {"field": name}, field=name)
        if name in segment.fed_fields and getattr(segment, name) != value:
            raise Refused(_fed(name, segment), code="fed", field=name)
        setattr(segment, name, safe_html(value) if name == "intro" and value else value)
    segment.slug = segment.slug or _free_slug(segment)
    if segment.pk is None:
        segment.parent = parent
        segment.level = parent.level + 1 if parent else 1
        if segment.level > rules.MAX_LEVEL:
            raise Invalid(_too_deep(), field="parent")
        segment.save()
        segment.path = [*(parent.path if parent else []), segment.pk]
        segment.save(update_fields=["path"])
    else:
        segment.save()
        if segment.parent_id != (parent.pk if parent else None):
            if "parent" in segment.fed_fields:
                raise Refused(_fed("parent", segment), code="fed", field="parent")
            _hang(segment, parent)
    record(
        SEGMENTS, at=at, subject_kind="segment", subject_id=segment.pk, actor=actor, ids=[segment.pk], change="saved"
    )
    return segment


@transaction.atomic
def move_segment(segment: Segment, parent: Segment | None, *, at: dt.datetime, actor: str = "") -> None:
    """Hang a segment and all below it under another one (None: at the top).

    Invalid when that would be below itself or deeper than six levels.
    """
    _hold_tree()
    segment = Segment.objects.get(pk=segment.pk)
    moved = _hang(segment, Segment.objects.get(pk=parent.pk) if parent else None)
    record(SEGMENTS, at=at, subject_kind="segment", subject_id=segment.pk, actor=actor, ids=moved, change="moved")


@transaction.atomic
def delete_segment(segment: Segment, *, replacement: Segment | None, at: dt.datetime, actor: str = "") -> int:
    """Take a segment out of the tree; its products go to `replacement`. Returns how many products moved.

    Nothing is deleted: the segment is archived, so that old addresses and orders still find it. Refused when it holds
    segments, or products and no replacement is named.
    """
    _hold_tree()
    if segment.children.filter(archived=False).exists():
        raise Refused(_("Move or remove the segments below it first."), code="has_children")
    products = list(segment.members.values_list("product_id", flat=True))
    if products and replacement is None:
        raise Invalid(_("Say which segment its products go to."), code="needs_replacement", field="replacement")
    if replacement and (replacement.pk == segment.pk or replacement.archived):
        raise Invalid(_("Choose another, living segment."), field="replacement")
    if replacement and products:
        _move_members(segment, replacement)
    Segment.objects.filter(pk=segment.pk).update(archived=True)
    ids = [segment.pk, *([replacement.pk] if replacement else [])]
    record(SEGMENTS, at=at, subject_kind="segment", subject_id=segment.pk, actor=actor, ids=ids, change="deleted")
    log_many("places", products, at=at, actor=actor, kind=PRODUCTS)
    return len(products)


def _move_members(segment: Segment, replacement: Segment) -> None:
    there = ProductSegment.objects.filter(segment=replacement)
    was_primary = list(segment.members.filter(is_primary=True).values_list("product_id", flat=True))
    segment.members.exclude(product__in=there.values("product")).update(segment=replacement)
    segment.members.all().delete()
    there.filter(product__in=was_primary).update(is_primary=True)


def _hang(segment: Segment, parent: Segment | None) -> list[int]:
    if parent and segment.pk in parent.path:
        raise Invalid(_("A segment cannot hang below itself."), code="ring", field="parent")
    branch = Segment.objects.filter(path__contains=[segment.pk])
    deepest = branch.aggregate(deepest=Max("level"))["deepest"] or segment.level
    level = parent.level + 1 if parent else 1
    if not rules.levels_fit(new_level=level, height=deepest - segment.level + 1):
        raise Invalid(_too_deep(), code="too_deep", field="parent")
    moved = list(branch.values_list("pk", flat=True))
    with connection.cursor() as sql:
        sql.execute(
            "UPDATE catalog_segment SET path = %s::bigint[] || path[%s:] WHERE id = ANY(%s)",
            [parent.path if parent else [], segment.level, moved],
        )
    Segment.objects.filter(pk__in=moved).update(level=F("level") + (level - segment.level))
    Segment.objects.filter(pk=segment.pk).update(parent=parent)
    segment.refresh_from_db()
    return moved


def _hold_tree() -> None:
    with connection.cursor() as sql:
        sql.execute("SELECT pg_advisory_xact_lock(%s)", [TREE_LOCK])


def _free_slug(segment: Segment) -> str:
    word = slug(segment.name, 100)
    taken = set(Segment.objects.filter(slug__startswith=word).exclude(pk=segment.pk).values_list("slug", flat=True))
    free, number = word, 2
    while free in taken:
        free, number = f"{word}-{number}", number + 1
    return free


def _too_deep() -> str:
    return _("The tree has at most %(levels)d levels.") % {"levels": rules.MAX_LEVEL}


def _fed(name: str, segment: Segment) -> str:
    return _("%(fields)s is fed by the flow %(source)s and cannot be changed by hand.") % {
        "fields": name,
        "source": segment.source,
    }
