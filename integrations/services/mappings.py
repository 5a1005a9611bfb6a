"""The mappings that come with the product: YAML files of people, rows for the engine."""

import datetime as dt
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid
from integrations.formats import Definition, DefinitionError, fields_of
from integrations.models import Mapping
from integrations.services.versions import version_of
from logbook.services import record

FOLDER = Path(__file__).resolve().parent.parent / "mappings"


@transaction.atomic
def load_mappings(*, at: dt.datetime, folder: Path = FOLDER) -> dict[str, int]:
    """Make or refresh a row for every file; returns how many were new, changed, unchanged. Raises Invalid."""
    counts = {"new": 0, "changed": 0, "unchanged": 0}
    for path in sorted(folder.glob("*.yaml")):
        counts[_store(read_mapping(path), at=at)] += 1
    return counts


def read_mapping(path: Path) -> dict[str, Any]:
    """The fields of a Mapping from a YAML file. Raises Invalid with the file's name."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not isinstance(data, dict):
            raise DefinitionError(_("not a mapping of settings"))
        data.setdefault("code", path.stem)
        definition = Definition.read(data)
    except (DefinitionError, yaml.YAMLError, TypeError) as error:
        raise Invalid(_("%(file)s: %(why)s") % {"file": path.name, "why": error}) from error
    fields = fields_of(definition)
    fields["name"] = fields["name"] or fields["code"]
    return fields


def _store(fields: dict[str, Any], *, at: dt.datetime) -> str:
    code = fields.pop("code")
    known = Mapping.objects.filter(code=code).first()
    if known and all(getattr(known, name) == value for name, value in fields.items()):
        return "unchanged"
    mapping, _made = Mapping.objects.update_or_create(code=code, defaults=fields)
    version_of(mapping, at=at)
    record("integrations.mapping_loaded", at=at, subject_kind="mapping", subject_id=code)
    return "changed" if known else "new"
