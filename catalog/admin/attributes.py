"""Attributes: what can be said of products, and which products are asked."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from altazion.lib.clock import now
from altazion.lib.office import RefusalsAsMessages, actor, badge
from altazion.lib.ordering import Ordered
from catalog import services
from catalog.enums import AttributeType
from catalog.forms import AttributeForm, OptionForm, UseForm
from catalog.models import Attribute, AttributeOption, AttributeUse
from catalog.services.attributes import COUNTED, carriers


class OptionInline(Ordered, TabularInline):
    """Values of a list, with their English labels."""

    model = AttributeOption
    form = OptionForm
    fields = ("label", "label_en", "code", "position")
    extra = 1
    per_page = 50


class UseInline(TabularInline):
    """Families and segments whose products are asked; none: all products."""

    model = AttributeUse
    form = UseForm
    verbose_name_plural = gettext_lazy("Asked of the products of")
    fields = ("family", "segment", "position")
    autocomplete_fields = ("family", "segment")
    extra = 0
    per_page = 50


class AskedInline(Ordered, TabularInline):
    """On a family's or a segment's page: what its products are asked, in order."""

    model = AttributeUse
    verbose_name_plural = gettext_lazy("Attributes asked of its products")
    fields = ("attribute", "position")
    autocomplete_fields = ("attribute",)
    extra = 0
    per_page = 100

    def get_queryset(self, request: HttpRequest) -> QuerySet[AttributeUse]:
        """With their attributes."""
        return super().get_queryset(request).select_related("attribute")


def save_asked(request: HttpRequest, formset: Any) -> None:
    """The rows of `AskedInline` or `UseInline`, through their verb."""
    if formset.has_changed():
        kept = formset.save(commit=False)
        services.save_uses(kept, formset.deleted_objects, at=now(), actor=actor(request))


@admin.register(Attribute)
class AttributeAdmin(RefusalsAsMessages, ModelAdmin):
    """What can be said of products."""

    form = AttributeForm
    list_display = ("name", "code", "type", "group", "asked", "shown", "is_facet", "is_differentiating", "position")
    list_filter = (("type", ChoicesDropdownFilter), "is_public", "is_facet", "is_differentiating")
    search_fields = ("name", "code", "group")
    fieldsets = (
        (None, {"fields": ("name", "name_en", "code", ("type", "unit"), ("group", "position"))}),
        (gettext_lazy("Use"), {"fields": (("is_public", "is_facet"), ("is_differentiating", "is_copied"))}),
    )
    inlines = (OptionInline, UseInline)
    list_per_page = 100
    change_form_outer_before_template = "office/catalog/attribute_bar.html"

    class Media:
        css = {"all": ["office/panels.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attribute]:
        """With how many families and segments ask for each."""
        found: QuerySet[Attribute] = super().get_queryset(request)
        return found.annotate(use_count=Count("uses"))

    def get_readonly_fields(self, request: HttpRequest, obj: Attribute | None = None) -> tuple[str, ...]:
        """Code and type stay once values may have been written."""
        return ("code", "type") if obj else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Attribute | None = None) -> dict[str, Any]:
        """A new one takes its code from its name."""
        return {} if obj else {"code": ("name",)}

    def get_inline_instances(self, request: HttpRequest, obj: Attribute | None = None) -> list[Any]:
        """Values only for lists."""
        found = super().get_inline_instances(request, obj)
        if obj and obj.type == AttributeType.LIST:
            return found
        return [one for one in found if not isinstance(one, OptionInline)]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Products may carry values of it: hide it from shoppers instead."""
        return False

    @display(description=gettext_lazy("Asked of"))
    def asked(self, attribute: Any) -> str:
        """All products, or those of some families and segments."""
        if not attribute.use_count:
            return _("all products")
        words = ngettext("%(n)d family or segment", "%(n)d families or segments", attribute.use_count)
        return words % {"n": attribute.use_count}

    @display(description=gettext_lazy("Who sees it"), ordering="is_public")
    def shown(self, attribute: Attribute) -> SafeString:
        """Shoppers, or colleagues only."""
        return badge(_("shoppers"), "info") if attribute.is_public else badge(_("internal"), "none")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The page, with how many products carry it and the criteria built on it."""
        attribute = kwargs.get("obj")
        if attribute is not None:
            carried = carriers(attribute)
            context.update(
                attribute=attribute,
                carried=carried,
                carried_words=f"{COUNTED}+" if carried > COUNTED else str(carried),
                criteria=list(attribute.criteria.all()[:20]),
            )
        response: TemplateResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def save_model(self, request: HttpRequest, obj: Attribute, form: Any, change: bool) -> None:
        """One domain call."""
        if not change or form.changed_data:
            services.save_attribute(obj, at=now(), actor=actor(request))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Values and uses, through their verbs."""
        for formset in formsets:
            if formset.model is AttributeUse:
                save_asked(request, formset)
            elif formset.has_changed():
                kept = formset.save(commit=False)
                services.save_options(form.instance, kept, formset.deleted_objects, at=now(), actor=actor(request))
