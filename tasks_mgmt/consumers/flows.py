"""Flows that fail, are held, or refuse rows."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from logbook.models import Event
from logbook.ports import consumer
from tasks_mgmt import enums
from tasks_mgmt.consumers.subjects import office_url
from tasks_mgmt.services import Subject, raise_for_cause, settle_causes

_RUNS = [f"integrations.run_{what}" for what in ("failed", "finished", "held", "approved", "refused", "ignored")]


@consumer("tasks_mgmt.flows", kinds=_RUNS)
def on_run(event: Event) -> None:
    """A failed, held or partly refused run asks for a person; a good one settles what the earlier ones asked."""
    flow = str(event.data.get("flow", ""))
    name = str(event.data.get("flow_name") or flow)
    if event.kind == "integrations.run_ignored":
        _settle_flow(flow, _ASKING, event, _("The run was set aside."))
        return
    if event.kind in ("integrations.run_approved", "integrations.run_refused"):
        word = _("%s approved it.") if event.kind.endswith("approved") else _("%s refused it.")
        _settle_flow(flow, (enums.FLOW_HELD,), event, word % (event.actor or "—"))
        return
    state = "failed" if event.kind.endswith("run_failed") else str(event.data.get("state", ""))
    makers: dict[str, tuple[str, str]] = {
        "failed": (enums.FLOW_FAILED, _("Flow “%(flow)s” failed")),
        "held": (enums.FLOW_HELD, _("Flow “%(flow)s” is held back")),
        "done_with_rejections": (enums.FLOW_REJECTIONS, _("Flow “%(flow)s”: rows were refused")),
    }
    if state in makers:
        kind, title = makers[state]
        raise_for_cause(
            kind,
            cause=f"{kind}:{flow}",
            title=title % {"flow": name},
            description=_run_words(event),
            subject=Subject(
                "integrations.run",
                event.subject_id,
                _("Run %(number)s of %(flow)s") % {"number": event.subject_id, "flow": name},
                office_url("integrations_run_change", event.subject_id),
            ),
            at=event.at,
        )
    if state == "done":
        _settle_flow(flow, _ASKING, event, _("A later run of this flow went well."))
    elif state == "done_with_rejections":
        _settle_flow(flow, _ASKING[:2], event, _("A later run of this flow took the good rows."))


_ASKING = (enums.FLOW_FAILED, enums.FLOW_HELD, enums.FLOW_REJECTIONS)


def _settle_flow(flow: str, kinds: tuple[str, ...], event: Event, word: str) -> None:
    settle_causes([f"{kind}:{flow}" for kind in kinds], at=event.at, word=word)


def _run_words(event: Event) -> str:
    message = str(event.data.get("message") or "")
    counts = event.data.get("counts") or {}
    refused = counts.get("rejected", counts.get("rows_rejected", 0)) if isinstance(counts, dict) else 0
    if refused:
        line = ngettext("%(count)s row was refused.", "%(count)s rows were refused.", refused) % {"count": refused}
        message = f"{line} {message}".strip()
    return message
