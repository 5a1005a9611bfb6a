"""Slots of labels with their labels, and giving a label to many products at once."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import action, display

from altazion.lib.clock import now
from altazion.lib.office import RefusalsAsMessages, actor
from altazion.lib.translating import side_by_side
from catalog import services
from catalog.enums import LabelRule
from catalog.forms.labels import ChooseLabelForm, LabelForm, LabelRowForm, SlotForm
from catalog.models import Label, LabelSlot, Product

MOST_AT_ONCE = 20_000


def pill(label: Label) -> SafeString:
    """The label as shoppers see it."""
    return format_html(
        '<span class="alz-label-pill" data-pill style="background:{};color:{}">{}</span>',
        label.ground, label.ink, label.name or "—",
    )  # fmt: skip


class LabelInline(TabularInline):
    """The labels of a slot; rules and dates on their own page."""

    model = Label
    form = LabelRowForm
    fields = ("name", "code", "ground", "ink", "look", "priority", "rule_word")
    readonly_fields = ("look", "rule_word")
    extra = 0
    show_change_link = True
    hide_title = True

    @display(description=gettext_lazy("Look"))
    def look(self, label: Label) -> SafeString:
        """As shoppers see it; follows what is typed."""
        return pill(label)

    @display(description=gettext_lazy("Given"))
    def rule_word(self, label: Label) -> str:
        """By hand, or by which rule."""
        return str(label.get_rule_display())


@admin.register(LabelSlot)
class LabelSlotAdmin(RefusalsAsMessages, ModelAdmin):
    """Where on a tile a theme of labels stands."""

    form = SlotForm
    list_display = ("name", "code", "size", "position", "on_tiles", "is_facet")
    search_fields = ("name", "code")
    fieldsets = (
        (None, {"fields": (*side_by_side(["name"]), ("code", "position"), ("display", "channels"))}),
        (gettext_lazy("Use"), {"fields": ("on_tiles", "is_facet", "allows_several")}),
    )
    autocomplete_fields = ("channels",)
    inlines = (LabelInline,)

    class Media:
        css = {"all": ["catalog/labels.css"]}
        js = ["catalog/labels.js"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[LabelSlot]:
        """With how many labels each has."""
        found: QuerySet[LabelSlot] = super().get_queryset(request).annotate(label_count=Count("labels"))
        return found

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """A new one takes its code from its name."""
        return {} if obj else {"code": ("name",)}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Files and shoppers' addresses hold the code."""
        return ("code",) if obj else ()

    @display(description=gettext_lazy("Labels"), ordering="label_count")
    def size(self, slot: LabelSlot) -> int:
        """How many."""
        return slot.label_count  # type: ignore[attr-defined,no-any-return]

    def save_model(self, request: HttpRequest, obj: LabelSlot, form: Any, change: bool) -> None:
        """One domain call."""
        services.save_slot(obj, at=now(), actor=actor(request))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Each line through the verb."""
        for label in formset.save(commit=False):
            services.save_label(label, at=now(), actor=actor(request))
        for label in formset.deleted_objects:
            services.delete_label(label, at=now(), actor=actor(request))


@admin.register(Label)
class LabelAdmin(RefusalsAsMessages, ModelAdmin):
    """One label: its look, its words, when and by which rule products carry it."""

    form = LabelForm
    list_display = ("look", "slot", "rule", "priority", "dates")
    list_filter = (("slot", AutocompleteSelectFilter), ("rule", ChoicesDropdownFilter))
    list_filter_submit = True
    list_select_related = ("slot",)
    search_fields = ("name", "code", "slot__name")
    autocomplete_fields = ("slot", "selection")
    fieldsets = (
        (None, {"fields": ("slot", *side_by_side(["name"]), "code", ("ground", "ink"), "look", "image")}),
        (gettext_lazy("Given"), {"fields": ("rule", "days", ("attribute", "value"), "selection", "flag")}),
        (gettext_lazy("When"), {"fields": (("starts", "ends"), "priority")}),
        (gettext_lazy("Page"), {"fields": side_by_side(["text"])}),
    )
    readonly_fields = ("look",)

    class Media:
        css = {"all": ["catalog/labels.css"]}
        js = ["catalog/labels.js"]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """A new one takes its code from its name."""
        return {} if obj else {"code": ("name",)}

    @display(description=gettext_lazy("Look"), ordering="name")
    def look(self, label: Label) -> SafeString:
        """As shoppers see it; follows what is typed."""
        return pill(label)

    @display(description=gettext_lazy("Dates"))
    def dates(self, label: Label) -> str:
        """From and until, where they are said."""
        if label.during is None:
            return _("always")
        ends = [each.strftime("%d/%m/%Y %H:%M") if each else "…" for each in (label.during.lower, label.during.upper)]
        return " → ".join(ends)

    def save_model(self, request: HttpRequest, obj: Label, form: Any, change: bool) -> None:
        """One domain call."""
        services.save_label(obj, at=now(), actor=actor(request))

    def delete_model(self, request: HttpRequest, obj: Label) -> None:
        """One domain call."""
        services.delete_label(obj, at=now(), actor=actor(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Label]) -> None:
        """One call each."""
        for label in queryset:
            services.delete_label(label, at=now(), actor=actor(request))


class LabelActions:
    """Two bulk actions of the product list, each with a page that asks which label."""

    actions: tuple[str, ...] = ("give_label_ticked", "take_label_ticked")

    @action(description=gettext_lazy("Add a label…"), permissions=["change"])
    def give_label_ticked(self, request: HttpRequest, products: QuerySet[Product]) -> HttpResponse | None:
        """Put one label on the ticked products."""
        return self._with_label(request, products, "give")

    @action(description=gettext_lazy("Remove a label…"), permissions=["change"])
    def take_label_ticked(self, request: HttpRequest, products: QuerySet[Product]) -> HttpResponse | None:
        """Take one label off the ticked products."""
        return self._with_label(request, products, "take")

    def _with_label(self, request: HttpRequest, products: QuerySet[Product], what: str) -> HttpResponse | None:
        form = ChooseLabelForm(request.POST if "label" in request.POST else None)
        form.fields["label"].queryset = Label.objects.select_related("slot").filter(  # type: ignore[attr-defined]
            **({} if what == "take" else {"rule": LabelRule.BY_HAND})
        )
        if form.is_valid():
            ids = products.order_by().values_list("pk", flat=True)[:MOST_AT_ONCE]
            verb = services.give_label if what == "give" else services.take_label
            done = verb(form.cleaned_data["label"], ids, at=now(), actor=actor(request))
            messages.success(request, ngettext("%(n)d product done.", "%(n)d products done.", done) % {"n": done})
            return None
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": _("Add a label") if what == "give" else _("Remove a label"),
            "form": form,
            "what": what,
            "action": f"{what}_label_ticked",
            "ticked": request.POST.getlist("_selected_action"),
            "across": request.POST.get("select_across", "0"),
            "number": products.order_by().count() if request.POST.get("select_across") != "1" else None,
            "no_labels": not form.fields["label"].queryset.exists(),  # type: ignore[attr-defined]
            "opts": self.opts,  # type: ignore[attr-defined]
        }
        return TemplateResponse(request, "office/catalog/choose_label.html", context)
