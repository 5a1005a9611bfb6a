"""Machines outside that files come from and go to."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from integrations.enums import ConnectionKind


class Connection(models.Model):
    """A machine outside and how to sign in there. The secret is sealed (`altazion.lib.sealing`), never shown again."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=ConnectionKind)
    host = models.CharField(
        _("host"),
        max_length=255,
        blank=True,
        help_text=_("sftp.example.com; for S3 the service's address, empty for AWS"),
    )
    port = models.PositiveIntegerField(_("port"), null=True, blank=True, help_text=_("Empty: the usual one."))
    base = models.CharField(
        _("folder"),
        max_length=500,
        blank=True,
        help_text=_("A folder there; for S3 bucket/prefix; for the web https://erp.example.com/exports/"),
    )
    account = models.CharField(_("account"), max_length=200, blank=True)
    sealed_secret = models.TextField(editable=False, blank=True)
    host_key = models.TextField(
        _("key of the machine"),
        blank=True,
        help_text=_("SFTP: “ssh-ed25519 AAAA…”. Empty: the test shows the key for you to compare."),
    )
    offered_key = models.TextField(editable=False, blank=True)
    region = models.CharField(_("region"), max_length=60, blank=True, help_text=_("S3 only"))
    active = models.BooleanField(_("active"), default=True)
    tested_at = models.DateTimeField(_("tested"), null=True, editable=False)
    test_passed = models.BooleanField(_("test passed"), null=True, editable=False)
    test_message = models.TextField(_("what the test said"), blank=True, editable=False)

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(port=None) | Q(port__gte=1, port__lte=65535), name="connection_port_exists"
            )
        ]

    def __str__(self) -> str:
        return self.name
