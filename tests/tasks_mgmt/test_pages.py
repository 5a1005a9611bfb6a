"""The task pages with bad input: a message, never a failure, and nothing of other people's business."""

import pytest
from django.contrib.auth.models import Group

from tasks_mgmt import services
from tasks_mgmt.models import Task
from tasks_mgmt.selectors import new_task_url
from tests.builders import AT, a_colleague

pytestmark = pytest.mark.django_db
NEW = "/office/tasks_mgmt/task/new/"


@pytest.fixture
def ugo():
    return a_colleague("ugo@shop.test", first_name="Ugo")


@pytest.fixture
def anna(client):
    person = a_colleague("anna@shop.test", first_name="Anna")
    client.force_login(person)
    return person


def body(ugo, **changes):
    return {"title": "Look at this", "to": f"user:{ugo.pk}", "importance": "20", **changes}


def test_a_task_is_made_from_a_record_and_leads_back_to_it(client, anna, ugo):
    url = new_task_url(subject_kind="catalog.product", subject_id=7, label="Spider-Man", url="/office/catalog/")
    form = client.get(url).content.decode()
    assert "Spider-Man" in form
    about = {"subject_kind": "catalog.product", "subject_id": "7", "subject_url": "/office/catalog/"}
    answer = client.post(NEW, body(ugo, **about))
    assert (answer.status_code, answer["Location"]) == (302, "/office/catalog/")
    task = Task.objects.get()
    assert (task.subject_id, task.recipient, task.requester) == ("7", ugo, anna)


def test_a_task_can_go_to_a_group(client, anna):
    group = Group.objects.create(name="SEO")
    client.post(NEW, {"title": "T", "to": f"group:{group.pk}", "importance": "30"})
    assert Task.objects.get().group == group


@pytest.mark.parametrize(
    "change",
    [
        {"title": ""},
        {"title": "x" * 201},
        {"to": ""},
        {"to": "user:999999"},
        {"to": "group:1; DROP TABLE"},
        {"importance": "11"},
        {"importance": "very"},
        {"due_at": "tomorrow"},
        {"due_at": "2020-01-01T10:00"},
        {"subject_url": "https://evil.test/"},
        {"subject_url": "javascript:alert(1)"},
        {"subject_kind": "k" * 41},
    ],
)
def test_bad_input_gets_a_message_and_makes_nothing(client, anna, ugo, change):
    answer = client.post(NEW, body(ugo, **change))
    assert answer.status_code == 422
    assert not Task.objects.exists()


def test_a_foreign_address_in_the_link_is_dropped(client, anna):
    page = client.get(f"{NEW}?subject_label=X&subject_url=https://evil.test/").content.decode()
    assert "evil.test" not in page


def test_what_people_write_is_shown_as_they_wrote_it_and_does_nothing(client, anna, ugo):
    task = services.create_task(title="<script>alert(1)</script>", description="<b>x</b>", by=ugo, to=anna, at=AT)
    page = client.get(f"/office/tasks_mgmt/task/{task.pk}/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;b&gt;x" in page


def test_a_strangers_task_is_closed_to_me_and_a_missing_one_is_missing(client, anna, ugo):
    task = services.create_task(title="Private", by=ugo, to=a_colleague("sara@shop.test"), at=AT)
    assert client.get(f"/office/tasks_mgmt/task/{task.pk}/").status_code == 403
    assert client.post(f"/office/tasks_mgmt/task/{task.pk}/act/", {"verb": "process"}).status_code == 403
    assert client.get("/office/tasks_mgmt/task/999999/").status_code == 404


@pytest.mark.parametrize(
    "answer",
    [
        {"verb": "explode"},
        {"verb": "accept"},
        {"verb": "reopen"},
        {"verb": "transfer"},
        {"verb": "transfer", "to": "user:0"},
        {"verb": "process", "word": "x" * 501},
        {},
    ],
)
def test_a_hop_that_cannot_be_gets_a_message_and_changes_nothing(client, anna, ugo, answer):
    task = services.create_task(title="T", by=ugo, to=anna, at=AT)
    assert client.post(f"/office/tasks_mgmt/task/{task.pk}/act/", answer).status_code == 422
    task.refresh_from_db()
    assert (task.state, task.recipient, task.steps.count()) == ("open", anna, 1)


def test_a_hop_by_get_is_refused(client, anna, ugo):
    task = services.create_task(title="T", by=ugo, to=anna, at=AT)
    assert client.get(f"/office/tasks_mgmt/task/{task.pk}/act/").status_code == 405


def test_shoppers_do_not_come_in(client, ugo):
    shopper = a_colleague("lea@shop.test", kind="shopper")
    shopper.is_staff = False
    shopper.save()
    client.force_login(shopper)
    assert client.get(NEW).status_code == 302


@pytest.mark.parametrize("which", ["all", "urgent", "overdue", "mine", "group", "sent", "nonsense"])
def test_every_filter_opens_and_an_empty_one_teaches(client, anna, which):
    page = client.get(f"/office/tasks_mgmt/task/?which={which}")
    assert page.status_code == 200
    assert "of-empty" in page.content.decode()
