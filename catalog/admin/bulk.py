"""One verb for the ticked products: a page that says what would happen to how many, and then does it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from unfold.decorators import action

from altazion.lib.clock import now
from altazion.lib.office import actor
from altazion.lib.problems import Refused
from catalog import services
from catalog.forms.bulk import VERBS, BulkForm
from catalog.models import Product
from catalog.services.bulk import MOST, apply_to_many

SHOWN = 30


class BulkPages:
    """The verbs for many, and the copy of one."""

    actions = tuple(f"bulk_{verb}" for verb in VERBS)

    def bulk_urls(self) -> list[URLPattern]:
        """Their addresses."""
        guard = self.admin_site.admin_view  # type: ignore[attr-defined]
        return [
            path("bulk/<slug:verb>/", guard(self.bulk), name="catalog_product_bulk"),
            path("<int:pk>/copy/", guard(self.copy), name="catalog_product_copy"),
        ]

    def bulk(self, request: HttpRequest, verb: str) -> HttpResponse:
        """First what would happen, then (`do`) it happens."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if verb not in VERBS or not request.user.has_perm(VERBS[verb][1]):  # type: ignore[union-attr]
            raise PermissionDenied
        asked = [int(one) for one in request.POST.getlist("id") if one.isdecimal() and len(one) < 19]
        products = list(Product.objects.filter(pk__in=asked[: MOST + 1]).select_related("parent").order_by("pk"))
        return self._page(request, verb, products, said="said" in request.POST)

    def copy(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A new product like this one, its variants with it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm("catalog.add_product"):  # type: ignore[union-attr]
            raise PermissionDenied
        product = get_object_or_404(Product, pk=pk)
        try:
            made = services.copy_product(product, at=now(), actor=actor(request))
        except Refused as refusal:
            messages.error(request, refusal.message)
            return HttpResponseRedirect(reverse("admin:catalog_product_change", args=[pk]))
        messages.success(request, _("This is the copy, in preparation: give it its name, SKU and codes."))
        return HttpResponseRedirect(reverse("admin:catalog_product_change", args=[made.pk]))

    def _page(self, request: HttpRequest, verb: str, products: list[Product], *, said: bool = False) -> HttpResponse:
        form = BulkForm(verb, request.POST if said else None)
        outcome = None
        if len(products) > MOST:
            text = _("At most %(most)d products at once: filter the list, or tick fewer.") % {"most": MOST}
            messages.error(request, text)
            return HttpResponseRedirect(reverse("admin:catalog_product_changelist"))
        if not form.asks or (said and form.is_valid()):
            what = form.what() if form.asks else None
            doing = said and request.POST.get("step") == "do"
            try:
                outcome = apply_to_many(products, verb, what, dry=not doing, at=now(), actor=actor(request))
            except Refused as refusal:
                form.add_error(None, refusal.message)
            else:
                if doing:
                    return self._told(request, outcome)
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": VERBS[verb][0],
            "verb": verb,
            "form": form,
            "products": products,
            "outcome": outcome,
            "refused": outcome.refused[:SHOWN] if outcome else [],
            "more": max(0, len(outcome.refused) - SHOWN) if outcome else 0,
            "opts": self.opts,  # type: ignore[attr-defined]
            "media": form.media,
        }
        return TemplateResponse(request, "office/catalog/bulk.html", context)

    def _told(self, request: HttpRequest, outcome: Any) -> HttpResponse:
        done, refused = len(outcome.done), outcome.refused
        if done:
            messages.success(request, ngettext("%(n)d product done.", "%(n)d products done.", done) % {"n": done})
        for sku, why in refused[:5]:
            messages.warning(request, f"{sku}: {why}")
        if len(refused) > 5:
            rest = len(refused) - 5
            messages.warning(request, ngettext("and %(n)d more.", "and %(n)d more.", rest) % {"n": rest})
        return HttpResponseRedirect(reverse("admin:catalog_product_changelist"))

    def has_validate_permission(self, request: HttpRequest) -> bool:
        """The right to validate."""
        return request.user.has_perm("catalog.validate_product")  # type: ignore[union-attr]

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """The right to publish."""
        return request.user.has_perm("catalog.publish_product")  # type: ignore[union-attr]


def _action(verb: str, label: Any, right: str) -> Any:
    needed = right.removeprefix("catalog.").removesuffix("_product")
    needed = "change" if needed not in {"validate", "publish"} else needed

    @action(description=label, permissions=[needed])
    def ask(self: Any, request: HttpRequest, products: QuerySet[Product]) -> HttpResponse:
        found = list(products.select_related("parent").order_by("pk")[: MOST + 1])
        response: HttpResponse = self._page(request, verb, found)
        return response

    ask.__name__ = f"bulk_{verb}"
    return ask


for _verb, (_label, _right) in VERBS.items():
    setattr(BulkPages, f"bulk_{_verb}", _action(_verb, _label, _right))
