"""What products need to be complete, and the columns and filters that tell it."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter, DropdownFilter
from unfold.decorators import display

from altazion.lib.clock import now
from altazion.lib.office import RefusalsAsMessages, actor, badge
from catalog import services
from catalog.forms.requirements import RequirementForm
from catalog.models import Completeness, Product, Requirement


class RequirementInline(TabularInline):
    """On a family's page: what its products need."""

    model = Requirement
    form = RequirementForm
    verbose_name_plural = gettext_lazy("What its products need to be complete")
    fields = ("fact", "attribute", "channel", "language")
    autocomplete_fields = ("attribute",)
    extra = 0
    per_page = 100

    def get_queryset(self, request: HttpRequest) -> QuerySet[Requirement]:
        """With their attributes."""
        return super().get_queryset(request).select_related("attribute", "channel")


def save_required(request: HttpRequest, formset: Any) -> None:
    """The rows of `RequirementInline`, through their verb."""
    if formset.has_changed():
        kept = formset.save(commit=False)
        services.save_requirements(kept, formset.deleted_objects, at=now(), actor=actor(request))


@admin.register(Requirement)
class RequirementAdmin(RefusalsAsMessages, ModelAdmin):
    """All requirements at a glance; those of a family are on its page too."""

    form = RequirementForm
    list_display = ("what", "of_family", "on_channel", "in_language")
    list_select_related = ("attribute", "family", "channel")
    list_filter = (("family", AutocompleteSelectFilter), "channel")
    list_filter_submit = True
    search_fields = ("attribute__name", "attribute__code", "family__name")
    autocomplete_fields = ("attribute", "family")
    fields = ("fact", "attribute", "family", "channel", "language")
    list_per_page = 100

    @display(description=gettext_lazy("Needed"))
    def what(self, one: Requirement) -> str:
        """The attribute or the fact."""
        return str(one)

    @display(description=gettext_lazy("Family"), ordering="family__name")
    def of_family(self, one: Requirement) -> str:
        """One, or all."""
        return str(one.family or _("every family"))

    @display(description=gettext_lazy("Channel"), ordering="channel__name")
    def on_channel(self, one: Requirement) -> str:
        """One, or all."""
        return str(one.channel or _("every channel"))

    @display(description=gettext_lazy("Language"), ordering="language")
    def in_language(self, one: Requirement) -> str:
        """One, or all."""
        return one.language or _("every language")

    def save_model(self, request: HttpRequest, obj: Requirement, form: Any, change: bool) -> None:
        """One domain call."""
        services.save_requirements([obj], at=now(), actor=actor(request))

    def delete_model(self, request: HttpRequest, obj: Requirement) -> None:
        """One domain call."""
        services.save_requirements([], [obj], at=now(), actor=actor(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Requirement]) -> None:
        """One domain call."""
        services.save_requirements([], list(queryset), at=now(), actor=actor(request))


class CompletenessFilter(DropdownFilter):
    """Products that lack something on a channel or in a language."""

    title = gettext_lazy("completeness")
    parameter_name = "complete"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("incomplete")), ("half", _("less than half")), ("yes", _("complete"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        judged = Completeness.objects.filter(product=OuterRef("pk"))
        if self.value() == "no":
            return queryset.filter(Exists(judged.filter(percent__lt=100)))
        if self.value() == "half":
            return queryset.filter(Exists(judged.filter(percent__lt=50)))
        if self.value() == "yes":
            return queryset.filter(Exists(judged), ~Exists(judged.filter(percent__lt=100)))
        return queryset


class CompleteColumn:
    """For the product list: the lowest percentage over channels and languages."""

    @display(description=gettext_lazy("Complete"))
    def complete(self, product: Any) -> SafeString | str:
        """A badge; a dash for what nobody judged yet."""
        percent = product.row.complete
        if percent is None:
            return "—"
        return badge(f"{percent} %", "good" if percent == 100 else "warn" if percent >= 50 else "bad")
