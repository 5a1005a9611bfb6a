"""Office pages about where we sell."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import action, display

from altazion.lib.clock import now
from altazion.lib.office import NeverDeleted, RefusalsAsMessages, actor, badge
from altazion.lib.translating import side_by_side
from stores import services
from stores.forms import SiteForm, StoreForm
from stores.forms.sites import TITLES
from stores.models import SalesChannel, Site, Store, Zone
from stores.selectors import open_now

STORE = "store"


@admin.register(Store)
class StoreAdmin(RefusalsAsMessages, NeverDeleted, ModelAdmin):
    """Places with a door."""

    form = StoreForm
    list_display = ("name", "code", "city", "zone", "open_badge", "offers_pickup", "takes_payment", "fed", "standing")
    list_select_related = ("zone",)
    list_filter = (("zone", AutocompleteSelectFilter), "offers_pickup", "archived")
    search_fields = ("name", "code", "city", "postcode")
    autocomplete_fields = ("zone",)
    actions = ("put_away", "bring_back")
    fieldsets = (
        (None, {"fields": (("code", "name"), "zone", ("offers_pickup", "takes_payment"))}),
        (
            gettext_lazy("Where"),
            {"fields": ("address", ("postcode", "city", "country"), ("phone", "email"), ("latitude", "longitude"))},
        ),
        (
            gettext_lazy("Opening hours"),
            {
                "fields": tuple(f"day_{day}" for day in range(1, 8)),
                "description": gettext_lazy("Spans separated by commas; empty means closed."),
            },
        ),
        (gettext_lazy("For shoppers"), {"fields": ("welcome",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Store]:
        """A store account sees its own stores only."""
        found: QuerySet[Store] = super().get_queryset(request)
        user: Any = request.user
        return found.filter(colleagues=user) if getattr(user, "kind", "") == STORE else found

    def save_model(self, request: HttpRequest, obj: Store, form: Any, change: bool) -> None:
        """One domain call."""
        stored = Store.objects.get(pk=obj.pk) if change else Store()
        saved = services.save_store(stored, form.changes(), at=now(), actor=actor(request))
        obj.pk, obj._state.adding = saved.pk, False  # noqa: SLF001 - the admin goes on with the stored one

    @display(description=gettext_lazy("Open"), boolean=True)
    def open_badge(self, store: Store) -> bool:
        """Right now."""
        return open_now(store, at=now())

    @display(description=gettext_lazy("Fed by"))
    def fed(self, store: Store) -> str:
        """The flow that feeds it."""
        return store.source or "—"

    @display(description=gettext_lazy("State"), ordering="archived")
    def standing(self, store: Store) -> SafeString:
        """Living or archived."""
        return badge(_("archived")) if store.archived else badge(_("living"), "good")

    @action(description=gettext_lazy("Archive"), permissions=["change"])
    def put_away(self, request: HttpRequest, stores: QuerySet[Store]) -> None:
        """Off the shop; nothing is deleted."""
        for store in stores:
            services.archive_store(store, archived=True, at=now(), actor=actor(request))
        messages.success(request, _("Archived."))

    @action(description=gettext_lazy("Restore"), permissions=["change"])
    def bring_back(self, request: HttpRequest, stores: QuerySet[Store]) -> None:
        """Back on the shop."""
        for store in stores:
            services.archive_store(store, archived=False, at=now(), actor=actor(request))
        messages.success(request, _("Restored."))


@admin.register(Zone)
class ZoneAdmin(ModelAdmin):
    """Stores grouped, with what they share."""

    list_display = ("name", "code", "unavailable_below")
    search_fields = ("name", "code")
    fields = ("name", "code", "unavailable_below")


@admin.register(SalesChannel)
class SalesChannelAdmin(NeverDeleted, ModelAdmin):
    """Ways to reach shoppers."""

    list_display = ("name", "code", "kind", "publication_rule", "auto_publish", "active")
    list_filter = ("kind", "active")
    search_fields = ("name", "code")
    fieldsets = (
        (None, {"fields": ("name", "code", "kind", "active")}),
        (gettext_lazy("Publication"), {"fields": ("publication_rule", "auto_publish", "variant_tiles")}),
        (gettext_lazy("Money and time"), {"fields": ("currency", "time_zone")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The code and the currency stay: orders and flows name them."""
        return ("code", "currency") if obj else ()

    def save_model(self, request: HttpRequest, obj: SalesChannel, form: Any, change: bool) -> None:
        """The record, and word to those who follow what it decides."""
        super().save_model(request, obj, form, change)
        if form.changed_data:
            services.channel_changed(obj, form.changed_data, at=now(), actor=actor(request))


@admin.register(Site)
class SiteAdmin(ModelAdmin):
    """Web addresses, and what each tells search engines."""

    form = SiteForm
    list_display = ("name", "host", "channel", "in_production")
    list_select_related = ("channel",)
    search_fields = ("name", "host")
    fieldsets = (
        (None, {"fields": ("name", *side_by_side(["tagline"]), ("host", "channel"), "root_segment", "in_production")}),
        (
            gettext_lazy("Contact"),
            {"fields": (("contact_email", "contact_phone"), ("legal_name", "logo"), "social_pages")},
        ),
        (
            gettext_lazy("Search engines"),
            {"fields": (*side_by_side(TITLES), ("return_days", "return_countries"), "robots_txt", "llms_txt")},
        ),
    )
