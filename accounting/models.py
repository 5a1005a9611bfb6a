"""Journals: append-only entries whose debits equal their credits, numbered without gaps (5.2 of the conventions)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Journal(models.Model):
    """A book of entries: VT sales, BQ receipts. `last_number` is locked while an entry takes the next one."""

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
    piece = models.CharField(_("piece"), max_length=60)
    label = models.CharField(_("label"), max_length=160)
    key = models.CharField(_("key"), max_length=120, unique=True)
    booked_at = models.DateTimeField(_("booked"))

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["journal", "-number"]
        constraints = [models.UniqueConstraint(fields=["journal", "number"], name="no_number_twice")]

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
