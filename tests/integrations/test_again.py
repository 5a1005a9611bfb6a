"""A file once more: which rows, read as then or now, what that will do; corrected rows come back; the timeline."""

import datetime as dt
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.enums import Scope
from altazion.lib.problems import Refused
from integrations.models import Run
from integrations.rules import Estimate, estimate, off_the_usual, stage_seconds
from integrations.selectors import estimate_of, reject_lines, timeline
from integrations.services import correct, plan, recover_runs, rerun, run_flow, save_flow, save_mapping, undo_run
from tests.builders import AT, a_colleague, an_api_key

pytestmark = pytest.mark.django_db
BAD = "Code;Name;Rank\nA;Toys;1\nB;Games;soon\n"
COLUMNS = {"code": "Code", "name": "Name", "position": "Rank"}
LATER = AT + dt.timedelta(hours=1)


def page(name, *args):
    return reverse(f"admin:integrations_{name}", args=args)


@pytest.fixture
def anna(client):
    client.force_login(a_colleague(is_superuser=True, language="en"))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def flow(make_flow):
    return make_flow(columns=COLUMNS)


@pytest.mark.parametrize("only_failed", [False, True])
@pytest.mark.parametrize("current", [False, True])
def test_the_four_ways(flow, send, tiny, only_failed, current):
    run = send(flow, BAD)
    flow.mapping.columns = [
        {"field": "code", "column": "Code"},
        {"field": "name", "column": "Name", "case": "upper"},
        {"field": "position", "column": "Rank", "map": {"soon": "9"}},
    ]
    save_mapping(flow.mapping, at=AT)
    run = Run.objects.select_related("flow__mapping", "raw_file").get(pk=run.pk)
    told = plan(run, only_failed=only_failed, current_definition=current)
    assert not told.refused
    assert bool(told.differences) == current
    again = run_flow(rerun(run, only_failed=only_failed, current_definition=current, at=LATER).pk, at=LATER)
    assert again.rows_read == (1 if only_failed else 2)
    assert again.rows_rejected == (0 if current else 1)
    assert again.flow_version == (2 if current else 1)
    expected = {"A": "TOYS" if current and not only_failed else "Toys"} | ({"B": "GAMES"} if current else {})
    assert tiny.content() == expected


def test_the_page_before_tells_what_will_happen(anna, flow, send):
    run = send(flow, BAD)
    send(flow, BAD.replace("soon", "2"))
    text = anna.get(page("run_again", run.pk)).content.decode()
    assert "The whole file file.csv is read again" in text
    assert "1 later run of this flow went through" in text
    assert "Flow and mapping are what they were then." in text
    flow.mapping.columns = [{"field": "code", "column": "Code"}]
    save_mapping(flow.mapping, at=AT)
    text = anna.get(page("run_again", run.pk) + "?rows=rejected").content.decode()
    assert "The 1 refused row is read again" in text
    assert "column of name" in text
    text = anna.get(page("run_again", run.pk) + "?definition=then").content.decode()
    assert "as they were then are used" in text
    anna.post(page("run_rerun", run.pk), {"rows": "all", "definition": "then"})
    assert Run.objects.latest("pk").flow_version == 1


def test_what_cannot_run_again_says_why(anna, flow, send):
    run = send(flow, BAD)
    Run.objects.filter(pk=run.pk).update(state="running", finished_at=None)
    assert "not finished yet" in anna.get(page("run_again", run.pk)).content.decode()
    Run.objects.filter(pk=run.pk).update(state="done", finished_at=AT, raw_file=None)
    text = anna.get(page("run_again", run.pk)).content.decode()
    assert "no file that could be read again" in text
    assert "Run it again" not in text


def test_a_whole_file_says_that_it_archives(flow, send):
    flow.coverage = "full"
    save_flow(flow, at=AT)
    run = send(flow, BAD)
    assert any("is archived" in says for says in plan(run, only_failed=False, current_definition=True).says)
    assert not any("is archived" in says for says in plan(run, only_failed=True, current_definition=True).says)


def test_corrected_rows_come_back_bound_to_their_run(flow, send, tiny):
    flow.coverage = "full"
    save_flow(flow, at=AT)
    run = send(flow, BAD)
    corrected = b"".join(reject_lines(run)).replace(b"soon", b"2")
    new = run_flow(correct(run, "r.csv", io.BytesIO(corrected), at=LATER, actor="anna").pk, at=LATER)
    assert (new.state, new.rerun_of, new.rows_new, new.rows_archived) == ("done", run, 1, 0)
    assert tiny.content() == {"A": "Toys", "B": "Games"}, "nothing is archived by a part"


def test_corrected_rows_that_are_still_wrong_are_told_again(flow, send):
    run = send(flow, BAD)
    again = b"".join(reject_lines(run)).replace(b"soon", b"never")
    new = run_flow(correct(run, "r.csv", io.BytesIO(again), at=LATER).pk, at=LATER)
    assert (new.state, new.rows_rejected) == ("done_with_rejections", 1)
    other = run_flow(correct(run, "r.csv", io.BytesIO(b"What;Is;This\n1;2;3\n"), at=LATER).pk, at=LATER)
    assert other.state == "failed"


@pytest.mark.parametrize(
    ("change", "says"),
    [({"state": "running"}, "not finished"), ({"undo_of_id": 1}, "Only the rows of an import")],
)
def test_what_cannot_be_corrected(flow, send, change, says):
    run = send(flow, BAD)
    for name, value in change.items():
        setattr(run, name, value)
    with pytest.raises(Refused, match=says):
        correct(run, "r.csv", io.BytesIO(b"x"), at=AT)


def test_a_run_without_refused_rows_or_of_a_flow_that_is_off_takes_no_corrections(flow, send):
    good = send(flow, BAD.replace("soon", "2"))
    with pytest.raises(Refused, match="refused no row"):
        correct(good, "r.csv", io.BytesIO(b"x"), at=AT)
    bad = send(flow, BAD)
    bad.flow.active = False
    with pytest.raises(Refused, match="switched off"):
        correct(bad, "r.csv", io.BytesIO(b"x"), at=AT)


def test_office_takes_the_corrected_file_on_the_runs_page(anna, flow, send):
    run = send(flow, BAD)
    assert "Bring them back" in anna.get(page("run_change", run.pk)).content.decode()
    corrected = b"".join(reject_lines(run)).replace(b"soon", b"2")
    answer = anna.post(page("run_correct", run.pk), {"file": SimpleUploadedFile("r.csv", corrected)})
    new = Run.objects.latest("pk")
    assert answer["Location"] == page("run_change", new.pk)
    text = anna.get(page("run_change", new.pk)).content.decode()
    assert "Corrects" in text
    assert "required" in anna.post(page("run_correct", run.pk), {}, follow=True).content.decode()


def test_the_timeline_of_a_run(flow, send):
    flow.brake_rejected = 10
    save_flow(flow, at=AT)
    run = send(flow, BAD)
    codes = [moment.code for moment in timeline(run)]
    assert codes[0] == "received"
    assert codes[1:] == ["started", "read", "checked", "compared", "applied"]
    undo = run_flow(undo_run(run, at=LATER, actor="anna").pk, at=LATER) if run.totals else None
    assert undo is None or timeline(run)[-1].code == "undone"


@pytest.mark.django_db(transaction=True)
def test_a_recovered_run_tells_of_it(flow):
    from integrations.services import receive_file

    run = receive_file(flow, "a.csv", io.BytesIO(BAD.encode()), trigger="upload", at=AT, actor="anna")
    Run.objects.filter(pk=run.pk).update(state="running", attempts=1, lease_until=AT)
    recover_runs(at=LATER)
    run = run_flow(run.pk, at=LATER)
    moments = timeline(run)
    assert (moments[0].code, moments[0].who) == ("received", "anna")
    assert "recovered" in [moment.code for moment in moments]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("", 5, None, 0, {}, 0), Estimate(None)),
        (("reading", 10, 25, 1000, {}, 0), Estimate(25)),
        (("merging", 10, 25, 1000, {}, 0), Estimate(25, 30)),
        (("reading", 10, 50, 500, {"reading": 10, "checking": 10, "merging": 20}, 500), Estimate(12, 70)),
        (("checking", 5, None, 1000, {"reading": 10, "checking": 10, "merging": 20}, 1000), Estimate(38, 25)),
        (("checking", 30, None, 1000, {"reading": 10, "checking": 10, "merging": 20}, 1000), Estimate(67, None, True)),
    ],
)
def test_the_time_left_is_judged_by_an_earlier_run(given, expected):
    assert estimate(*given) == expected


def test_a_running_run_shows_how_far_it_is(anna, flow, send):
    before = send(flow, BAD)
    second = dt.timedelta(seconds=1)
    at = Run.objects.get(pk=before.pk).queued_at
    steps = [
        {"what": what, "at": (at + n * 10 * second).isoformat(), "attempt": 1}
        for n, what in enumerate(("reading", "checking", "merging"))
    ]
    Run.objects.filter(pk=before.pk).update(steps=steps, finished_at=at + 40 * second, rows_read=1000)
    run = Run.objects.create(flow=flow, state="running", trigger="hand", queued_at=AT, started_at=AT, attempts=1)
    Run.objects.filter(pk=run.pk).update(steps=steps[:2], rows_read=1000, stage="checking")
    run.refresh_from_db()
    assert estimate_of(run, at + 15 * second) == Estimate(38, 25)
    assert stage_seconds([("reading", at), ("checking", at + second)], at + 3 * second) == {"reading": 1, "checking": 2}
    text = anna.get(page("run_change", run.pk) + "?part=live").content.decode()
    assert "<progress" in text
    answer = anna.get(page("run_change", run.pk)).content.decode()
    assert "longer than the last one" in answer


def test_the_list_shows_what_waits_for_a_person(anna, flow, send):
    bad, good = send(flow, BAD), send(flow, BAD.replace("soon", "2"))
    text = anna.get(page("run_changelist") + "?acts=person").content.decode()
    assert f"#{bad.pk}" in text
    assert f"#{good.pk}" not in text
    assert anna.get(page("run_changelist") + "?acts=nonsense").status_code == 200


def test_one_rule_of_what_is_usual():
    assert off_the_usual(400, [1000, 1001, 1002], 50) == 1001
    assert off_the_usual(600, [1000, 1001, 1002], 50) is None
    assert off_the_usual(400, [1000, 1001], 50) is None, "too few to know"
    assert off_the_usual(1, [3, 3, 3], 50) is None, "of few things a share says nothing"
    assert off_the_usual(400, [1000] * 5, None) is None


def test_plan_corrections_and_timeline_by_api(client, flow, send):
    run = send(flow, BAD)
    headers = {"Authorization": f"Bearer {an_api_key('erp', Scope.FLOWS_RUN)}"}
    told = client.get(f"/api/v1/runs/{run.guid}/rerun/plan?only_failed=true", headers=headers).json()
    assert told["possible"]
    moments = client.get(f"/api/v1/runs/{run.guid}/timeline", headers=headers).json()["moments"]
    assert moments[-1]["code"] == "applied"
    corrected = b"".join(reject_lines(run)).replace(b"soon", b"2")
    answer = client.post(f"/api/v1/runs/{run.guid}/corrections", corrected, content_type="text/csv", headers=headers)
    assert answer.status_code == 202
    assert answer.json()["rerun_of"] == str(run.guid)
    assert (answer.json()["flow_version"], answer.json()["percent"]) == (1, None)
    form = {"file": SimpleUploadedFile("r.csv", corrected)}
    assert client.post(f"/api/v1/runs/{run.guid}/corrections", form, headers=headers).status_code == 202
    good = send(flow, BAD.replace("soon", "2"))
    answer = client.post(f"/api/v1/runs/{good.guid}/corrections", b"", content_type="text/csv", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_rejected")
    assert json.loads(answer.content)
