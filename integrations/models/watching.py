"""What is remembered of looking for files: which were taken, and whether the last look went well."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from integrations.models.flows import Flow
from integrations.models.runs import Run


class TakenFile(models.Model):
    """A file outside that a flow has: the same name, size, stamp and bytes are never taken twice."""

    flow = models.ForeignKey(Flow, models.CASCADE, related_name="taken_files", verbose_name=_("flow"))
    name = models.CharField(_("name"), max_length=255)
    size = models.BigIntegerField(_("size in bytes"))
    stamp = models.CharField(max_length=120, blank=True)
    sha256 = models.CharField(max_length=64)
    run = models.ForeignKey(Run, models.SET_NULL, null=True, verbose_name=_("run"))
    taken_at = models.DateTimeField(_("taken"))
    settled = models.BooleanField(_("moved or deleted as chosen"), default=False)

    class Meta:
        verbose_name = _("file taken")
        verbose_name_plural = _("files taken")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["flow", "name", "size", "stamp", "sha256"], name="file_taken_once")
        ]

    def __str__(self) -> str:
        return self.name


class FlowWatch(models.Model):
    """How looking for a flow's files went the last time. `problem` is empty when all was well."""

    flow = models.OneToOneField(Flow, models.CASCADE, primary_key=True, related_name="watch", verbose_name=_("flow"))
    looked_at = models.DateTimeField(_("looked"), null=True)
    problem = models.TextField(_("problem"), blank=True)
    problem_since = models.DateTimeField(_("since"), null=True)
    problems = models.JSONField(_("what is wrong"), default=list, editable=False)
    ill_since = models.DateTimeField(_("ill since"), null=True, editable=False)
    failures = models.PositiveIntegerField(_("failed looks in a row"), default=0)

    class Meta:
        verbose_name = _("watch of a flow")
        verbose_name_plural = _("watches of flows")

    def __str__(self) -> str:
        return str(self.flow_id)
