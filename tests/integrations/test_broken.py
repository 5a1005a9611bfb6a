"""The folder of broken files: each gets its sentence at file or row, loses nothing, and is seen by somebody."""

import gzip
import io
import json
import re
import zipfile
from pathlib import Path

import pytest
import yaml

from integrations.enums import RunState
from integrations.models import Flow, Mapping, Run
from integrations.selectors import column_names, why
from integrations.services import receive_file, run_flow
from logbook.models import Event
from tasks_mgmt.consumers import on_run
from tasks_mgmt.models import Task
from tests.builders import AT, a_channel, a_colleague, a_product, a_vat_rate, a_warehouse

pytestmark = pytest.mark.django_db
FOLDER = Path(__file__).resolve().parent.parent / "data" / "broken"
CASES = yaml.safe_load((FOLDER / "expected.yaml").read_text(encoding="utf-8"))
COLUMNS = {
    "sku": "SKU",
    "name": "Name",
    "price": "Price",
    "promo_price": "Net",
    "description": {"column": "Text", "html": True},
    "promo_from": "From",
    "promo_to": "To",
    "ref:EAN13": "EAN",
}
FEW = {"sku": "SKU", "name": "Name", "price": "Price"}
FLOWS = {
    "csv": {"columns": COLUMNS, "date_format": "%d/%m/%Y"},
    "windows": {"columns": COLUMNS, "encoding": "windows-1252"},
    "auto": {"columns": COLUMNS, "encoding": "auto", "separator": "auto"},
    "comma": {"columns": COLUMNS, "separator": ","},
    "xlsx": {"columns": COLUMNS, "file_format": "xlsx", "date_format": "%d/%m/%Y"},
    "xlsx_sheet": {"columns": COLUMNS, "file_format": "xlsx", "options": {"sheet": "Articles"}},
    "json": {"columns": FEW, "file_format": "json"},
    "jsonl": {"columns": FEW, "file_format": "jsonl"},
    "xml": {"columns": FEW, "file_format": "xml", "options": {"records": "catalog/product"}},
    "fixed": {
        "columns": FEW,
        "file_format": "fixed",
        "options": {"positions": {"SKU": [1, 10], "Name": [11, 30], "Price": [31, 40]}},
    },
    "raw_articles": {"entity": "articles"},
    "raw_stock": {"entity": "stock"},
}
HEAD = "SKU;Name;Price;Net;Text;From;To;EAN\n"


def _bomb():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.csv", "w") as member:
        member.write(HEAD.encode())
        for _ in range(90):
            member.write(b"0" * 1024 * 1024)
    return packed.getvalue()


def _gzip_bomb():
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb") as member:
        member.write(HEAD.encode())
        for _ in range(90):
            member.write(b"TOY-1;Ball;9;;;;;\n" * 58_000)
    return packed.getvalue()


def _fat_sheet():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as member:
            for _ in range(420):
                member.write(b"0" * 1024 * 1024)
    return packed.getvalue()


MADE = {
    "zip_bomb": _bomb,
    "gzip_bomb": _gzip_bomb,
    "fat_workbook": _fat_sheet,
    "megabyte_cell": f"{HEAD}TOY-1;{'x' * 1_000_000};9;;;;;\nTOY-2;Ball;9;;;;;\n".encode,
    "endless_line": (HEAD + "x" * 5_000_000).encode,
    "hundred_thousand_columns": f"{HEAD}TOY-1;Ball;9{';x' * 100_000}\nTOY-2;Ball;9;;;;;\n".encode,
    "hundred_thousand_names": (";".join(f"C{n}" for n in range(100_000)) + "\n").encode,
    "deep_json": lambda: b'[{"SKU": "A", "Name": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]",
    "deep_jsonl": lambda: (
        b'{"SKU": "A", "Name": ' + b"[" * 100_000 + b"]" * 100_000 + b'}\n{"SKU": "B", "Name": "x", "Price": 1}\n'
    ),
    "deep_xml": lambda: b"<catalog><product><SKU>" + b"<a>" * 1000 + b"</a>" * 1000 + b"</SKU></product></catalog>",
    "huge_record": lambda: json.dumps([{"SKU": "A", "Name": "x" * 17_000_000, "Price": 1}]).encode(),
    "nothing_but_bad_rows": (HEAD + "a;b\n" * 200_002).encode,
}


@pytest.fixture(autouse=True)
def world():
    a_vat_rate("0.2")
    a_channel("web")
    a_warehouse("DEPOT")
    a_product("TOY-1", price=10)
    a_colleague(is_superuser=True)


def flow_of(kind):
    options = dict(FLOWS[kind])
    if "columns" not in options:
        return Flow.objects.create(code=kind, name=kind, entity=options["entity"])
    columns = [
        {"field": name, **(column if isinstance(column, dict) else {"column": column})}
        for name, column in options.pop("columns").items()
    ]
    mapping = Mapping.objects.create(code=kind, name=kind, entity="articles", columns=columns, **options)
    return Flow.objects.create(code=kind, name=kind, entity="articles", mapping=mapping, brake_rejected=None)


def test_every_file_of_the_folder_is_expected_and_there_are_enough():
    listed = [case["file"] for case in CASES]
    assert len(listed) == len(set(listed)) >= 60
    assert {case["file"] for case in CASES if case["file"] not in MADE} == {
        path.name for path in FOLDER.iterdir() if path.name != "expected.yaml"
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["file"])
def test_a_broken_file_gets_its_sentence(case, settings):
    name = case["file"]
    data = MADE[name]() if name in MADE else (FOLDER / name).read_bytes()
    run = receive_file(flow_of(case["flow"]), name, io.BytesIO(data), trigger="upload", at=AT)
    run = run_flow(run.pk, at=AT)

    names = column_names(run)
    rows = {rejection.row_number: why(rejection, names)[:200] for rejection in run.rejections.all()}
    assert "could not finish" not in run.message, run.message
    if "file_says" in case:
        assert run.state == RunState.FAILED, (run.state, run.message, rows)
        assert run.message == case["file_says"]
        assert run.rows_new == run.rows_changed == 0
    else:
        assert run.state in (RunState.DONE, RunState.DONE_WITH_REJECTIONS), (run.state, run.message)
        assert rows == case.get("rows", {})
        assert (run.rows_new + run.rows_changed + run.rows_unchanged) == case.get("taken", 0), run.message
    for words in (run.message, *rows.values()):
        assert not re.search(r"Traceback|Error\b|%\(|0x[0-9a-f]{6}", words)
    _is_seen(run, wrong=run.state != RunState.DONE)


def _is_seen(run: Run, *, wrong: bool) -> None:
    """A file that was refused, in whole or in part, is a task for somebody; the run keeps the file as it came."""
    assert run.raw_file is not None
    event = Event.objects.get(kind__in=["integrations.run_failed", "integrations.run_finished"], subject_id=run.pk)
    on_run(event)
    assert Task.objects.filter(subject_kind="integrations.run", subject_id=str(run.pk)).exists() == wrong
