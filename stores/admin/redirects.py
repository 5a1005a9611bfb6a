"""Redirects in Office: what leads where, a list to take in, one to write by hand."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.views import ChangeList

from altazion.lib.clock import now
from altazion.lib.office import EstimatedPaginator, NeverDeleted, RefusalsAsMessages, actor, badge
from stores import services
from stores.forms import RedirectForm, RedirectListForm
from stores.models import FormerAddress
from stores.ports import Target, address_book

SHOWN_ROWS = 200


class RedirectChangeList(ChangeList):
    """Redirects with the present address of what they lead to, asked once for the page."""

    def get_results(self, request: HttpRequest) -> None:
        """The page's rows, each with its `leads_to`."""
        super().get_results(request)
        rows: list[Any] = list(self.result_list)
        by_language: dict[str, list[FormerAddress]] = {}
        for row in rows:
            by_language.setdefault(row.language or settings.LANGUAGE_CODE, []).append(row)
        for language, some in by_language.items():
            found = address_book().paths_of([_target(row) for row in some], language)
            for row in some:
                row.leads_to = found.get(_target(row))  # type: ignore[attr-defined]
        self.result_list: list[Any] = rows


@admin.register(FormerAddress)
class RedirectAdmin(RefusalsAsMessages, NeverDeleted, ModelAdmin):
    """Old addresses that lead on for good."""

    form = RedirectForm
    list_display = ("old", "new", "kind_badge", "cause", "channel", "since")
    list_display_links = None
    list_select_related = ("channel",)
    list_filter = (("cause", ChoicesDropdownFilter), ("target_kind", ChoicesDropdownFilter))
    search_fields = ("path",)
    search_help_text = gettext_lazy("A part of the old address")
    actions = ("forget",)
    list_per_page = 50
    paginator = EstimatedPaginator
    show_full_result_count = False
    list_before_template = "office/stores/redirects_bar.html"
    fields = ("old", "new", "channel")

    class Media:
        css = {"all": ["office/panels.css"]}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type:
        """With present addresses."""
        return RedirectChangeList

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The list and its actions; a row is taken away and written anew, never edited."""
        return obj is None and super().has_change_permission(request, obj)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[FormerAddress], search_term: str
    ) -> tuple[QuerySet[FormerAddress], bool]:
        """Addresses are kept without slashes around them."""
        return super().get_search_results(request, queryset, search_term.strip().strip("/").lower())

    @display(description=gettext_lazy("Old address"), ordering="path")
    def old(self, row: FormerAddress) -> SafeString:
        """As a browser shows it, with the way to try it."""
        address = f"{_prefix(row.language)}{row.path}/"
        return format_html('<a class="text-link" href="{}" target="_blank" rel="noopener">{}</a>', address, address)

    @display(description=gettext_lazy("Leads to"))
    def new(self, row: FormerAddress) -> SafeString:
        """The present address; a warning when there is none any more."""
        found = getattr(row, "leads_to", None)
        return (
            badge(_("nothing any more"), "bad") if found is None else format_html("{}{}", _prefix(row.language), found)
        )

    @display(description=gettext_lazy("What it is"), ordering="target_kind")
    def kind_badge(self, row: FormerAddress) -> SafeString:
        """Segment, brand, product, page."""
        return badge(row.get_target_kind_display(), "info")

    def save_model(self, request: HttpRequest, obj: FormerAddress, form: Any, change: bool) -> None:
        """One domain call."""
        values = form.cleaned_data
        saved = services.add_redirect(
            values["old"], values["new"], channel=values["channel"], at=now(), actor=actor(request)
        )
        obj.pk, obj.path, obj._state.adding = saved.pk, saved.path, False  # noqa: SLF001 - goes on with the stored one

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """Back to the list, which shows it."""
        messages.success(request, _("The address leads on from now on."))
        again = "_addanother" in request.POST
        return HttpResponseRedirect(reverse(f"admin:stores_formeraddress_{'add' if again else 'changelist'}"))

    @action(description=gettext_lazy("Take away"), permissions=["change"])
    def forget(self, request: HttpRequest, rows: QuerySet[FormerAddress]) -> None:
        """They end in "not found" again."""
        count = services.forget_redirects(rows.values_list("pk", flat=True), at=now(), actor=actor(request))
        said = ngettext("%(count)d redirect taken away.", "%(count)d redirects taken away.", count)
        messages.success(request, said % {"count": count})

    def get_urls(self) -> list[URLPattern]:
        """The page that takes in a list."""
        own = path("import/", self.admin_site.admin_view(self.take_in), name="stores_formeraddress_import")
        return [own, *super().get_urls()]

    def take_in(self, request: HttpRequest) -> HttpResponse:
        """A CSV list; what cannot be taken is shown row by row, the rest is taken."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = RedirectListForm(request.POST or None, request.FILES or None)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": _("Import redirects"),
            "form": form,
            "opts": self.opts,
        }
        if request.method == "POST" and form.is_valid():
            taken, refused = services.import_redirects(
                form.rows(), channel=form.cleaned_data["channel"], at=now(), actor=actor(request)
            )
            context |= {"done": True, "taken": taken, "refused": refused[:SHOWN_ROWS], "refused_count": len(refused)}
        return TemplateResponse(request, "office/stores/import_redirects.html", context)


def _target(row: FormerAddress) -> Target:
    return Target(row.target_kind, row.target_id, row.target_path)


def _prefix(language: str) -> str:
    return "/" if language in ("", settings.LANGUAGE_CODE) else f"/{language}/"
