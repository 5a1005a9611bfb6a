"""Every kind of file feeds the same fields through the same mapping; refused rows come back as CSV and go in again."""

import datetime as dt
import gzip
import io
import json
import zipfile

import pytest
import xlsxwriter

from integrations.selectors import reject_lines

pytestmark = pytest.mark.django_db
COLUMNS = {"code": "Code", "name": "Name", "position": {"column": "Rank", "optional": True}}
ROWS = [{"Code": "A", "Name": "Jouets d'été", "Rank": 1}, {"Code": "B", "Name": "Jeux", "Rank": 2}]
WANT = {"A": "Jouets d'été", "B": "Jeux"}


def workbook(rows, *, name="Feuil1", before=0, **cells):
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data)
    sheet = book.add_worksheet(name)
    for number, row in enumerate(rows):
        sheet.write_row(number + before, 0, row)
    for write in cells.values():
        write(book, sheet)
    book.close()
    return data.getvalue()


def zipped(data, name="rows.txt"):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return packed.getvalue()


TABLE = [list(ROWS[0]), *(list(row.values()) for row in ROWS)]
XML = (
    "<?xml version='1.0'?><export><info><item>no</item></info><items>"
    + "".join(f"<item><Code>{r['Code']}</Code><Name>{r['Name']}</Name><Rank>{r['Rank']}</Rank></item>" for r in ROWS)
    + "</items></export>"
)
KINDS = {
    "csv": ("Code;Name;Rank\n" + "".join(f"{r['Code']};{r['Name']};{r['Rank']}\n" for r in ROWS), {}),
    "auto": (
        "".join("\t".join(map(str, row)) + "\r\n" for row in TABLE).encode("windows-1252"),
        {"encoding": "auto", "separator": "auto"},
    ),
    "below a title": (
        "Export of today\n\nCode;Name;Rank\nA;Jouets d'été;1\nB;Jeux;2\n",
        {"options": {"skip_lines": 1}},
    ),
    "xlsx": (workbook(TABLE), {}),
    "xlsx, second line": (workbook(TABLE, before=2), {"options": {"sheet": "Feuil1"}}),
    "json": (json.dumps(ROWS), {}),
    "json, inside": (json.dumps({"meta": [1], "data": {"items": ROWS}}), {"options": {"records": "data.items"}}),
    "jsonl": ("\n".join(json.dumps(row) for row in ROWS), {}),
    "xml": (XML, {"options": {"records": "export/items/item"}}),
    "fixed": (
        "A    Jouets d'été   1\nB    Jeux           2\n",
        {"options": {"positions": {"Code": [1, 5], "Name": [6, 20], "Rank": [21, 22]}}},
    ),
}


@pytest.mark.parametrize("packing", ["plain", "gzip", "zip"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_same_fields_from_every_kind_packed_or_not(make_flow, send, tiny, kind, packing):
    content, options = KINDS[kind]
    data = content.encode() if isinstance(content, str) else content
    data = {"plain": lambda d: d, "gzip": gzip.compress, "zip": zipped}[packing](data)
    options = {"file_format": kind.split(",")[0] if kind.split(",")[0] in KINDS_OF else "csv", **options}
    more = options.pop("options", {})
    flow = make_flow(columns=COLUMNS, **options)
    flow.mapping.options = more
    flow.mapping.save()
    run = send(flow, data)
    assert run.state == "done", run.message
    assert tiny.content() == WANT


KINDS_OF = ("csv", "xlsx", "json", "jsonl", "xml", "fixed")
BAD = {
    "xlsx": (workbook([["Code", "Name", "Rank"], ["A", "x", "soon"], ["B", "y", 2]]), {}, 2),
    "json": ('[{"Code": "A", "Name": "x", "Rank": "soon"}, {"Code": "B", "Name": "y", "Rank": 2}]', {}, 1),
    "jsonl": ('{"Code": "A", "Name": "x", "Rank": "soon"}\n\n{"Code": "B", "Name": "y", "Rank": 2}\n', {}, 1),
    "xml": (XML.replace(">1<", ">soon<"), {"records": ["items", "item"][-1]}, 2),
    "fixed": ("A  x  soon\nB  y  2\n", {"positions": {"Code": [1, 3], "Name": [4, 6], "Rank": [7, 10]}}, 1),
}


@pytest.mark.parametrize("kind", BAD)
def test_refused_rows_keep_their_number_and_come_back_as_csv(make_flow, send, tiny, kind):
    content, options, number = BAD[kind]
    flow = make_flow(columns={**COLUMNS, "position": "Rank"}, file_format=kind, coverage="full")
    if kind == "xml":
        content = content.replace("<info><item>no</item></info>", "")
        number = 1
    flow.mapping.options = options
    flow.mapping.save()
    run = send(flow, content)
    assert run.state == "done_with_rejections", run.message
    rejection = run.rejections.get()
    assert (rejection.row_number, rejection.code, rejection.raw["Rank"]) == (number, "not_an_integer", "soon")
    corrected = b"".join(reject_lines(run)).replace(b"soon", b"7")
    again = send(flow, corrected)
    assert (again.state, again.rows_new, again.rows_archived) == ("done", 1, 0), again.message
    assert len(tiny.content()) == 2


def test_paths_lists_numbers_and_dates_of_json(make_flow, send, tiny):
    columns = {
        "code": "ids.0.value",
        "name": {"column": ["titles.fr", "titles.en"]},
        "image": "photos.url",
        "position": "rank",
    }
    flow = make_flow(columns=columns, file_format="json")
    record = {
        "ids": [{"value": "A"}],
        "titles": {"fr": None, "en": "Toys"},
        "photos": [{"url": "a.jpg"}, {"url": "b.jpg"}],
        "rank": 3.0,
    }
    run = send(flow, json.dumps([record]))
    assert run.state == "done", run.message
    assert tiny.content() == {"A": "Toys"}


def test_cells_of_a_workbook_are_written_as_the_mapping_reads_them(make_flow, send, tiny):
    def more(book, sheet):
        sheet.write_row(1, 0, [4006381333931, 0.5])
        sheet.write_datetime(1, 2, dt.datetime(2026, 1, 31), book.add_format({"num_format": "dd/mm/yyyy"}))
        sheet.write_boolean(1, 3, True)

    columns = {"code": "C", "name": {"template": "{N} {D} {B}"}}
    flow = make_flow(columns=columns, file_format="xlsx", decimal_mark=",", date_format="%d/%m/%Y")
    assert send(flow, workbook([["C", "N", "D", "B"]], more=more)).state == "done"
    assert tiny.content() == {"4006381333931": "0,5 31/01/2026 true"}


def test_a_literal_erases_on_purpose_and_an_empty_cell_does_not(make_flow, send, tiny):
    flow = make_flow(columns={"code": "Code", "name": "Name", "intro": {"column": "Text", "html": True}})
    flow.mapping.options = {"erase": "#DEL"}
    flow.mapping.save()
    send(flow, "Code;Name;Text\nA;Toys;x\nB;Games;y\n")
    run = send(flow, "Code;Name;Text\nA;#DEL;#DEL\nB;;\n#DEL;x;\n")
    assert tiny.content() == {"A": "", "B": None}  # None: not provided
    assert [(r.row_number, r.code) for r in run.rejections.all()] == [(4, "cannot_erase")]


@pytest.mark.parametrize(
    ("expression", "want"),
    [
        ('upper({Name}) + "-" + {Code}', "JOUETS-A"),
        ('replace({Name}, "ou", "OU")', "jOUets"),
        ('split({Path}, ">", -1)', "c"),
        ('split({Path}, ">", 9)', ""),
        ("{Price} * 1.2", "15"),
        ("round({Price} / 3, 2)", "4,17"),
        ('when({Price} > 10, "dear", "cheap")', "dear"),
        ('lookup({Code}, "A", "Toys", "B", "Games", "?")', "Toys"),
        ('if_empty({Nothing}, {Name}, "x")', "jouets"),
        ('join(", ", {Code}, {Nothing}, {Name})', "A, jouets"),
        ("left({Name}, 3) + right({Name}, 2)", "jouts"),
        ("number({Price}) + 1", "13,5"),
        ("-{Price}", "-12,5"),
        ("{Nothing} * 2", ""),
    ],
)
def test_expressions(make_flow, send, tiny, expression, want):
    flow = make_flow(columns={"code": "Code", "name": {"expression": expression}}, decimal_mark=",")
    run = send(flow, "Code;Name;Path;Price;Nothing\nA;jouets;a > b > c;12,5;\n")
    assert run.state == "done", run.message
    assert (tiny.content()["A"] or "") == want


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("{Name} * 2", "not_a_number"),
        ("{Price} / 0", "cannot_compute"),
        ('lookup({Code}, "Z", "1")', "not_in_map"),
        ("left({Name}, 99999999)", "cannot_compute"),
    ],
)
def test_what_cannot_be_worked_out_is_refused_at_the_cell(make_flow, send, tiny, expression, code):
    flow = make_flow(columns={"code": "Code", "name": {"expression": expression}})
    run = send(flow, "Code;Name;Price\nA;jouets;1\n")
    assert [(r.field, r.code) for r in run.rejections.all()] == [("name", code)]
