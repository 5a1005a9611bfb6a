"""What runs change, cell by cell: the proposal while a run is held, the way back once it was applied."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from integrations.enums import ChangeKind
from integrations.models.runs import Run


class Change(models.Model):
    """One cell (or one row that came or went) of a run, written in sets by the database itself (`lib.tracking`).

    A run's changes lie between its `first_change` and `last_change`: that finds them without an index of their own,
    which a million lines would have to fill. `field` is empty for rows that came or went; then `old` or `new` is the
    row as JSON, or its name.
    """

    run = models.ForeignKey(
        Run, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="changes", verbose_name=_("run")
    )
    about = models.CharField(_("about"), max_length=20)
    kind = models.CharField(_("kind"), max_length=10, choices=ChangeKind)
    row_id = models.BigIntegerField(_("row"))
    label = models.CharField(_("which"), max_length=250)
    scope = models.CharField(_("where"), max_length=250, blank=True)
    field = models.CharField(_("field"), max_length=120, blank=True)
    old = models.TextField(_("before"), null=True)
    new = models.TextField(_("after"), null=True)

    class Meta:
        verbose_name = _("difference")
        verbose_name_plural = _("differences")
        indexes = [BrinIndex(fields=["run"], name="change_of_run")]

    def __str__(self) -> str:
        return f"{self.label} {self.field}"
