"""The pages of a parent's variants: the grid, and the matrix that makes them."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from altazion.lib.clock import now
from altazion.lib.office import actor
from altazion.lib.problems import Refused
from catalog.enums import ProductState
from catalog.forms.matrix import MatrixForm
from catalog.forms.variants import Line
from catalog.models import Product
from catalog.selectors import variants as select
from catalog.services import matrix as make
from catalog.services import variants as write

VERBS = {
    "validate": gettext_lazy("Validate"),
    "withdraw": gettext_lazy("Back to preparation"),
    "archive": gettext_lazy("Archive"),
    "restore": gettext_lazy("Restore"),
    "price": gettext_lazy("Set the price"),
    "no_price": gettext_lazy("Take the parent's price"),
    "ean": gettext_lazy("Share the parent's EAN"),
}
MOVES = {
    "validate": ProductState.VALIDATED,
    "withdraw": ProductState.IN_PREPARATION,
    "archive": ProductState.ARCHIVED,
    "restore": ProductState.IN_PREPARATION,
}


class VariantPages:
    """The grid and the matrix of a product."""

    def variants(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A page of variants to read and to type over; what cannot be is said at its cell, the rest is kept."""
        parent = get_object_or_404(Product.objects.select_related("vat_rate"), pk=pk)
        if not request.user.has_perm("catalog.view_product"):  # type: ignore[union-attr]
            raise PermissionDenied
        columns = select.columns_of(parent)
        asked = _asked(request)
        if request.method == "POST":
            if not request.user.has_perm("catalog.change_product"):  # type: ignore[union-attr]
                raise PermissionDenied
            lines = self._posted(request, parent, columns)
            saved = _save(request, lines)
            wrong = [line for line in lines if line.wrong]
            if saved:
                messages.success(
                    request, ngettext("%(n)d variant saved.", "%(n)d variants saved.", saved) % {"n": saved}
                )
            if not wrong:
                _bulk(request, parent, columns, asked)
                return HttpResponseRedirect(f"{request.path}?{urlencode({k: v for k, v in asked.items() if v})}")
            messages.error(
                request,
                ngettext(
                    "%(n)d variant was not saved: see its cells.", "%(n)d variants were not saved: see their cells.",
                    len(wrong),
                ) % {"n": len(wrong)},
            )  # fmt: skip
            page = select.variant_page(parent, columns, only=[line.product.pk for line in lines], **asked)
            typed = {line.product.pk: line for line in wrong}
            shown = [typed.get(row.product.pk) or Line(row, columns) for row in page.rows]
        else:
            page = select.variant_page(parent, columns, **asked)
            shown = [Line(row, columns) for row in page.rows]
        return self._grid(request, parent, columns, page, shown, asked)

    def matrix(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Values of the attributes → a preview of the combinations → the variants."""
        parent = get_object_or_404(Product, pk=pk)
        if not request.user.has_perm("catalog.add_product"):  # type: ignore[union-attr]
            raise PermissionDenied
        form = MatrixForm(request.POST or None)
        planned: list[select.Combination] = []
        if request.method == "POST" and form.is_valid():
            try:
                planned = make.planned_matrix(parent, form.axes())
                if request.POST.get("do") == "make":
                    made = make.make_matrix(
                        parent,
                        form.axes(),
                        leave_out=form.left_out([one.key for one in planned]),
                        share_ean=form.cleaned_data["ean"] == "shared",
                        at=now(),
                        actor=actor(request),
                    )
                    messages.success(
                        request, ngettext("%(n)d variant made.", "%(n)d variants made.", len(made)) % {"n": len(made)}
                    )
                    return HttpResponseRedirect(reverse("admin:catalog_product_variants", args=[pk]))
            except Refused as refusal:
                form.add_error(None, refusal.message)
        new = [one for one in planned if not one.existing]
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": _("Combine values: variants of %(product)s") % {"product": parent.name or parent.sku},
            "parent": parent,
            "form": form,
            "planned": planned,
            "new": new,
            "there": len(planned) - len(new),
            "shared": parent.references.filter(type__in=select.EANS),
            "opts": self.opts,  # type: ignore[attr-defined]
        }
        return TemplateResponse(request, "office/catalog/matrix.html", context)

    def _posted(self, request: HttpRequest, parent: Product, columns: list[select.Column]) -> list[Line]:
        ids = [int(text) for text in request.POST.getlist("line") if text.isdecimal() and len(text) < 19]
        rows = select.variant_page(parent, columns, only=ids).rows if ids else []
        return [Line(row, columns, request.POST) for row in rows]

    def _grid(
        self,
        request: HttpRequest,
        parent: Product,
        columns: list[select.Column],
        page: select.VariantPage,
        lines: list[Line],
        asked: dict[str, Any],
    ) -> HttpResponse:
        user = request.user
        verbs = [(verb, title) for verb, title in VERBS.items() if verb != "validate" or _may_validate(request)]
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": _("Variants of %(product)s") % {"product": parent.name or parent.sku},
            "parent": parent,
            "columns": columns,
            "page": page,
            "lines": lines,
            "asked": asked,
            "verbs": verbs,
            "states": ProductState.choices,
            "may_change": user.has_perm("catalog.change_product"),  # type: ignore[union-attr]
            "may_add": user.has_perm("catalog.add_product"),  # type: ignore[union-attr]
            "before": _address(asked, page.page - 1) if page.page > 1 else "",
            "after": _address(asked, page.page + 1) if page.page < page.pages else "",
            "opts": self.opts,  # type: ignore[attr-defined]
        }
        return TemplateResponse(request, "office/catalog/variants.html", context)


def _asked(request: HttpRequest) -> dict[str, Any]:
    """What the address asks for: text, state, page."""
    page, state = request.GET.get("page", "1"), request.GET.get("state", "")
    return {
        "text": request.GET.get("text", "").strip()[:200],
        "state": state if state in ProductState.values else "",
        "page": int(page) if page.isdecimal() and len(page) < 6 else 1,
    }


def _address(asked: dict[str, Any], page: int) -> str:
    return "?" + urlencode({**{k: v for k, v in asked.items() if v}, "page": page})


def _may_validate(request: HttpRequest) -> bool:
    return request.user.has_perm("catalog.validate_product")  # type: ignore[union-attr]


def _save(request: HttpRequest, lines: list[Line]) -> int:
    """Write the lines that changed; returns how many. Those refused carry the reason at the cell."""
    saved = 0
    for line in lines:
        changes = line.changes()
        if line.wrong or not changes:
            continue
        if changes.get("state") == ProductState.VALIDATED and not _may_validate(request):
            line.error("state", _("You have no right to validate products."))
            continue
        try:
            write.save_variant(line.product, changes, at=now(), actor=actor(request))
            saved += 1
        except Refused as refusal:
            field = refusal.field.replace("attributes.", "a:")
            line.error("state" if field == "" and "state" in changes else field, refusal.message)
    return saved


def _bulk(request: HttpRequest, parent: Product, columns: list[select.Column], asked: dict[str, Any]) -> None:
    """The verb for the ticked lines, or for all that the search finds."""
    verb = request.POST.get("verb", "") if request.POST.get("do") == "bulk" else ""
    if verb not in VERBS:
        return
    if verb == "validate" and not _may_validate(request):
        raise PermissionDenied
    if request.POST.get("all") == "1":
        found = select.matching(parent, columns, text=asked["text"], state=asked["state"])
        ids = list(found.values_list("pk", flat=True)[: write.MOST_AT_ONCE])
    else:
        ids = [int(text) for text in request.POST.getlist("ticked") if text.isdecimal() and len(text) < 19]
    if not ids:
        messages.warning(request, _("Tick the variants that you mean."))
        return
    try:
        done, refused = _do(verb, request, parent, ids)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return
    messages.success(request, ngettext("%(n)d variant changed.", "%(n)d variants changed.", done) % {"n": done})
    for sku, why in refused[:5]:
        messages.warning(request, f"{sku}: {why}")
    if len(refused) > 5:
        rest = len(refused) - 5
        messages.warning(request, ngettext("and %(n)d more.", "and %(n)d more.", rest) % {"n": rest})


def _do(verb: str, request: HttpRequest, parent: Product, ids: list[int]) -> tuple[int, list[tuple[str, str]]]:
    at, who = now(), actor(request)
    if verb == "ean":
        return write.share_ean(parent, ids, at=at, actor=who), []
    if verb in MOVES:
        return write.move_variants(parent, ids, MOVES[verb], at=at, actor=who)
    amount = None
    if verb == "price":
        try:
            amount = Line.amount(request.POST.get("amount", ""))
        except ValueError as error:
            raise Refused(str(error)) from None
        if amount is None:
            raise Refused(_("Type the price to set."))
    return write.price_variants(parent, ids, amount, at=at, actor=who)
