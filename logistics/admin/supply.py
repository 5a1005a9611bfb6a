"""Supply rules, and the page that says why a product is available on a channel or not."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from altazion.lib.clock import now
from altazion.lib.office import actor
from altazion.lib.problems import Refused
from logistics.admin.pages import redirect
from logistics.forms.supply import SupplyRuleForm, WhyForm
from logistics.models import SupplyRule
from logistics.selectors import availability
from logistics.selectors.whys import why_counted
from logistics.services.supply import delete_rule, save_rule


@admin.register(SupplyRule)
class SupplyRuleAdmin(ModelAdmin):
    """Which part of what lies at its places a channel may promise."""

    form = SupplyRuleForm
    list_display = ("name", "channel", "purpose", "rank", "takes", "counts", "active")
    list_filter = ("channel", "purpose", "kind", "active")
    list_select_related = ("channel", "zone")
    search_fields = ("name",)
    autocomplete_fields = ("zone", "places")
    actions_list = ("ask_why",)
    fieldsets = (
        (None, {"fields": ("name", ("channel", "purpose"), ("rank", "active"))}),
        (gettext_lazy("Places it takes"), {"fields": ("kind", ("country", "zone"), ("listing", "places"))}),
        (gettext_lazy("What counts of their stock"), {
            "fields": (("least", "most"), "percent", ("threshold", "origins")),
            "description": gettext_lazy("In this order: units at a place, its share, then all places together."),
        }),
    )  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        own = [path("why/", self.admin_site.admin_view(self.why), name="logistics_supplyrule_why")]
        return own + super().get_urls()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A rule stays among those it is ranked with."""
        return ("channel", "purpose") if obj else ()

    def get_actions(self, request: HttpRequest) -> Any:
        """Rules go one by one: each may be the one that the others need."""
        return {name: row for name, row in super().get_actions(request).items() if name != "delete_selected"}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """One domain call."""
        places = form.cleaned_data["places"]
        save_rule(obj, places=places, changed=list(form.changed_data), at=now(), actor=actor(request))

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """A rule that others need stays, and says why."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect(reverse("admin:logistics_supplyrule_changelist"))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """One domain call."""
        delete_rule(obj, at=now(), actor=actor(request))

    @action(description=gettext_lazy("Why is it available?"), permissions=["view"], icon="help", url_path="to-why")
    def ask_why(self, request: HttpRequest) -> HttpResponse:
        """Leads to the page."""
        return redirect(reverse("admin:logistics_supplyrule_why"))

    def why(self, request: HttpRequest) -> HttpResponse:
        """Ask by GET, so that the address of an answer can be handed to a colleague."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = "product" in request.GET
        form = WhyForm(request.GET) if asked else WhyForm()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Why a product is available, or is not"),
            "opts": self.opts,
            "form": form,
            **(_answer(form) if asked and form.is_valid() else {}),
        }
        status = 422 if asked and form.errors else 200
        return TemplateResponse(request, "office/logistics/why_available.html", context, status=status)

    @display(description=gettext_lazy("Takes"))
    def takes(self, rule: SupplyRule) -> str:
        """The places, in words."""
        if rule.listing:
            return f"{rule.get_kind_display()} · {rule.get_listing_display()}"
        parts = [rule.get_kind_display(), rule.country, rule.zone.name if rule.zone else ""]
        said = " · ".join(part for part in parts if part)
        return _("%(kind)s · all that are left") % {"kind": said} if rule.takes_the_rest else said

    @display(description=gettext_lazy("Counts"))
    def counts(self, rule: SupplyRule) -> str:
        """The share; 0 passes the rule over."""
        return f"{rule.percent} %"


def _answer(form: WhyForm) -> dict[str, Any]:
    product, channel, store = (form.cleaned_data[name] for name in ("product", "channel", "store"))
    found = availability([product.pk], channel=channel, at=now(), stores=[store] if store else [])[product.pk]
    return {
        "product": product,
        "channel": channel,
        "store": store,
        "found": found,
        "at_store": found.pickup[store.pk] if store else None,
        "rows": [(step, why_counted(step)) for step in found.trace],
    }
