"""The page on which a selection gets its rule, and the button that follows it now."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from altazion.lib.clock import now
from altazion.lib.office import actor
from altazion.lib.problems import Invalid
from catalog import services
from catalog.forms.rule import Draft, draft_from, draft_of, subjects
from catalog.models import Product, Selection
from catalog.selectors import office
from catalog.services.selecting import RuleInvalid, try_rule


class RulePages:
    """For the admin of selections."""

    admin_site: Any
    opts: Any

    def rule_urls(self) -> list[URLPattern]:
        """The builder, and following at once."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/rule/", view(self.rule), name="catalog_selection_rule"),
            path("<int:pk>/follow/", view(require_POST(self.follow)), name="catalog_selection_follow"),
        ]

    def rule(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Conditions as rows. Only *save* writes; every other button shows the page again with what it would find."""
        selection = self._selection(request, pk)
        if request.method != "POST":
            return self._page(request, selection, draft_of(selection.rule))
        draft = draft_from(request.POST)
        if request.POST.get("do") == "save":
            try:
                found = services.save_rule(
                    selection, draft.data(), sure=request.POST.get("sure") == "1", at=now(), actor=actor(request)
                )
            except RuleInvalid as wrong:
                draft.blame(wrong.group, wrong.condition, wrong.message)
            except Invalid as extreme:
                return self._page(request, selection, draft, extreme=extreme.message)
            else:
                messages.success(request, _saved(found.listings if found else None))
                return HttpResponseRedirect(reverse("admin:catalog_selection_change", args=[pk]))
        return self._page(request, selection, draft)

    def follow(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Follow the rule now."""
        selection = self._selection(request, pk)
        changed = services.refresh_selection(selection, at=now(), actor=actor(request))
        selection.refresh_from_db()
        if selection.failure:
            messages.error(request, selection.failure)
        else:
            words = ngettext("%(n)d product came or went.", "%(n)d products came or went.", changed)
            messages.success(request, words % {"n": changed})
        return HttpResponseRedirect(reverse("admin:catalog_selection_change", args=[pk]))

    def _selection(self, request: HttpRequest, pk: int) -> Selection:
        selection = get_object_or_404(Selection, pk=pk)
        if not self.has_change_permission(request, selection):  # type: ignore[attr-defined]
            raise PermissionDenied
        return selection

    def _page(self, request: HttpRequest, selection: Selection, draft: Draft, extreme: str = "") -> HttpResponse:
        found, first = None, []
        if draft.rows and not any(row.error for row in draft.rows):
            try:
                found = try_rule(draft.data(), selection=selection, at=now())
            except RuleInvalid as wrong:
                if not request.POST.get("do", "").startswith(("add", "remove")):  # a new row is empty, not wrong
                    draft.blame(wrong.group, wrong.condition, wrong.message)
            else:
                first = tiles(found.first)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Rule of %(name)s") % {"name": selection.name},
            "opts": self.opts,
            "selection": selection,
            "draft": draft,
            "subjects": subjects(),
            "found": found,
            "first": first,
            "extreme": extreme,
        }
        return TemplateResponse(request, "office/catalog/rule.html", context, status=422 if extreme else 200)


def tiles(ids: list[int]) -> list[tuple[Product, office.Row]]:
    """Products with what the list shows beside them, in this order. Constant queries."""
    products = Product.objects.in_bulk(ids)
    rows = office.rows(list(products.values()))
    return [(products[pk], rows[pk]) for pk in ids if pk in products]


def _saved(listings: int | None) -> str:
    if listings is None:
        return _("The rule is taken away: the list is kept by hand.")
    words = ngettext("The rule is saved: %(n)d product.", "The rule is saved: %(n)d products.", listings)
    return words % {"n": listings}
