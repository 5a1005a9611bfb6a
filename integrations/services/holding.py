"""Brakes: a run that would do something unusual waits for a person, who takes all of it, a part, or nothing."""

import datetime as dt
from collections.abc import Sequence
from typing import IO, Any

from django.db import transaction

from altazion.lib.problems import Invalid, Refused
from altazion.lib.told import Told, join, kept_of
from altazion.lib.told import told as _
from altazion.lib.told import told_many as ngettext
from integrations import engine
from integrations.enums import ChangeKind, Coverage, RunState
from integrations.models import Run
from integrations.rules import MOST_RUNS, REASON_COLUMN, Brakes, Facts, tripped
from integrations.services.closing import FINISHED, close, count, summary
from integrations.services.receiving import ask_worker
from logbook.services import record

KINDS = (ChangeKind.ADDED, ChangeKind.CHANGED, ChangeKind.ARCHIVED)  # what a person may take or leave


class HeldBack(Exception):
    """A brake is tripped: the writes are rolled back, `kept` says what they were."""

    def __init__(self, kept: IO[bytes]) -> None:
        super().__init__("held")
        self.kept = kept


def trips_of(run: Run, outcome: engine.Outcome) -> list[str]:
    """Sentences of the brakes that the run trips."""
    flow, result = run.flow, outcome.result
    full = run.definition.get("coverage") == Coverage.FULL
    facts = Facts(
        read=outcome.read,
        rejected=outcome.rejected,
        good=result.new + result.changed + result.unchanged,
        falls=outcome.changes.falls,
        to_zero=outcome.changes.to_zero,
        archived=result.archived,
        fed=result.changed + result.unchanged + result.archived,
        full=full,
        usual=_usual(run) if full else (),
    )
    brakes = Brakes(
        flow.brake_price_fall,
        flow.brake_price_share,
        flow.brake_archived,
        flow.brake_rows,
        flow.brake_zero,
        flow.brake_rejected,
    )
    return [_sentence(code, figures) for code, figures in tripped(brakes, facts)]


def hold(run: Run, outcome: engine.Outcome, staged: engine.Staged, trips: Sequence[str], at: dt.datetime) -> None:
    """The run waits for a person; the event becomes a task. A held run of the flow before it is superseded."""
    count(run, outcome)
    run.definition["header"] = [name for name in staged.header if name != REASON_COLUMN]
    run.definition["trips"] = [str(one) for one in trips]
    run.definition["told_trips"] = [kept_of(one) for one in trips]
    Run.objects.filter(flow_id=run.flow_id, pk__lt=run.pk, state=RunState.HELD).update(state=RunState.SUPERSEDED)
    message = _("Held back, nothing was written. %(why)s It would be: %(summary)s") % {
        "why": join(trips),
        "summary": summary(run),
    }
    close(run, RunState.HELD, message, at)


def forget_proposal(run: Run) -> None:
    """Before a run starts anew: what it would have done the last time is worked out again."""
    if run.definition.get("approved"):
        engine.forget(run.pk, run.first_change, run.last_change)
        run.rejections.all().delete()
        run.first_change = run.last_change = None


@transaction.atomic
def approve(
    run: Run,
    *,
    kinds: Sequence[str] | None = None,
    without_fields: Sequence[str] = (),
    without: Sequence[str] = (),
    at: dt.datetime,
    actor: str = "",
    queue: bool = False,
) -> Run:
    """Let a held run go on: all of it, or some kinds of difference (`ChangeKind`), without some fields or articles.

    The file is compared anew, with what stands by then. Raises Refused unless the run is held, Invalid for unknown
    kinds or when nothing would be left.
    """
    everything = kinds is None and not without_fields and not without
    chosen = KINDS if kinds is None else list(dict.fromkeys(kinds))
    if strange := set(chosen) - set(KINDS):
        raise Invalid(_("There is no kind of difference “%s”.") % min(strange), code="unknown_kind", field="kinds")
    if not chosen:
        raise Invalid(_("Nothing is left to take: refuse the run instead."), code="nothing_left", field="kinds")
    choice: dict[str, Any] = {"all": True} if everything else {"kinds": [str(kind) for kind in chosen]}
    if not everything:
        choice |= {"without_fields": list(without_fields), "without": list(without)}
    approved = {**choice, "by": actor, "at": at.isoformat()}
    _decide(run, RunState.WAITING, approved=approved, queued_at=at)
    record(
        "integrations.run_approved",
        at=at,
        subject_kind="run",
        subject_id=run.pk,
        actor=actor,
        flow=run.flow.code,
        choice=choice,
    )
    if queue:
        ask_worker(run)
    return run


@transaction.atomic
def refuse(run: Run, *, at: dt.datetime, actor: str = "") -> None:
    """A held run is not to be applied. Raises Refused unless it is held."""
    words = _("Refused; nothing was written. %s") % (Told(run.message, run.told) if run.told else run.message)
    _decide(run, RunState.CANCELLED, finished_at=at, message=words, told=words.kept)
    record("integrations.run_refused", at=at, subject_kind="run", subject_id=run.pk, actor=actor, flow=run.flow.code)


def _decide(run: Run, state: RunState, *, approved: dict[str, Any] | None = None, **fields: Any) -> None:
    if approved:
        fields["definition"] = {**run.definition, "approved": approved}
    if not Run.objects.filter(pk=run.pk, state=RunState.HELD).update(state=state, **fields):
        raise Refused(_("This run is not held back any more."), code="not_held")
    run.refresh_from_db()


def _usual(run: Run) -> tuple[int, ...]:
    last = Run.objects.filter(flow_id=run.flow_id, state__in=FINISHED, pk__lt=run.pk, definition__coverage="full")
    return tuple(last.order_by("-pk").values_list("rows_read", flat=True)[:MOST_RUNS])


def _sentence(code: str, figures: dict[str, int]) -> str:
    if code == "rows":
        pattern = _("The file has %(read)d rows where %(usual)d are usual.")
    else:
        pattern = {
            "prices": _("%(share)d %% of the prices fall by more than %(fall)d %% (%(part)d of %(whole)d)."),
            "archived": _("%(share)d %% of what this flow feeds would be archived (%(part)d of %(whole)d)."),
            "zero": _("%(share)d %% of the stock lines go to zero (%(part)d of %(whole)d)."),
            "rejected": _("%(share)d %% of the rows are refused (%(part)d of %(whole)d)."),
        }[code]
    return pattern % figures


def waiting_behind(run: Run) -> str:
    """What was applied since a run was held, in a sentence; empty when nothing was."""
    later = Run.objects.filter(flow_id=run.flow_id, pk__gt=run.pk, state__in=FINISHED).count()
    if not later:
        return ""
    return (
        ngettext(
            "%d later file of this flow was applied meanwhile; approving writes the older values over it.",
            "%d later files of this flow were applied meanwhile; approving writes the older values over them.",
            later,
        )
        % later
    )
