"""Mappings come as YAML files that people read and diff."""

import pytest

from altazion.lib.problems import Invalid
from integrations.formats import ENTITIES, Definition, DefinitionError, raw_definition
from integrations.models import Mapping
from integrations.services import load_mappings
from integrations.services.reading_mappings import definition_of
from tests.builders import AT


@pytest.mark.django_db
def test_every_mapping_of_the_product_loads_and_loading_again_changes_nothing():
    first = load_mappings(at=AT)
    assert first["new"] >= 1
    again = load_mappings(at=AT)
    assert (again["new"], again["changed"]) == (0, 0)
    for mapping in Mapping.objects.all():
        assert definition_of(mapping, mapping.entity).entity == mapping.entity


@pytest.mark.django_db
def test_a_file_that_is_no_mapping_is_named(tmp_path):
    (tmp_path / "odd.yaml").write_text("entity: articles\ncolumns: {sku: A}\nflavour: vanilla\n")
    with pytest.raises(Invalid, match=r"odd\.yaml: unknown setting: flavour"):
        load_mappings(at=AT, folder=tmp_path)


@pytest.mark.parametrize("entity", ENTITIES)
def test_every_entity_has_a_raw_format(entity):
    assert set(raw_definition(entity).spec.required) <= set(raw_definition(entity).fields)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"columns": {"name": "Name"}}, "no column feeds code"),
        ({"columns": {"code": "Code", "colour": "C"}}, "have no field colour"),
        ({"columns": {"code": {"column": "Code", "upside": 1}}}, "unknown option upside"),
        ({"columns": {"code": "Code"}, "has_header": False}, "columns are numbers"),
        ({"columns": {"code": "Code"}, "encoding": "klingon"}, "no encoding klingon"),
        ({"columns": {"code": {}}}, "give a column"),
        ({"columns": {"code": "Code"}, "skip_rows_where": [{"if": 1}]}, "a condition names a column"),
        ({"columns": {"code": "Code"}, "entity": "planets"}, "entity must be one of"),
    ],
)
def test_a_mapping_that_cannot_work_says_why(change, words):
    with pytest.raises(DefinitionError, match=words):
        Definition.read({"code": "x", "entity": "categories", **change})
