"""Typing in the product list: a mode of the same list, with or without JavaScript."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import display

from altazion.lib.clock import now
from altazion.lib.office import actor
from altazion.lib.problems import Refused
from catalog import services
from catalog.forms.list_line import ListLine
from catalog.forms.variants import Cell
from catalog.models import Product
from catalog.selectors import office

EDIT = "edit"
COLUMNS = ("picture", "typed_name", "typed_importance", "typed_price", "segment", "brand", "state_badge", "stock")
MOST_LINES = 200


def is_typing(request: HttpRequest) -> bool:
    """True if the list is asked for with inputs."""
    return request.GET.get(EDIT) == "1"


class TypingInList:
    """For the product list: `?edit=1` shows inputs, a post writes those that changed, line by line."""

    change_list_template = "office/catalog/product_list.html"

    def get_list_display(self, request: HttpRequest) -> Any:
        """Inputs instead of words while one types."""
        return COLUMNS if self._may_type(request) else super().get_list_display(request)  # type: ignore[misc]

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        """The name is an input while one types: the SKU below it leads to the page."""
        return None if self._may_type(request) else super().get_list_display_links(request, list_display)  # type: ignore[misc]

    def get_sortable_by(self, request: HttpRequest) -> Any:
        """Lines stay where they are while one types, but for the name."""
        return ("typed_name",) if self._may_type(request) else super().get_sortable_by(request)  # type: ignore[misc]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list; a post of the inputs first writes them."""
        may = request.user.has_perm("catalog.change_product")  # type: ignore[union-attr]
        turned = request.GET.copy()
        turned.pop(EDIT, None)
        if not is_typing(request):
            turned[EDIT] = "1"
        context = {
            **(extra_context or {}),
            "may_type": may,
            "is_typing": self._may_type(request),
            "turned": f"?{turned.urlencode()}" if turned else "?q=",
        }
        if request.method == "POST" and request.POST.get("_save") == "cells":
            if not may:
                raise PermissionDenied
            lines = _posted(request)
            saved, wrong = _save(request, lines)
            if "application/json" in request.headers.get("Accept", ""):
                return JsonResponse({"lines": [_told(line) for line in lines], "saved": saved})
            if saved:
                text = ngettext("%(n)d product saved.", "%(n)d products saved.", saved)
                messages.success(request, text % {"n": saved})
            if not wrong:
                return HttpResponseRedirect(request.get_full_path())
            text = ngettext("%(n)d product was not saved: see its cells.",
                            "%(n)d products were not saved: see their cells.", len(wrong))  # fmt: skip
            messages.error(request, text % {"n": len(wrong)})
            request.lines = {line.product.pk: line for line in wrong}  # type: ignore[attr-defined]
        response: HttpResponse = super().changelist_view(request, context)  # type: ignore[misc]
        return response

    @display(description=gettext_lazy("Product"), ordering="name")
    def typed_name(self, product: Any) -> SafeString:
        """An input over the SKU, which leads to the page."""
        line: ListLine = product.line
        placeholder = product.parent.name if product.parent_id else _("without name")
        return format_html(
            '{}<input type="hidden" name="line" value="{}"><input type="hidden" name="{}-was" value="{}">'
            '<a class="of-cell-link" href="{}/change/">{}</a>',
            _input(line, "name", placeholder=placeholder), product.pk, line.prefix, line.was, product.pk, product.sku,
        )  # fmt: skip

    @display(description=gettext_lazy("Importance"))
    def typed_importance(self, product: Any) -> SafeString:
        """A number from 0 to 999."""
        return _input(product.line, "importance", mode="numeric")

    @display(description=gettext_lazy("Price"))
    def typed_price(self, product: Any) -> SafeString:
        """Its own price with tax; what it costs without one stands behind."""
        return _input(product.line, "price", mode="decimal", placeholder=self.price(product))  # type: ignore[attr-defined]

    def _may_type(self, request: HttpRequest) -> bool:
        return is_typing(request) and request.user.has_perm("catalog.change_product")  # type: ignore[union-attr]


def _input(line: ListLine, column: str, *, mode: str = "text", placeholder: str = "") -> SafeString:
    cell: Cell = line.cell(column)
    if cell.locked:
        return format_html(
            '<span class="of-cell-locked" title="{}">{} <span class="material-symbols-outlined" aria-hidden="true">lock'
            '</span><span class="of-unseen">{}</span></span>',
            cell.locked, cell.text or placeholder or "—", cell.locked,
        )  # fmt: skip
    wrong = (
        format_html('<span class="of-cell-wrong" id="{}-wrong">{}</span>', cell.name, cell.error) if cell.error else ""
    )
    said = format_html(' aria-invalid="true" aria-describedby="{}-wrong"', cell.name) if cell.error else ""
    return format_html(
        '<input class="of-cell is-{}" name="{}" value="{}" aria-label="{}" inputmode="{}" placeholder="{}"'
        ' data-now="{}" autocomplete="off"{}>{}',
        column, cell.name, cell.text, cell.label, mode, placeholder, line.now[column], said, wrong,
    )  # fmt: skip


def _posted(request: HttpRequest) -> list[ListLine]:
    ids = [int(text) for text in request.POST.getlist("line") if text.isdecimal() and len(text) < 19][:MOST_LINES]
    products = list(Product.objects.filter(pk__in=ids).select_related("parent", "brand", "family"))
    rows = office.rows(products)
    place = {pk: number for number, pk in enumerate(ids)}
    lines = [ListLine(product, rows[product.pk], request.POST) for product in products]
    return sorted(lines, key=lambda line: place[line.product.pk])


def _save(request: HttpRequest, lines: list[ListLine]) -> tuple[int, list[ListLine]]:
    """Write the lines that changed; returns how many, and those with an error at a cell."""
    saved = 0
    for line in lines:
        changes = line.changes()
        if line.wrong or not changes:
            continue
        try:
            services.save_cells(line.product, changes, line.stood, at=now(), actor=actor(request))
            saved += 1
        except Refused as refusal:
            line.error(refusal.field, refusal.message)
    return saved, [line for line in lines if line.wrong]


def _told(line: ListLine) -> dict[str, Any]:
    """A line for the script: what is wrong at which cell, or what stands there now."""
    if line.wrong:
        wrong = {cell.name: cell.error for cell in line.cells if cell.error}
        return {"line": line.product.pk, "was": line.was, "wrong": wrong}  # who was told may write over it
    product = Product.objects.select_related("parent").get(pk=line.product.pk)
    fresh = ListLine(product, office.rows([product])[product.pk])
    return {"line": product.pk, "was": fresh.was, "cells": {cell.name: cell.text for cell in fresh.cells}}
