"""Selections that a rule keeps: saving the rule, and following what happens to products."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from altazion.lib.problems import Invalid
from catalog.enums import Flag, Membership
from catalog.models import Brand, Family, Label, ProductType, Segment, Selection
from catalog.rules import selecting
from catalog.rules.selecting import Rule, RuleError
from catalog.selectors.selecting import Preview, listings_of, members_statement, parse_rule, preview
from catalog.services.log import SELECTION, SELECTION_FAILED, SELECTION_RECOVERED
from logbook.services import IDS_PER_EVENT, record

WRONG = {
    "no_group": gettext_noop("A rule needs at least one condition."),
    "empty_group": gettext_noop("A group without conditions would take everything: add one, or remove the group."),
    "too_many_groups": gettext_noop("At most 20 groups."),
    "too_many_conditions": gettext_noop("At most 20 conditions in a group."),
    "too_many_values": gettext_noop("At most 300 values in a condition."),
    "unreadable": gettext_noop("This condition cannot be read."),
    "unknown_subject": gettext_noop("There is nothing called “%(about)s” to ask about: was the attribute removed?"),
    "unknown_question": gettext_noop("This cannot be asked here."),
    "no_value": gettext_noop("Say which value."),
    "too_long": gettext_noop("At most 250 characters."),
    "number": gettext_noop("This is not a number."),
    "date": gettext_noop("This is not a date."),
    "days": gettext_noop("Give a number of days from 1 to 3650."),
    "no_stock_here": gettext_noop("Stock is not known on this platform."),
}
NAMED: dict[str, Any] = {"brand": Brand, "family": Family, "segment": Segment, "type": ProductType}
_MERGE = """
, gone AS (
  DELETE FROM catalog_selectionitem i USING catalog_product p
   WHERE i.selection_id = %(selection)s AND i.origin = 'R' AND p.id = i.product_id
     {scope} AND NOT EXISTS (SELECT 1 FROM wanted w WHERE w.product_id = i.product_id)
  RETURNING i.product_id
), came AS (
  INSERT INTO catalog_selectionitem (selection_id, product_id, relevance, origin)
  SELECT %(selection)s, w.product_id, 1, 'R' FROM wanted w
   WHERE NOT EXISTS (SELECT 1 FROM catalog_selectionitem i
                      WHERE i.selection_id = %(selection)s AND i.product_id = w.product_id)
      ON CONFLICT (selection_id, product_id) DO NOTHING
  RETURNING product_id
)
SELECT product_id FROM gone UNION SELECT product_id FROM came
"""


class RuleInvalid(Invalid):
    """A rule that cannot be, and where: group and condition count from 0, -1 for the rule or group as a whole."""

    def __init__(self, error: RuleError) -> None:
        words = _(WRONG.get(error.word, error.word)) % {"about": error.about}
        super().__init__(words, field="rule", details={"group": error.group, "condition": error.condition})
        self.group, self.condition = error.group, error.condition


def check_rule(data: object) -> Rule:
    """The rule behind what was posted or stored; RuleInvalid names what is wrong and where. Constant queries."""
    try:
        rule = parse_rule(data)
    except RuleError as error:
        raise RuleInvalid(error) from None
    for what, model in NAMED.items():
        asked = [
            (group, place, one.values)
            for group, conditions in enumerate(rule)
            for place, one in enumerate(conditions)
            if one.what == what
        ]
        known = set(
            model.objects.filter(code__in={v for _g, _p, values in asked for v in values}).values_list(
                "code", flat=True
            )
        )
        for group, place, values in asked:
            if lost := [value for value in values if value not in known]:
                raise _unknown(lost[0], group, place)
    _check_labels(rule)
    return rule


def _check_labels(rule: Rule) -> None:
    """Marks and labels that there are. One query when labels are asked for."""
    asked = [(g, p, one) for g, group in enumerate(rule) for p, one in enumerate(group)]
    labels = {value for _g, _p, one in asked if one.kind == "label" for value in one.values}
    slots = {value.partition("/")[0] for value in labels}
    rows = Label.objects.filter(slot__code__in=slots).values_list("slot__code", "code") if slots else []
    known = {"mark": {flag.code for flag in Flag}, "label": {f"{slot}/{code}" for slot, code in rows}}
    for group, place, one in asked:
        if one.kind in known and (lost := [value for value in one.values if value not in known[one.kind]]):
            raise _unknown(lost[0], group, place)


def try_rule(data: object, *, selection: Selection | None = None, at: dt.datetime) -> Preview:
    """What a rule would find now, before it is saved. RuleInvalid when it cannot be."""
    rule = check_rule(data)
    try:
        return preview(rule, at=at, selection=selection.pk if selection else 0)
    except RuleError as error:
        raise RuleInvalid(error) from None


@transaction.atomic
def save_rule(
    selection: Selection, data: object, *, sure: bool = False, at: dt.datetime, actor: str = ""
) -> Preview | None:
    """Give a selection its rule and fill it; an empty rule makes it a list by hand again (None).

    RuleInvalid when it cannot be. Invalid, code everything or nothing, when it takes all products or none and the
    colleague was not asked (`sure`).
    """
    selection = Selection.objects.select_for_update().get(pk=selection.pk)
    found = None
    if data:
        found = try_rule(data, selection=selection, at=at)
        if not sure and (found.nothing or found.everything):
            raise _extreme(found)
        selection.rule = selecting.stored(check_rule(data))
    else:
        selection.rule = []
    selection.save(update_fields=["rule"])
    record(SELECTION, at=at, subject_kind="selection", subject_id=selection.pk, actor=actor, code=selection.code,
           ids=[], change="rule")  # fmt: skip
    refresh_selection(selection, at=at, actor=actor)
    return found


def refresh_selection(
    selection: Selection, *, listings: Collection[int] | None = None, at: dt.datetime, actor: str = ""
) -> int:
    """Make a selection hold what its rule says, for these products and parents only or for all (None).

    Pinned products stay. A rule that cannot be followed leaves the selection as it is, says why in `failure` and in an
    event, and raises nothing. Returns how many products came or went.
    """
    try:
        with transaction.atomic():
            changed = _merge(selection, listings, at)
    except (RuleError, DatabaseError) as error:
        why = str(RuleInvalid(error)) if isinstance(error, RuleError) else str(error).splitlines()[0][:500]
        if selection.failure != why:
            Selection.objects.filter(pk=selection.pk).update(failure=why)
            _tell(SELECTION_FAILED, selection, at, actor, error=why, name=selection.name)
        return 0
    if selection.failure:
        _tell(SELECTION_RECOVERED, selection, at, actor)
    if listings is None or selection.failure:
        Selection.objects.filter(pk=selection.pk).update(failure="", refreshed_at=at)
    for start in range(0, len(changed), IDS_PER_EVENT):
        ids = changed[start : start + IDS_PER_EVENT]
        _tell(SELECTION, selection, at, actor, ids=ids, code=selection.code, change="followed")
    return len(changed)


def follow_products(ids: Iterable[int], *, because: str = "", at: dt.datetime) -> int:
    """Products changed: follow every rule that could care, for these products and their families only.

    because: "prices" or "stock" when nothing else changed. Returns how many memberships changed.
    """
    rules = [
        one
        for one in Selection.objects.exclude(rule=[]).order_by("pk")
        if not because or because in selecting.depends_on(one.rule)
    ]
    if not rules:
        return 0
    listings = listings_of(ids)
    return sum(refresh_selection(one, listings=listings, at=at) for one in rules) if listings else 0


def follow_all(*, only: str = "", at: dt.datetime) -> dict[str, int]:
    """Follow every rule for all products; returns selection code → memberships changed.

    only: "time", "segments" or "labels" for the rules that depend on it.
    """
    rules = [
        one
        for one in Selection.objects.exclude(rule=[]).order_by("pk")
        if not only or only in selecting.depends_on(one.rule)
    ]
    return {one.code: refresh_selection(one, at=at) for one in rules}


def _merge(selection: Selection, listings: Collection[int] | None, at: dt.datetime) -> list[int]:
    held = Selection.objects.select_for_update().get(pk=selection.pk)
    if not held.rule:
        gone = held.items.filter(origin=Membership.RULE)
        ids = list(gone.values_list("product_id", flat=True))
        gone.delete()
        return ids
    statement, parameters = members_statement(parse_rule(held.rule), at=at, selection=held.pk, listings=listings)
    scope = "AND COALESCE(p.parent_id, p.id) = ANY(%(listings)s::bigint[])" if listings is not None else ""
    with connection.cursor() as sql:
        sql.execute(statement + _MERGE.format(scope=scope), parameters)
        return sorted(row[0] for row in sql.fetchall())


def _unknown(code: str, group: int, place: int) -> RuleInvalid:
    error = RuleInvalid(RuleError("unreadable", group, place))
    error.message = _("“%(code)s” does not exist any more: take it out.") % {"code": code}
    return error


def _extreme(found: Preview) -> Invalid:
    if found.nothing:
        words = _("This rule finds no product among %(total)d.") % {"total": found.all_listings}
        return Invalid(words, code="nothing", field="rule", details={"listings": 0})
    words = _("This rule takes all %(total)d products.") % {"total": found.all_listings}
    return Invalid(words, code="everything", field="rule", details={"listings": found.listings})


def _tell(kind: str, selection: Selection, at: dt.datetime, actor: str, **data: Any) -> None:
    record(kind, at=at, subject_kind="selection", subject_id=selection.pk, actor=actor, **data)
