"""The shoppers' tree: six levels at most, each segment knows the way down to itself."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from catalog import rules
from catalog.models import ProductSegment, Segment
from catalog.selectors.addresses import word_of
from catalog.services.log import PRODUCTS, SEGMENTS, log_many
from catalog.services.pages import PAGE, check_words, fed, free_word, keep_words, set_page, words_of
from catalog.services.was import differences
from logbook.services import record
from stores.enums import AddressCause
from stores.ports import Target
from stores.services import forward, keep_address

FIELDS = PAGE | {"code", "name", "slug", "kind", "importance", "position", "header_below", "page_template", "archived"}
TREE_LOCK = 5_270_001  # one at a time moves branches: two moves at once could close a ring


@transaction.atomic
def save_segment(
    segment: Segment | None,
    fields: Mapping[str, Any],
    *,
    parent: Segment | None,
    at: dt.datetime,
    actor: str = "",
    redirect: bool = True,
) -> Segment:
    """Make (segment None) or change a segment and hang it below `parent` (None: at the top).

    redirect: its old addresses lead to the new ones. Refused for a fed field; Invalid for an address that is taken and
    when the tree would be deeper than six levels or closed into a ring.
    """
    _hold_tree()
    segment = Segment.objects.get(pk=segment.pk) if segment else Segment()
    made, before = segment.pk is None, words_of(segment)
    stood = {name: getattr(segment, name) for name in (*fields, "parent") if name in FIELDS or name == "parent"}
    set_page(segment, fields, FIELDS)
    if not 0 <= segment.importance <= 999:
        raise Invalid(_("Importance goes from 0 to 999."), field="importance")
    segment.slug = segment.slug or free_word(segment, segment.name)
    check_words(segment)
    segment.changed_at = at
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
                raise Refused(fed("parent", segment.source), code="fed", field="parent")
            _hang(segment, parent)
    if redirect:
        keep_words("segment", segment, before, at=at)
    was = {} if made else differences(stood, {name: getattr(segment, name) for name in stood})
    record(
        SEGMENTS, at=at, subject_kind="segment", subject_id=segment.pk, actor=actor, ids=[segment.pk], change="saved",
        was=was,
    )  # fmt: skip
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

    Nothing is deleted: the segment is archived, and its addresses lead to the replacement. The event names it. Refused
    when it holds segments, or products and no replacement is named.
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
    Segment.objects.filter(pk=segment.pk).update(archived=True, changed_at=at)
    if replacement:
        _lead_to(replacement, segment, at)
    heir = replacement.pk if replacement else None
    record(
        SEGMENTS, at=at, subject_kind="segment", subject_id=segment.pk, actor=actor,
        ids=[segment.pk, *([heir] if heir else [])], change="deleted", replacement=heir,
    )  # fmt: skip
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


def _too_deep() -> str:
    return _("The tree has at most %(levels)d levels.") % {"levels": rules.MAX_LEVEL}


def _lead_to(heir: Segment, gone: Segment, at: dt.datetime) -> None:
    """All that led to the one that is gone leads to its heir, and so do its own addresses."""
    pattern = rules.ADDRESSES["segment"]
    forward("segment", gone.pk, heir.pk)
    for language, word in words_of(gone).items():
        new = pattern % word_of(heir, language)
        target = Target("segment", heir.pk)
        keep_address(pattern % word, new, target, language=language, at=at, cause=AddressCause.REPLACED)
