"""Ways to pay, and every attempt and receipt."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter

from accounts.enums import AccountKind
from accounts.models import User
from accounts.selectors import stores_seen_by
from altazion.lib.money import display
from altazion.lib.office import NeverDeleted, badge
from altazion.lib.translating import side_by_side
from orders.admin.base import ATTEMPT_TONES, Records
from orders.enums import AttemptState
from orders.forms import PaymentMethodForm
from orders.models import Payment, PaymentMethod


@admin.register(PaymentMethod)
class PaymentMethodAdmin(NeverDeleted, ModelAdmin):
    """Which ways to pay are offered, where, and within which limits (OFF-4). One no longer wanted is switched off."""

    form = PaymentMethodForm
    list_display = ("name", "kind", "provider", "capture_when", "min_amount", "max_amount", "position", "active")
    list_editable = ("position", "active")
    list_filter = ("active", ("kind", ChoicesDropdownFilter))
    filter_horizontal = ("channels",)
    prepopulated_fields = {"code": ("name",)}
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "code",
                    *side_by_side(["name", "description"]),
                    ("kind", "provider"),
                    "capture_when",
                    "active",
                )
            },
        ),
        (_("Where and for what amounts"), {"fields": ("channels", ("min_amount", "max_amount"), "position")}),
        (_("Behind the counter"), {"fields": (("hold_minutes", "accounting_code"),)}),
    )

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, tuple[str, ...]]:
        """A code is proposed for a new method and stays as it is later."""
        return {} if obj else dict(self.prepopulated_fields)


@admin.register(Payment)
class PaymentAdmin(Records):
    """Receipts and attempts, newest first."""

    list_display = ("started_at", "order", "method", "money", "state_badge", "store", "till", "received_at")
    list_filter = (("state", ChoicesDropdownFilter), ("method", RelatedDropdownFilter))
    list_select_related = ("order", "method", "store")
    search_fields = ("=order__number", "=provider_reference")
    search_help_text = _("Number of the order, or the provider's reference")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        """Those of the orders that this colleague may see."""
        payments, user = super().get_queryset(request), cast(User, request.user)
        if user.kind == AccountKind.STORE:
            payments = payments.filter(order__store__in=stores_seen_by(user))
        return cast("QuerySet[Payment]", payments)

    @admin.display(description=_("amount"))
    def money(self, payment: Payment) -> str:
        return display(payment.amount, payment.currency)

    @admin.display(description=_("state"))
    def state_badge(self, payment: Payment) -> SafeString:
        return badge(payment.get_state_display(), ATTEMPT_TONES[AttemptState(payment.state)], payment.message)
