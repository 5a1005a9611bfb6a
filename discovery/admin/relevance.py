"""Relevance tests: sentences as rows, their last result, and a button that runs them."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from altazion.lib.clock import now
from altazion.lib.office import RefusalsAsMessages, actor, badge
from discovery import services
from discovery.enums import TestState
from discovery.forms import TestForm
from discovery.models import RelevanceTest
from discovery.selectors import sentence, standing

TONES = {TestState.GREEN: "good", TestState.RED: "bad", TestState.NEVER: "none"}


@admin.register(RelevanceTest)
class RelevanceTestAdmin(RefusalsAsMessages, ModelAdmin):
    """What should stand where."""

    form = TestForm
    list_display = ("says", "result", "finding", "since", "ran_at", "channel", "active")
    list_filter = (("state", ChoicesDropdownFilter), "active", "channel")
    list_select_related = ("segment", "product", "other", "channel")
    search_fields = ("query", "segment__name", "product__name", "product__sku")
    autocomplete_fields = ("segment", "product", "other")
    list_before_template = "office/discovery/tests_before.html"
    list_per_page = 50
    fieldsets = (
        (gettext_lazy("In this list"), {"fields": (("query", "segment"), ("channel", "language"))}),
        (gettext_lazy("Expect"), {"fields": (("kind", "first"), ("product", "other"), "active")}),
    )

    class Media:
        css = {"all": ["discovery/office.css"]}

    @display(description=gettext_lazy("Sentence"), ordering="query")
    def says(self, test: RelevanceTest) -> str:
        """In words."""
        return sentence(test)

    @display(description=gettext_lazy("Result"), ordering="state")
    def result(self, test: RelevanceTest) -> SafeString:
        """Green or red."""
        return badge(test.get_state_display(), TONES[TestState(test.state)])

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With how they stand together."""
        more = {"standing": standing(), "may_run": self.has_run_permission(request)}
        return super().changelist_view(request, {**(extra_context or {}), **more})

    def has_run_permission(self, request: HttpRequest) -> bool:
        """The right to run them."""
        return request.user.has_perm("discovery.run_relevancetest")  # type: ignore[union-attr]

    def get_urls(self) -> list[URLPattern]:
        """The button."""
        own = path("run/", self.admin_site.admin_view(self.run), name="discovery_relevancetest_run")
        return [own, *super().get_urls()]

    def run(self, request: HttpRequest) -> HttpResponse:
        """All active tests, now."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_run_permission(request):
            raise PermissionDenied
        count, red = services.run_tests(at=now())
        said = ngettext("%(n)d test run", "%(n)d tests run", count) % {"n": count}
        if red:
            messages.warning(request, f"{said} · " + ngettext("%(n)d is red.", "%(n)d are red.", red) % {"n": red})
        else:
            messages.success(request, said + " · " + _("all hold."))
        return HttpResponseRedirect(reverse("admin:discovery_relevancetest_changelist"))

    def save_model(self, request: HttpRequest, obj: RelevanceTest, form: Any, change: bool) -> None:
        """One domain call; its result is said at once."""
        services.save_test(obj, at=now(), actor=actor(request))
        if obj.active:
            tell = messages.success if obj.state == TestState.GREEN else messages.warning
            tell(request, f"{obj.get_state_display()}: {obj.finding}")

    def delete_model(self, request: HttpRequest, obj: RelevanceTest) -> None:
        """One domain call."""
        services.delete_test(obj, at=now(), actor=actor(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[RelevanceTest]) -> None:
        """One call each."""
        for test in queryset.select_related("segment", "product", "other", "channel"):
            services.delete_test(test, at=now(), actor=actor(request))
