"""The mapping editor: from a sample to a mapping, seen live, without losing what it does not show."""

import json
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from integrations.models import Mapping, RawFile
from integrations.services import load_mappings, save_mapping
from integrations.services.drafts import as_text, definition_of_draft, draft_of, from_text
from integrations.services.reading_mappings import definition_of
from tests.builders import AT, a_colleague

pytestmark = pytest.mark.django_db
SAMPLE = (
    "Référence;Désignation;Prix TTC;Code barre;Couleur\r\n"
    "T1;Bateau d’été;49,90;4006381333931;rouge\r\nT2;Fusée;neuf;;\r\n"
)


def page(name, *args):
    return reverse(f"admin:integrations_mapping_{name}", args=args)


@pytest.fixture
def anna(client):
    client.force_login(a_colleague(is_superuser=True, language="en"))
    client.cookies["django_language"] = "en"
    return client


def sent(anna, data, name="articles.csv", entity="articles"):
    file = SimpleUploadedFile(name, data if isinstance(data, bytes) else data.encode("windows-1252"))
    return anna.post(page("sample"), {"file": file, "entity": entity})["Location"]


def form_of(answer, **changes):
    """What a browser would send of the page."""
    draft, sample = answer.context["draft"], answer.context["sample"]
    data = {name: value for name, value in draft.settings.items() if name != "has_header"}
    data |= {"has_header": "on"} if draft.settings["has_header"] else {}
    data |= {"rows": len(draft.rows), "sample": sample.pk if sample else ""}
    for number, row in enumerate(draft.rows):
        for part in ("field", "source", "value", "empty", "default", "more"):
            data[f"{part}-{number}"] = getattr(row, part)
    for name, value in changes.items():
        part, _, target = name.partition("__")
        if target:
            data[f"{part}-{next(n for n, row in enumerate(draft.rows) if row.field == target)}"] = value
        else:
            data[name] = value
    return data


def test_a_sample_tells_how_it_is_written_and_which_columns_fit(anna):
    answer = anna.get(sent(anna, SAMPLE))
    draft = answer.context["draft"]
    told = {name: draft.settings[name] for name in ("file_format", "encoding", "separator", "decimal_mark")}
    assert told == {"file_format": "csv", "encoding": "windows-1252", "separator": ";", "decimal_mark": ","}
    fed = {row.field: row.source for row in draft.rows if row.source}
    assert fed == {
        "sku": "col:Référence",
        "name": "col:Désignation",
        "price": "col:Prix TTC",
        "ref:EAN13": "col:Code barre",
    }
    text = answer.content.decode()
    assert "49.90" in text
    assert "Prix TTC is not a number: “neuf”." in text


def test_the_mapping_is_saved_as_a_version_and_a_run_can_use_it(anna):
    answer = anna.get(sent(anna, SAMPLE))
    data = form_of(answer, name="Toys", code="toys", do="save", source__brand="const", value__brand="Brickland")
    saved = anna.post(page("new"), data)
    assert saved.status_code == 302, saved.context["problem"]
    mapping = Mapping.objects.get(code="toys")
    assert {"field": "brand", "const": "Brickland"} in mapping.columns
    assert mapping.versions.get().actor == "anna@shop.test"
    assert "version 1" in anna.get(page("editor", mapping.pk)).content.decode()


def test_the_preview_follows_what_is_typed_with_and_without_htmx(anna):
    answer = anna.get(sent(anna, SAMPLE))
    data = form_of(answer, source__name="expression", value__name='upper({Désignation}) + "!"', do="preview")
    part = anna.post(page("new"), data, headers={"HX-Request": "true"}).content.decode()
    assert "BATEAU D’ÉTÉ!" in part
    assert "<form" not in part
    whole = anna.post(page("new"), data)
    assert "BATEAU D’ÉTÉ!" in whole.content.decode()
    assert "mp-form" in whole.content.decode()
    assert not Mapping.objects.filter(code="toys").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"source__name": "expression", "value__name": "upper({Name}"}, "name: “)” is missing"),
        ({"source__sku": ""}, "sku"),
        ({"encoding": "klingon"}, "no encoding klingon"),
        ({"separator": ";;"}, "one character"),
        ({"skip_lines": "x"}, "whole number"),
        ({"date_format": "%Q"}, "describes no date"),
        ({"more__name": "["}, "name: name, line 1"),
        ({"more__name": "upside: 1"}, "unknown option upside"),
        ({"positions": "A: 5"}, "positions of A"),
        ({"code": "a b"}, "letters, digits"),
        ({"name": "x" * 200}, "name:"),
        ({"file_format": "pdf"}, "file_format"),
    ],
)
def test_what_cannot_work_is_told_and_what_was_typed_stays(anna, change, words):
    answer = anna.get(sent(anna, SAMPLE))
    data = form_of(answer, **{"name": "Toys", "code": "toys", "do": "save", "value__family": "kept", **change})
    told = anna.post(page("new"), data)
    assert told.status_code == 200
    assert words in told.context["problem"], told.context["problem"]
    assert "kept" in told.content.decode()
    assert not Mapping.objects.exists()


def test_nothing_of_the_mappings_of_the_product_is_lost_in_the_editor_or_as_text():
    load_mappings(at=AT)
    for mapping in Mapping.objects.all():
        definition = definition_of(mapping, mapping.entity)
        assert from_text(as_text(definition)) == definition
        again = definition_of_draft(draft_of(definition))
        same = [
            {repr(replace(c, empty=c.empty.replace("default", "ignore"))) for c in d.columns}
            for d in (again, definition)
        ]
        assert same[0] == same[1], mapping.code
        assert again.skip_rows_where == definition.skip_rows_where


def test_a_mapping_goes_out_as_text_and_comes_back_as_its_next_version(anna, make_flow):
    mapping = make_flow().mapping
    save_mapping(mapping, at=AT)
    text = anna.get(page("yaml", mapping.pk)).content.decode()
    assert (
        anna.post(page("text", mapping.pk), {"text": text.replace("column: Name", "column: Label")}).status_code == 302
    )
    mapping.refresh_from_db()
    assert [version.number for version in mapping.versions.all()] == [2, 1]
    assert mapping.columns[1]["column"] == "Label"
    other = text.replace("code: cats", "code: dogs")
    file = SimpleUploadedFile("dogs.yaml", other.encode())
    assert anna.post(page("import"), {"file": file}).status_code == 302
    assert "already" in anna.post(page("import"), {"text": other}).content.decode()
    assert anna.post(page("import"), {"text": other, "replace": "on"}).status_code == 302
    assert Mapping.objects.filter(code="dogs").count() == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("code: x\nentity: [articles", "line 2"),
        ("- just a list", "is no mapping"),
        ("code: x\nentity: categories\ncolumns:\n  code: A\n  colour: B\n", "line 5"),
        ("code: x\nentity: categories\nskip_lines: many\ncolumns: {code: A}\n", "line 3"),
        ("!!python/object/apply:os.system ['true']", "cannot be read"),
        ("x" * 200_001, "too long"),
    ],
)
def test_a_text_that_cannot_work_is_refused_at_its_line(anna, text, words):
    answer = anna.post(page("import"), {"text": text})
    assert answer.status_code == 422
    assert words in answer.context["problem"], answer.context["problem"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.json", json.dumps({"data": {"items": [{"code": "A", "name": "Toys"}]}})),
        ("a.xml", "<r><segment><code>A</code><name>Toys</name></segment></r>"),
        ("a.jsonl", '{"code": "A", "name": "Toys"}\n{"code": "B", "name": "Games"}\n'),
    ],
)
def test_other_kinds_of_files_are_found_out_too(anna, name, data):
    answer = anna.get(sent(anna, data, name, "categories"))
    assert {row.field: row.source for row in answer.context["draft"].rows if row.source} == {
        "code": "col:code",
        "name": "col:name",
    }
    assert answer.context["found"][0].cells[0].text == "A"


def test_a_sample_that_cannot_be_read_is_told(anna):
    answer = anna.get(sent(anna, b"%PDF-1.7 xxxxxxxxxx", "a.pdf"))
    assert "not a text file" in answer.content.decode()
    assert anna.post(page("sample"), {"entity": "articles"}).status_code == 302
    assert anna.get(page("new") + "?sample=99999999999999999999&entity=nothing").status_code == 200


def test_the_last_runs_file_is_the_sample(anna, make_flow, send, tiny):
    flow = make_flow()
    send(flow, "Code;Name\nA;Toys\n")
    answer = anna.get(page("editor", flow.mapping_id))
    assert answer.context["sample"] == RawFile.objects.get()
    assert answer.context["columns"][0] == {"name": "Code", "first": ["A"], "used": True, "gone": False}


def test_who_may_only_look_may_not_change(client, make_flow):
    mapping = make_flow().mapping
    ben = a_colleague("ben@shop.test")
    client.force_login(ben)
    for url in (page("editor", mapping.pk), page("text", mapping.pk), page("yaml", mapping.pk), page("new")):
        assert client.get(url).status_code == 403
    assert client.post(page("sample"), {"mapping": mapping.pk}).status_code == 403
