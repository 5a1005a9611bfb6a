"""The shoppers' tree."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display
from unfold.views import ChangeList

from altazion.lib.clock import now
from altazion.lib.office import NeverDeleted, RefusalsAsMessages, actor, badge
from altazion.lib.problems import Refused
from catalog import services
from catalog.forms import ReplacementForm, SegmentForm
from catalog.models import Segment
from catalog.selectors.tree import in_tree_order


class TreeChangeList(ChangeList):
    """Segments as a tree, page by page."""

    def get_results(self, request: HttpRequest) -> None:
        """Each under the one above."""
        super().get_results(request)
        self.result_list: list[Any] = in_tree_order(list(self.result_list))


def importance_label(value: int) -> tuple[str, str]:
    """The word and the tone for an importance of 0 to 999 (A17)."""
    if value >= 900:
        return _("star"), "good"
    if value >= 300:
        return _("highlighted"), "info"
    return (_("normal"), "none") if value >= 100 else (_("undefined"), "warn")


@admin.register(Segment)
class SegmentAdmin(RefusalsAsMessages, NeverDeleted, ModelAdmin):
    """Where shoppers look; six levels."""

    form = SegmentForm
    list_display = ("indented", "code", "importance_badge", "kind", "products", "position", "is_fed")
    list_display_links = ("indented",)
    list_filter = (("kind", ChoicesDropdownFilter), "archived")
    search_fields = ("name", "code")
    autocomplete_fields = ("parent",)
    list_per_page = 500
    list_fullwidth = True
    ordering = ("path",)
    show_full_result_count = False
    change_form_outer_before_template = "office/catalog/segment_bar.html"
    fieldsets = (
        (None, {"fields": ("name", "code", "parent", ("importance", "position"), "kind")}),
        (gettext_lazy("Web"), {"fields": ("slug", "intro", "image")}),
        (gettext_lazy("English"), {"fields": ("name_en",)}),
    )

    class Media:
        css = {"all": ["office/panels.css"]}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type:
        """As a tree."""
        return TreeChangeList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Segment]:
        """With the number of products that stand right there."""
        found: QuerySet[Segment] = super().get_queryset(request)
        if request.resolver_match and request.resolver_match.url_name == "catalog_segment_changelist":
            found = found.annotate(member_count=Count("members"))
            if "archived__exact" not in request.GET:
                found = found.filter(archived=False)
        return found

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Segment], search_term: str
    ) -> tuple[QuerySet[Segment], bool]:
        """Pickers offer living segments."""
        if request.path.endswith("/autocomplete/"):
            queryset = queryset.filter(archived=False)
        return super().get_search_results(request, queryset, search_term)

    @display(description=gettext_lazy("Segment"))
    def indented(self, segment: Segment) -> SafeString:
        """Set in by its level."""
        marks = "│  " * max(0, segment.level - 2) + ("├─ " if segment.level > 1 else "")
        weight = "font-semibold text-important" if segment.level == 1 else ""
        return format_html(
            '<span class="text-base-400 font-mono whitespace-pre">{}</span><span class="{}">{}</span>',
            marks,
            weight,
            segment.name,
        )

    @display(description=gettext_lazy("Importance"), ordering="importance")
    def importance_badge(self, segment: Segment) -> SafeString:
        """A word for the number."""
        word, tone = importance_label(segment.importance)
        return badge(word, tone, str(segment.importance))

    @display(description=gettext_lazy("Products"), ordering="member_count")
    def products(self, segment: Segment) -> SafeString:
        """How many stand right here, with the way to them."""
        url = reverse("admin:catalog_product_changelist")
        return format_html('<a class="text-link" href="{}?segment={}">{}</a>', url, segment.pk, segment.member_count)  # type: ignore[attr-defined]

    @display(description=gettext_lazy("Fed by"))
    def is_fed(self, segment: Segment) -> str:
        """The flow, if one feeds it."""
        return segment.source or "—"

    def save_model(self, request: HttpRequest, obj: Segment, form: Any, change: bool) -> None:
        """One domain call."""
        saved = services.save_segment(
            obj if change else None,
            form.changes(),
            parent=form.cleaned_data.get("parent") if "parent" in form.fields else obj.parent,
            at=now(),
            actor=actor(request),
        )
        obj.pk, obj._state.adding = saved.pk, False  # noqa: SLF001 - the admin goes on with the stored segment

    def get_urls(self) -> list[URLPattern]:
        """The page that removes a segment."""
        own = path("<int:pk>/remove/", self.admin_site.admin_view(self.remove), name="catalog_segment_remove")
        return [own, *super().get_urls()]

    def remove(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks where its products go, then takes it out of the tree."""
        segment = get_object_or_404(Segment, pk=pk)
        if not request.user.has_perm("catalog.delete_segment"):  # type: ignore[union-attr]
            raise PermissionDenied
        form = ReplacementForm(segment, request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                moved = services.delete_segment(segment, replacement=form.chosen(), at=now(), actor=actor(request))
            except Refused as refusal:
                form.add_error("replacement" if refusal.field else None, refusal.message)
            else:
                messages.success(request, _("The segment is removed; products moved: %(n)d") % {"n": moved})
                return HttpResponseRedirect(reverse("admin:catalog_segment_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Remove the segment %(name)s") % {"name": segment.name},
            "segment": segment,
            "count": segment.members.count(),
            "form": form,
            "opts": self.opts,
        }
        return TemplateResponse(request, "office/catalog/remove_segment.html", context)
