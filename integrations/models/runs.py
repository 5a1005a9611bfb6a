"""Runs explain themselves: what came, what was done with it, what was refused and why."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from altazion.lib.told import tell
from integrations.enums import RunState, Trigger
from integrations.models.flows import Flow, MappingVersion


class RawFile(models.Model):
    """Bytes as they came or went, kept once under their SHA-256 in the `raw_files` storage."""

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=200)
    size = models.BigIntegerField(_("size in bytes"))
    stored_as = models.CharField(max_length=200)
    kept_at = models.DateTimeField(_("kept"))

    class Meta:
        verbose_name = _("raw file")
        verbose_name_plural = _("raw files")

    def __str__(self) -> str:
        return self.name


class Run(models.Model):
    """One passage of a flow. At most one of a flow is RUNNING; `lease_until` tells whether its worker still lives.

    steps: `[{"what": "reading", "at": "…", "attempt": 1}, …]`. share: how much of the present stage is done.
    """

    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    flow = models.ForeignKey(Flow, models.PROTECT, related_name="runs", verbose_name=_("flow"))
    state = models.CharField(_("state"), max_length=24, choices=RunState, default=RunState.WAITING)
    trigger = models.CharField(_("started by"), max_length=10, choices=Trigger)
    actor = models.CharField(_("who"), max_length=150, blank=True)
    raw_file = models.ForeignKey(
        RawFile, models.PROTECT, null=True, blank=True, related_name="runs", verbose_name=_("file")
    )
    rerun_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="reruns", verbose_name=_("rerun of")
    )
    undo_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="undos", verbose_name=_("undoes")
    )
    definition = models.JSONField(_("definition used"), default=dict)
    mapping_version = models.ForeignKey(
        MappingVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="runs",
        verbose_name=_("version of the mapping"),
    )
    flow_version = models.PositiveIntegerField(_("version of the flow"), null=True, editable=False)
    queued_at = models.DateTimeField(_("asked"))
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    stage = models.CharField(_("stage"), max_length=40, blank=True)
    steps = models.JSONField(_("what happened when"), default=list, blank=True, editable=False)
    share = models.PositiveSmallIntegerField(_("done of this stage, %"), null=True, editable=False)
    rows_read = models.BigIntegerField(_("rows read"), default=0)
    rows_new = models.BigIntegerField(_("new"), default=0)
    rows_changed = models.BigIntegerField(_("changed"), default=0)
    rows_unchanged = models.BigIntegerField(_("unchanged"), default=0)
    rows_archived = models.BigIntegerField(_("archived"), default=0)
    rows_rejected = models.BigIntegerField(_("rejected"), default=0)
    message = models.TextField(_("message"), blank=True)
    told = models.JSONField(null=True, blank=True, editable=False)  # the message for readers of other languages
    totals = models.JSONField(_("differences in figures"), default=dict, blank=True)
    first_change = models.BigIntegerField(null=True, blank=True, editable=False)
    last_change = models.BigIntegerField(null=True, blank=True, editable=False)
    cancel_asked_at = models.DateTimeField(_("cancelling asked"), null=True, blank=True)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["flow"], condition=Q(state=RunState.RUNNING), name="one_running_per_flow"),
        ]
        indexes = [
            models.Index(fields=["flow", "-id"], name="run_of_flow"),
            models.Index(fields=["state", "-id"], name="run_state"),
        ]

    def __str__(self) -> str:
        return f"{self.flow_id} #{self.pk}"

    @property
    def said(self) -> str:
        """The message in the reader's language."""
        return tell(self.told, self.message)

    @property
    def trips(self) -> list[str]:
        """Why it is, or was, held back, in the reader's language."""
        first = self.definition.get("trips", [])
        kept = self.definition.get("told_trips") or [None] * len(first)
        return [tell(again, words) for again, words in zip(kept, first, strict=False)]


class Rejection(models.Model):
    """A row that was refused: where it stands in the file, which field, why, and the row itself."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="rejections", verbose_name=_("run"))
    row_number = models.BigIntegerField(_("row"))
    field = models.CharField(_("field"), max_length=60, blank=True)
    code = models.CharField(_("code"), max_length=40)
    value = models.CharField(_("value"), max_length=250, blank=True)
    raw = models.JSONField(_("row as it came"), default=dict)

    class Meta:
        verbose_name = _("rejection")
        verbose_name_plural = _("rejections")
        ordering = ["row_number", "id"]
        indexes = [models.Index(fields=["run", "row_number"], name="rejection_of_run")]

    def __str__(self) -> str:
        return f"{self.row_number}: {self.code}"
