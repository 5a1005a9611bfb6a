"""Office pages about those who buy."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, StackedInline
from unfold.decorators import display

from altazion.lib.clock import now
from altazion.lib.office import EstimatedPaginator, NeverDeleted, RefusalsAsMessages, actor
from customers import selectors, services
from customers.models import Address, Customer


class AddressInline(StackedInline):
    """Where they live."""

    model = Address
    fields = (
        ("label", "is_default"),
        "recipient",
        ("line1", "line2"),
        ("postcode", "city", "country"),
        "phone",
    )
    extra = 0
    tab = True


@admin.register(Customer)
class CustomerAdmin(RefusalsAsMessages, NeverDeleted, ModelAdmin):
    """Found by name, e-mail, phone or number in the ERP."""

    list_display = ("who", "email", "phone", "kind", "has_account", "erp_code", "created_at")
    list_select_related = ("account",)
    export_also = ("guid", "first_name", "last_name", "company", "accepts_news")
    list_filter = ("kind", "accepts_news")
    search_fields = ("email", "last_name")
    search_help_text = _("Name, company, e-mail, phone or number in the ERP")
    show_full_result_count = False
    paginator = EstimatedPaginator
    list_per_page = 50
    date_hierarchy = None
    readonly_fields = ("account", "created_at")
    fieldsets = (
        (
            None,
            {"fields": ("kind", ("first_name", "last_name"), ("company", "vat_number", "siren"), ("email", "phone"))},
        ),
        (_("Relation"), {"fields": (("erp_code", "accepts_news"), ("account", "created_at"))}),
    )
    inlines = (AddressInline,)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Customer], search_term: str
    ) -> tuple[QuerySet[Customer], bool]:
        """Every word somewhere."""
        return (selectors.search(queryset, search_term) if search_term.strip() else queryset), False

    def save_model(self, request: HttpRequest, obj: Customer, form: Any, change: bool) -> None:
        """One domain call."""
        services.save_customer(obj, at=now(), actor=actor(request))

    @display(description=_("Name"), ordering="last_name")
    def who(self, customer: Customer) -> str:
        """Company, or first and last name."""
        return customer.company or str(customer)

    @display(description=_("Account"), boolean=True)
    def has_account(self, customer: Customer) -> bool:
        """Signs in, or buys as a guest."""
        return customer.account_id is not None
