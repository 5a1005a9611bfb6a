"""A full disk: a clear end, nothing lost, nothing half, and a way on."""

import os
import pwd
import subprocess

import pytest
from django.core.files.storage import storages
from django.db import connection

from altazion.lib.problems import Refused
from integrations.models import FlowWatch, RawFile, Run
from integrations.services import look, rerun, run_flow
from integrations.services.folders import folder_of
from logbook.models import Event
from tests.builders import AT
from tests.integrations.conftest import _folders, make_flow, send, tiny  # noqa: F401

ROWS = "Code;Name\n" + "".join(f"K{n};{'Name ' * 20}{n}\n" for n in range(40_000))


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 2 MB."""
    path = tmp_path / "small"
    path.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", path], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("NOT RUN: this account may not mount a small file system")
    yield path
    subprocess.run(["umount", path], check=True)


@pytest.mark.django_db
def test_a_file_that_finds_no_room_stays_where_it_is_and_the_flow_says_so(make_flow, tiny, settings, small_disk):  # noqa: F811
    flow = make_flow()
    flow.folder = "cats"
    flow.save()
    settings.STORAGES = {
        **settings.STORAGES,
        "raw_files": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(small_disk), "base_url": None},
        },
    }
    file = folder_of(flow) / "big.csv"
    file.write_text(ROWS)
    (folder_of(flow) / "big.csv.done").touch()
    with pytest.raises(Refused, match="no room left") as refused:
        look(flow, at=AT)
    assert (refused.value.code, refused.value.status) == ("no_space", 507)
    assert file.exists()
    assert "it is not lost" in FlowWatch.objects.get().problem
    assert (RawFile.objects.count(), Run.objects.count()) == (0, 0)
    assert [name for _, _, names in os.walk(small_disk) for name in names] == [], "no half file stays"

    settings.STORAGES = {
        **settings.STORAGES,
        "raw_files": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(small_disk.parent / "roomy"), "base_url": None},
        },
    }
    assert storages["raw_files"]
    (run,) = look(flow, at=AT)
    assert run_flow(run.pk, at=AT).state == "done"
    assert FlowWatch.objects.get().problem == ""


@pytest.mark.django_db(transaction=True)
def test_a_database_without_room_fails_the_run_with_a_sentence_and_it_runs_again(make_flow, tiny, send, small_disk):  # noqa: F811
    account = pwd.getpwnam("nobody")
    os.chown(small_disk, account.pw_uid, account.pw_gid)
    for folder in small_disk.parents:  # the server's account must come in
        if folder.stat().st_uid == os.geteuid() and str(folder).startswith("/tmp/"):
            folder.chmod(folder.stat().st_mode | 0o111)
    flow = make_flow()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLESPACE small_disk LOCATION '{small_disk}'")
        try:
            cursor.execute("SET default_tablespace = 'small_disk'")
            run = send(flow, ROWS)
        finally:
            cursor.execute("RESET default_tablespace")
            cursor.execute("DROP TABLESPACE small_disk")
    assert (run.state, run.rows_read, run.finished_at is not None) == ("failed", 0, True)
    assert "no room left" in run.message
    assert Event.objects.get(kind="integrations.run_failed").data["code"] == "no_space"
    assert tiny.content() == {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname LIKE 'staging_run_%'")
        assert cursor.fetchone() == (0,)
    again = run_flow(rerun(run, at=AT).pk, at=AT)
    assert (again.state, again.rows_new) == ("done", 40_000)
