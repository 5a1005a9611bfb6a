"""Pages where segments and the products inside one are put in order: by dragging, by buttons, by a typed place."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from altazion.lib.clock import now
from altazion.lib.office import actor
from altazion.lib.problems import Refused
from catalog import services
from catalog.admin.words import importance_badge, page_address
from catalog.models import Segment
from catalog.selectors import office_tree

PER_PAGE = 50
RELEVANCE = "relevance-"


class RankingPages:
    """For the admin of segments: rank among siblings, products in their order."""

    admin_site: admin.AdminSite

    def get_urls(self) -> list[URLPattern]:
        """Two addresses more."""
        guard = self.admin_site.admin_view
        own = [
            path("<int:pk>/rank/", guard(self.rank_view), name="catalog_segment_rank"),
            path("<int:pk>/products/", guard(self.products_view), name="catalog_segment_products"),
        ]
        return [*own, *super().get_urls()]  # type: ignore[misc]

    def rank_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One place up or down among the siblings."""
        segment = self._asked(request, pk)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        siblings = Segment.objects.filter(parent=segment.parent_id, archived=False).order_by("position", "name")
        places = list(siblings.values_list("pk", flat=True))
        step = 1 if request.GET.get("by") == "1" else -1
        if segment.pk in places:
            services.place_among_siblings(segment, places.index(segment.pk) + 1 + step, at=now(), actor=actor(request))
        return HttpResponseRedirect(f"{_back(request, reverse('admin:catalog_segment_changelist'))}#s{segment.pk}")

    def products_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The products that stand right in a segment, in the order of its page."""
        segment = self._asked(request, pk)
        if request.method == "POST":
            try:
                self._arrange(request, segment)
            except Refused as refusal:
                messages.error(request, refusal.message)
            return HttpResponseRedirect(_back(request, request.path))
        pages = Paginator(office_tree.members_in_order(segment), PER_PAGE)
        page = pages.get_page(request.GET.get("page"))
        rows = [
            {"place": place, "member": member, "importance": importance_badge(member.product.importance)}
            for place, member in enumerate(page.object_list, page.start_index())
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Products of %(name)s in their order") % {"name": segment.name},
            "segment": segment,
            "rows": rows,
            "page": page,
            "importance": importance_badge(segment.importance),
            "is_star": segment.importance >= 900,
            "shop_address": page_address("segment", segment),
            "opts": self.opts,  # type: ignore[attr-defined]
        }
        return TemplateResponse(request, "office/catalog/segment_products.html", context)

    def _arrange(self, request: HttpRequest, segment: Segment) -> None:
        sent = request.POST
        common: dict[str, Any] = {"at": now(), "actor": actor(request)}
        if move := sent.get("move", ""):  # "product:place", from a button or from dragging
            product, _colon, place = move.partition(":")
            if product.isdecimal() and place.isdecimal() and len(move) < 30:
                services.place_in_segment(segment, int(product), int(place), **common)
        elif (product := sent.get("to", "")).isdecimal() and len(product) < 18:
            place = sent.get(f"place-{product}", "")
            if not place.isdecimal() or len(place) > 9 or place == "0":
                messages.error(request, _("Type the place as a number: 1 is first."))
                return
            services.place_in_segment(segment, int(product), int(place), **common)
        elif (product := sent.get("back", "")).isdecimal() and len(product) < 18:
            services.give_back_to_relevance(segment, int(product), **common)
        elif "save" in sent:
            count = services.rate_in_segment(segment, _relevance(sent), **common)
            messages.success(request, _("Relevance changed: %(count)d") % {"count": count})

    def _asked(self, request: HttpRequest, pk: int) -> Segment:
        segment = get_object_or_404(Segment, pk=pk)
        if not self.has_change_permission(request, segment):  # type: ignore[attr-defined]
            raise PermissionDenied
        return segment


def _relevance(sent: Any) -> dict[int, Decimal]:
    """The numbers typed beside products; Refused names none, the sentence says what is allowed."""
    typed = {}
    for name, text in sent.items():
        product = name.removeprefix(RELEVANCE)
        if name.startswith(RELEVANCE) and product.isdecimal() and len(product) < 18:
            try:
                typed[int(product)] = Decimal(text.replace(",", ".").strip()[:20] or "1")
            except InvalidOperation:
                raise Refused(_("“%(text)s” is not a number.") % {"text": text[:20]}) from None
            if not typed[int(product)].is_finite():
                raise Refused(_("“%(text)s” is not a number.") % {"text": text[:20]})
    return typed


def _back(request: HttpRequest, otherwise: str) -> str:
    before = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure()):
        return before.partition("#")[0]
    return otherwise
