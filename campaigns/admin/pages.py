"""Landing pages in Office: the list, the settings, the verbs. Their blocks are in `campaigns.admin.content`."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import display

from altazion.lib.clock import now
from altazion.lib.office import NeverDeleted, RefusalsAsMessages, actor, badge
from altazion.lib.problems import Refused
from campaigns import services
from campaigns.admin.content import ContentPages
from campaigns.forms import LandingPageForm
from campaigns.models import LandingPage
from campaigns.rules import phase
from catalog.selectors.history import history_of

VERBS = {
    "publish": (services.publish_page, gettext_lazy("The page is published: shoppers see it within its dates.")),
    "unpublish": (services.unpublish_page, gettext_lazy("The page is off the shop.")),
    "archive": (services.archive_page, gettext_lazy("The page is archived.")),
    "restore": (services.restore_page, gettext_lazy("The page is back, not published.")),
}
PHASES = {
    "archived": (gettext_lazy("archived"), "none"),
    "draft": (gettext_lazy("not published"), "warn"),
    "coming": (gettext_lazy("coming"), "info"),
    "running": (gettext_lazy("in the shop"), "good"),
    "over": (gettext_lazy("over"), "none"),
}


def phase_of(page: LandingPage) -> str:
    """Where the page is in its life, now."""
    lower, upper = (page.during.lower, page.during.upper) if page.during else (None, None)
    return phase(page.published, page.archived, lower, upper, at=now())


@admin.register(LandingPage)
class LandingPageAdmin(ContentPages, RefusalsAsMessages, NeverDeleted, ModelAdmin):
    """Pages for a range, a brand or an operation."""

    form = LandingPageForm
    list_display = ("title_line", "state", "kind", "dates", "channel", "see")
    list_display_links = ("title_line",)
    list_filter = (("kind", ChoicesDropdownFilter), ("channel", RelatedDropdownFilter), "published", "archived")
    list_select_related = ("channel",)
    search_fields = ("name", "title", "addresses__word")
    autocomplete_fields = ("brand",)
    warn_unsaved_form = True
    compressed_fields = True
    change_form_outer_before_template = "office/campaigns/page_bar.html"
    fieldsets = (
        (None, {"fields": ("name", ("kind", "layout"), ("channel", "brand"))}),
        (gettext_lazy("Address and words"), {"fields": (("title", "title_en"), ("word_fr", "word_en"))}),
        (gettext_lazy("When"), {"fields": (("starts", "ends"),)}),
        (
            gettext_lazy("Search engines"),
            {"fields": (("meta_description", "meta_description_en"), ("noindex", "nofollow"))},
        ),
    )

    class Media:
        css = {"all": ["campaigns/office.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[LandingPage]:
        """With their words; archived ones only when asked for."""
        found: QuerySet[LandingPage] = super().get_queryset(request).prefetch_related("addresses")
        at_list = request.resolver_match and request.resolver_match.url_name == "campaigns_landingpage_changelist"
        if at_list and "archived__exact" not in request.GET:
            found = found.filter(archived=False)
        return found

    def get_readonly_fields(self, request: HttpRequest, obj: LandingPage | None = None) -> tuple[str, ...]:
        """A page stays on its channel: its words are taken there."""
        return ("channel",) if obj else ()

    def save_model(self, request: HttpRequest, obj: LandingPage, form: Any, change: bool) -> None:
        """One domain call."""
        services.save_page(obj, form.words(), at=now(), actor=actor(request))

    def response_add(self, request: HttpRequest, obj: LandingPage, post_url_continue: str | None = None) -> Any:
        """A new page goes on with its blocks."""
        if "_addanother" in request.POST or "_popup" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        messages.success(request, _("The page is made: now its blocks."))
        return HttpResponseRedirect(reverse("admin:campaigns_landingpage_content", args=[obj.pk]))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Who changed what, from the logbook."""
        page = self.get_object(request, object_id)
        if page is None:
            raise Http404
        if not self.has_view_or_change_permission(request, page):
            raise PermissionDenied
        if request.method not in {"GET", "HEAD"}:  # a page's fields hang together: they are not given back one by one
            return HttpResponseNotAllowed(["GET"])
        context = {
            **self.admin_site.each_context(request),
            "title": _("History: %(thing)s") % {"thing": page},
            "events": history_of("page", page),
            "safe": (),
            "thing": page,
            "opts": self.opts,
        }
        return TemplateResponse(request, "office/catalog/history.html", context)

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        own = path("<int:pk>/do/<slug:verb>/", guard(self.do), name="campaigns_landingpage_do")
        return [own, *self.content_urls(), *super().get_urls()]

    def do(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        """Publish, take off, archive, restore."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if verb not in VERBS or not self.has_change_permission(request):
            raise PermissionDenied
        act, done = VERBS[verb]
        try:
            act(get_object_or_404(LandingPage, pk=pk), at=now(), actor=actor(request))
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, done)
        where = "content" if request.POST.get("back") == "content" else "change"
        return HttpResponseRedirect(reverse(f"admin:campaigns_landingpage_{where}", args=[pk]))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """With its state, and the way to its blocks and its address."""
        page = kwargs.get("obj")
        if page is not None and page.pk:
            context.update(self.bar_context(page))
        response: TemplateResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def bar_context(self, page: LandingPage) -> dict[str, Any]:
        """What the bar over a page's forms shows."""
        label, tone = PHASES[phase_of(page)]
        return {
            "landing": page,
            "phase": badge(label, tone),
            "address": shop_address(page),
            "is_live": phase_of(page) == "running",
        }

    @display(description=gettext_lazy("Page"), ordering="name")
    def title_line(self, page: LandingPage) -> SafeString:
        """Name over title."""
        return format_html(
            '<span class="{}">{}</span><span class="{}">{}</span>',
            "block font-semibold text-important",
            page.name,
            "block text-xs text-base-500",
            page.title,
        )

    @display(description=gettext_lazy("State"))
    def state(self, page: LandingPage) -> SafeString:
        """Where it is in its life, now."""
        label, tone = PHASES[phase_of(page)]
        return badge(label, tone)

    @display(description=gettext_lazy("Dates"))
    def dates(self, page: LandingPage) -> str:
        """From and to in local time."""
        if page.during is None:
            return _("always")
        return " → ".join(
            date_format(timezone.localtime(edge), "SHORT_DATETIME_FORMAT") if edge else "…"
            for edge in (page.during.lower, page.during.upper)
        )

    @display(description=gettext_lazy("Blocks and shop"))
    def see(self, page: LandingPage) -> SafeString:
        """The ways to its blocks and to the shop."""
        blocks = reverse("admin:campaigns_landingpage_content", args=[page.pk])
        first = format_html('<a class="text-link" href="{}">{}</a>', blocks, _("Blocks"))
        if phase_of(page) != "running" or not (address := shop_address(page)):
            return first
        return format_html('{} · <a class="text-link" href="{}">{}</a>', first, address, _("View on the shop"))


def shop_address(page: LandingPage, language: str = "fr") -> str:
    """The page's address in the shop; empty before it has a word."""
    word = next((one.word for one in page.addresses.all() if one.language == language and one.is_current), "")
    if not word:
        return ""
    with override(language):
        return reverse("storefront:landing", args=[word])
