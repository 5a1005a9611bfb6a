"""Criteria: how shoppers are asked."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from altazion.lib.clock import now
from altazion.lib.office import RefusalsAsMessages, actor, badge
from altazion.lib.ordering import Ordered
from catalog import services
from catalog.enums import AttributeType, CriterionKind
from catalog.forms import CriterionForm, CriterionValueForm
from catalog.models import Criterion, CriterionValue


class ChoiceInline(Ordered, TabularInline):
    """The choices, in their order."""

    model = CriterionValue
    form = CriterionValueForm
    hide_title = True
    extra = 1
    per_page = 100

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A range has ends, of numbers or of days; all others have a value."""
        days = obj is not None and obj.attribute.type == AttributeType.DATE
        ends = ("since", "before") if days else ("minimum", "maximum")
        asked = ends if obj is not None and obj.kind == CriterionKind.RANGES else ("value",)
        return ("label", "label_en", *asked, "colour", "image", "code", "position")


@admin.register(Criterion)
class CriterionAdmin(RefusalsAsMessages, ModelAdmin):
    """A facet of its own beside the attributes: ranges, labels, order, only in some segments."""

    form = CriterionForm
    list_display = ("name", "code", "attribute", "kind", "asked", "choices_count", "position", "active_badge")
    list_select_related = ("attribute",)
    list_filter = (("kind", ChoicesDropdownFilter), "active")
    search_fields = ("name", "code", "attribute__name")
    autocomplete_fields = ("attribute", "segments")
    fieldsets = (
        (None, {"fields": ("name", "name_en", "code", "attribute", ("kind", "display"), ("position", "active"))}),
        (gettext_lazy("Where"), {"fields": ("segments",)}),
    )
    inlines = (ChoiceInline,)
    list_per_page = 100

    def get_queryset(self, request: HttpRequest) -> QuerySet[Criterion]:
        """With how many choices and segments each has."""
        found: QuerySet[Criterion] = super().get_queryset(request)
        return found.annotate(
            choice_count=Count("values", distinct=True), segment_count=Count("segments", distinct=True)
        )

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """A new one takes its word from its name."""
        return {} if obj else {"code": ("name",)}

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Choices come once it is known what is asked."""
        return super().get_inline_instances(request, obj) if obj else []

    @display(description=gettext_lazy("Asked"))
    def asked(self, criterion: Any) -> str:
        """Everywhere, or in how many segments."""
        return str(_("%(n)d segments") % {"n": criterion.segment_count}) if criterion.segment_count else _("everywhere")

    @display(description=gettext_lazy("Choices"))
    def choices_count(self, criterion: Any) -> SafeString | str:
        """How many; a range without any asks nothing."""
        if criterion.kind == CriterionKind.RANGES and not criterion.choice_count:
            return badge(_("no range yet"), "warn")
        return format_html("{}", criterion.choice_count or _("as they come"))

    @display(description=gettext_lazy("Active"), ordering="active")
    def active_badge(self, criterion: Criterion) -> SafeString:
        """Whether shoppers are asked."""
        return badge(_("active"), "good") if criterion.active else badge(_("off"), "none")

    def save_model(self, request: HttpRequest, obj: Criterion, form: Any, change: bool) -> None:
        """One domain call."""
        if change and not form.changed_data:
            return
        segments = form.cleaned_data.get("segments")
        services.save_criterion(obj, segments=segments, at=now(), actor=actor(request))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The choices, through their verb; segments were written with the criterion."""
        for formset in formsets:
            if formset.has_changed():
                kept = formset.save(commit=False)
                services.save_choices(form.instance, kept, formset.deleted_objects, at=now(), actor=actor(request))

    def delete_model(self, request: HttpRequest, obj: Criterion) -> None:
        """One domain call."""
        services.delete_criterion(obj, at=now(), actor=actor(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Criterion]) -> None:
        """One by one: each tells the index."""
        for one in queryset:
            services.delete_criterion(one, at=now(), actor=actor(request))
