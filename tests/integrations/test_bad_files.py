"""A file that cannot be taken fails with a sentence that says what to do, and changes nothing."""

import gzip
import io

import pytest

from integrations.engine import reading, staging
from integrations.models import Flow, Rejection
from integrations.services import receive_file
from logbook.models import Event
from tests.builders import AT

pytestmark = pytest.mark.django_db
GOOD = "Code;Name\nA;Jouets d'été\nB;Games\n"


def failed(run, *words):
    assert run.state == "failed", run.message
    for word in words:
        assert word in run.message
    assert run.rows_new == run.rows_changed == run.rows_archived == 0
    event = Event.objects.get(kind="integrations.run_failed", subject_id=run.pk)
    assert event.data["message"] == run.message
    return True


def test_wrong_encoding_is_named(make_flow, send, tiny):
    run = send(make_flow(), GOOD.encode("windows-1252"))
    assert failed(run, "not written in utf-8", "windows-1252")
    assert tiny.content() == {}


def test_utf8_read_as_windows_is_noticed(make_flow, send):
    assert failed(send(make_flow(encoding="windows-1252"), GOOD), "windows-1252", "looks like utf-8")


def test_utf16_is_noticed(make_flow, send):
    assert failed(send(make_flow(), GOOD.encode("utf-16")), "utf-16")


def test_utf16_is_read_when_the_mapping_says_so(make_flow, send, tiny):
    assert send(make_flow(encoding="utf-16"), GOOD.encode("utf-16")).state == "done"
    assert tiny.content()["A"] == "Jouets d'été"


def test_an_encoding_error_far_down_names_its_line(make_flow, send):
    text = b"Code;Name\n" + b"".join(b"K%d;plain\n" % n for n in range(60_000)) + "Z;été\n".encode("windows-1252")
    assert failed(send(make_flow(), text), "line 60002", "windows-1252")


def test_wrong_separator_is_suggested(make_flow, send):
    assert failed(send(make_flow(), GOOD.replace(";", ",")), "“;”", "“,”", "comma")
    assert failed(send(make_flow("tabs"), GOOD.replace(";", "\t")), "tab")


def test_a_raw_file_with_another_separator_or_too_few_columns_is_explained(send, tiny):
    flow = Flow.objects.create(code="raw", name="RAW", entity="categories")
    assert failed(send(flow, "ipc_code,ipc_code_parent,ipc_libelle\nA,,Toys\n"), "comma")
    stock = Flow.objects.create(code="stock", name="Stock", entity="stock")
    assert failed(send(stock, "depot_type;depot_code\nDEPOT;D1\n"), "quantity, sku or reference", "depot_code")


def test_a_missing_column_is_named_with_those_that_are_there(make_flow, send):
    assert failed(send(make_flow(), "Code;Label\nA;x\n"), "“Name”", "Code, Label")


def test_a_column_that_may_be_missing_is_not_provided(make_flow, send, tiny):
    flow = make_flow(columns={"code": "Code", "name": {"column": "Name", "optional": True}})
    assert send(flow, "Code;Label\nA;x\n").state == "done"
    assert tiny.content() == {"A": None}


@pytest.mark.parametrize("content", ["", "   \n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(make_flow, send, content):
    assert failed(send(make_flow(), content), "empty")


def test_a_header_alone_is_nothing_to_do_but_no_reason_to_archive_everything(make_flow, send, tiny):
    assert send(make_flow("delta"), "Code;Name\n").state == "done"
    full = make_flow("full", coverage="full")
    send(full, GOOD)
    assert failed(send(full, "Code;Name\n"), "archive everything")
    assert len(tiny.content()) == 2


def test_a_file_cut_inside_a_quoted_cell_is_refused(make_flow, send, tiny):
    assert failed(send(make_flow(), 'Code;Name\nA;Toys\nB;"Games for'), "cut off", "row 3")
    assert tiny.content() == {}


def test_a_file_cut_inside_its_last_row_is_refused(make_flow, send):
    assert failed(send(make_flow(), "Code;Name\nA;Toys\nB"), "last row (3) has 1 cells where 2")


def test_a_cut_gzip_is_refused_and_a_whole_one_is_read(make_flow, send):
    packed = gzip.compress(GOOD.encode() * 1 + b"".join(b"K%d;%d\n" % (n, n * 7919 % 1000) for n in range(9000)))
    assert failed(send(make_flow(), packed[:-2000]), "damaged or cut off")
    assert send(make_flow("whole"), packed).rows_new == 9002


def test_binary_files_are_refused(make_flow, send):
    assert failed(send(make_flow(), "Code;Name\nA;To\0ys\n"), "NUL")
    assert failed(send(make_flow("zip"), b"PK\x03\x04" + bytes(200)), "Excel")
    late = GOOD + "".join(f"K{n};x\n" for n in range(60_000)) + "Z;\0\n"
    assert failed(send(make_flow("late"), late), "NUL")


def test_a_line_without_end_is_refused_in_constant_memory(make_flow, send, monkeypatch):
    monkeypatch.setattr(reading, "LONGEST_LINE", 10_000)
    assert failed(send(make_flow(), "Code;Name\nA;" + "x" * 20_000), "Line 2 is longer")


def test_a_quote_that_is_never_closed_does_not_swallow_the_file(make_flow, send, monkeypatch):
    monkeypatch.setattr(reading, "LONGEST_CELL", 1_000)
    text = 'Code;Name\nA;"Toys\n' + "".join(f"K{n};x\n" for n in range(2000))
    assert failed(send(make_flow(), text), "quotation mark")


def test_bad_rows_are_kept_with_reason_and_row_and_the_others_go_in(make_flow, send, tiny):
    flow = make_flow(columns={"code": "Code", "name": "Name", "parent_code": "Parent", "position": "Rank"})
    run = send(
        flow,
        "Code;Name;Parent;Rank\n"
        "A;Toys;;1\n"
        ";Nobody;;2\n"
        "B;Games;A;soon\n"
        "A;Again;;3\n"
        "C;Lost;ZZ;4\n"
        f"D;{'x' * 200};;5\n"
        "E;Extra;;6;more\n"
        "F\n"
        "G;Good;A;-1\n"
        "H;Fine;A;7\n",
    )
    assert run.state == "done_with_rejections"
    found = [(r.row_number, r.field, r.code, r.value[:5]) for r in Rejection.objects.filter(run=run)]
    assert found == [
        (3, "code", "required", ""),
        (4, "position", "not_an_integer", "soon"),
        (5, "code", "duplicate_key", "2"),
        (6, "parent_code", "unknown_parent", "ZZ"),
        (7, "name", "too_long", "xxxxx"),
        (8, "", "too_many_cells", "5"),
        (9, "", "too_few_cells", "1"),
        (10, "position", "too_small", "-1"),
    ]
    assert (run.rows_read, run.rows_new, run.rows_rejected) == (10, 2, 8)
    assert set(tiny.content()) == {"A", "H"}
    raw = {r.row_number: r.raw for r in run.rejections.all()}
    assert raw[4] == {"Code": "B", "Name": "Games", "Parent": "A", "Rank": "soon"}
    assert raw[8]["+1"] == "more"


def test_empty_cells_behind_the_last_column_do_no_harm(make_flow, send, tiny):
    assert send(make_flow(), "Code;Name\nA;Toys;;\nB;Games\n").rows_new == 2
    assert tiny.content() == {"A": "Toys", "B": "Games"}


def test_a_child_may_stand_before_its_parent(make_flow, send, tiny):
    flow = make_flow(columns={"code": "Code", "name": "Name", "parent_code": "Parent"})
    assert send(flow, "Code;Name;Parent\nB;Games;A\nA;Toys;\n").rows_new == 2


def test_cells_with_quotes_newlines_tabs_and_backslashes_arrive_as_they_are(make_flow, send, tiny):
    send(make_flow(), 'Code;Name\nA;"a ""b""\nc\td\\N"\nB;\\\n')
    assert tiny.content() == {"A": 'a "b"\nc\td\\N', "B": "\\"}


def test_something_that_goes_wrong_inside_leaves_a_failed_run(make_flow, send, tiny):
    flow = make_flow()
    tiny.drop_table()
    run = send(flow, GOOD)
    assert run.state == "failed"
    assert "could not finish" in run.message
    tiny.make_table()


def test_more_than_one_copy_loses_nothing(make_flow, send, monkeypatch):
    monkeypatch.setattr(staging, "BATCH", 7)
    monkeypatch.setattr(staging, "BATCHES_PER_COPY", 3)
    for number, rows in enumerate((1, 7, 20, 21, 22, 100)):
        text = "Code;Name\n" + "".join(f"{number}-{n};x\n" for n in range(rows))
        assert send(make_flow(f"f{number}"), text).rows_new == rows


def test_a_file_is_received_in_blocks(make_flow):
    class Endless(io.RawIOBase):
        def __init__(self):
            self.left = 3_000_000
            self.read_at_once = 0

        def read(self, size=-1):
            assert size > 0, "the engine must never read everything"
            self.read_at_once = max(self.read_at_once, size)
            take = min(size, self.left)
            self.left -= take
            return b"x;y\n" * (take // 4)

    stream = Endless()
    run = receive_file(make_flow(), "big.csv", stream, trigger="upload", at=AT)
    assert run.raw_file.size == 3_000_000
    assert stream.read_at_once <= 1024 * 1024
