"""Baskets, to look at."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import RelatedDropdownFilter

from accounts.enums import AccountKind
from accounts.models import User
from accounts.selectors import stores_seen_by
from altazion.lib.office import ReadOnly
from orders.admin.base import Records
from orders.models import Cart, CartLine


class LineInline(ReadOnly, TabularInline):
    """What lies in it."""

    model = CartLine
    fields = ("product", "quantity", "added_at")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[CartLine]:
        return cast("QuerySet[CartLine]", super().get_queryset(request).select_related("product"))


@admin.register(Cart)
class CartAdmin(Records):
    """Open and ordered baskets. The secret by which a browser knows its basket is shown to nobody."""

    list_display = ("id", "channel", "customer", "store", "lines_held", "pieces", "updated_at", "ordered_at")
    list_filter = (("ordered_at", admin.EmptyFieldListFilter), ("channel", RelatedDropdownFilter))
    list_select_related = ("channel", "customer", "store")
    fields = ("guid", "channel", "customer", "store", "created_at", "updated_at", "ordered_at")
    readonly_fields = ("guid",)
    inlines = (LineInline,)
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cart]:
        """With what they hold; a store account sees those of its stores."""
        carts, user = super().get_queryset(request), cast(User, request.user)
        if user.kind == AccountKind.STORE:
            carts = carts.filter(store__in=stores_seen_by(user))
        return cast("QuerySet[Cart]", carts.annotate(held=Count("lines"), units=Sum("lines__quantity")))

    @admin.display(description=_("products"))
    def lines_held(self, cart: Any) -> int:
        return int(cart.held)

    @admin.display(description=_("pieces"))
    def pieces(self, cart: Any) -> int:
        return int(cart.units or 0)
