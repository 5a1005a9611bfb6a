"""What a flow's definition was, and when."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from integrations.models.flows import Flow


class FlowVersion(models.Model):
    """A flow as it stood from `at` on: settings, mapping, what it writes, triggers. The database lets no one change it.

    `definition`: `{"settings": {…}, "mapping": {…} | null, "export": {…} | null, "triggers": [{…}]}`; what it names
    (connection, mapping, channel) it names by code.
    """

    flow = models.ForeignKey(Flow, models.CASCADE, related_name="versions", verbose_name=_("flow"))
    number = models.PositiveIntegerField(_("version"))
    at = models.DateTimeField(_("since"))
    actor = models.CharField(_("who"), max_length=150, blank=True)
    back_to = models.PositiveIntegerField(_("went back to"), null=True, blank=True)
    definition = models.JSONField(_("definition"))

    class Meta:
        verbose_name = _("version of a flow")
        verbose_name_plural = _("versions of flows")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["flow", "number"], name="flow_version_once")]

    def __str__(self) -> str:
        return f"{self.flow_id} v{self.number}"
