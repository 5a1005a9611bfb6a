"""What the bank says: accounts, statements, their lines, which payments they are, and what is odd."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounting.enums import AnomalyKind, LineState
from orders.models import Order, Payment, PaymentMethod


class BankAccount(models.Model):
    """An account of ours at a bank, whose statements are taken in.

    `csv` says how its CSV statements are written: {"separator", "encoding", "decimal", "date_format", "date", "label",
    "amount", "debit", "credit", "reference", "balance"}, names of columns where columns are meant.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    number = models.CharField(
        _("IBAN or number"), max_length=40, unique=True, help_text=_("As its statements name it; blanks do not matter.")
    )
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    ledger = models.CharField(_("account of the books"), max_length=20, default="512000")
    fee_ledger = models.CharField(_("account of fees"), max_length=20, default="627800")
    methods = models.ManyToManyField(
        PaymentMethod,
        blank=True,
        related_name="+",
        verbose_name=_("ways to pay whose money comes here"),
        help_text=_("Their payments are looked for in its statements; one that does not come holds its order."),
    )
    days = models.PositiveSmallIntegerField(
        _("days until money comes"), default=5, help_text=_("From a payment to its line on the statement, at most.")
    )
    fee_percent = models.DecimalField(
        _("fees kept by the provider, up to %"), max_digits=4, decimal_places=2, default=2
    )
    batch_words = models.CharField(
        _("words of collected payments"),
        max_length=200,
        blank=True,
        help_text=_("As in REMISE CB, STRIPE: such a line is many payments together, less fees. Commas between."),
    )
    csv = models.JSONField(_("its CSV files"), default=dict, blank=True)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class LineRule(models.Model):
    """A line that comes every month and is no payment: what stands in it, and the account it is booked on."""

    account = models.ForeignKey(BankAccount, models.CASCADE, related_name="rules", verbose_name=_("bank account"))
    words = models.CharField(_("words in the line"), max_length=100)
    ledger = models.CharField(_("account of the books"), max_length=20)
    label = models.CharField(_("what it is"), max_length=100)

    class Meta:
        verbose_name = _("known line")
        verbose_name_plural = _("known lines")
        constraints = [models.UniqueConstraint(fields=["account", "words"], name="known_line_once")]

    def __str__(self) -> str:
        return self.words


class Statement(models.Model):
    """A statement as it came: `opening` plus its lines is `closing`. `position`: its place in a file of several."""

    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="statements", verbose_name=_("bank account"))
    number = models.CharField(_("number"), max_length=60, blank=True)
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    opening = models.DecimalField(_("balance before"), max_digits=14, decimal_places=2, null=True)
    closing = models.DecimalField(_("balance after"), max_digits=14, decimal_places=2, null=True)
    file_name = models.CharField(_("file"), max_length=200)
    file_format = models.CharField(_("format"), max_length=10)
    sha256 = models.CharField(max_length=64)
    position = models.PositiveSmallIntegerField(default=0)
    known_lines = models.PositiveIntegerField(_("lines that another statement had"), default=0)
    taken_at = models.DateTimeField(_("taken"))
    taken_by = models.CharField(_("by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        ordering = ["-last", "-id"]
        constraints = [models.UniqueConstraint(fields=["sha256", "position"], name="statement_once")]
        indexes = [models.Index(fields=["account", "last", "id"], name="statements_in_order")]

    def __str__(self) -> str:
        return f"{self.account} {self.first:%Y-%m-%d} – {self.last:%Y-%m-%d}"


class StatementLine(models.Model):
    """A movement: money that came is above zero. `key` is the bank's, or made of its content: taken once."""

    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    statement = models.ForeignKey(Statement, models.CASCADE, related_name="lines", verbose_name=_("bank statement"))
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="+", verbose_name=_("bank account"))
    position = models.PositiveIntegerField(_("line"))
    date = models.DateField(_("date"))
    value_date = models.DateField(_("value date"), null=True)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    label = models.CharField(_("label"), max_length=500)
    reference = models.CharField(_("reference"), max_length=140, blank=True)
    key = models.CharField(max_length=80)
    state = models.CharField(_("state"), max_length=10, choices=LineState, default=LineState.NOT_FOUND)
    fee = models.DecimalField(_("fees"), max_digits=12, decimal_places=2, default=0)
    how = models.CharField(_("found by"), max_length=20, blank=True)
    explanation = models.CharField(_("explanation"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("line of a bank statement")
        verbose_name_plural = _("lines of bank statements")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="bank_line_once")]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.amount} {self.label[:60]}"


class Match(models.Model):
    """A payment found on a line; a payment is found once."""

    line = models.ForeignKey(StatementLine, models.CASCADE, related_name="matches", verbose_name=_("line"))
    payment = models.OneToOneField(Payment, models.PROTECT, related_name="+", verbose_name=_("payment"))
    at = models.DateTimeField(_("matched"))
    actor = models.CharField(_("who"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("matched payment")
        verbose_name_plural = _("matched payments")

    def __str__(self) -> str:
        return f"{self.line_id} = {self.payment_id}"


class Anomaly(models.Model):
    """Something odd; the order it concerns is held until somebody explains it, or a later statement does."""

    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=AnomalyKind)
    statement = models.ForeignKey(Statement, models.CASCADE, related_name="anomalies", verbose_name=_("bank statement"))
    line = models.ForeignKey(
        StatementLine, models.CASCADE, null=True, blank=True, related_name="anomalies", verbose_name=_("line")
    )
    payment = models.ForeignKey(
        Payment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("payment")
    )
    order = models.ForeignKey(Order, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("order"))
    found_at = models.DateTimeField(_("found"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.CharField(_("settled by"), max_length=150, blank=True)
    explanation = models.CharField(_("explanation"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("bank anomaly")
        verbose_name_plural = _("bank anomalies")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["line"], condition=Q(settled_at=None), name="one_open_anomaly_per_line"),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(settled_at=None, kind=AnomalyKind.MISSING), name="missing_once"
            ),
        ]
        indexes = [models.Index(fields=["-id"], condition=Q(settled_at=None), name="open_anomalies")]

    def __str__(self) -> str:
        return self.get_kind_display()
