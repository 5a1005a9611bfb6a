"""Named lists of products."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from altazion.lib.clock import now
from altazion.lib.office import RefusalsAsMessages, actor, badge
from altazion.lib.translating import side_by_side
from catalog import services
from catalog.admin.history_page import LogHistory
from catalog.admin.rule_page import RulePages, tiles
from catalog.enums import Membership
from catalog.forms import PasteForm
from catalog.forms.rule import draft_of
from catalog.models import Selection, SelectionExclusion, SelectionItem
from catalog.selectors.selecting import SHOWN


class ItemInline(TabularInline):
    """Products picked by hand, with their relevance."""

    model = SelectionItem
    verbose_name_plural = gettext_lazy("Picked by hand")
    fields = ("product", "relevance")
    autocomplete_fields = ("product",)
    extra = 0
    per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[SelectionItem]:
        """With their products; what the rule found is shown above."""
        return super().get_queryset(request).filter(origin=Membership.HAND).select_related("product")


class ExclusionInline(TabularInline):
    """What the rule never takes."""

    model = SelectionExclusion
    fields = ("product",)
    autocomplete_fields = ("product",)
    extra = 0
    per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[SelectionExclusion]:
        """With their products."""
        return super().get_queryset(request).select_related("product").order_by("pk")


@admin.register(Selection)
class SelectionAdmin(LogHistory, RulePages, RefusalsAsMessages, ModelAdmin):
    """Picked one by one, pasted as SKUs, kept by a rule, or all of it."""

    form = PasteForm
    log_subject = "selection"
    list_display = ("name", "code", "group", "kept", "size", "when")
    search_fields = ("name", "code", "group")
    fields = (*side_by_side(["name"]), "code", "group", "description", ("starts", "ends"), "paste")
    inlines = (ItemInline, ExclusionInline)
    change_form_outer_before_template = "office/catalog/selection_bar.html"

    class Media:
        css = {"all": ["office/rule.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Selection]:
        """With how many products each has."""
        found: QuerySet[Selection] = super().get_queryset(request).annotate(item_count=Count("items"))
        return found

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """A new one takes its code from its name."""
        return {} if obj else {"code": ("name",)}

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Exclusions only beside a rule."""
        found = super().get_inline_instances(request, obj)
        return found if obj and obj.by_rule else [one for one in found if not isinstance(one, ExclusionInline)]

    def get_urls(self) -> list[URLPattern]:
        """The rule's pages."""
        return [*self.rule_urls(), *super().get_urls()]

    @display(description=gettext_lazy("Products"), ordering="item_count")
    def size(self, selection: Selection) -> int:
        """How many."""
        return selection.item_count  # type: ignore[attr-defined,no-any-return]

    @display(description=gettext_lazy("Kept"))
    def kept(self, selection: Selection) -> SafeString:
        """By hand or by a rule, and whether the rule fails."""
        if selection.failure:
            return badge(_("rule fails"), "bad", selection.failure)
        return badge(_("by a rule"), "info") if selection.by_rule else badge(_("by hand"), "none")

    @display(description=gettext_lazy("Dates"))
    def when(self, selection: Selection) -> str:
        """From and until, a dash for always."""
        if not selection.during:
            return "—"
        ends = (selection.during.lower, selection.during.upper)
        return " → ".join(date_format(localtime(end), "SHORT_DATE_FORMAT") if end else "…" for end in ends)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The page, with what the bar shows."""
        selection = kwargs.get("obj")
        if selection is not None:
            items = selection.items.filter(origin=Membership.RULE)
            context.update(
                selection=selection,
                by_rule=items.count(),
                by_hand=selection.items.filter(origin=Membership.HAND).count(),
                draft=draft_of(selection.rule),
                first=tiles(
                    list(items.order_by("-product__importance", "-product").values_list("product", flat=True)[:SHOWN])
                ),
            )
        response: TemplateResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def save_model(self, request: HttpRequest, obj: Selection, form: Any, change: bool) -> None:
        """One domain call."""
        services.keep_selection(obj, at=now(), actor=actor(request))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Rows as typed, then what was pasted, through the verbs."""
        form.save_m2m()
        selection, at, who = form.instance, now(), actor(request)
        for formset in formsets:
            if not formset.has_changed():
                continue
            if formset.model is SelectionExclusion:
                rows = [row.cleaned_data for row in formset.forms if row.cleaned_data.get("product")]
                wanted = [row["product"] for row in rows if not row.get("DELETE")]
                services.exclude_from_selection(selection, wanted, at=at, actor=who)
            else:
                services.save_selection(selection, _members(selection, formset), at=at, actor=who)
        if words := form.words():
            added, unknown = services.add_to_selection(selection, words, at=at, actor=who)
            messages.success(request, ngettext("%(n)d product added.", "%(n)d products added.", added) % {"n": added})
            if unknown:
                text = _("Nobody knows: %(codes)s") % {"codes": ", ".join(unknown[:30])}
                messages.warning(request, text)


def _members(selection: Selection, formset: Any) -> dict[int, Any]:
    """What the selection holds by hand once the rows on this page are as typed."""
    members = dict(selection.items.filter(origin=Membership.HAND).values_list("product_id", "relevance"))
    for row in formset.forms:
        if not row.cleaned_data.get("product"):
            continue
        if row.initial.get("product"):
            members.pop(row.initial["product"], None)
        if not row.cleaned_data.get("DELETE"):
            members[row.cleaned_data["product"].pk] = row.cleaned_data["relevance"]
    return members
