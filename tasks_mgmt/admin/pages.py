"""The pages of a colleague's personal space (OFF-20). Wrapped by the admin site, so only staff gets here."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from accounts.selectors import colleague_of
from altazion.lib.clock import now
from altazion.lib.problems import Refused
from tasks_mgmt import selectors, services
from tasks_mgmt.forms import HopForm, TaskForm
from tasks_mgmt.models import Task
from tasks_mgmt.rules import Verb, is_local

SUBJECT_FIELDS = ("subject_kind", "subject_id", "subject_label", "subject_url")


def my_tasks(request: HttpRequest) -> HttpResponse:
    """What waits for me, or what I asked of others."""
    user, at = colleague_of(request), now()
    counts = selectors.counters(user, at)
    which = request.GET.get("which", "all")
    filters = [
        ("all", pgettext("tasks", "All"), counts.all),
        ("urgent", _("Urgent"), counts.urgent),
        ("overdue", _("Overdue"), counts.overdue),
        ("mine", _("For me"), counts.mine),
        ("group", _("My groups"), counts.group),
        ("sent", _("Sent"), counts.sent),
    ]
    if which not in dict.fromkeys(name for name, _label, _count in filters):
        which = "all"
    tasks = selectors.sent_by(user, at) if which == "sent" else selectors.my_tasks(user, at, which=which)
    context = {
        "title": _("My tasks"),
        "tasks": tasks[: selectors.SHOWN_AT_MOST],
        "which": which,
        "filters": filters,
        "counts": counts,
    }
    return _page(request, "office/tasks/list.html", context)


def new_task(request: HttpRequest) -> HttpResponse:
    """Ask a colleague or a group for something; the address tells about which record."""
    if request.method == "POST":
        form = TaskForm(request.POST)
        if form.is_valid():
            try:
                task = _create(request, form)
            except Refused as problem:
                _complain(form, problem)
            else:
                to = task.recipient or task.group
                messages.success(request, _("Sent to %(name)s: “%(title)s”.") % {"name": to, "title": task.title})
                back = task.subject_url if is_local(task.subject_url) else reverse("admin:tasks_mgmt_task_changelist")
                return HttpResponseRedirect(back)
    else:
        about = {name: request.GET.get(name, "")[:300] for name in SUBJECT_FIELDS}
        about["subject_url"] = about["subject_url"] if is_local(about["subject_url"]) else ""
        form = TaskForm(initial=about)
    label = form["subject_label"].value() or ""
    back = form["subject_url"].value() or ""
    form_status = 422 if form.errors else 200
    context = {"title": _("New task"), "form": form, "about": label, "about_url": back if is_local(back) else ""}
    return _page(request, "office/tasks/new.html", context, status=form_status)


def _create(request: HttpRequest, form: TaskForm) -> Task:
    data = form.cleaned_data
    return services.create_task(
        title=data["title"],
        description=data["description"],
        importance=data["importance"],
        due_at=form.due(),
        to=data["to"],
        subject=form.subject(),
        by=colleague_of(request),
        at=now(),
    )


def task_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One task: what, why, about which record, what happened so far, what I can do now."""
    return _show(request, _get(request, pk), HopForm())


def _show(request: HttpRequest, task: Task, form: HopForm) -> HttpResponse:
    verbs = selectors.verbs_for(task, colleague_of(request))
    context = {
        "title": _("Task"),
        "task": task,
        "steps": selectors.history(task),
        "form": form,
        "verbs": {verb.value for verb in verbs},
        "may_give": bool(verbs & {Verb.TRANSFER, Verb.SEND_FOR_VALIDATION}),
        "subject_url": task.subject_url if is_local(task.subject_url) else "",
    }
    return _page(request, "office/tasks/task.html", context, status=422 if form.errors else 200)


@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """One hop of a task."""
    task = _get(request, pk)
    form = HopForm(request.POST)
    if not form.is_valid():
        return _show(request, task, form)
    try:
        done = _hop(task, form, request)
    except Refused as problem:
        _complain(form, problem)
        task.refresh_from_db()
        return _show(request, task, form)
    messages.success(request, _outcome(Verb(form.cleaned_data["verb"]), done))
    if selectors.may_see(done, colleague_of(request)) and done.state in selectors.OPEN_STATES:
        return HttpResponseRedirect(reverse("admin:tasks_mgmt_task_change", args=[pk]))
    return HttpResponseRedirect(reverse("admin:tasks_mgmt_task_changelist"))


def _hop(task: Task, form: HopForm, request: HttpRequest) -> Task:
    verb = Verb(form.cleaned_data["verb"])
    facts: dict[str, Any] = {"by": colleague_of(request), "at": now(), "word": form.cleaned_data["word"]}
    if verb in {Verb.TRANSFER, Verb.SEND_FOR_VALIDATION}:
        facts["to"] = form.cleaned_data["to"]
    return getattr(services, verb.value)(task, **facts)


def _complain(form: Form, problem: Refused) -> None:
    """Show a refusal at its input, or above the form when that input is hidden or is none."""
    shown = {field.name for field in form.visible_fields()}
    form.add_error(problem.field if problem.field in shown else None, problem.message)


def _outcome(verb: Verb, task: Task) -> str:
    who = {"name": task.recipient or task.group, "title": task.title}
    return {
        Verb.CLAIM: _("“%(title)s” is yours now."),
        Verb.PROCESS: _("Done: “%(title)s”."),
        Verb.IGNORE: _("Ignored: “%(title)s”."),
        Verb.TRANSFER: _("Given to %(name)s: “%(title)s”."),
        Verb.SEND_FOR_VALIDATION: _("Sent to %(name)s for validation: “%(title)s”."),
        Verb.ACCEPT: _("Accepted: “%(title)s” is done."),
        Verb.REFUSE: _("Sent back to %(name)s: “%(title)s”."),
        Verb.REOPEN: _("Open again: “%(title)s”."),
    }[verb] % who


def _get(request: HttpRequest, pk: int) -> Task:
    task = Task.objects.select_related("recipient", "group", "requester", "kind").filter(pk=pk).first()
    if task is None:
        raise Http404
    if not selectors.may_see(task, colleague_of(request)):
        raise PermissionDenied
    return task


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    request.current_app = admin.site.name
    return TemplateResponse(
        request, template, {**admin.site.each_context(request), "now": now(), **context}, status=status
    )
