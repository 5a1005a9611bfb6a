"""Verbs of the tasks room: what people do with tasks (OFF-19, OFF-20). Every hop leaves a step and an event."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from altazion.lib.problems import Invalid, Refused
from logbook.services import record
from stores.models import Store
from tasks_mgmt.enums import KINDS, LAST_RESORT
from tasks_mgmt.models import Importance, Task, TaskKind, TaskState, TaskStep
from tasks_mgmt.rules import Verb, fits_roles, fits_state, is_local
from tasks_mgmt.selectors import OPEN_STATES, roles_in

Action = TaskStep.Action
QUIET_AFTER_IGNORE = dt.timedelta(days=1)


@dataclass(frozen=True)
class Subject:
    """The record a task is about: what it is, which one, how people call it, where its page stands (a local path)."""

    kind: str = ""
    id: str = ""
    label: str = ""
    url: str = ""


def create_task(
    *,
    title: str,
    by: User,
    to: User | Group,
    at: dt.datetime,
    description: str = "",
    importance: int = Importance.NORMAL,
    due_at: dt.datetime | None = None,
    subject: Subject | None = None,
) -> Task:
    """Ask a person or a group to do something, from any record.

    Invalid: no title, a due date that has passed, a recipient who cannot come into Office, an address off this site.
    """
    subject = subject or Subject()
    title = " ".join(title.split())
    if not title:
        raise Invalid(_("Say in a few words what is to be done."), code="no_title", field="title")
    if due_at is not None and due_at <= at:
        raise Invalid(_("This date has passed: choose a later one."), code="due_in_the_past", field="due_at")
    if subject.url and not is_local(subject.url):
        raise Invalid(_("A task can point to a page of this site only."), code="foreign_url", field="subject_url")
    with transaction.atomic():
        task = Task.objects.create(
            title=title[:200],
            description=description.strip(),
            importance=importance,
            due_at=due_at,
            requester=by,
            created_at=at,
            subject_kind=subject.kind[:40],
            subject_id=subject.id[:64],
            subject_label=subject.label[:200],
            subject_url=subject.url[:300],
            **_address(to),
        )
        note(task, Action.ASKED, at=at, by=by, to=to)
    return task


def claim(task: Task, *, by: User, at: dt.datetime, word: str = "") -> Task:
    """Take a group's task in hand; it leaves the lists of the other members (A11)."""
    return _hop(task, Verb.CLAIM, by=by, at=at, word=word)


def process(task: Task, *, by: User, at: dt.datetime, word: str = "") -> Task:
    """It is done. A group's task thereby belongs to the one who did it."""
    return _hop(task, Verb.PROCESS, by=by, at=at, word=word)


def ignore(task: Task, *, by: User, at: dt.datetime, word: str = "") -> Task:
    """It will not be done; an automatic task may come back if its cause is still there a day later (A10)."""
    return _hop(task, Verb.IGNORE, by=by, at=at, word=word)


def transfer(task: Task, *, to: User | Group, by: User, at: dt.datetime, word: str = "") -> Task:
    """Give it to somebody else, as it stands: what was to be validated is still to be validated."""
    return _hop(task, Verb.TRANSFER, by=by, at=at, word=word, to=to)


def send_for_validation(task: Task, *, to: User | Group, by: User, at: dt.datetime, word: str = "") -> Task:
    """I did my part: somebody else says whether it is good (A9). It comes back to `by` if refused."""
    if to == by:
        raise Invalid(_("Somebody else has to validate your work."), code="own_validation", field="to")
    return _hop(task, Verb.SEND_FOR_VALIDATION, by=by, at=at, word=word, to=to)


def accept(task: Task, *, by: User, at: dt.datetime, word: str = "") -> Task:
    """The work is good: the task is done."""
    return _hop(task, Verb.ACCEPT, by=by, at=at, word=word)


def refuse(task: Task, *, by: User, at: dt.datetime, word: str) -> Task:
    """The work is not good yet: it goes back to the one who sent it. Invalid without a word that says why."""
    if not word.strip():
        raise Invalid(_("Say why, so that the work can be mended."), code="no_word", field="word")
    return _hop(task, Verb.REFUSE, by=by, at=at, word=word)


def reopen(task: Task, *, by: User, at: dt.datetime, word: str = "") -> Task:
    """It is to be done after all. Refused when its cause has already given birth to another open task."""
    try:
        return _hop(task, Verb.REOPEN, by=by, at=at, word=word)
    except IntegrityError as error:
        raise Refused(_("Another task about the same cause is already open."), code="cause_is_open") from error


@transaction.atomic
def ensure_kinds() -> None:
    """The kinds of automatic task exist, each with a group; what a person has changed stays. May be called again.

    The group is the first of those named for the kind that has members.
    """
    manned = {group.name: group for group in Group.objects.filter(user__is_active=True).distinct()}
    known = {kind.code: kind for kind in TaskKind.objects.all()}
    for kind in KINDS:
        group = next((manned[name] for name in kind.groups if name in manned), None)
        row = known.get(kind.code)
        if row is None:
            TaskKind.objects.get_or_create(
                code=kind.code,
                defaults={
                    "label": str(kind.label),
                    "importance": kind.importance,
                    "due_in_hours": kind.due_in_hours,
                    "group": group,
                },
            )
        elif row.group_id is None and group is not None:
            row.group = group
            row.save(update_fields=["group"])


def raise_for_cause(
    kind_code: str,
    *,
    cause: str,
    title: str,
    at: dt.datetime,
    description: str = "",
    subject: Subject | None = None,
    to: User | Group | None = None,
) -> Task | None:
    """The one open task about a cause, made if there is none yet (it then gets the newest words).

    None when the kind is switched off, or when a person ignored this cause less than a day ago (A10).
    Without `to` it goes to the kind's group, failing that to the administrators.
    """
    kind = _kind(kind_code)
    if not kind.active:
        return None
    subject = subject or Subject()
    words = {
        "title": title[:200],
        "description": description,
        "subject_kind": subject.kind[:40],
        "subject_id": subject.id[:64],
        "subject_label": subject.label[:200],
        "subject_url": subject.url[:300] if is_local(subject.url) else "",
    }
    if (task := _open_about(cause)) is not None:
        Task.objects.filter(pk=task.pk).update(**words)
        return task
    ignored_since = at - QUIET_AFTER_IGNORE
    if Task.objects.filter(cause=cause, state=TaskState.IGNORED, closed_at__gt=ignored_since).exists():
        return None
    to = to or kind.group or Group.objects.get_or_create(name=LAST_RESORT)[0]
    try:
        with transaction.atomic():
            task = Task.objects.create(
                kind=kind,
                cause=cause,
                importance=kind.importance,
                due_at=at + dt.timedelta(hours=kind.due_in_hours),
                created_at=at,
                **words,
                **_address(to),
            )
            note(task, Action.ASKED, at=at, by=None, to=to)
    except IntegrityError:
        return _open_about(cause)  # somebody was quicker
    return task


def settle_causes(causes: list[str], *, at: dt.datetime, word: str) -> int:
    """These causes are gone: their open tasks close by themselves, with a step that says so. Returns how many."""
    with transaction.atomic():
        tasks = list(Task.objects.select_for_update().filter(cause__in=causes, state__in=OPEN_STATES).order_by("pk"))
        for task in tasks:
            task.state, task.closed_at = TaskState.DONE, at
            task.save(update_fields=["state", "closed_at"])
            note(task, Action.PROCESSED, at=at, by=None, word=word)
    return len(tasks)


def store_team(store: Store) -> User | Group | None:
    """Whom a store's tasks go to: its one colleague, or a group that holds all of them; None if it has nobody."""
    people = list(store.colleagues.filter(is_active=True, is_staff=True)[:50])
    if len(people) < 2:
        return people[0] if people else None
    ending = f"({store.code})"
    group = Group.objects.filter(name__endswith=ending).first()
    group = group or Group.objects.get_or_create(name=f"{store.name[:110]} {ending}")[0]
    group.user_set.set(people)
    return group


def _kind(code: str) -> TaskKind:
    kind = TaskKind.objects.select_related("group").filter(code=code).first()
    if kind is None or kind.group is None:
        ensure_kinds()
        kind = TaskKind.objects.select_related("group").get(code=code)
    return kind


def _open_about(cause: str) -> Task | None:
    return Task.objects.filter(cause=cause, state__in=OPEN_STATES).first()


def note(
    task: Task, action: str, *, at: dt.datetime, by: User | None, to: User | Group | None = None, word: str = ""
) -> None:
    """Write a step and its event in the caller's transaction. `by` None: the platform itself."""
    TaskStep.objects.create(
        task=task,
        action=action,
        by=by,
        to_user=to if isinstance(to, User) else None,
        to_group=to if isinstance(to, Group) else None,
        word=word.strip()[:500],
        at=at,
    )
    record(
        "tasks.task_changed",
        at=at,
        subject_kind="task",
        subject_id=task.pk,
        actor=by.email if by else "",
        action=action,
        state=task.state,
        title=task.title,
    )


def _hop(task: Task, verb: Verb, *, by: User, at: dt.datetime, word: str, to: User | Group | None = None) -> Task:
    """Lock the task, look whether this person may do this now, do it, leave a step."""
    if len(word) > 500:
        raise Invalid(_("Keep the word below 500 characters."), code="word_too_long", field="word")
    with transaction.atomic():
        task = Task.objects.select_for_update().get(pk=task.pk)
        _check(task, verb, by)
        action = _change(task, verb, by=by, at=at, to=to)
        task.save()
        told = task.recipient if verb == Verb.REFUSE else to
        note(task, action, at=at, by=by, to=told, word=word)
    return task


def _check(task: Task, verb: Verb, by: User) -> None:
    if not fits_roles(verb, roles_in(task, by)):
        if verb == Verb.CLAIM and task.recipient is not None:
            raise Refused(_("%(name)s has already taken this task.") % {"name": task.recipient}, code="taken")
        raise Refused(_("This task is not yours to change."), code="not_yours", status=403)
    if not fits_state(verb, task.state):
        raise Refused(
            _("This cannot be done any more: the task is “%(state)s”.") % {"state": task.get_state_display()},
            code="wrong_state",
        )


def _change(task: Task, verb: Verb, *, by: User, at: dt.datetime, to: User | Group | None) -> str:
    """Set the fields of one hop; returns the step's action."""
    match verb:
        case Verb.CLAIM:
            task.recipient = by
            return Action.CLAIMED
        case Verb.PROCESS | Verb.ACCEPT | Verb.IGNORE:
            task.state = TaskState.IGNORED if verb == Verb.IGNORE else TaskState.DONE
            task.closed_at = at
            if task.recipient_id is None and verb != Verb.IGNORE:
                task.recipient = by
            return {Verb.PROCESS: Action.PROCESSED, Verb.ACCEPT: Action.ACCEPTED, Verb.IGNORE: Action.IGNORED}[verb]
        case Verb.REFUSE:
            task.state, task.recipient = TaskState.OPEN, task.validator_returns_to
            task.group, task.validator_returns_to = None, None
            return Action.REFUSED
        case Verb.REOPEN:
            task.state, task.closed_at, task.validator_returns_to = TaskState.OPEN, None, None
            return Action.REOPENED
    _readdress(task, to)
    if verb == Verb.SEND_FOR_VALIDATION:
        task.state, task.validator_returns_to = TaskState.TO_VALIDATE, by
        return Action.SENT_FOR_VALIDATION
    return Action.TRANSFERRED


def _readdress(task: Task, to: User | Group | None) -> None:
    _address(to)
    if to == (task.recipient or task.group):
        raise Invalid(_("It already is with %(name)s.") % {"name": to}, code="same_recipient", field="to")
    task.recipient = to if isinstance(to, User) else None
    task.group = to if isinstance(to, Group) else None


def _address(to: User | Group | None) -> dict[str, Any]:
    """Fields for a recipient. Invalid for nobody, or for one who cannot come into Office."""
    if isinstance(to, Group):
        return {"recipient": None, "group": to}
    if to is None:
        raise Invalid(_("Choose who shall do it."), code="no_recipient", field="to")
    if not (to.is_active and to.is_staff):
        raise Invalid(_("%(name)s cannot come into Office.") % {"name": to}, code="no_colleague", field="to")
    return {"recipient": to, "group": None}
