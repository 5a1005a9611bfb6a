"""Routing rules, what channels let happen, and the page that tries it: which places, and why not the others."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import action

from altazion.lib.clock import now
from altazion.lib.office import actor
from catalog.models import Product
from logistics.admin.pages import redirect
from logistics.forms.routing import RoutingTrialForm
from logistics.models import RoutingPolicy, RoutingRule
from logistics.rules.routing import Need
from logistics.selectors.routing import routing_of, spot_of
from logistics.selectors.routing_words import scores_in_words, shares_of, why_lost, why_unrouted
from logistics.selectors.whys import why_counted
from logistics.services.routing import delete_routing_rule, save_routing_policy, save_routing_rule

SHOWN = 40


@admin.register(RoutingRule)
class RoutingRuleAdmin(ModelAdmin):
    """In which order the scores of solutions decide."""

    list_display = ("score", "channel", "rank", "tolerance", "active")
    list_display_links = ("score",)
    list_filter = ("channel", "active")
    list_select_related = ("channel",)
    fields = ("channel", "score", ("rank", "tolerance"), "active")
    actions_list = ("try_it",)

    def get_urls(self) -> list[URLPattern]:
        own = [path("trial/", self.admin_site.admin_view(self.trial), name="logistics_routingrule_trial")]
        return own + super().get_urls()

    def get_actions(self, request: HttpRequest) -> Any:
        """Rules go one by one, each with its line in the journal."""
        return {name: row for name, row in super().get_actions(request).items() if name != "delete_selected"}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """One domain call."""
        save_routing_rule(obj, changed=list(form.changed_data), at=now(), actor=actor(request))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """One domain call."""
        delete_routing_rule(obj, at=now(), actor=actor(request))

    @action(description=gettext_lazy("Try it"), permissions=["view"], icon="science", url_path="to-trial")
    def try_it(self, request: HttpRequest) -> HttpResponse:
        """Leads to the page."""
        return redirect(reverse("admin:logistics_routingrule_trial"))

    def trial(self, request: HttpRequest) -> HttpResponse:
        """Ask by GET, so that the address of an answer can be handed to a colleague. Nothing is reserved."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = "items" in request.GET
        form = RoutingTrialForm(request.GET) if asked else RoutingTrialForm()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Which places would send it"),
            "opts": self.opts,
            "form": form,
            **(_answer(form.cleaned_data) if asked and form.is_valid() else {}),
        }
        status = 422 if asked and form.errors else 200
        return TemplateResponse(request, "office/logistics/routing_trial.html", context, status=status)


@admin.register(RoutingPolicy)
class RoutingPolicyAdmin(ModelAdmin):
    """What each channel lets happen to its orders."""

    list_display = ("channel", "split", "partial", "shipments", "hours_to_prepare", "claim_minutes")
    list_select_related = ("channel",)
    fieldsets = (
        (None, {"fields": ("channel",)}),
        (gettext_lazy("Routing"), {"fields": (("split", "partial"), "shipments")}),
        (gettext_lazy("Preparation"), {"fields": (("hours_to_prepare", "claim_minutes"),)}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A policy stays with its channel."""
        return ("channel",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """One domain call."""
        save_routing_policy(obj, changed=list(form.changed_data), at=now(), actor=actor(request))


def _answer(given: dict[str, Any]) -> dict[str, Any]:
    needs = [Need(str(at), product, units) for at, (product, units) in enumerate(given["items"], 1)]
    target = spot_of(
        {key: given[key] for key in ("country", "postcode", "latitude", "longitude") if given[key] is not None}
    )
    found = routing_of(needs, channel=given["channel"], at=now(), target=target)
    skus = dict(Product.objects.filter(pk__in=[need.product for need in needs]).values_list("pk", "sku"))
    names = {need.line: skus[need.product] for need in needs}
    chosen = found.routed.chosen
    return {
        "found": found,
        "channel": given["channel"],
        "target": target,
        "why": why_unrouted(found),
        "chosen": shares_of(chosen, found, names) if chosen else [],
        "scores": scores_in_words(chosen) if chosen and chosen.shares else [],
        "short": [(names[line], units) for line, units in found.routed.unshippable.items()],
        "lost": [(shares_of(one.candidate, found, names), why_lost(one)) for one in found.routed.lost[:SHOWN]],
        "more": max(0, len(found.routed.lost) - SHOWN),
        "shelves": [(step, skus[step.product_id], why_counted(step)) for step in found.steps[:200]],
        "endless": sorted(skus[pk] for pk in found.endless),
    }
