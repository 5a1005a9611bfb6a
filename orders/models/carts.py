"""What a shopper has gathered. The cart reserves when checkout begins, and becomes at most one order."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from customers.models import Customer
from stores.models import SalesChannel, Store


class Cart(models.Model):
    """A basket, known to a browser by its secret `token`."""

    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    channel = models.ForeignKey(SalesChannel, models.PROTECT, verbose_name=_("channel"))
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, blank=True, verbose_name=_("customer"))
    store = models.ForeignKey(Store, models.SET_NULL, null=True, blank=True, verbose_name=_("pickup store"))
    checkout = models.JSONField(_("checkout answers"), default=dict, blank=True)
    created_at = models.DateTimeField(_("made"))
    updated_at = models.DateTimeField(_("changed"))
    ordered_at = models.DateTimeField(_("ordered"), null=True, blank=True)

    class Meta:
        verbose_name = _("cart")
        verbose_name_plural = _("carts")
        ordering = ["-id"]
        indexes = [models.Index(fields=["updated_at"], condition=Q(ordered_at=None), name="cart_open")]

    def __str__(self) -> str:
        return str(self.guid)


class CartLine(models.Model):
    """A product and how many of it."""

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="lines", verbose_name=_("cart"))
    product = models.ForeignKey(Product, models.CASCADE, related_name="+", verbose_name=_("product"))
    quantity = models.PositiveIntegerField(_("quantity"))
    added_at = models.DateTimeField(_("added"))

    class Meta:
        verbose_name = _("cart line")
        verbose_name_plural = _("cart lines")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["cart", "product"], name="one_cart_line_per_product"),
            models.CheckConstraint(condition=Q(quantity__gte=1, quantity__lte=999), name="cart_quantity_1_to_999"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_id}"
