"""Words of tasks for templates of Office."""

from django import template
from django.utils.translation import gettext as _

from tasks_mgmt import selectors
from tasks_mgmt.models import Importance, TaskStep

register = template.Library()
Action = TaskStep.Action


@register.simple_tag
def new_task_url(subject_kind: str = "", subject_id: object = "", label: object = "", url: str = "") -> str:
    """The address of the form for a new task about a record."""
    return selectors.new_task_url(subject_kind=subject_kind, subject_id=subject_id, label=label, url=url)


@register.filter
def sentence(step: TaskStep) -> str:
    """A step as a sentence: who did what, and who has it now."""
    to = step.to_user or step.to_group
    if step.by is None:
        by_platform = {
            Action.ASKED: _("The platform asked %(to)s"),
            Action.PROCESSED: _("The platform closed the task by itself"),
        }
        return by_platform.get(Action(step.action), step.get_action_display()) % {"to": to}
    words = {
        Action.ASKED: _("%(by)s asked %(to)s"),
        Action.CLAIMED: _("%(by)s took the task in hand"),
        Action.PROCESSED: _("%(by)s did it"),
        Action.IGNORED: _("%(by)s decided to ignore it"),
        Action.TRANSFERRED: _("%(by)s gave it to %(to)s"),
        Action.SENT_FOR_VALIDATION: _("%(by)s sent it to %(to)s for validation"),
        Action.ACCEPTED: _("%(by)s accepted the work"),
        Action.REFUSED: _("%(by)s refused and sent it back to %(to)s"),
        Action.REOPENED: _("%(by)s opened it again"),
    }
    return words[Action(step.action)] % {"by": step.by, "to": to}


@register.filter
def tone(importance: int) -> str:
    """The CSS word of an importance."""
    return {Importance.LOW: "low", Importance.URGENT: "urgent", Importance.CRITICAL: "critical"}.get(
        Importance(importance), "normal"
    )


_ICONS = {
    Action.ASKED: "add_task",
    Action.CLAIMED: "pan_tool",
    Action.PROCESSED: "check_circle",
    Action.IGNORED: "visibility_off",
    Action.TRANSFERRED: "forward",
    Action.SENT_FOR_VALIDATION: "rule",
    Action.ACCEPTED: "verified",
    Action.REFUSED: "undo",
    Action.REOPENED: "lock_open",
}


@register.filter
def step_icon(step: TaskStep) -> str:
    """The name of a step's picture."""
    return _ICONS[Action(step.action)]
