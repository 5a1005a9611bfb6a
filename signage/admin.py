"""Screens in Office: which shows what, when it was last seen, and its secret address."""

import datetime as dt
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from accounts.enums import AccountKind
from accounts.selectors import colleague_of, stores_seen_by
from altazion.lib.clock import now
from altazion.lib.office import actor, badge
from signage import services
from signage.models import Screen

SILENT_AFTER = dt.timedelta(minutes=5)


@admin.register(Screen)
class ScreenAdmin(ModelAdmin):
    """Screens of stores."""

    list_display = ("name", "store", "selection", "alive", "address", "active")
    list_filter = (("store", AutocompleteSelectFilter), "active")
    list_filter_submit = True
    list_select_related = ("store", "selection")
    search_fields = ("name", "store__name")
    autocomplete_fields = ("selection",)
    fields = ("name", "store", "channel", "selection", "seconds_per_product", "active", "alive", "address")
    readonly_fields = ("alive", "address")
    change_form_outer_before_template = "office/signage/bar.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Screen]:
        """A store account sees the screens of its stores."""
        screens: QuerySet[Screen] = super().get_queryset(request)
        user = colleague_of(request)
        return screens.filter(store__in=stores_seen_by(user)) if user.kind == AccountKind.STORE else screens

    def get_urls(self) -> list[URLPattern]:
        """The button's address."""
        guard = self.admin_site.admin_view
        return [path("<int:pk>/renew/", guard(self.renew), name="signage_screen_renew"), *super().get_urls()]

    def renew(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Another secret; the old address goes dark."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        screen = self.get_queryset(request).filter(pk=pk).first()
        if screen is None:
            raise Http404
        services.renew_address(screen, at=now(), actor=actor(request))
        messages.success(request, _("The screen has a new address; the old one shows nothing any more."))
        return HttpResponseRedirect(reverse("admin:signage_screen_change", args=[pk]))

    @display(description=gettext_lazy("Last seen"))
    def alive(self, screen: Screen) -> SafeString:
        """Green while it asks for its content."""
        if screen.last_seen_at is None:
            return badge(_("never seen"), "none")
        told = date_format(localtime(screen.last_seen_at), "SHORT_DATETIME_FORMAT")
        return badge(told, "good" if now() - screen.last_seen_at < SILENT_AFTER else "warn")

    @display(description=gettext_lazy("Address"))
    def address(self, screen: Any) -> SafeString | str:
        """To open on the screen."""
        if screen.pk is None:
            return "—"
        url = reverse("signage:screen", args=[screen.token])
        return format_html('<a class="underline" href="{}" target="_blank" rel="noopener">{}</a>', url, _("Open"))
