"""Accounts with payment providers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from integrations.enums import PaymentService


class PaymentAccount(models.Model):
    """Our account with a payment provider. Its secrets are sealed (`altazion.lib.sealing`), never shown again."""

    provider = models.CharField(_("provider"), max_length=40, choices=PaymentService, unique=True)
    name = models.CharField(_("name"), max_length=120)
    sealed_key = models.TextField(editable=False, blank=True)
    sealed_proof = models.TextField(editable=False, blank=True)
    active = models.BooleanField(_("active"), default=True)
    tested_at = models.DateTimeField(_("tested"), null=True, editable=False)
    test_passed = models.BooleanField(_("test passed"), null=True, editable=False)
    test_message = models.TextField(_("what the test said"), blank=True, editable=False)

    class Meta:
        verbose_name = _("payment account")
        verbose_name_plural = _("payment accounts")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
