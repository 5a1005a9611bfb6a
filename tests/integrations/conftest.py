"""A flow of categories whose rows land in a tiny table."""

import dataclasses
import io

import pytest

from integrations.enums import Entity
from integrations.formats import ENTITIES
from integrations.models import Flow, Mapping
from integrations.services import receive_file, run_flow
from tests.builders import AT
from tests.integrations import tiny_loader


@pytest.fixture(autouse=True)
def _folders(settings, tmp_path):
    settings.FLOWS_ROOT = tmp_path / "flows"
    storages = {**settings.STORAGES}
    storages["raw_files"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "raw"), "base_url": None},
    }
    settings.STORAGES = storages
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def tiny(db, monkeypatch):
    """The tiny loader stands in for the catalogue's."""
    spec = dataclasses.replace(ENTITIES[Entity.CATEGORIES], loader="tests.integrations.tiny_loader.merge")
    monkeypatch.setitem(ENTITIES, Entity.CATEGORIES.value, spec)
    tiny_loader.make_table()
    yield tiny_loader
    tiny_loader.drop_table()


@pytest.fixture
def make_flow(tiny):
    def make(code="cats", **options):
        coverage = options.pop("coverage", "delta")
        columns = options.pop("columns", {"code": "Code", "name": "Name"})
        columns = [{"field": k, **(v if isinstance(v, dict) else {"column": v})} for k, v in columns.items()]
        more = {name: options.pop(name) for name in ("skip_rows_where", "explode") if name in options}
        mapping = Mapping.objects.create(
            code=code, name=code, entity=Entity.CATEGORIES, columns=columns, options=more, **options
        )
        return Flow.objects.create(code=code, name=code, entity=Entity.CATEGORIES, mapping=mapping, coverage=coverage)

    return make


@pytest.fixture
def send():
    """Send bytes or text through a flow; returns the run."""

    def send(flow, content, *, at=AT, **options):
        data = content.encode() if isinstance(content, str) else content
        run = receive_file(flow, "file.csv", io.BytesIO(data), trigger="upload", at=at, **options)
        return run_flow(run.pk, at=at)

    return send
