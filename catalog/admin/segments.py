"""The shoppers' tree: branches open one by one, siblings are ranked in place."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display
from unfold.views import ChangeList

from altazion.lib.clock import now
from altazion.lib.office import NeverDeleted, RefusalsAsMessages, actor, badge
from altazion.lib.problems import Refused
from altazion.lib.translating import side_by_side
from catalog import services
from catalog.admin.attributes import AskedInline, save_asked
from catalog.admin.history_page import LogHistory
from catalog.admin.ranking import RankingPages
from catalog.admin.words import importance_badge, page_address, search_results
from catalog.enums import SegmentKind
from catalog.forms import ReplacementForm, SegmentForm
from catalog.models import Segment
from catalog.selectors import office_tree
from catalog.selectors.tree import in_tree_order

OPEN = "open"
KIND_TONES = {SegmentKind.LISTED: "good", SegmentKind.BESIDE: "info", SegmentKind.INTERNAL: "none"}


class TreeChangeList(ChangeList):
    """Segments as a tree: the top, and below it what was opened (`?open=12.45`); a search shows the way to each hit."""

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        """`open` is no filter."""
        return {name: value for name, value in super().get_filters_params(params).items() if name != OPEN}

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Segment]:
        """Everything that was searched for or filtered; else the open branches."""
        found: QuerySet[Segment] = super().get_queryset(request, exclude_parameters)
        self.opened = [int(pk) for pk in request.GET.get(OPEN, "").split(".") if pk.isdecimal() and len(pk) < 18]
        self.as_tree = not self.query and not self.get_filters_params()
        return office_tree.visible(found, self.opened) if self.as_tree else found

    def get_results(self, request: HttpRequest) -> None:
        """Each under the one above."""
        super().get_results(request)
        rows: list[Any] = in_tree_order(list(self.result_list))
        names = {} if self.as_tree else office_tree.ways(rows)
        for row in rows:
            row.way = " › ".join(names.get(row.pk, []))
            row.is_open = row.pk in self.opened
            left = [pk for pk in self.opened if pk != row.pk] if row.is_open else [*self.opened, row.pk]
            row.toggle = ".".join(map(str, left[-office_tree.MOST_OPEN :])) if self.as_tree else None
        self.result_list: list[Any] = rows


@admin.register(Segment)
class SegmentAdmin(LogHistory, RankingPages, RefusalsAsMessages, NeverDeleted, ModelAdmin):
    """Where shoppers look; six levels."""

    form = SegmentForm
    log_subject = "segment"
    list_display = ("branch", "code", "importance_badge", "kind_badge", "products", "rank", "is_fed")
    list_display_links = None
    list_filter = (("kind", ChoicesDropdownFilter), "archived")
    search_fields = ("name", "code", "slug")
    search_help_text = gettext_lazy("Name, code or address; the way to each segment is shown")
    autocomplete_fields = ("parent",)
    list_per_page = 500
    list_fullwidth = True
    ordering = ("path",)
    show_full_result_count = False
    change_form_outer_before_template = "office/catalog/segment_bar.html"
    change_form_outer_after_template = "office/catalog/result_preview.html"
    fieldsets = (
        (None, {"fields": (("name", "name_en"), ("code", "parent"), ("importance_word", "importance"), ("kind",))}),
        (gettext_lazy("Page"), {"fields": (*side_by_side(["intro", "header"]), "header_below", ("image", "banner"),
                                           "page_template")}),
        (gettext_lazy("Address"), {"fields": (*side_by_side(["slug"]), "redirect")}),
        (gettext_lazy("Search engines"), {"fields": side_by_side(["meta_title", "meta_description"])}),
    )  # fmt: skip

    class Media:
        css = {"all": ["office/panels.css"]}
        js = ["catalog/lengths.js"]

    inlines = (AskedInline,)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type:
        """As a tree."""
        return TreeChangeList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Segment]:
        """With the number of products that stand right there."""
        found: QuerySet[Segment] = super().get_queryset(request)
        if request.resolver_match and request.resolver_match.url_name == "catalog_segment_changelist":
            found = office_tree.with_counts(found)
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

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """With what the bar and the preview of the search result show."""
        segment = self.get_object(request, object_id)
        more: dict[str, Any] = {}
        if segment is not None:
            giver, own = office_tree.inherited_header(segment)
            more = {
                "way": " › ".join([*office_tree.ways([segment])[segment.pk], segment.name]),
                "header_from": giver,
                "header_is_own": own,
                "header_reaches": office_tree.header_reaches(segment),
                "shop_address": page_address("segment", segment),
                "importance": importance_badge(segment.importance),
                "result": search_results("segment", segment),
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    @display(description=gettext_lazy("Segment"))
    def branch(self, segment: Any) -> SafeString:
        """Set in by its level, with the button that opens what lies below; in a search with the way to it."""
        url = reverse("admin:catalog_segment_change", args=[segment.pk])
        name = format_html(
            '<a class="{}" href="{}">{}</a>', "font-semibold text-important" if segment.level == 1 else "", url,
            segment.name,
        )  # fmt: skip
        if segment.toggle is None:
            return format_html('<span class="alz-way">{}</span>{}', f"{segment.way} › " if segment.way else "", name)
        if not segment.has_below:
            return format_html(
                '<span id="s{}" class="alz-branch alz-level-{}">{}</span>', segment.pk, segment.level, name
            )
        return format_html(
            '<span id="s{0}" class="alz-branch alz-level-{1}"><a class="alz-toggle" href="?{2}={3}#s{0}" role="button"'
            ' aria-expanded="{4}" aria-label="{5}"><span class="material-symbols-outlined" aria-hidden="true">{6}'
            "</span></a>{7}</span>",
            segment.pk,
            segment.level,
            OPEN,
            segment.toggle,
            "true" if segment.is_open else "false",
            (_("Close %(name)s") if segment.is_open else _("Open %(name)s")) % {"name": segment.name},
            "expand_more" if segment.is_open else "chevron_right",
            name,
        )

    @display(description=gettext_lazy("Importance"), ordering="importance")
    def importance_badge(self, segment: Segment) -> SafeString:
        """A word, and the number under it."""
        return importance_badge(segment.importance)

    @display(description=gettext_lazy("Kind"), ordering="kind")
    def kind_badge(self, segment: Segment) -> SafeString:
        """Listed, beside, internal."""
        return badge(segment.get_kind_display(), KIND_TONES.get(SegmentKind(segment.kind), "none"))

    @display(description=gettext_lazy("Products"), ordering="member_count")
    def products(self, segment: Any) -> SafeString:
        """How many stand right here, with the way to their order."""
        url = reverse("admin:catalog_segment_products", args=[segment.pk])
        return format_html('<a class="text-link" href="{}">{}</a>', url, segment.member_count)

    @display(description=gettext_lazy("Rank"))
    def rank(self, segment: Any) -> SafeString:
        """Buttons that bring it before or behind its neighbour."""
        if segment.toggle is None:
            return mark_safe("—")
        url = reverse("admin:catalog_segment_rank", args=[segment.pk])
        return format_html(
            '<span class="alz-rank"><button type="submit" formmethod="post" formaction="{0}?by=-1" aria-label="{1}"'
            ' title="{1}"><span class="material-symbols-outlined" aria-hidden="true">arrow_upward</span></button>'
            '<button type="submit" formmethod="post" formaction="{0}?by=1" aria-label="{2}" title="{2}"><span'
            ' class="material-symbols-outlined" aria-hidden="true">arrow_downward</span></button></span>',
            url,
            _("%(name)s: one place up") % {"name": segment.name},
            _("%(name)s: one place down") % {"name": segment.name},
        )

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
            redirect=form.cleaned_data.get("redirect", True),
        )
        obj.pk, obj._state.adding = saved.pk, False  # noqa: SLF001 - the admin goes on with the stored segment

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """What its products are asked, through the verb."""
        save_asked(request, formset)

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
