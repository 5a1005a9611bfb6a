"""Families, product types, VAT rates: few rows, changed seldom, still logged."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from altazion.lib.office import RefusalsAsMessages
from catalog.admin.attributes import AskedInline, save_asked
from catalog.admin.requirements import RequirementInline, save_required
from catalog.forms import FamilyForm
from catalog.forms.layouts import ProductTypeForm
from catalog.models import Family, ProductType, Requirement, VatRate


@admin.register(Family)
class FamilyAdmin(RefusalsAsMessages, ModelAdmin):
    """The company's own classification, two levels."""

    list_display = ("indented", "code", "parent")
    list_select_related = ("parent",)
    search_fields = ("code", "name")
    autocomplete_fields = ("parent",)
    form = FamilyForm
    fields = ("code", "name", "parent")
    inlines = (AskedInline, RequirementInline)
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

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """What its products are asked and need, through their verbs."""
        if formset.model is Requirement:
            save_required(request, formset)
        else:
            save_asked(request, formset)


@admin.register(ProductType)
class ProductTypeAdmin(ModelAdmin):
    """What products are for accounting."""

    form = ProductTypeForm
    list_display = ("name", "code", "nature", "sales_account")
    search_fields = ("name", "code")
    fields = ("name", "code", "nature", "sales_account", "page_layout", "description")


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
