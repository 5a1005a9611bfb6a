"""Moving a shop: everything out, into an empty database, out again: the same bytes."""

import io
import zipfile

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from altazion.lib.clock import now
from altazion.lib.problems import Refused
from catalog.models import Product, VatRate
from demo import load
from integrations import services
from integrations.exports.moving import KINDS
from integrations.formats import ENTITIES
from integrations.models import Run
from integrations.services.mappings import read_mapping
from tests.builders import AT

QUIET = {"tell": lambda line: None}


def out():
    file = io.BytesIO()
    services.export_all(file, at=AT, **QUIET)
    return file.getvalue()


def files(data):
    bundle = zipfile.ZipFile(io.BytesIO(data))
    return {name: bundle.read(name) for name in bundle.namelist()}


def empty_database():
    """What a new shop has: tables, nothing in them but what migrations put there."""
    with connection.cursor() as sql:
        sql.execute(
            "SELECT string_agg(format('%I', tablename), ', ') FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission')"
        )
        sql.execute(f"TRUNCATE {sql.fetchone()[0]} RESTART IDENTITY CASCADE")


@pytest.mark.django_db(transaction=True)
def test_the_demonstration_moves_into_an_empty_database_and_comes_out_the_same(settings, tmp_path, monkeypatch):
    settings.LANGUAGE_CODE = "fr"
    settings.MEDIA_ROOT, settings.FLOWS_ROOT = tmp_path / "media", tmp_path / "flows"
    monkeypatch.setattr(load, "draw_pictures", lambda: 0)
    load.load(at=now(), logins=tmp_path / "logins.txt", say=lambda line: None)
    first = out()
    assert first == out(), "the same shop gives the same bytes"
    before = files(first)
    assert before["06_articles.csv"].count(b"\n") > 200
    empty_database()
    assert not Product.objects.exists()

    runs = services.take_all(io.BytesIO(first), at=AT, **QUIET)

    assert {run.flow.code: run.rows_rejected for run in runs if run.rows_rejected} == {}
    after = files(out())
    assert set(after) == set(before)
    for name in before:
        assert after[name].splitlines() == before[name].splitlines(), name
        assert after[name] == before[name], name
    again = services.take_all(io.BytesIO(first), at=AT, **QUIET)
    assert not any(run.rows_new or run.rows_changed for run in again), "twice is once"


def test_every_kind_that_an_import_reads_travels_with_the_fields_it_reads():
    assert {kind.entity for kind in KINDS} >= set(ENTITIES) - {"customers", "orders"}
    for kind in KINDS:
        assert set(kind.columns) <= set(ENTITIES[kind.entity].fields), kind.entity


@pytest.mark.django_db
def test_the_mappings_in_the_zip_are_those_that_can_be_loaded(tmp_path):
    with zipfile.ZipFile(io.BytesIO(out())) as bundle:
        for name in bundle.namelist():
            if name.startswith("mappings/"):
                path = tmp_path / name.rpartition("/")[2]
                path.write_bytes(bundle.read(name))
                assert read_mapping(path)["entity"] in ENTITIES
        assert b"passwords" in bundle.read("read_me.txt") or b"mots de passe" in bundle.read("read_me.txt")


def zipped(**members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as bundle:
        for name, content in members.items():
            bundle.writestr(name.replace("__", "."), content)
    return file


@pytest.mark.django_db
@pytest.mark.parametrize(
    "file",
    [
        io.BytesIO(b"no zip"),
        zipped(x__csv="a"),
        zipped(frame__json="[1]"),
        zipped(frame__json="{"),
        zipped(frame__json='{"vat_rates": [{"code": "x"}]}'),
        zipped(frame__json='{"vat_rates": [{"code": "x", "name": "x", "rate": "abc", "is_default": true}]}'),
    ],
)
def test_what_is_no_moved_shop_is_refused_and_writes_nothing(file):
    with pytest.raises(Refused):
        services.take_all(file, at=AT, **QUIET)
    assert not VatRate.objects.exists()
    assert not Run.objects.exists()


@pytest.mark.django_db
def test_the_commands(tmp_path):
    target = tmp_path / "shop.zip"
    call_command("export_all", str(target), stdout=io.StringIO())
    call_command("take_all", str(target), stdout=io.StringIO())
    with pytest.raises(CommandError):
        call_command("take_all", str(tmp_path / "nothing.zip"), stdout=io.StringIO())
    target.write_bytes(b"x")
    with pytest.raises(CommandError):
        call_command("take_all", str(target), stdout=io.StringIO())
