"""Every hop of a task: who may do it, when, and what it leaves behind (A9 to A12)."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group

from altazion.lib.problems import Invalid, Refused
from logbook.models import Event
from tasks_mgmt import selectors, services
from tasks_mgmt.models import Importance, TaskState, TaskStep
from tests.builders import AT, a_colleague

pytestmark = pytest.mark.django_db
LATER = AT + dt.timedelta(hours=1)


@pytest.fixture
def anna():
    return a_colleague("anna@shop.test", first_name="Anna")


@pytest.fixture
def ugo():
    return a_colleague("ugo@shop.test", first_name="Ugo", job="UX")


@pytest.fixture
def stranger():
    return a_colleague("stranger@shop.test")


@pytest.fixture
def task(anna, ugo):
    return services.create_task(title="Build the page", by=anna, to=ugo, at=AT)


def last_step(task):
    return TaskStep.objects.filter(task=task).last()


def test_a_new_task_leaves_a_step_and_an_event(task, anna, ugo):
    step = last_step(task)
    assert (step.action, step.by, step.to_user) == ("asked", anna, ugo)
    event = Event.objects.get(kind="tasks.task_changed")
    assert event.data["action"] == "asked"
    assert event.actor == anna.email


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": "  "}, "no_title"),
        ({"due_at": AT}, "due_in_the_past"),
        ({"to": None}, "no_recipient"),
        ({"subject": services.Subject(url="https://evil.test/")}, "foreign_url"),
        ({"subject": services.Subject(url="//evil.test/")}, "foreign_url"),
        ({"subject": services.Subject(url="javascript:alert(1)")}, "foreign_url"),
    ],
)
def test_bad_input_is_refused_with_its_reason(anna, ugo, change, code):
    with pytest.raises(Invalid) as refusal:
        services.create_task(**{"title": "T", "by": anna, "to": ugo, "at": AT, **change})
    assert refusal.value.code == code


def test_a_task_cannot_go_to_someone_who_cannot_come_into_office(anna):
    shopper = a_colleague("shopper@shop.test")
    shopper.is_staff = False
    with pytest.raises(Invalid):
        services.create_task(title="T", by=anna, to=shopper, at=AT)


@pytest.mark.parametrize("verb", ["process", "ignore", "reopen", "accept", "claim"])
def test_a_stranger_cannot_touch_it(task, stranger, verb):
    with pytest.raises(Refused) as refusal:
        getattr(services, verb)(task, by=stranger, at=LATER)
    assert refusal.value.code in {"not_yours", "taken"}
    task.refresh_from_db()
    assert task.state == TaskState.OPEN


def test_the_one_who_asked_may_withdraw_it_but_not_claim_it_is_done(task, anna):
    with pytest.raises(Refused):
        services.process(task, by=anna, at=LATER)
    assert services.ignore(task, by=anna, at=LATER, word="no longer needed").state == TaskState.IGNORED


def test_a_superuser_may_do_everything(task):
    boss = a_colleague("boss@shop.test", is_superuser=True)
    assert services.process(task, by=boss, at=LATER).state == TaskState.DONE


def test_what_is_done_cannot_be_done_again_but_can_be_opened_again(task, ugo, anna):
    services.process(task, by=ugo, at=LATER, word="there it is")
    with pytest.raises(Refused) as refusal:
        services.process(task, by=ugo, at=LATER)
    assert refusal.value.code == "wrong_state"
    task = services.reopen(task, by=anna, at=LATER, word="one more thing")
    assert (task.state, task.closed_at) == (TaskState.OPEN, None)


def test_validation_accepted_completes_and_refused_returns_with_a_word(task, ugo):
    seo = a_colleague("sara@shop.test", first_name="Sara")
    task = services.send_for_validation(task, to=seo, by=ugo, at=LATER, word="please look")
    assert (task.state, task.recipient) == (TaskState.TO_VALIDATE, seo)
    with pytest.raises(Invalid) as refusal:
        services.refuse(task, by=seo, at=LATER, word=" ")
    assert refusal.value.field == "word"
    task = services.refuse(task, by=seo, at=LATER, word="the title is too long")
    assert (task.state, task.recipient) == (TaskState.OPEN, ugo)
    assert last_step(task).to_user == ugo
    task = services.send_for_validation(task, to=seo, by=ugo, at=LATER)
    task = services.accept(task, by=seo, at=LATER)
    assert (task.state, task.closed_at) == (TaskState.DONE, LATER)
    assert [step.action for step in selectors.history(task)] == [
        "asked",
        "sent_for_validation",
        "refused",
        "sent_for_validation",
        "accepted",
    ]


def test_nobody_validates_their_own_work(task, ugo):
    with pytest.raises(Invalid):
        services.send_for_validation(task, to=ugo, by=ugo, at=LATER)


def test_only_the_validator_accepts(task, ugo, anna):
    seo = a_colleague("sara@shop.test")
    services.send_for_validation(task, to=seo, by=ugo, at=LATER)
    for person in (ugo, anna):
        with pytest.raises(Refused):
            services.accept(task, by=person, at=LATER)


def test_a_transfer_moves_it_and_the_former_holder_lets_go(task, ugo, stranger):
    task = services.transfer(task, to=stranger, by=ugo, at=LATER, word="yours rather")
    assert task.recipient == stranger
    with pytest.raises(Refused):
        services.process(task, by=ugo, at=LATER)
    with pytest.raises(Invalid):
        services.transfer(task, to=stranger, by=stranger, at=LATER)


def test_a_groups_task_is_seen_by_all_and_belongs_to_the_first_who_takes_it(anna, ugo, stranger):
    group = Group.objects.create(name="SEO")
    group.user_set.add(ugo, stranger)
    task = services.create_task(title="T", by=anna, to=group, at=AT)
    assert [selectors.my_tasks(person, AT).count() for person in (ugo, stranger, anna)] == [1, 1, 0]
    services.claim(task, by=ugo, at=LATER)
    assert [selectors.my_tasks(person, AT).count() for person in (ugo, stranger)] == [1, 0]
    with pytest.raises(Refused) as refusal:
        services.claim(task, by=stranger, at=LATER)
    assert refusal.value.code in {"taken", "not_yours"}


def test_order_is_urgent_then_overdue_then_due_date_then_priority(anna, ugo):
    def make(title, importance=Importance.NORMAL, due=None):
        services.create_task(title=title, by=anna, to=ugo, at=AT, importance=importance, due_at=due)

    make("low", Importance.LOW)
    make("normal")
    make("late", Importance.LOW, AT + dt.timedelta(hours=2))
    make("soon", Importance.LOW, AT + dt.timedelta(hours=9))
    make("urgent", Importance.URGENT)
    at = AT + dt.timedelta(hours=5)
    assert [task.title for task in selectors.my_tasks(ugo, at)] == ["urgent", "late", "soon", "normal", "low"]
    counts = selectors.counters(ugo, at)
    assert (counts.all, counts.urgent, counts.overdue, counts.mine, counts.group) == (5, 1, 1, 5, 0)
    assert selectors.counters(anna, at).sent == 5


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_as_many_queries_for_one_task_as_for_three(
    anna, ugo, client, django_assert_max_num_queries, number
):
    for n in range(number):
        services.create_task(title=f"T{n}", by=anna, to=ugo, at=AT)
    client.force_login(ugo)
    client.get("/office/tasks_mgmt/task/")
    with django_assert_max_num_queries(8):
        page = client.get("/office/tasks_mgmt/task/")
    assert page.content.decode().count("of-task-link") == number
