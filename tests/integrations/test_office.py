"""What colleagues see and do about flows in Office."""

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from integrations.models import Flow, Mapping, OrderHandover, Run
from tests.builders import a_colleague

pytestmark = pytest.mark.django_db
GOOD = "Code;Name\nA;Toys\nB;Games\n"


def page(name, *args):
    return reverse(f"admin:integrations_{name}", args=args)


@pytest.fixture
def anna(client):
    user = a_colleague(is_superuser=True, language="en")
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def bad_run(make_flow, send):
    flow = make_flow(columns={"code": "Code", "name": "Name", "position": "Rank"})
    return send(flow, "Code;Name;Rank\nA;<b>x</b>;1\nB;<i>y</i>;soon\n")


def test_the_run_page_explains_what_happened(anna, bad_run):
    text = anna.get(page("run_change", bad_run.pk)).content.decode()
    assert "Rank is not a whole number: “soon”." in text
    assert "2 rows read, 1 new" in text
    assert "&lt;i&gt;y&lt;/i&gt;" in text
    assert "Run the refused rows again" in text


def test_a_failed_run_shows_its_sentence_and_no_rejections(anna, make_flow, send):
    run = send(make_flow(), GOOD.replace(";", ","))
    text = anna.get(page("run_change", run.pk)).content.decode()
    assert "(comma)" in text
    assert "Run the refused rows again" not in text


def test_a_run_under_way_asks_again_and_reloads_at_the_end(anna, bad_run):
    Run.objects.filter(pk=bad_run.pk).update(state="running", finished_at=None, stage="merging")
    answer = anna.get(page("run_change", bad_run.pk))
    assert 'hx-trigger="every 2s"' in answer.content.decode()
    assert "HX-Refresh" not in anna.get(page("run_change", bad_run.pk) + "?part=live")
    Run.objects.filter(pk=bad_run.pk).update(state="done", finished_at=bad_run.finished_at)
    assert anna.get(page("run_change", bad_run.pk) + "?part=live")["HX-Refresh"] == "true"


def test_the_original_and_the_refused_rows_can_be_downloaded(anna, bad_run):
    original = anna.get(page("run_file", bad_run.pk))
    assert b"".join(original.streaming_content).startswith(b"Code;Name;Rank")
    assert "attachment" in original["Content-Disposition"]
    rejects = b"".join(anna.get(page("run_rejects", bad_run.pk)).streaming_content).decode("utf-8-sig")
    assert rejects.splitlines()[0] == "Code;Name;Rank;altazion_reason"


def test_a_run_is_run_again_or_ignored_with_a_button(anna, bad_run):
    answer = anna.post(page("run_rerun", bad_run.pk), {"rows": "rejected"})
    again = Run.objects.latest("pk")
    assert answer["Location"] == page("run_change", again.pk)
    assert (again.rerun_of, again.actor) == (bad_run, "anna@shop.test")
    anna.post(page("run_ignore", bad_run.pk))
    bad_run.refresh_from_db()
    assert bad_run.state == "ignored"
    assert anna.get(page("run_rerun", bad_run.pk)).status_code == 405


def test_who_may_look_may_not_run(client, bad_run):
    user = a_colleague("ben@shop.test")
    client.force_login(user)
    assert client.get(page("run_change", bad_run.pk)).status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="view_run"))
    assert client.get(page("run_change", bad_run.pk)).status_code == 200
    assert client.post(page("run_rerun", bad_run.pk)).status_code == 403
    assert client.post(page("flow_send", bad_run.flow_id)).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_take_the_same_number_of_queries(anna, make_flow, send, rows, django_assert_max_num_queries):
    for number in range(rows):
        send(make_flow(f"f{number}"), GOOD)
    for name, most in (("run_changelist", 20), ("flow_changelist", 14), ("mapping_changelist", 12)):
        anna.get(page(name))
        with django_assert_max_num_queries(most):
            assert anna.get(page(name)).status_code == 200


def test_lists_and_forms_open(anna, make_flow, send):
    flow = make_flow()
    send(flow, GOOD)
    for url in (
        page("flow_change", flow.pk),
        page("flow_add"),
        page("mapping_change", flow.mapping_id),
        page("mapping_add"),
        page("orderhandover_changelist"),
    ):
        assert anna.get(url).status_code == 200, url
    assert OrderHandover.objects.count() == 0


def test_a_file_is_sent_from_the_flow_page(anna, make_flow):
    flow = make_flow(coverage="full")
    answer = anna.post(
        page("flow_send", flow.pk), {"file": SimpleUploadedFile("a.csv", GOOD.encode()), "partial": "on"}
    )
    run = Run.objects.get()
    assert answer["Location"] == page("run_change", run.pk)
    assert (run.trigger, run.definition["coverage"]) == ("upload", "delta")
    assert anna.post(page("flow_send", flow.pk)).status_code == 302
    assert Run.objects.count() == 1


def test_the_folder_is_looked_into_with_a_button(anna, make_flow):
    flow = make_flow()
    text = anna.post(page("flow_run", flow.pk), follow=True).content.decode()
    assert "no complete file" in text


def test_a_mapping_that_cannot_work_is_refused_with_the_reason(anna, make_flow):
    mapping = make_flow().mapping
    data = {
        **{name: getattr(mapping, name) for name in ("code", "name", "entity", "encoding", "separator", "quote")},
        "decimal_mark": ".",
        "thousands_mark": "",
        "date_format": "iso",
        "has_header": "on",
        "options": "{}",
        "columns": '[{"field": "colour", "column": "C"}]',
    }
    answer = anna.post(page("mapping_change", mapping.pk), data)
    assert "have no field colour" in answer.content.decode()
    data["columns"] = '[{"field": "code", "column": "C"}]'
    assert anna.post(page("mapping_change", mapping.pk), data).status_code == 302
    assert Mapping.objects.get().columns == [{"field": "code", "column": "C"}]
    assert Flow.objects.get().version == 2


def test_a_flow_is_edited(anna, make_flow):
    flow = make_flow()
    data = {"name": "New", "direction": "in", "entity": "categories", "mapping": flow.mapping_id, "coverage": "full"}
    data |= {"folder": "../up", "pattern": "*.csv", "active": "on"}
    data |= {"triggers-TOTAL_FORMS": 0, "triggers-INITIAL_FORMS": 0, "export-TOTAL_FORMS": 0, "export-INITIAL_FORMS": 0}
    assert "below the flows folder" in anna.post(page("flow_change", flow.pk), data).content.decode()
    data["folder"] = "cats/in"
    assert anna.post(page("flow_change", flow.pk), data).status_code == 302
    flow.refresh_from_db()
    assert (flow.name, flow.coverage, flow.version) == ("New", "full", 2)
