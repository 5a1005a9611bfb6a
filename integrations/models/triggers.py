"""What starts a flow by itself, and which of its moments have been used."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from integrations.enums import EventKind, TriggerKind
from integrations.models.flows import Flow


class FlowTrigger(models.Model):
    """One cause that starts a flow: a clock, an event, another flow, or several files that lie ready together.

    A trigger of the clock has a row of django-celery-beat that calls it; whether a moment is due, and not used yet, is
    decided here (`services.slots`), so that a call that comes twice or late starts nothing twice.
    """

    flow = models.ForeignKey(Flow, models.CASCADE, related_name="triggers", verbose_name=_("flow"))
    kind = models.CharField(_("starts"), max_length=10, choices=TriggerKind)
    active = models.BooleanField(_("active"), default=True)
    every_minutes = models.PositiveIntegerField(_("every, minutes"), null=True, blank=True)
    cron = models.CharField(
        _("at (cron)"),
        max_length=100,
        blank=True,
        help_text=_("minute hour day month weekday: “30 6 * * 1-5” is 6:30 from Monday to Friday"),
    )
    weekdays = models.CharField(
        _("days"), max_length=20, blank=True, help_text=_("1 is Monday, 7 Sunday: “1-5”, “1,3,6”")
    )
    from_time = models.TimeField(_("from"), null=True, blank=True)
    to_time = models.TimeField(_("until"), null=True, blank=True)
    event_kind = models.CharField(_("event"), max_length=60, choices=EventKind, blank=True)
    after = models.ForeignKey(
        Flow, models.CASCADE, null=True, blank=True, related_name="followers", verbose_name=_("after the flow")
    )
    needs = models.TextField(
        _("files needed together"),
        blank=True,
        help_text=_("One a line with the flow that reads it: “articles_*.csv > articles”."),
    )
    deadline_minutes = models.PositiveIntegerField(
        _("all there within, minutes"),
        null=True,
        blank=True,
        help_text=_("From the first file on; then the missing are named, a task raised."),
    )
    waiting_since = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("trigger")
        verbose_name_plural = _("triggers")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(every_minutes=None) | Q(every_minutes__gte=1), name="trigger_interval_positive"
            ),
            models.CheckConstraint(condition=~Q(after=models.F("flow")), name="trigger_not_after_itself"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class TriggerSlot(models.Model):
    """A moment of a trigger that was used. Its key is unique: what comes twice starts nothing twice.

    `started_at` is empty between the cause and the worker that takes it; a start that got lost is found by it.
    """

    trigger = models.ForeignKey(FlowTrigger, models.CASCADE, related_name="slots")
    key = models.CharField(max_length=60)
    at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trigger", "key"], name="slot_used_once")]
        indexes = [models.Index(fields=["at"], condition=Q(started_at=None), name="slot_waiting")]

    def __str__(self) -> str:
        return self.key
