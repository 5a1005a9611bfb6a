"""The page of a balance and its verbs: parse, one domain call, back with what came of it."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from altazion.lib.clock import now
from altazion.lib.office import actor
from altazion.lib.problems import Refused
from logistics import services
from logistics.admin.scope import places_seen
from logistics.enums import MovementKind
from logistics.forms import CorrectForm, CountForm, ReceiveForm, SafetyForm, TransferForm
from logistics.forms.withdrawals import KeepBackForm
from logistics.models import Place, StockBalance
from logistics.selectors import why_this_balance

DONE = {
    "count": gettext_lazy("The count is in the ledger."),
    "correct": gettext_lazy("The correction is in the ledger."),
    "transfer": gettext_lazy("The transfer is in the ledger of both places."),
    "safety": gettext_lazy("The safety stock is set."),
    "release": gettext_lazy("The promise is given back."),
    "withdraw": gettext_lazy("The units are withdrawn from sale."),
    "put_back": gettext_lazy("The units are back on sale."),
}


def redirect(address: str) -> HttpResponse:
    """To another page of Office."""
    return HttpResponseRedirect(address)


def statement(
    admin: Any, request: HttpRequest, object_id: str, bound: dict[str, forms.Form] | None = None
) -> HttpResponse:
    """Why this balance: movements like a bank statement, open promises, and the forms that change it."""
    balance = _balance(admin, request, object_id)
    before = request.GET.get("before", "")
    told = why_this_balance(
        balance.product_id, balance.place_id, at=now(), before=int(before) if before.isdigit() else None
    )
    product = balance.product
    context = {
        **admin.admin_site.each_context(request),
        "title": _("%(product)s at %(place)s") % {"product": product.name or product.sku, "place": balance.place},
        "opts": admin.opts,
        "told": told,
        "balance": balance,
        "forms": {**_forms(request, balance), **(bound or {})},
        "may_change": admin.has_change_permission(request, balance),
        "may_withdraw": _may_withdraw(request),
        "opened": next(iter(bound or {}), ""),
        "others": _others(admin, request, balance),
        "now": now(),
    }
    return TemplateResponse(request, "office/logistics/balance.html", context, status=422 if bound else 200)


def do(admin: Any, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """One verb on one balance."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    balance = _balance(admin, request, str(pk))
    allowed = _may_withdraw(request) if verb in WITHDRAWING else admin.has_change_permission(request, balance)
    if not allowed:
        raise PermissionDenied
    if verb in BUTTONS:
        return _press(request, balance, verb)
    form = _forms(request, balance, request.POST).get(verb)
    if form is None:
        raise Http404
    if form.is_valid():
        try:
            VERBS[verb](balance, form, actor(request))
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, DONE[verb])
            return redirect(_address(balance))
    return statement(admin, request, str(pk), {verb: form})


def receive(admin: Any, request: HttpRequest) -> HttpResponse:
    """The form for goods that arrive."""
    if not admin.has_change_permission(request):
        raise PermissionDenied
    start = {"product": request.GET.get("product", ""), "key": uuid.uuid4()}
    form = ReceiveForm(request.POST or None, places=places_seen(request), initial=start)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.move(
                given["product"].pk,
                given["place"].pk,
                given["quantity"],
                kind=given["kind"],
                document=form.document,
                at=now(),
                actor=actor(request),
                reason=given["reason"],
            )
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The goods are in stock."))
            return redirect(_address(StockBalance.objects.get(product=given["product"], place=given["place"])))
    context = {**admin.admin_site.each_context(request), "title": _("Receive goods"), "opts": admin.opts, "form": form}
    return TemplateResponse(request, "office/logistics/receive.html", context)


def _balance(admin: Any, request: HttpRequest, object_id: str) -> StockBalance:
    """The balance, if this colleague may see its place."""
    if not admin.has_view_or_change_permission(request):
        raise PermissionDenied
    found = admin.get_queryset(request).filter(pk=object_id).first() if object_id.isdigit() else None
    if found is None:
        raise Http404
    balance: StockBalance = found
    return balance


def _forms(request: HttpRequest, balance: StockBalance, posted: Any = None) -> dict[str, Any]:
    key = {"key": uuid.uuid4()}
    others = Place.objects.filter(active=True).exclude(pk=balance.place_id)
    return {
        "count": CountForm(posted, initial={**key, "counted": balance.physical}),
        "correct": CorrectForm(posted, initial=key),
        "transfer": TransferForm(posted, initial=key, places=others),
        "safety": SafetyForm(posted, initial={"units": balance.safety}),
        "withdraw": KeepBackForm(posted),
    }


def _others(admin: Any, request: HttpRequest, balance: StockBalance) -> list[StockBalance]:
    """The same product at other places that this colleague sees."""
    rows = admin.get_queryset(request).filter(product=balance.product_id).exclude(pk=balance.pk)
    return list(rows.order_by("place__kind", "place__name")[:100])


def _may_withdraw(request: HttpRequest) -> bool:
    return request.user.has_perm("logistics.add_withdrawal")  # type: ignore[union-attr]


def _press(request: HttpRequest, balance: StockBalance, verb: str) -> HttpResponse:
    """A button beside a promise or beside units that are kept back."""
    text = request.POST.get("reservation") or request.POST.get("row", "")
    row, who = int(text) if text.isdigit() and len(text) < 19 else 0, actor(request)
    try:
        if verb == "release":
            services.release_one(row, at=now(), actor=who, place_id=balance.place_id)
        else:
            services.put_back(row, at=now(), actor=who, place_ids=[balance.place_id])
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, DONE[verb])
    return redirect(_address(balance))


def _count(balance: StockBalance, form: Any, who: str) -> None:
    given = form.cleaned_data
    services.count_stock(
        balance.product_id,
        balance.place_id,
        given["counted"],
        at=now(),
        actor=who,
        reason=given["reason"],
        document=form.document,
    )


def _correct(balance: StockBalance, form: Any, who: str) -> None:
    given = form.cleaned_data
    services.move(
        balance.product_id,
        balance.place_id,
        given["quantity"],
        kind=MovementKind.CORRECTION,
        document=form.document,
        at=now(),
        actor=who,
        reason=given["reason"],
    )


def _transfer(balance: StockBalance, form: Any, who: str) -> None:
    given = form.cleaned_data
    services.transfer(
        balance.product_id,
        balance.place_id,
        given["to_place"].pk,
        given["quantity"],
        document=form.document,
        at=now(),
        actor=who,
        reason=given["reason"],
    )


def _safety(balance: StockBalance, form: Any, who: str) -> None:
    services.set_safety(balance.product_id, balance.place_id, form.cleaned_data["units"], at=now(), actor=who)


def _withdraw(balance: StockBalance, form: Any, who: str) -> None:
    services.withdraw(balance.product_id, balance.place_id, form.kept, at=now(), actor=who)


def _address(balance: StockBalance) -> str:
    return reverse("admin:logistics_stockbalance_change", args=[balance.pk])


VERBS: dict[str, Callable[[StockBalance, Any, str], None]] = {
    "count": _count,
    "correct": _correct,
    "transfer": _transfer,
    "safety": _safety,
    "withdraw": _withdraw,
}
BUTTONS = ("release", "put_back")
WITHDRAWING = ("withdraw", "put_back")
