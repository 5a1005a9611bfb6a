"""A mapping changes in versions that stay; runs remember theirs."""

import pytest
from django.db import DatabaseError, transaction

from integrations.formats import Definition
from integrations.models import Flow, MappingVersion
from integrations.services import as_it_was, load_mappings, rerun, save_mapping, version_of
from tests.builders import AT

pytestmark = pytest.mark.django_db
GOOD = "Code;Name;Label\nA;Toys;Spiele\n"


def test_each_saved_change_is_a_version_and_a_save_without_change_is_none(make_flow):
    mapping = make_flow().mapping
    first = save_mapping(mapping, at=AT, actor="anna")
    assert (first.number, first.actor, first.made_at) == (1, "anna", AT)
    assert save_mapping(mapping, at=AT).pk == first.pk
    mapping.columns = [{"field": "code", "column": "Code"}]
    assert save_mapping(mapping, at=AT, actor="ben").number == 2
    assert Definition.read(first.definition).fields == ["code", "name"]


def test_a_run_points_at_the_version_it_was_read_with(make_flow, send, tiny):
    flow = make_flow()
    run = send(flow, GOOD)
    assert run.mapping_version.number == 1
    flow.mapping.columns = [{"field": "code", "column": "Code"}, {"field": "name", "column": "Label"}]
    save_mapping(flow.mapping, at=AT)
    flow = Flow.objects.get(pk=flow.pk)
    run.flow = flow
    assert rerun(run, at=AT).mapping_version.number == 2
    assert rerun(run, current_definition=False, at=AT).mapping_version.number == 1


def test_a_version_is_never_edited_and_stays_while_runs_point_at_it(make_flow, send, tiny):
    flow = make_flow()
    send(flow, GOOD)
    version = MappingVersion.objects.get()
    version.number = 7
    with pytest.raises(DatabaseError, match="never edited"), transaction.atomic():
        version.save()
    with pytest.raises(Exception, match="protected"):
        version.delete()


def test_an_old_version_comes_back_as_the_newest(make_flow):
    mapping = make_flow(separator="\\t", skip_rows_where=[{"column": "Name", "empty": True}]).mapping
    first = version_of(mapping, at=AT)
    mapping.columns, mapping.options, mapping.separator = [{"field": "code", "column": "Code"}], {}, ";"
    save_mapping(mapping, at=AT)
    again = save_mapping(as_it_was(first), at=AT)
    assert (again.number, again.digest) == (3, first.digest)
    mapping.refresh_from_db()
    assert (mapping.separator, mapping.options["skip_rows_where"]) == ("\\t", [{"column": "Name", "empty": True}])


def test_mappings_of_the_product_have_versions_too():
    load_mappings(at=AT)
    load_mappings(at=AT)
    assert set(MappingVersion.objects.values_list("number", flat=True)) == {1}
