"""The file of an invoice: made once from its frozen content, kept by its hash, sent to the buyer once."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounting.models.invoices import Invoice


class InvoicePaper(models.Model):
    """An invoice as a file (Factur-X). `sha256` names the file in the private store; `why` it could not be made yet."""

    invoice = models.OneToOneField(Invoice, models.PROTECT, related_name="paper", verbose_name=_("invoice"))
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(_("size"), default=0)
    made_at = models.DateTimeField(_("made"), null=True, blank=True)
    why = models.CharField(_("why"), max_length=300, blank=True)
    tries = models.PositiveIntegerField(_("tries"), default=0)
    mailed_at = models.DateTimeField(_("sent to the buyer"), null=True, blank=True)

    class Meta:
        verbose_name = _("file of an invoice")
        verbose_name_plural = _("files of invoices")
        constraints = [
            models.CheckConstraint(condition=models.Q(made_at=None) | ~models.Q(sha256=""), name="file_made_has_a_hash")
        ]
        indexes = [models.Index(fields=["id"], condition=models.Q(made_at=None), name="files_that_wait")]

    def __str__(self) -> str:
        return f"{self.invoice_id}"
