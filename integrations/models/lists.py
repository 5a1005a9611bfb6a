"""Lists of Office that a colleague took away as a file; the file is kept for a few days."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from integrations.enums import ExportFormat, ListState


class ListExport(models.Model):
    """A list as somebody saw it: its model, the filters in its address, the language, and the file that was made."""

    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    model = models.CharField(_("list"), max_length=80)
    query = models.TextField(_("filters"), blank=True)
    columns = models.JSONField(_("columns"), default=list, blank=True)
    file_format = models.CharField(_("written as"), max_length=5, choices=ExportFormat, default=ExportFormat.CSV)
    language = models.CharField(max_length=5, default="fr")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("who"))
    state = models.CharField(_("state"), max_length=10, choices=ListState, default=ListState.WAITING)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    expected = models.PositiveIntegerField(_("rows expected"), default=0)
    message = models.CharField(_("message"), max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(_("asked"))
    beat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    keep_until = models.DateTimeField(_("kept until"), null=True, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)

    class Meta:
        verbose_name = _("list taken away")
        verbose_name_plural = _("lists taken away")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["user", "-id"], name="lists_of_a_person"),
            models.Index(
                fields=["state"], condition=Q(state__in=["waiting", "running", "done"]), name="lists_to_look_at"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def file_name(self) -> str:
        """What and when: orders_20260310T0900.csv."""
        return f"{self.model.rpartition('.')[2]}_{self.asked_at:%Y%m%dT%H%M%S}.{self.file_format}"

    @property
    def stored_as(self) -> str:
        """Where the file is kept, in the storage of raw files."""
        return f"lists/{self.guid}"
