"""Campaigns in Office: the form, what it does to prices, and the verbs."""

import datetime as dt
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import display

from altazion.lib.clock import now
from altazion.lib.office import NeverDeleted, RefusalsAsMessages, actor, badge
from altazion.lib.problems import Refused
from altazion.lib.translating import side_by_side
from campaigns import services
from campaigns.forms import CampaignForm, PreviewForm
from campaigns.models import Campaign
from campaigns.rules import phase
from campaigns.selectors import preview
from stores.models import SalesChannel

VERBS = {
    "approve": (services.approve, gettext_lazy("The campaign is approved: prices follow its dates.")),
    "withdraw": (services.withdraw, gettext_lazy("The approval is taken back: prices are as before.")),
    "archive": (services.archive, gettext_lazy("The campaign is archived.")),
}
PHASES = {
    "archived": (gettext_lazy("archived"), "none"),
    "draft": (gettext_lazy("not approved"), "warn"),
    "coming": (gettext_lazy("coming"), "info"),
    "running": (gettext_lazy("running"), "good"),
    "over": (gettext_lazy("over"), "none"),
}


@admin.register(Campaign)
class CampaignAdmin(RefusalsAsMessages, NeverDeleted, ModelAdmin):
    """A percentage off a selection, between two instants."""

    form = CampaignForm
    list_display = ("name", "state", "percent", "selection", "dates", "where")
    list_filter = (("channels", RelatedDropdownFilter), "approved", "archived")
    list_filter_submit = True
    list_select_related = ("selection",)
    search_fields = ("name", "code", "public_label")
    autocomplete_fields = ("selection",)
    compressed_fields = True
    warn_unsaved_form = True
    change_form_outer_before_template = "office/campaigns/bar.html"
    change_form_outer_after_template = "office/campaigns/preview.html"
    fieldsets = (
        (None, {"fields": (("name", "code"), *side_by_side(["public_label"]), ("selection", "percent_off"))}),
        (gettext_lazy("Where and when"), {"fields": ("channels", "starts", "ends")}),
    )

    class Media:
        css = {"all": ["campaigns/office.css"]}

    def get_queryset(self, request: HttpRequest) -> Any:
        """With their channels."""
        return super().get_queryset(request).prefetch_related("channels")

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """A new one takes its code from its name."""
        return {} if obj else {"code": ("name",)}

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:
        """One domain call."""
        services.change_campaign(obj, at=now(), actor=actor(request))

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        own = [
            path("<int:pk>/do/<slug:verb>/", guard(self.do), name="campaigns_campaign_do"),
            path("<int:pk>/preview/", guard(self.preview), name="campaigns_campaign_preview"),
        ]
        return own + super().get_urls()

    def do(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        """Approve, take back, archive."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if verb not in VERBS or not self.has_change_permission(request):
            raise PermissionDenied
        act, done = VERBS[verb]
        try:
            act(self._campaign(request, pk), at=now(), actor=actor(request))
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, done)
        return HttpResponseRedirect(reverse("admin:campaigns_campaign_change", args=[pk]))

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The table of prices alone, for the panel to swap in."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        context = _preview(request, self._campaign(request, pk))
        return TemplateResponse(request, "office/campaigns/preview_table.html", context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The page with what the campaign does to prices."""
        campaign = kwargs.get("obj")
        if campaign is not None and campaign.pk:
            label, tone = PHASES[_phase(campaign)]
            context.update(_preview(request, campaign), campaign=campaign, phase=badge(label, tone))
        response: TemplateResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def _campaign(self, request: HttpRequest, pk: int) -> Campaign:
        found = self.get_queryset(request).select_related("selection").filter(pk=pk).first()
        if found is None:
            raise Http404
        campaign: Campaign = found
        return campaign

    @display(description=gettext_lazy("State"))
    def state(self, campaign: Campaign) -> SafeString:
        """Where it is in its life, now."""
        label, tone = PHASES[_phase(campaign)]
        return badge(label, tone)

    @display(description=gettext_lazy("Off"), ordering="percent_off")
    def percent(self, campaign: Campaign) -> str:
        return f"−{campaign.percent_off.normalize():f} %"

    @display(description=gettext_lazy("Dates"))
    def dates(self, campaign: Campaign) -> str:
        """From and to in local time."""
        return " → ".join(_moment(edge) for edge in (campaign.during.lower, campaign.during.upper))

    @display(description=gettext_lazy("Channels"))
    def where(self, campaign: Campaign) -> str:
        return ", ".join(channel.name for channel in campaign.channels.all()) or "—"


def _phase(campaign: Campaign) -> str:
    return phase(campaign.approved, campaign.archived, campaign.during.lower, campaign.during.upper, at=now())


def _moment(edge: dt.datetime | None) -> str:
    return date_format(timezone.localtime(edge), "SHORT_DATETIME_FORMAT") if edge else "…"


def _preview(request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
    """Prices with and without the campaign; what is not said: while it runs, on its first channel."""
    start = campaign.during.lower if _phase(campaign) in {"coming", "draft"} else None
    channel = campaign.channels.first() or SalesChannel.objects.filter(active=True).first()
    default = max(start, now()) if start else now()
    form = PreviewForm(request.GET if "at" in request.GET else None, initial={"at": default, "channel": channel})
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    at = asked.get("at") or default
    channel = asked.get("channel") or channel
    lines = []
    if channel is not None:
        percent = asked.get("percent_off") or None
        lines = preview(campaign, channel=channel, at=at, store=asked.get("store"), percent=percent)
    return {
        "preview_form": form,
        "preview_at": at,
        "preview_lines": lines,
        "campaign_runs": campaign.pk
        and phase(True, False, campaign.during.lower, campaign.during.upper, at=at) == "running",
        "preview_url": reverse("admin:campaigns_campaign_preview", args=[campaign.pk]),
        "listed_on": channel in list(campaign.channels.all()),
    }
