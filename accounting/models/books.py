"""Journals: append-only entries whose debits equal their credits, numbered without gaps (5.2 of the conventions)."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounting.enums import Posted, Separator
from catalog.models import ProductType, VatRate
from orders.models import PaymentMethod


class Journal(models.Model):
    """A book of entries: VT sales, AV credit notes, BQ receipts and what the bank says.

    `last_number` is locked while an entry takes the next one.
    """

    code = models.CharField(_("code"), max_length=10, unique=True)
    name = models.CharField(_("name"), max_length=80)
    last_number = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("journal")
        verbose_name_plural = _("journals")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Entry(models.Model):
    """One piece booked in a journal; `key` says what it books, so that it is booked once."""

    journal = models.ForeignKey(Journal, models.PROTECT, related_name="entries", verbose_name=_("journal"))
    number = models.PositiveIntegerField(_("number"))
    date = models.DateField(_("date"))
    piece_date = models.DateField(
        _("date of the piece"), null=True, blank=True, help_text=_("When its own day was closed before it was booked.")
    )
    piece = models.CharField(_("piece"), max_length=60)
    label = models.CharField(_("label"), max_length=160)
    key = models.CharField(_("key"), max_length=120, unique=True)
    booked_at = models.DateTimeField(_("booked"))

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["journal", "-number"]
        constraints = [models.UniqueConstraint(fields=["journal", "number"], name="no_number_twice")]
        indexes = [models.Index(fields=["piece"], name="entries_of_a_piece")]

    def __str__(self) -> str:
        return f"{self.journal_id}-{self.number}"


class EntryLine(models.Model):
    """An account debited or credited."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="lines", verbose_name=_("entry"))
    account = models.CharField(_("account"), max_length=20)
    label = models.CharField(_("label"), max_length=160)
    debit = models.DecimalField(_("debit"), max_digits=12, decimal_places=2, default=0)
    credit = models.DecimalField(_("credit"), max_digits=12, decimal_places=2, default=0)

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        constraints = [
            models.CheckConstraint(
                condition=Q(debit__gte=0, credit__gte=0) & (Q(debit=0) | Q(credit=0)), name="debit_or_credit"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.debit - self.credit}"


class Account(models.Model):
    """The name of an account of the chart, as extracts tell it; entries know the number only."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class AccountRule(models.Model):
    """Which account is booked; the rule that says most (type and rate before type before rate) goes first."""

    what = models.CharField(_("what is booked"), max_length=10, choices=Posted)
    vat_rate = models.ForeignKey(
        VatRate, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("VAT rate")
    )
    product_type = models.ForeignKey(
        ProductType, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product type")
    )
    method = models.ForeignKey(
        PaymentMethod, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("way to pay")
    )
    number = models.CharField(_("account"), max_length=20)

    class Meta:
        verbose_name = _("rule of accounts")
        verbose_name_plural = _("rules of accounts")
        ordering = ["what", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["what", "vat_rate", "product_type", "method"],
                name="one_account_per_case",
                nulls_distinct=False,
                violation_error_message=_("There is a rule for this case already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.number}"


class Closing(models.Model):
    """The books are closed up to a day, for good: nothing is booked on it or before it any more."""

    last = models.DateField(_("closed up to"), unique=True)
    entries = models.PositiveIntegerField(_("entries"))
    total = models.DecimalField(_("total of debits"), max_digits=16, decimal_places=2)
    digest = models.CharField(_("seal"), max_length=64, help_text=_("SHA-256 over all lines and the seal before."))
    closed_at = models.DateTimeField(_("closed"))
    closed_by = models.CharField(_("by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("closed period")
        verbose_name_plural = _("closed periods")
        ordering = ["-last"]

    def __str__(self) -> str:
        return f"{self.last:%Y-%m-%d}"


class Extract(models.Model):
    """Journals handed to the accounting software: which entries, when, by whom.

    `since` and `until` hold, by journal, the last number that was left out and the last one taken: entries are never
    changed, so the same file can be written again at any time.
    """

    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    siren = models.CharField(
        _("SIREN"), max_length=9, help_text=_("The company's nine figures; they begin the file's name.")
    )
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    journals = ArrayField(models.CharField(max_length=10), verbose_name=_("journals"))
    separator = models.CharField(_("separator"), max_length=4, choices=Separator, default=Separator.TAB)
    only_new = models.BooleanField(
        _("only what no extract holds yet"),
        default=False,
        help_text=_("Continues after the last number of the extract before, journal by journal."),
    )
    since = models.JSONField(_("after number"), default=dict)
    until = models.JSONField(_("up to number"), default=dict)
    lines = models.PositiveIntegerField(_("lines"), default=0)
    total = models.DecimalField(_("total of debits"), max_digits=16, decimal_places=2, default=0)
    made_at = models.DateTimeField(_("made"))
    made_by = models.CharField(_("by"), max_length=150)

    class Meta:
        verbose_name = _("extract of the books")
        verbose_name_plural = _("extracts of the books")
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(last__gte=F("first")), name="extract_ends_after_start")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def file_name(self) -> str:
        """SIREN, FEC and the last day, as article A47 A-1 names such a file."""
        return f"{self.siren}FEC{self.last:%Y%m%d}.txt"
