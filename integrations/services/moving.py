"""Moving a shop: everything that imports can feed in one ZIP, and such a ZIP taken by another, empty shop."""

import datetime as dt
import json
import tempfile
import zipfile
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import IO, Any

import yaml
from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from catalog.models import AssociationKind, DocumentKind, ProductType, VatRate
from integrations.enums import Coverage, ExportFormat, RunState, Trigger
from integrations.exports import write
from integrations.exports.contents import Content
from integrations.exports.moving import KINDS, Kind
from integrations.formats import Definition
from integrations.models import Flow, Mapping, Run
from integrations.services.receiving import receive_file
from integrations.services.running import run_flow
from logbook.services import record
from logistics.enums import PlaceKind
from logistics.loaders import ensure_store_places
from logistics.models import Place

FRAME = "frame.json"
STAYS = "read_me.txt"
STARTED = (1980, 1, 1, 0, 0, 0)  # of every file in the ZIP: the same shop gives the same bytes
LARGEST = 4 * 1024**3
_FRAME: dict[str, tuple[Any, tuple[str, ...]]] = {
    "vat_rates": (VatRate, ("name", "rate", "is_default")),
    "product_types": (ProductType, ("name", "nature", "sales_account", "description")),
    "association_kinds": (AssociationKind, ("name", "translations", "position")),
    "document_kinds": (DocumentKind, ("name", "position", "translations")),
}


def export_all(into: IO[bytes], *, at: dt.datetime, actor: str = "", tell: Callable[[str], None] = print) -> int:
    """Write the ZIP: a CSV and a mapping for each kind, the frame they need, what stays. Returns how many rows."""
    total = 0
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as bundle:
        _put(bundle, STAYS, _stays().encode())
        _put(bundle, FRAME, (json.dumps(_frame(), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode())
        for number, kind in enumerate(KINDS, 1):
            with tempfile.TemporaryFile() as file:
                count = write(Content(kind.columns, iter(()), guarded=False), kind.rows(), ExportFormat.CSV, file)
                file.seek(0)
                with bundle.open(_info(f"{number:02d}_{kind.entity}.csv"), "w", force_zip64=True) as member:
                    while block := file.read(1024 * 1024):
                        member.write(block)
            _put(bundle, f"mappings/{code_of(kind)}.yaml", _yaml(kind).encode())
            tell(f"{kind.entity}: {count}")
            total += count
    record("integrations.shop_exported", at=at, actor=actor, rows=total)
    return total


def take_all(source: IO[bytes], *, at: dt.datetime, actor: str = "", tell: Callable[[str], None] = print) -> list[Run]:
    """Take such a ZIP in, kind by kind, each by a flow of its own whose runs stay to be looked at.

    Raises Invalid for what is no such ZIP, Refused when a kind could not be taken.
    """
    try:
        bundle = zipfile.ZipFile(source)
        names = {info.filename: info for info in bundle.infolist()}
        frame = json.loads(bundle.read(FRAME)) if FRAME in names and names[FRAME].file_size < 10_000_000 else None
    except (zipfile.BadZipFile, json.JSONDecodeError, UnicodeDecodeError, OSError, RuntimeError):
        frame, names = None, {}
    if not isinstance(frame, dict):
        raise Invalid(_("This is no ZIP of “export all”: it has no frame.json."), code="not_a_shop", field="file")
    if sum(info.file_size for info in names.values()) > LARGEST:
        raise Invalid(_("Unpacked, this ZIP would be larger than 4 GB."), code="too_large", field="file")
    ensure_frame(frame, at=at, actor=actor)
    runs = []
    for number, kind in enumerate(KINDS, 1):
        name = f"{number:02d}_{kind.entity}.csv"
        if name not in names or _is_bare(bundle, name):
            continue
        flow = flow_of(kind)
        with bundle.open(name) as member:
            run = receive_file(flow, name, member, trigger=Trigger.HAND, actor=actor, at=at)  # type: ignore[arg-type]
        run = run_flow(run.pk, at=at)
        tell(f"{kind.entity}: {run.message}")
        if run.state not in (RunState.DONE, RunState.DONE_WITH_REJECTIONS):
            text = _("%(kind)s could not be taken: %(why)s")
            raise Refused(text % {"kind": flow.name, "why": run.message}, code="not_taken")
        runs.append(run)
        if kind.entity == "stores":
            ensure_store_places(at)
    record("integrations.shop_taken", at=at, actor=actor, runs=[run.pk for run in runs])
    return runs


def _is_bare(bundle: zipfile.ZipFile, name: str) -> bool:
    """A kind of which the shop has nothing: a header alone."""
    with bundle.open(name) as member:
        member.readline(100_000)
        return not member.readline(100_000).strip()


@transaction.atomic
def ensure_frame(frame: dict[str, Any], *, at: dt.datetime, actor: str = "") -> None:
    """Make the rates, types, kinds and warehouses that the files name and that are missing. Raises Invalid."""
    try:
        for name, (model, fields) in _FRAME.items():
            for row in frame.get(name, []):
                values = {field: row[field] for field in fields}
                if "rate" in values:
                    values["rate"] = Decimal(values["rate"])
                    values["is_default"] = values["is_default"] and not VatRate.objects.filter(is_default=True).exists()
                model.objects.get_or_create(code=row["code"], defaults=values)
        for row in frame.get("warehouses", []):
            Place.objects.get_or_create(kind=PlaceKind.WAREHOUSE, code=row["code"], defaults={"name": row["name"]})
    except (KeyError, TypeError, InvalidOperation, AttributeError):
        raise Invalid(_("frame.json is not what “export all” writes."), code="not_a_shop", field="file") from None
    record("integrations.frame_made", at=at, actor=actor)


def code_of(kind: Kind) -> str:
    """Name of the flow, and of the mapping, of a kind."""
    return f"move-{kind.entity.replace('_', '-')}"


def definition_of(kind: Kind) -> Definition:
    """Every column feeds the field of its name."""
    columns = [{"field": name, "column": name, "optional": True} for name in kind.columns]
    data = {"code": code_of(kind), "name": code_of(kind), "entity": kind.entity, "encoding": "utf-8"}
    return Definition.read({**data, "columns": columns})


def flow_of(kind: Kind) -> Flow:
    """The flow that takes a kind in; it holds nothing back: an empty shop has no usual."""
    columns = [{"field": name, "column": name, "optional": True} for name in kind.columns]
    mapping, _made = Mapping.objects.get_or_create(
        code=code_of(kind),
        defaults={"name": code_of(kind), "entity": kind.entity, "encoding": "utf-8", "columns": columns},
    )
    no_brakes = {f"brake_{name}": None for name in ("price_share", "archived", "rows", "zero", "rejected")}
    flow, _made = Flow.objects.get_or_create(
        code=code_of(kind),
        defaults={
            "name": _("Move: %(kind)s") % {"kind": kind.entity},
            "entity": kind.entity,
            "mapping": mapping,
            "coverage": Coverage.DELTA,
            **no_brakes,
        },
    )
    return flow


def _frame() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, (model, fields) in _FRAME.items():
        rows = model.objects.order_by("code").values("code", *fields)
        found[name] = [
            {key: f"{v.normalize():f}" if isinstance(v, Decimal) else v for key, v in row.items()} for row in rows
        ]
    places = Place.objects.filter(kind=PlaceKind.WAREHOUSE, active=True).order_by("code")
    found["warehouses"] = list(places.values("code", "name"))
    return found


def _plain(value: Any) -> Any:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def _yaml(kind: Kind) -> str:
    data = {"code": code_of(kind), "name": code_of(kind), "entity": str(kind.entity), "encoding": "utf-8"}
    columns = [{"field": name, "column": name, "optional": True} for name in kind.columns]
    text: str = yaml.safe_dump({**data, "columns": columns}, sort_keys=False, allow_unicode=True)
    return text


def _stays() -> str:
    lines = (
        _("Everything that imports can feed, in the order in which it is taken: manage.py take_all FILE."),
        _("It does not hold, and these stay behind:"),
        _("- people, passwords, rights, API keys, secrets of connections"),
        _("- orders, carts, payments, customers, the books, the bank, the journal"),
        _("- sites, channels, publications by hand, prices of a channel, ways to pay and to deliver"),
        _("- campaigns, banners, landing pages, selections, criteria, rules of lists, synonyms"),
        _("- bundles, archived products, texts of a channel, colours of labels, reservations"),
        _("- files that were sent (copy the media folder), flows and their runs"),
    )
    return "\n".join(lines) + "\n"


def _put(bundle: zipfile.ZipFile, name: str, content: bytes) -> None:
    bundle.writestr(_info(name), content)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, STARTED)
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    return info
