"""Connections: machines outside, tried with a button before a flow depends on them."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin

from altazion.lib.clock import now
from altazion.lib.office import NeverDeleted, RefusalsAsMessages, actor, badge
from altazion.lib.problems import Refused
from integrations import services
from integrations.forms import ConnectionForm
from integrations.models import Connection
from integrations.services.connections import flows_of


@admin.register(Connection)
class ConnectionAdmin(RefusalsAsMessages, NeverDeleted, ModelAdmin):
    """Host, account, secret; and how the last test went."""

    class Media:
        css = {"all": ["integrations/office.css"]}

    form = ConnectionForm
    list_display = ("name", "kind", "place", "standing", "tested_at", "active")
    list_filter = ("kind", "active", "test_passed")
    search_fields = ("name", "code", "host", "base")
    change_form_outer_before_template = "office/integrations/connection_bar.html"
    list_before_template = "office/integrations/connections_before.html"
    fieldsets = (
        (None, {"fields": ("name", "code", "active", "kind", "host", "port", "base", "region")}),
        (
            gettext_lazy("How we sign in"),
            {"fields": ("account", "secret", "private_key", "forget_secret", "host_key")},
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("<int:pk>/test/", guard(try_it), name="integrations_connection_test"),
            path("<int:pk>/trust/", guard(trust), name="integrations_connection_trust"),
            *super().get_urls(),
        ]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else {"code": ("name",)}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Connection, form: ModelForm, change: bool) -> None:
        services.save_connection(obj, secret=getattr(form, "new_secret", None), at=now(), actor=actor(request))

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        connection = self.get_object(request, object_id) if object_id else None
        context = {**(extra_context or {}), "connection": connection}
        if connection:
            context |= {
                "standing": self.standing(connection),
                "may_test": request.user.has_perm("integrations.change_connection"),
                "has_secret": bool(connection.sealed_secret),
                "its_flows": flows_of(connection),
                "is_other_key": bool(connection.host_key and connection.offered_key),
            }
        return super().changeform_view(request, object_id, form_url, context)

    @admin.display(description=gettext_lazy("where"))
    def place(self, connection: Connection) -> str:
        return " ".join(part for part in (connection.host, connection.base) if part) or "—"

    @admin.display(description=gettext_lazy("how it stands"))
    def standing(self, connection: Connection) -> str:
        if not connection.active:
            return badge(_("off"))
        if connection.test_passed is None:
            return badge(_("not tested yet"), "warn")
        if connection.test_passed:
            return badge(_("test passed"), "good", connection.test_message)
        return badge(_("test failed"), "bad", connection.test_message)


@require_POST
def try_it(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign in and look into the folder."""
    connection = services.check_connection(_get(request, pk), at=now(), actor=actor(request))
    tell = messages.success if connection.test_passed else messages.error
    tell(request, connection.test_message)
    return _back(connection)


@require_POST
def trust(request: HttpRequest, pk: int) -> HttpResponse:
    """Pin the key that the machine showed."""
    connection = _get(request, pk)
    try:
        services.trust_host_key(connection, request.POST.get("key", ""), at=now(), actor=actor(request))
    except Refused as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, _("From now on this key alone is believed. Test the connection again."))
    return _back(connection)


def _get(request: HttpRequest, pk: int) -> Connection:
    if not request.user.has_perm("integrations.change_connection"):
        raise PermissionDenied
    connection = Connection.objects.filter(pk=pk).first()
    if connection is None:
        raise Http404
    return connection


def _back(connection: Connection) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:integrations_connection_change", args=[connection.pk]))
