"""Sheets: work on stock that takes a while, with the state it is in. Each writes its lines of the ledger when done."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from logistics.enums import SheetKind, SheetState
from logistics.models.stock import Place


class Sheet(models.Model):
    """Goods to put away, to carry to another place, or to count.

    Put-away: expected from its confirmation on, in stock when done. Transfer: leaves at its confirmation, arrives when
    done; in between the goods are incoming at `to_place`. Count: open for counting from its confirmation on.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=SheetKind)
    state = models.CharField(_("state"), max_length=10, choices=SheetState, default=SheetState.DRAFT)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("place"))
    to_place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("to"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    shows_expected = models.BooleanField(
        _("show what the books say"), default=False, help_text=_("Who counts without knowing counts better.")
    )
    key = models.CharField(_("key of the sender"), max_length=120, blank=True, editable=False)
    actor = models.CharField(_("who"), max_length=150, blank=True, editable=False)
    created_at = models.DateTimeField(_("made"), editable=False)
    changed_at = models.DateTimeField(_("last step"), editable=False)

    class Meta:
        verbose_name = _("stock sheet")
        verbose_name_plural = _("stock sheets")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="one_sheet_per_key"),
            models.CheckConstraint(
                condition=Q(kind=SheetKind.TRANSFER, to_place__isnull=False) & ~Q(to_place=F("place"))
                | ~Q(kind=SheetKind.TRANSFER) & Q(to_place=None),
                name="a_transfer_goes_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def document(self) -> str:
        """Its name in the ledger."""
        return f"sheet:{self.pk}"


class SheetLine(models.Model):
    """A product of a sheet.

    quantity: units that were sent or are expected. arrived: units that came. counted: units found; `book`: what the
    balance said at that moment, so that what moves afterwards is no difference.
    """

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="lines", verbose_name=_("sheet"))
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    quantity = models.PositiveIntegerField(_("quantity"), default=0)
    arrived = models.PositiveIntegerField(_("arrived"), null=True, blank=True)
    counted = models.PositiveIntegerField(_("counted"), null=True, blank=True)
    book = models.PositiveIntegerField(_("by the books"), null=True, blank=True)

    class Meta:
        verbose_name = _("line of a sheet")
        verbose_name_plural = _("lines of a sheet")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["sheet", "product"], name="one_line_per_product")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_id}"

    @property
    def difference(self) -> int | None:
        """Units more or fewer than the books said when they were counted."""
        return None if self.counted is None else self.counted - (self.book or 0)
