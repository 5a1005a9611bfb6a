"""What export flows write, and the products taken off the feeds by hand."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin, StackedInline

from altazion.lib.clock import now
from altazion.lib.office import ReadOnly, actor, badge
from altazion.lib.problems import Refused
from integrations import services
from integrations.models import Export, FeedStop
from integrations.services.exporting import check_export

FIELDS = ("kind", "file_format", "channel", "segment", "only_validated", "origin", "file_name", "siren", "public")


class ExportForm(forms.ModelForm):
    """Refused at its field while it cannot work."""

    class Meta:
        model = Export
        fields = FIELDS

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        if not self.errors and not data.get("DELETE"):
            try:
                check_export(Export(**{name: data[name] for name in FIELDS if name in data}))
            except Refused as problem:
                self.add_error(problem.field if problem.field in self.fields else None, problem.message)
        return data


class ExportInline(StackedInline):
    """The content of an export flow."""

    model = Export
    form = ExportForm
    extra = 0
    autocomplete_fields = ("segment",)
    verbose_name_plural = gettext_lazy("What it writes (exports only)")
    fields = (
        ("kind", "file_format"),
        ("channel", "segment"),
        "only_validated",
        ("origin", "file_name"),
        ("public", "address"),
        "siren",
    )
    readonly_fields = ("address",)

    @admin.display(description=gettext_lazy("its address"))
    def address(self, export: Export) -> str:
        """Where services fetch the last file."""
        return reverse("feed_file", args=[export.token]) if export.pk and export.public else "—"


@admin.register(FeedStop)
class FeedStopAdmin(ReadOnly, ModelAdmin):
    """Products off the shopping feeds: a field to take one off now, a button to put it back."""

    class Media:
        css = {"all": ["integrations/office.css"]}

    list_display = ("product", "standing", "since", "until", "actor", "reason")
    list_filter = (("until", admin.EmptyFieldListFilter),)
    list_select_related = ("product",)
    search_fields = ("product__sku", "product__name")
    list_before_template = "office/integrations/feed_stops_before.html"

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("pull/", guard(pull), name="integrations_feedstop_pull"),
            path("back/", guard(back), name="integrations_feedstop_back"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {
            **(extra_context or {}),
            "off": FeedStop.objects.filter(until=None).select_related("product")[:100],
            "feeds": services.feeds(),
            "may_run": request.user.has_perm("integrations.run_flow"),
        }
        return super().changelist_view(request, context)

    @admin.display(description=gettext_lazy("state"))
    def standing(self, stop: FeedStop) -> str:
        return badge(_("put back"), "good") if stop.until else badge(_("off the feeds"), "bad")


@require_POST
def pull(request: HttpRequest) -> HttpResponse:
    """Take one product off, now."""
    return _act(
        request,
        lambda sku, at, who: services.pull_product(sku, reason=request.POST.get("reason", ""), at=at, actor=who),
        _("%(sku)s is off; %(count)d feeds are being written anew."),
    )


@require_POST
def back(request: HttpRequest) -> HttpResponse:
    """Put it back."""
    return _act(
        request,
        lambda sku, at, who: services.put_back(sku, at=at, actor=who),
        _("%(sku)s is back; %(count)d feeds are being written anew."),
    )


def _act(request: HttpRequest, verb: Any, done: str) -> HttpResponse:
    if not request.user.has_perm("integrations.run_flow"):
        raise PermissionDenied
    sku = request.POST.get("sku", "").strip()
    try:
        flows = verb(sku, now(), actor(request))
        services.ask_feeds(flows)
    except Refused as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, done % {"sku": sku, "count": len(flows)})
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = reverse("admin:integrations_feedstop_changelist")
    return HttpResponseRedirect(back)
