"""Those who buy. A guest is a customer without an account; the ERP may know them under its own number."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Customer(models.Model):
    """A person or a company that orders."""

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        COMPANY = "company", _("company")

    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="customer",
        verbose_name=_("account"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PERSON)
    email = models.EmailField(_("e-mail"))
    first_name = models.CharField(_("first name"), max_length=80, blank=True)
    last_name = models.CharField(_("last name"), max_length=80, blank=True)
    company = models.CharField(_("company"), max_length=120, blank=True)
    vat_number = models.CharField(_("VAT number"), max_length=20, blank=True, default="", db_default="")
    siren = models.CharField(_("SIREN"), max_length=9, blank=True, default="", db_default="")
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    erp_code = models.CharField(_("number in the ERP"), max_length=60, blank=True)
    accepts_news = models.BooleanField(_("accepts newsletters"), default=False)
    created_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["erp_code"], condition=~Q(erp_code=""), name="one_customer_per_erp_code"),
        ]
        indexes = [models.Index(fields=["email"], name="customer_email")]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email


class Address(models.Model):
    """Where a customer lives or wants parcels."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="addresses", verbose_name=_("customer"))
    label = models.CharField(_("label"), max_length=60, blank=True)
    recipient = models.CharField(_("recipient"), max_length=160)
    line1 = models.CharField(_("street and number"), max_length=160)
    line2 = models.CharField(_("building, floor, door"), max_length=160, blank=True)
    postcode = models.CharField(_("postcode"), max_length=12)
    city = models.CharField(_("city"), max_length=80)
    country = models.CharField(_("country"), max_length=2, default="FR")
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    is_default = models.BooleanField(_("default"), default=False)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [
            models.UniqueConstraint(fields=["customer"], condition=Q(is_default=True), name="one_default_address"),
        ]

    def __str__(self) -> str:
        return f"{self.recipient}, {self.postcode} {self.city}"
