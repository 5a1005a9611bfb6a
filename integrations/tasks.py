"""Celery's edge of the flows: thin calls by name; schedules are rows of django-celery-beat."""

import logging

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.utils import translation
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from altazion.lib.clock import now
from altazion.lib.problems import Refused
from integrations import services
from integrations.enums import Trigger
from integrations.models import Flow, Run

log = logging.getLogger(__name__)


def nudge(run_pk: int) -> None:
    """Ask a worker to run. A dead broker is no error here: recovery finds the waiting run."""
    try:
        run_flow_task.apply_async(args=[run_pk], retry=False)
    except (OperationalError, OSError) as error:
        log.warning("broker unreachable, recovery will start run %s: %s", run_pk, error)


@shared_task
def run_flow_task(run_pk: int, **kwargs: object) -> str:
    """Run a waiting run, and those of its flow that came to wait meanwhile."""
    state = services.run_flow(run_pk, at=now()).state
    services.run_waiting(Run.objects.get(pk=run_pk).flow_id, at=now())
    return state


@shared_task
def poll_flow(flow: str, **kwargs: object) -> int:
    """Look where a flow's files come from and run what is complete there; what went wrong is kept with the flow."""
    row = Flow.objects.select_related("connection").filter(code=flow, active=True).first()
    if row is None:
        return 0
    return _start(row)


def nudge_trigger(trigger_pk: int) -> None:
    """Ask a worker to start what a trigger asks for. A dead broker is no error here: recovery finds the start."""
    try:
        take_up_trigger.apply_async(args=[trigger_pk], retry=False)
    except (OperationalError, OSError) as error:
        log.warning("broker unreachable, recovery will start trigger %s: %s", trigger_pk, error)


def nudge_flow(code: str) -> None:
    """Ask a worker to start a flow now; a dead broker leaves it to the flow's own schedule."""
    try:
        poll_flow.apply_async(kwargs={"flow": code}, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("broker unreachable, flow %s waits for its schedule: %s", code, error)


@shared_task
def fire_trigger(trigger: int, **kwargs: object) -> int:
    """The clock's call of a trigger; its moment starts the flow once, however often the call comes."""
    row = services.fire(trigger, at=now())
    return _start(row.flow) if row else 0


@shared_task
def take_up_trigger(trigger: int, **kwargs: object) -> int:
    """Start what an event, or another flow, asked for."""
    row = services.take_up(trigger, at=now())
    return _start(row.flow, Trigger.EVENT) if row else 0


def _start(flow: Flow, cause: str = Trigger.SCHEDULE) -> int:
    """Start a flow and run, in order, what came of it; what went wrong is kept with the flow."""
    try:
        runs = services.start_flow(flow, at=now(), cause=cause)
    except Refused as problem:
        log.warning("flow %s: %s", flow.code, problem.message)
        runs = []
    for run in runs:
        services.run_flow(run.pk, at=now())
    services.run_waiting(flow.pk, at=now())
    return len(runs)


@shared_task
def recover_runs(**kwargs: object) -> int:
    """Take up again what died or was never started."""
    found = services.recover_runs(at=now())
    for run_pk in found:
        services.run_flow(run_pk, at=now())
    for trigger in services.lost_starts(at=now()):
        take_up_trigger(trigger)
    return len(found)


@shared_task
def export_orders(flow: str, **kwargs: object) -> int:
    """Write the orders that wait for the ERP to a file; returns how many rows."""
    row = Flow.objects.filter(code=flow, active=True).first()
    run = services.export_orders(row, at=now()) if row else None
    return run.rows_read if run else 0


@shared_task
def forget_changes(**kwargs: object) -> int:
    """Let go of differences that were kept long enough."""
    return services.forget_changes(at=now())


@shared_task
def check_flows(**kwargs: object) -> int:
    """Look at how every flow is doing; a flow that falls ill or recovers is told of by mail."""
    turns = services.check_flows(at=now())
    to = services.whom_to_tell() if turns else []
    for turn in turns:
        with translation.override(settings.LANGUAGE_CODE):
            subject = _("Flow “%s” needs care") if turn.says else _("Flow “%s” is well again")
            body = turn.says or _("What was wrong is over.")
        if to:
            send_mail(subject % turn.flow.name, body, settings.DEFAULT_FROM_EMAIL, to, fail_silently=True)
    return len(turns)


def nudge_list(pk: int) -> None:
    """Ask a worker to write a list of Office. A dead broker is no error here: the sweep finds the waiting list."""
    try:
        write_list.apply_async(args=[pk], retry=False)
    except (OperationalError, OSError) as error:
        log.warning("broker unreachable, the sweep will start list %s: %s", pk, error)


@shared_task
def write_list(pk: int, **kwargs: object) -> str:
    """Write a list of Office into its file."""
    return services.write_list(pk, at=now()).state


@shared_task
def look_after_lists(**kwargs: object) -> int:
    """Write lists that nobody is at, let go of files that were kept long enough."""
    lost = services.look_after_lists(at=now())
    for pk in lost:
        services.write_list(pk, at=now())
    return len(lost)
