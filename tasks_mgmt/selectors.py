"""Questions about tasks: what waits for me, what became of what I asked."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.models import Group
from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, QuerySet
from django.urls import reverse

from accounts.enums import AccountKind
from accounts.models import User
from tasks_mgmt.models import Importance, Task, TaskState, TaskStep
from tasks_mgmt.rules import Role, Verb, fits_roles, fits_state

SHOWN_AT_MOST = 250
COUNTED_AT_MOST = 100
OPEN_STATES = (TaskState.OPEN, TaskState.TO_VALIDATE)


@dataclass(frozen=True)
class Counters:
    """How many open tasks wait for a person, by way of looking at them."""

    all: int = 0
    urgent: int = 0
    overdue: int = 0
    mine: int = 0
    group: int = 0
    sent: int = 0


def groups_of(user: User) -> QuerySet[Group]:
    """The groups whose tasks a person sees: those of which they are a member; a superuser sees all."""
    return Group.objects.all() if user.is_superuser else Group.objects.filter(user=user)


def _waiting(user: User) -> Q:
    """Addressed to the person, or unclaimed in a group of theirs (A11)."""
    return Q(recipient=user) | Q(recipient=None, group__in=groups_of(user).values("pk"))


def my_tasks(user: User, at: dt.datetime, *, which: str = "all") -> QuerySet[Task]:
    """Open tasks that wait for a person: urgent ones first, then overdue, then by due date, then priority (A12).

    which: "all", "urgent", "overdue", "mine" (addressed to the person), "group" (waiting in a group).
    Slice it: at most SHOWN_AT_MOST are meant for a page.
    """
    tasks = Task.objects.filter(_waiting(user), state__in=OPEN_STATES)
    narrowed = {
        "urgent": Q(importance__gte=Importance.URGENT),
        "overdue": Q(due_at__lt=at),
        "mine": Q(recipient=user),
        "group": Q(recipient=None),
    }
    return in_order(tasks.filter(narrowed.get(which, Q())), at)


def in_order(tasks: QuerySet[Task], at: dt.datetime) -> QuerySet[Task]:
    """The same tasks as a person wants to meet them, with `is_urgent` and `is_overdue`."""
    return (
        tasks.annotate(
            is_urgent=ExpressionWrapper(Q(importance__gte=Importance.URGENT), output_field=BooleanField()),
            is_overdue=ExpressionWrapper(
                Q(due_at__lt=at, due_at__isnull=False, state__in=OPEN_STATES), output_field=BooleanField()
            ),
        )
        .select_related("recipient", "group", "requester", "kind")
        .order_by("-is_urgent", "-is_overdue", F("due_at").asc(nulls_last=True), "-importance", "id")
    )


def concerning(user: User) -> QuerySet[Task]:
    """All tasks that a person sees, open or closed: for them, in their groups, or asked by them; newest first."""
    return Task.objects.filter(_waiting(user) | Q(requester=user)).order_by("-pk")


def sent_by(user: User, at: dt.datetime) -> QuerySet[Task]:
    """What a person asked of others, newest first, with how far it got."""
    return in_order(Task.objects.filter(requester=user).exclude(recipient=user), at).order_by("-id")


def counters(user: User, at: dt.datetime) -> Counters:
    """The counts above the personal list; one query over the person's open tasks only."""
    waiting = _waiting(user)
    found = Task.objects.filter(waiting | Q(requester=user), state__in=OPEN_STATES).aggregate(
        all=Count("pk", filter=waiting),
        urgent=Count("pk", filter=waiting & Q(importance__gte=Importance.URGENT)),
        overdue=Count("pk", filter=waiting & Q(due_at__lt=at)),
        mine=Count("pk", filter=Q(recipient=user)),
        group=Count("pk", filter=waiting & Q(recipient=None)),
        sent=Count("pk", filter=Q(requester=user) & (Q(recipient=None) | ~Q(recipient=user))),
    )
    return Counters(**found)


def waiting_count(user: User) -> int:
    """How many open tasks wait for a person, never counting beyond COUNTED_AT_MOST."""
    return Task.objects.filter(_waiting(user), state__in=OPEN_STATES)[:COUNTED_AT_MOST].count()


def roles_in(task: Task, user: User) -> frozenset[Role]:
    """What a person is to a task."""
    roles = set()
    if task.recipient_id == user.pk:
        roles.add(Role.RECIPIENT)
    if task.requester_id == user.pk:
        roles.add(Role.REQUESTER)
    if task.recipient_id is None and task.group_id and groups_of(user).filter(pk=task.group_id).exists():
        roles.add(Role.MEMBER)
    if user.is_superuser:
        roles.add(Role.SUPERUSER)
    return frozenset(roles)


def verbs_for(task: Task, user: User) -> set[Verb]:
    """What a person may do with a task now."""
    roles = roles_in(task, user)
    return {verb for verb in Verb if fits_state(verb, task.state) and fits_roles(verb, roles)}


def may_see(task: Task, user: User) -> bool:
    """Whoever has or had a hand in it, members of its group, and those who may look at all tasks (no store account)."""
    if roles_in(task, user):
        return True
    if user.kind != AccountKind.STORE and user.has_perm("tasks_mgmt.view_task"):
        return True
    if task.group_id and groups_of(user).filter(pk=task.group_id).exists():
        return True
    return TaskStep.objects.filter(task=task).filter(Q(by=user) | Q(to_user=user)).exists()


def history(task: Task) -> list[TaskStep]:
    """Every hop of a task, oldest first."""
    return list(task.steps.select_related("by", "to_user", "to_group").order_by("id"))


def open_about(subject_kind: str, ids: Iterable[str], *, kind: str = "") -> QuerySet[Task]:
    """Open tasks about these records; `kind` narrows to one kind of automatic task."""
    tasks = Task.objects.filter(subject_kind=subject_kind, subject_id__in=list(ids), state__in=OPEN_STATES)
    return tasks.filter(kind__code=kind) if kind else tasks


def open_of_kind(kind: str) -> QuerySet[Task]:
    """Open tasks that events of one kind gave birth to."""
    return Task.objects.filter(kind__code=kind, state__in=OPEN_STATES)


def colleagues() -> QuerySet[User]:
    """The people a task can go to."""
    return User.objects.filter(is_active=True, is_staff=True).order_by("first_name", "last_name", "email")


def new_task_url(*, subject_kind: str = "", subject_id: object = "", label: object = "", url: str = "") -> str:
    """The address of the form for a new task about a record; `url` is the record's own page."""
    about = {"subject_kind": subject_kind, "subject_id": subject_id, "subject_label": label, "subject_url": url}
    query = urlencode({name: str(value) for name, value in about.items() if value})
    return reverse("admin:tasks_mgmt_task_new") + (f"?{query}" if query else "")
