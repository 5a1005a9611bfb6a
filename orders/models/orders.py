"""Orders: content frozen when placed, with the reasons of every price."""

import uuid
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from customers.models import Customer
from logistics.models import DeliveryMode
from orders.enums import LineKind, OrderState, PaymentState
from orders.models.carts import Cart
from orders.models.payments import PaymentMethod
from orders.models.reasons import CancelReason
from stores.models import SalesChannel, Store


class Order(models.Model):
    """What a shopper asked for and we promised. Totals include tax; `net_total` and `vat` show what lies in them."""

    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=20, unique=True)
    cart = models.OneToOneField(Cart, models.PROTECT, related_name="order", verbose_name=_("cart"))
    channel = models.ForeignKey(SalesChannel, models.PROTECT, verbose_name=_("channel"))
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="orders", verbose_name=_("customer"))
    language = models.CharField(_("language"), max_length=5, default="fr")
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=OrderState, default=OrderState.PLACED)
    payment_state = models.CharField(_("payment"), max_length=10, choices=PaymentState, default=PaymentState.DUE)
    payment_method = models.ForeignKey(PaymentMethod, models.PROTECT, verbose_name=_("payment method"))
    delivery_mode = models.ForeignKey(DeliveryMode, models.PROTECT, verbose_name=_("delivery mode"))
    store = models.ForeignKey(
        Store, models.PROTECT, null=True, blank=True, related_name="orders", verbose_name=_("pickup store")
    )
    recipient = models.CharField(_("recipient"), max_length=160)
    address = models.JSONField(_("delivery address"), default=dict, blank=True)
    promised_from = models.DateField(_("promised from"), null=True)
    promised_to = models.DateField(_("promised until"), null=True)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    total = models.DecimalField(_("total with tax"), max_digits=12, decimal_places=2)
    net_total = models.DecimalField(_("total without tax"), max_digits=12, decimal_places=2)
    vat = models.JSONField(_("VAT by rate"), default=list)
    discount_total = models.DecimalField(_("discounts with tax"), max_digits=12, decimal_places=2, default=0)
    paid_total = models.DecimalField(_("received"), max_digits=12, decimal_places=2, default=0)
    authorised_total = models.DecimalField(
        _("authorised"),
        max_digits=12,
        decimal_places=2,
        default=0,
        db_default=0,
        help_text=_("Promised by banks, not taken yet."),
    )
    refunded_total = models.DecimalField(
        _("given back"),
        max_digits=12,
        decimal_places=2,
        default=0,
        db_default=0,
        help_text=_("With what is on its way back."),
    )
    credited_total = models.DecimalField(
        _("given back of the sale"),
        max_digits=12,
        decimal_places=2,
        default=0,
        db_default=0,
        help_text=_("What went back after the order was handed over, and is not owed again."),
    )
    placed_at = models.DateTimeField(_("placed"))
    ready_at = models.DateTimeField(_("ready"), null=True, blank=True)
    done_at = models.DateTimeField(_("handed over"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    cancel_reason = models.CharField(
        _("reason of cancellation"), max_length=200, blank=True, help_text=_("As the shopper reads it.")
    )
    cancelled_for = models.ForeignKey(
        CancelReason,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        verbose_name=_("reason on the list"),
    )
    cancel_note = models.CharField(
        _("note on the cancellation"), max_length=300, blank=True, db_default="", help_text=_("For colleagues alone.")
    )
    hold_until = models.DateTimeField(
        _("held until"), null=True, blank=True, help_text=_("Empty: the goods wait until paid or cancelled.")
    )
    confirmed_at = models.DateTimeField(_("confirmation sent"), null=True, blank=True)
    client_ip = models.GenericIPAddressField(
        _("address on the Internet"), null=True, blank=True, help_text=_("Kept while the order is open, for its risk.")
    )
    origin = models.CharField(_("ordered at"), max_length=200, blank=True, help_text=_("Address of the shop."))

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(total__gte=0, paid_total__gte=0), name="order_amounts_not_negative"),
            models.CheckConstraint(
                condition=Q(refunded_total__gte=0, refunded_total__lte=models.F("paid_total")),
                name="no_more_back_than_came",
            ),
            models.CheckConstraint(condition=Q(authorised_total__gte=0), name="authorised_not_negative"),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="order_state"),
            models.Index(fields=["store", "state", "-id"], name="order_store"),
            models.Index(fields=["email"], name="order_email"),
            models.Index(fields=["placed_at"], name="order_placed"),
            models.Index(fields=["cancelled_at"], condition=Q(cancelled_at__isnull=False), name="order_cancelled"),
            models.Index(
                fields=["hold_until"],
                condition=Q(state=OrderState.PLACED, hold_until__isnull=False),
                name="order_hold",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def kept(self) -> Decimal:
        """Money received and not given back, nor on its way back."""
        return self.paid_total - self.refunded_total

    @property
    def owed(self) -> Decimal:
        """What the shopper owes in all: a cancelled order costs nothing, what a sale gave back is not owed again."""
        return Decimal(0) if self.state == OrderState.CANCELLED else self.total - self.credited_total

    @property
    def due(self) -> Decimal:
        """What is still to be paid: neither received nor authorised."""
        return max(self.owed - self.kept - self.authorised_total, Decimal(0))

    @property
    def to_capture(self) -> Decimal:
        """What of the authorised money is to be taken."""
        return min(max(self.owed - self.kept, Decimal(0)), self.authorised_total)

    @property
    def refund_due(self) -> Decimal:
        """Money to give back."""
        return max(self.kept - self.owed, Decimal(0))


class OrderLine(models.Model):
    """A line as it was sold.

    `reasons` lists what made the price: `[{"kind", "code", "label", "amount"}]`, amounts with tax.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", verbose_name=_("order"))
    position = models.PositiveSmallIntegerField(_("line"))
    kind = models.CharField(_("kind"), max_length=10, choices=LineKind, default=LineKind.PRODUCT)
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    sku = models.CharField(_("SKU"), max_length=60)
    name = models.CharField(_("name"), max_length=250)
    quantity = models.PositiveIntegerField(_("quantity"))
    missing = models.PositiveIntegerField(
        _("missing"), default=0, db_default=0, help_text=_("Units ordered that could not be had; not in the quantity.")
    )
    returned = models.PositiveIntegerField(
        _("coming back"), default=0, db_default=0, help_text=_("Units asked for in returns, or that came back.")
    )
    base_unit = models.DecimalField(_("unit price before discount, with tax"), max_digits=12, decimal_places=2)
    unit = models.DecimalField(_("unit price with tax"), max_digits=12, decimal_places=2)
    vat_rate = models.DecimalField(_("VAT rate"), max_digits=6, decimal_places=4)
    total = models.DecimalField(_("total with tax"), max_digits=12, decimal_places=2)
    net_total = models.DecimalField(_("total without tax"), max_digits=12, decimal_places=2)
    reasons = models.JSONField(_("what made the price"), default=list, blank=True)
    bundle = models.JSONField(
        _("bundle"),
        default=dict,
        blank=True,
        help_text=_("Of a bundle sold as one: what lies in it. Of a product that came in a bundle: which."),
    )

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="one_line_per_position"),
            models.CheckConstraint(condition=Q(returned__lte=models.F("quantity")), name="no_more_back_than_sold"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku}"
