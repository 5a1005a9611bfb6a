"""Invoices: who sells, series without gaps, and what was invoiced, frozen for good."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounting.enums import InvoiceKind
from accounting.models.credit import CreditNote
from orders.models import Order, OrderLine
from stores.models import SalesChannel


class Company(models.Model):
    """Who sells: what the law wants to read of it on an invoice. A change holds for invoices made from then on."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("company"), max_length=120, blank=True)
    legal_form = models.CharField(
        _("legal form and capital"), max_length=120, blank=True, help_text=_("SAS with a capital of 50,000 €")
    )
    line1 = models.CharField(_("street and number"), max_length=160, blank=True)
    line2 = models.CharField(_("building, floor, door"), max_length=160, blank=True)
    postcode = models.CharField(_("postcode"), max_length=12, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    country = models.CharField(_("country"), max_length=2, default="FR", help_text=_("ISO 3166, two letters"))
    siren = models.CharField(_("SIREN"), max_length=9, blank=True)
    register = models.CharField(_("register"), max_length=80, blank=True, help_text=_("RCS Lyon 732 829 320"))
    vat_number = models.CharField(_("VAT number"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    iban = models.CharField(_("IBAN"), max_length=40, blank=True, help_text=_("Shown where something is to be paid."))
    terms = models.CharField(
        _("payment terms"), max_length=300, blank=True, help_text=_("Empty: paid on order or collection, no discount.")
    )
    penalties = models.CharField(
        _("late payment"), max_length=300, blank=True, help_text=_("Empty: what the law says between companies.")
    )
    exemption = models.CharField(
        _("why no VAT"), max_length=200, blank=True, help_text=_("Where goods are sold at 0 %, the law that says so.")
    )
    mentions = models.TextField(_("further mentions"), blank=True, max_length=1000)

    class Meta:
        verbose_name = _("company that invoices")
        verbose_name_plural = _("companies that invoice")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name or self.code


class InvoiceSeries(models.Model):
    """Numbers of one kind of document, without a gap, beginning with 1 each year. No channel: all without their own."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="series", verbose_name=_("company"))
    channel = models.ForeignKey(
        SalesChannel, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("channel")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=InvoiceKind)
    prefix = models.CharField(
        _("prefix"), max_length=8, unique=True, help_text=_("F gives F26-000001: letters, figures and hyphens.")
    )

    class Meta:
        verbose_name = _("series of invoices")
        verbose_name_plural = _("series of invoices")
        ordering = ["kind", "prefix"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "kind"],
                name="one_series_per_channel_and_kind",
                nulls_distinct=False,
                violation_error_message=_("This channel has a series of this kind already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.prefix} ({self.get_kind_display()})"


class SeriesYear(models.Model):
    """How far a series is in a year; locked while a document takes the next number. `seal` is the last document's."""

    series = models.ForeignKey(InvoiceSeries, models.PROTECT, related_name="years", verbose_name=_("series"))
    year = models.PositiveSmallIntegerField(_("year"))
    last_number = models.PositiveIntegerField(_("last number"), default=0)
    last_date = models.DateField(_("last date"), null=True)
    seal = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("year of a series")
        verbose_name_plural = _("years of series")
        ordering = ["-year"]
        constraints = [models.UniqueConstraint(fields=["series", "year"], name="one_counter_per_year")]

    def __str__(self) -> str:
        return f"{self.series.prefix}{self.year % 100:02d}: {self.last_number}"


class Invoice(models.Model):
    """An invoice, or the credit note that corrects one. Written once: the database refuses any change.

    `content` is all that stands on it (`accounting.rules.invoices.Document`); the columns beside it are for lists.
    `key` says what it answers, so that it is made once. `seal` covers the content and the seal before it.
    """

    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=InvoiceKind)
    series = models.ForeignKey(InvoiceSeries, models.PROTECT, related_name="+", verbose_name=_("series"))
    number = models.CharField(_("number"), max_length=30, unique=True)
    date = models.DateField(_("date"))
    order = models.ForeignKey(Order, models.PROTECT, related_name="+", verbose_name=_("order"))
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections", verbose_name=_("corrects")
    )
    credit = models.OneToOneField(
        CreditNote, models.PROTECT, null=True, blank=True, related_name="document", verbose_name=_("credit note")
    )
    buyer = models.CharField(_("buyer"), max_length=160)
    currency = models.CharField(_("currency"), max_length=3)
    total = models.DecimalField(_("total with tax"), max_digits=12, decimal_places=2)
    net_total = models.DecimalField(_("total without tax"), max_digits=12, decimal_places=2)
    content = models.JSONField(_("content"))
    key = models.CharField(_("key"), max_length=160, unique=True)
    seal = models.CharField(_("seal"), max_length=64)
    made_at = models.DateTimeField(_("made"))
    made_by = models.CharField(_("by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=models.Q(total__gt=0), name="invoice_is_positive")]
        indexes = [models.Index(fields=["date", "id"], name="invoices_by_date")]

    def __str__(self) -> str:
        return self.number


class InvoiceLine(models.Model):
    """How many of an order's line stand on an invoice, and for how much. Frozen with it."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines", verbose_name=_("invoice"))
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+", verbose_name=_("order line"))
    quantity = models.PositiveIntegerField(_("quantity"))
    total = models.DecimalField(_("total with tax"), max_digits=12, decimal_places=2)
    net_total = models.DecimalField(_("total without tax"), max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = _("line of an invoice")
        verbose_name_plural = _("lines of invoices")
        constraints = [models.UniqueConstraint(fields=["invoice", "line"], name="invoiced_line_once")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line_id}"


class WaitingInvoice(models.Model):
    """An invoice that could not be made yet, and why. `units` names lines of one shipment; empty: all that is left."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="+", verbose_name=_("order"))
    key = models.CharField(_("key"), max_length=160, unique=True)
    units = models.JSONField(_("units by line"), default=dict, blank=True)
    why = models.CharField(_("why"), max_length=300)
    since = models.DateTimeField(_("since"))
    tries = models.PositiveIntegerField(_("tries"), default=1)
    made_at = models.DateTimeField(_("made"), null=True, blank=True)

    class Meta:
        verbose_name = _("invoice that waits")
        verbose_name_plural = _("invoices that wait")
        ordering = ["-id"]
        indexes = [models.Index(fields=["id"], condition=models.Q(made_at=None), name="invoices_that_wait")]

    def __str__(self) -> str:
        return str(self.order)
