"""What a run changed or would change, for people: figures, bars, and the differences one by one."""

import itertools
import json
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from catalog.models import Brand, Family, Product, VatRate
from integrations.enums import ChangeKind
from integrations.formats import ENTITIES
from integrations.formats.changes import HIDDEN, feeding, key_of, name_of
from integrations.models import Change, Run
from integrations.rules import STEPS
from stores.models import Zone

RUNS_LOOKED_AT, MOST_CELLS, MOST_SHOWN = 60, 2_000_000, 300
_SHOWN = {"price": "amount", "reference": "value", "association": "quantity", "option": "label", "attribute": "name"}
_NAMES: dict[str, tuple[Any, str]] = {
    "brand_id": (Brand, "name"),
    "family_id": (Family, "name"),
    "vat_rate_id": (VatRate, "name"),
    "parent_id": (Product, "sku"),
    "zone_id": (Zone, "name"),
}


@dataclass(frozen=True)
class Figure:
    """One kind of difference: how many rows, how many numbers went up and down; `percent` of the most frequent."""

    key: str
    kind: str
    name: str
    rows: int
    up: int
    down: int
    percent: int
    may_be_left: bool


@dataclass(frozen=True)
class Difference:
    """One difference as people read it."""

    pk: int
    key: str
    kind: str
    name: str
    label: str
    scope: str
    old: str
    new: str


def figures(run: Run) -> list[Figure]:
    """Kinds of difference, the most frequent first, without what people need not know."""
    seen = [each for each in run.totals.get("fields", []) if each["field"] not in HIDDEN]
    most = max((each["rows"] for each in seen), default=1)
    given = {str(column.get("field", "")) for column in run.definition.get("mapping", {}).get("columns", [])}
    given |= {{"attr": "attributes", "ref": "references"}.get(name.partition(":")[0], name) for name in given}
    given |= {"translations"} if any("@" in name for name in given) else set()
    needed = ENTITIES[run.flow.entity].needed
    return [
        Figure(
            key_of(each["about"], each["field"]),
            each["kind"],
            name_of(each["about"], each["field"]),
            each["rows"],
            each["up"],
            each["down"],
            max(1, round(each["rows"] * 100 / most)),
            each["kind"] != ChangeKind.ARCHIVED
            and bool(feeding(run.flow.entity, key_of(each["about"], each["field"]), given - needed)),
        )
        for each in seen
    ]


def moves(run: Run) -> list[dict[str, Any]]:
    """For each number: rows by how much it moves (as bars) and the rows that move most."""
    words = [_("%s %% or less") % _signed(STEPS[0])]
    words += [
        _("%(low)s to %(high)s %%") % {"low": _signed(low), "high": _signed(high)}
        for low, high in itertools.pairwise(STEPS)
    ]
    words.append(_("%s %% or more") % _signed(STEPS[-1]))
    found = []
    for key, each in run.totals.get("moves", {}).items():
        about, _dot, field = key.partition(".")
        most = max(each["bars"]) or 1
        bars = [
            {"name": word, "rows": rows, "percent": round(rows * 100 / most), "falls": at < 4}
            for at, (word, rows) in enumerate(zip(words, each["bars"], strict=True))
        ]
        found.append({"name": name_of(about, field), "bars": bars, "biggest": each["biggest"]})
    return found


def changes(run: Run, *, key: str = "", kind: str = "", label: str = "") -> QuerySet[Change]:
    """The run's differences in order; none when they are no longer kept."""
    if run.first_change is None:
        return Change.objects.none()
    found = Change.objects.filter(pk__gt=run.first_change, pk__lt=run.last_change, run_id=run.pk)
    if key:
        about, _dot, field = key.partition(".")
        found = found.filter(about=about, field=field)
    else:
        found = found.exclude(field__in=HIDDEN)
    if kind:
        found = found.filter(kind=kind)
    return (found.filter(label=label) if label else found).order_by("pk")


def changes_of_product(sku: str) -> list[tuple[Run, list[Difference]]]:
    """What imports changed of a product, its prices, stock and places, run by run, the latest first.

    The differences of the last `RUNS_LOOKED_AT` runs are looked through, `MOST_CELLS` at most: a run's lie together, no
    index names products. Three queries, and those for names.
    """
    runs = list(Run.objects.filter(first_change__isnull=False).select_related("flow").order_by("-pk")[:RUNS_LOOKED_AT])
    where, left = Q(), MOST_CELLS
    looked: dict[int, Run] = {}
    for run in runs:
        assert run.first_change is not None  # noqa: S101 - asked for
        assert run.last_change is not None  # noqa: S101 - comes with the first
        left -= run.last_change - run.first_change
        if left < 0 and looked:
            break
        where |= Q(pk__gt=run.first_change, pk__lt=run.last_change, run_id=run.pk)
        looked[run.pk] = run
    if not looked:
        return []
    cells = Change.objects.filter(where, label=sku).exclude(field__in=HIDDEN).order_by("pk")[:MOST_SHOWN]
    rows = list(cells)
    told: dict[int, list[Difference]] = {}
    for row, said in zip(rows, differences(rows), strict=True):
        told.setdefault(row.run_id, []).append(said)
    return [(run, told[pk]) for pk, run in looked.items() if pk in told]


def differences(rows: list[Change]) -> list[Difference]:
    """Differences as people read them; names instead of numbers of brands, families and the like."""
    names = _names(rows)
    return [
        Difference(
            row.pk,
            key_of(row.about, row.field),
            row.kind,
            name_of(row.about, row.field),
            row.label,
            row.scope,
            _shown(row, row.old, names),
            _shown(row, row.new, names),
        )
        for row in rows
    ]


def _signed(percent: int) -> str:
    return f"{percent:+d}".replace("-", "−") if percent else "0"


def _names(rows: list[Change]) -> dict[tuple[str, str], str]:
    wanted: dict[str, set[str]] = {}
    for row in rows:
        if row.field in _NAMES:
            wanted.setdefault(row.field, set()).update(cell for cell in (row.old, row.new) if cell)
    found = {}
    for field, ids in wanted.items():
        model, name = _NAMES[field]
        for pk, word in model.objects.filter(pk__in=ids).values_list("pk", name):
            found[field, str(pk)] = str(word)
    return found


def _shown(row: Change, cell: str | None, names: dict[tuple[str, str], str]) -> str:
    if cell is None:
        return ""
    if row.field in _NAMES:
        return names.get((row.field, cell), _("a new one"))
    if not row.field and cell.startswith("{"):
        value = json.loads(cell)
        return str(value.get(_SHOWN.get(row.about, "name"), "") or "")
    return cell.strip('"') if "." in row.field else cell
