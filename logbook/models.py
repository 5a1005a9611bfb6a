"""One append-only table that is audit trail and outbox at once, and the cursors of those who read it."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _


class CurrentTransaction(Func):
    """The number of the present transaction, wide enough never to come round."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()


class Event(models.Model):
    """Something that happened, written in the transaction that made it happen.

    Order is `(xid, id)`: readers stay below the oldest transaction still running, so a late commit is never skipped.
    `subject_*` point anywhere (no foreign key: the logbook outlives what it tells of).
    """

    xid = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)
    kind = models.CharField(_("what happened"), max_length=80)
    at = models.DateTimeField(_("when"))
    subject_kind = models.CharField(_("about"), max_length=40, blank=True)
    subject_id = models.CharField(_("identifier"), max_length=64, blank=True)
    actor = models.CharField(_("who"), max_length=150, blank=True)
    data = models.JSONField(_("details"), default=dict, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(F("xid"), F("id"), name="event_cursor"),
            models.Index(F("subject_kind"), F("subject_id"), F("id").desc(), name="event_subject"),
            models.Index(F("kind"), F("id").desc(), name="event_kind"),
            BrinIndex(F("at"), name="event_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_kind} {self.subject_id}"


class Cursor(models.Model):
    """How far a consumer has read."""

    consumer = models.CharField(_("consumer"), max_length=80, primary_key=True)
    xid = models.BigIntegerField(default=0)
    event_id = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(_("last moved"), null=True)

    class Meta:
        verbose_name = _("reading position")
        verbose_name_plural = _("reading positions")

    def __str__(self) -> str:
        return self.consumer


class FailedDelivery(models.Model):
    """An event that a consumer could not take. The sweep tries again; a person can too."""

    consumer = models.CharField(_("consumer"), max_length=80)
    event = models.ForeignKey(Event, models.CASCADE, verbose_name=_("event"))
    error = models.TextField(_("error"))
    attempts = models.PositiveIntegerField(_("attempts"), default=1)
    first_failed_at = models.DateTimeField(_("first failed"))
    retry_at = models.DateTimeField(_("next try"), null=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)

    class Meta:
        verbose_name = _("failed delivery")
        verbose_name_plural = _("failed deliveries")
        constraints = [models.UniqueConstraint(fields=["consumer", "event"], name="one_failure_per_event")]
        indexes = [models.Index(fields=["retry_at"], condition=Q(resolved_at=None), name="failure_retry")]

    def __str__(self) -> str:
        return f"{self.consumer}: {self.event}"


class Pulse(models.Model):
    """The last sign of life of a part of the platform."""

    name = models.CharField(_("name"), max_length=40, primary_key=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("sign of life")
        verbose_name_plural = _("signs of life")

    def __str__(self) -> str:
        return f"{self.name} {self.at:%H:%M:%S}"
