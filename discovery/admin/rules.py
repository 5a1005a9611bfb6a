"""Rules of merchandising: the form, what it does to a list before it is saved, and why products stand there."""

import datetime as dt
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from altazion.lib.clock import now
from altazion.lib.office import RefusalsAsMessages, actor, badge
from discovery import services
from discovery.enums import Unavailable
from discovery.forms import EffectForm, ExplainForm, LookForm, RuleForm
from discovery.models import MerchandisingRule, RuleEffect
from discovery.selectors import before_and_after, engine_state, explained, policies
from discovery.selectors.facet_values import facet_choices
from stores.models import SalesChannel


class EffectInline(TabularInline):
    """Pins, boosts, buries, hides."""

    model = RuleEffect
    form = EffectForm
    fields = ("kind", "product", "position", "selection", "brand", "facet", "stock", "factor")
    autocomplete_fields = ("product", "selection", "brand")
    extra = 0
    hide_title = True

    def get_queryset(self, request: HttpRequest) -> Any:
        """With what they aim at."""
        return super().get_queryset(request).select_related("product", "selection", "brand")


@admin.register(MerchandisingRule)
class MerchandisingRuleAdmin(RefusalsAsMessages, ModelAdmin):
    """Decisions about the order of a search, a segment or a selection."""

    form = RuleForm
    list_display = ("name", "state", "holds_for", "does", "channel", "dates")
    list_filter = ("active", "channel")
    list_select_related = ("segment", "selection", "channel")
    search_fields = ("name", "queries")
    autocomplete_fields = ("segment", "selection")
    warn_unsaved_form = True
    inlines = (EffectInline,)
    list_before_template = "office/discovery/rules_before.html"
    change_form_outer_after_template = "office/discovery/preview.html"
    fieldsets = (
        (None, {"fields": (("name", "channel"), "said", ("segment", "selection"))}),
        (gettext_lazy("Dates"), {"fields": ("starts", "ends", "active")}),
    )

    class Media:
        css = {"all": ["discovery/office.css"]}

    def get_queryset(self, request: HttpRequest) -> Any:
        """With their effects."""
        return super().get_queryset(request).prefetch_related("effects")

    @display(description=gettext_lazy("State"))
    def state(self, rule: MerchandisingRule) -> SafeString:
        """Whether lists obey it now."""
        starts, ends = (rule.during.lower, rule.during.upper) if rule.during else (None, None)
        if not rule.active:
            return badge(_("switched off"), "none")
        if starts and now() < starts:
            return badge(_("coming"), "info")
        return badge(_("over"), "none") if ends and now() >= ends else badge(_("running"), "good")

    @display(description=gettext_lazy("Holds for"))
    def holds_for(self, rule: MerchandisingRule) -> str:
        """Searches, a segment or a selection."""
        return str(rule.segment or rule.selection or ", ".join(f"“{query}”" for query in rule.queries[:4]))

    @display(description=gettext_lazy("Does"))
    def does(self, rule: MerchandisingRule) -> str:
        """How many effects of each kind."""
        kinds: dict[str, int] = {}
        for effect in rule.effects.all():
            label = effect.get_kind_display()
            kinds[label] = kinds.get(label, 0) + 1
        return ", ".join(f"{label} × {count}" for label, count in kinds.items()) or "—"

    @display(description=gettext_lazy("Dates"))
    def dates(self, rule: MerchandisingRule) -> str:
        """From and to in local time."""
        if not rule.during:
            return _("always")
        return " → ".join(_moment(edge) for edge in (rule.during.lower, rule.during.upper))

    def save_model(self, request: HttpRequest, obj: MerchandisingRule, form: Any, change: bool) -> None:
        """One domain call; its effects follow with the rows."""
        services.save_rule(obj, at=now(), actor=actor(request))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The effects as typed, through the verb."""
        form.save_m2m()
        rows = formsets[0]
        if rows.has_changed():
            kept = rows.save(commit=False)
            services.save_rule(form.instance, kept, rows.deleted_objects, at=now(), actor=actor(request))

    def delete_model(self, request: HttpRequest, obj: MerchandisingRule) -> None:
        """One domain call."""
        services.delete_rule(obj, at=now(), actor=actor(request))

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """One call each."""
        for rule in queryset:
            services.delete_rule(rule, at=now(), actor=actor(request))

    def get_urls(self) -> list[URLPattern]:
        """The preview, the page that explains a list, the choice for sold-out products."""
        guard = self.admin_site.admin_view
        own = [
            path("preview/", guard(self.preview), name="discovery_merchandisingrule_preview"),
            path("explain/", guard(self.explain), name="discovery_merchandisingrule_explain"),
            path("facets/", guard(self.facets), name="discovery_merchandisingrule_facets"),
            path("policy/", guard(self.policy), name="discovery_merchandisingrule_policy"),
        ]
        return own + super().get_urls()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With where each channel lists sold-out products."""
        more = {
            "policies": policies(),
            "engine": engine_state(),
            "unavailable_choices": Unavailable.choices,
            "may_change": self.has_change_permission(request),
        }
        return super().changelist_view(request, {**(extra_context or {}), **more})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The page with the panel that previews."""
        rule = kwargs.get("obj")
        context.update(
            look_form=LookForm(initial={"look_at": timezone.localtime(now())}),
            rule_pk=rule.pk if rule else "",
            preview_url=reverse("admin:discovery_merchandisingrule_preview"),
        )
        if rule is not None and rule.pk:
            channel = rule.channel or SalesChannel.objects.filter(active=True).first()
            if channel is not None:
                context["compared"] = before_and_after(
                    rule, rule.effects.select_related("product", "brand"), channel=channel, at=now(), language="fr"
                )
        response: TemplateResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def preview(self, request: HttpRequest) -> HttpResponse:
        """Two columns for the rule as typed, unsaved. Nothing is written."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        pk = request.POST.get("rule_pk", "")
        stored = MerchandisingRule.objects.filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 18 else None
        form = self.get_form(request, stored)(request.POST, instance=stored or MerchandisingRule())
        is_valid = form.is_valid()
        formsets, _instances = self._create_formsets(request, form.instance, change=stored is not None)
        rows = formsets[0]
        is_valid = all([is_valid, rows.is_valid()])
        look = LookForm(request.POST)
        look.is_valid()
        at, channel, language = _looked(look)
        context: dict[str, Any] = {"look_form": look, "form_errors": not is_valid, "form": form, "rows": rows}
        if is_valid and channel is not None:
            effects = [row.instance for row in rows.forms if row.has_changed() or row.instance.pk]
            kept = [one for one in effects if one not in [row.instance for row in rows.deleted_forms]]
            context["compared"] = before_and_after(form.instance, kept, channel=channel, at=at, language=language)
        template = "preview_lists" if request.headers.get("HX-Request") else "preview_page"
        context |= {**self.admin_site.each_context(request), "title": _("Before and after"), "opts": self.opts}
        return TemplateResponse(request, f"office/discovery/{template}.html", context)

    def explain(self, request: HttpRequest) -> HttpResponse:
        """A list with the reason of every place."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        form = ExplainForm(request.GET or None, initial={"look_at": timezone.localtime(now())})
        context: dict[str, Any] = {"form": form}
        if form.is_bound and form.is_valid() and (form.cleaned_data["q"] or form.cleaned_data["segment"]):
            at, channel, language = _looked(form)
            if channel is not None:
                query = form.cleaned_data["q"].replace("\0", " ")
                segment = None if query else form.cleaned_data["segment"]
                context["found"] = explained(query, segment, channel=channel, at=at, language=language)
                context["at"] = at
        context |= {
            **self.admin_site.each_context(request),
            "title": _("Why is this product here?"),
            "opts": self.opts,
            "media": self.media,
        }
        return TemplateResponse(request, "office/discovery/explain.html", context)

    def facets(self, request: HttpRequest) -> JsonResponse:
        """Values of facets for the box that chooses one."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        page = request.GET.get("page", "1")
        number = int(page) if page.isdecimal() and len(page) < 5 else 1
        found, more = facet_choices(request.GET.get("term", "")[:200], page=max(0, number - 1))
        results = [{"id": str(pk), "text": words} for pk, words in found]
        return JsonResponse({"results": results, "pagination": {"more": more}})

    def policy(self, request: HttpRequest) -> HttpResponse:
        """Where a channel lists what is sold out."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        channel = SalesChannel.objects.filter(code=request.POST.get("channel", "").replace("\0", "")).first()
        wanted = request.POST.get("unavailable", "")
        if channel is not None and wanted in Unavailable.values:
            services.set_policy(channel, wanted, at=now(), actor=actor(request))
            messages.success(request, _("The lists of %(channel)s follow at once.") % {"channel": channel})
        else:
            messages.error(request, _("Choose a channel and where its sold-out products stand."))
        return HttpResponseRedirect(reverse("admin:discovery_merchandisingrule_changelist"))


def _looked(form: LookForm) -> tuple[dt.datetime, SalesChannel | None, str]:
    """The instant, the channel and the language to look at; what is not said is now, the first channel, French."""
    said = getattr(form, "cleaned_data", {})
    channel = said.get("look_channel") or SalesChannel.objects.filter(active=True).first()
    return said.get("look_at") or now(), channel, said.get("look_language") or "fr"


def _moment(edge: dt.datetime | None) -> str:
    return date_format(timezone.localtime(edge), "SHORT_DATETIME_FORMAT") if edge else "…"
