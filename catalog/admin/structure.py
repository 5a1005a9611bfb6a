"""Families, brands, attributes, product types, VAT rates: few rows, changed seldom, still logged."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from altazion.lib.ordering import Ordered
from catalog.models import Attribute, AttributeOption, Family, ProductType, VatRate


@admin.register(Family)
class FamilyAdmin(ModelAdmin):
    """The company's own classification, two levels."""

    list_display = ("indented", "code", "parent")
    list_select_related = ("parent",)
    search_fields = ("code", "name")
    autocomplete_fields = ("parent",)
    fields = ("code", "name", "parent")
    list_per_page = 100

    @display(description=_("Family"), ordering="name")
    def indented(self, family: Family) -> SafeString:
        """Set in when it has one above."""
        return format_html('<span class="{}">{}</span>', "pl-6" if family.parent_id else "font-semibold", family.name)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only a top family may be above: there are two levels."""
        if db_field.name == "parent":
            kwargs["queryset"] = Family.objects.filter(parent=None)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class OptionInline(Ordered, TabularInline):
    """Values of a list."""

    model = AttributeOption
    fields = ("label", "code", "position")
    extra = 1
    per_page = 50


@admin.register(Attribute)
class AttributeAdmin(ModelAdmin):
    """What can be said of products."""

    list_display = ("name", "code", "type", "group", "is_public", "is_facet", "is_differentiating", "position")
    list_filter = (("type", ChoicesDropdownFilter), "is_public", "is_facet", "is_differentiating")
    search_fields = ("name", "code", "group")
    fieldsets = (
        (None, {"fields": ("name", "code", "type", "unit", "group", "position")}),
        (_("Use"), {"fields": ("is_public", "is_facet", "is_differentiating", "is_copied")}),
    )
    inlines = (OptionInline,)
    list_per_page = 100

    def get_readonly_fields(self, request: HttpRequest, obj: Attribute | None = None) -> tuple[str, ...]:
        """Code and type stay once values may have been written."""
        return ("code", "type") if obj else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Attribute | None = None) -> dict[str, Any]:
        """A new one takes its code from its name."""
        return {} if obj else {"code": ("name",)}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Products may carry values of it: hide it from shoppers instead."""
        return False


@admin.register(ProductType)
class ProductTypeAdmin(ModelAdmin):
    """What products are for accounting."""

    list_display = ("name", "code", "nature", "sales_account")
    search_fields = ("name", "code")
    fields = ("name", "code", "nature", "sales_account", "description")


@admin.register(VatRate)
class VatRateAdmin(ModelAdmin):
    """Tax rates."""

    list_display = ("name", "code", "percent", "is_default")
    search_fields = ("name", "code")
    fields = ("name", "code", "rate", "is_default")

    @display(description=_("Rate"), ordering="rate")
    def percent(self, rate: VatRate) -> str:
        """In percent."""
        return f"{(rate.rate * 100).normalize():f} %"
