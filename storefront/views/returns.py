"""Goods that a shopper sends back: asked for on the order's page, a slip to print, kept after all."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from altazion.lib.barcodes import code128
from altazion.lib.clock import now
from altazion.lib.problems import NotFound, Refused
from orders import services
from orders.models import Return
from orders.selectors import may_read, return_page, returnable
from storefront.views.buying import user_of
from storefront.views.order import find_page, shown_page


@require_POST
def ask(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Ask to send lines of an order back; what is wrong stands above the form."""
    page = find_page(request, guid)
    try:
        made = services.ask_return(
            page.order,
            services.read_wanted(request.POST),
            comment=request.POST.get("comment", ""),
            at=now(),
            actor=page.order.email,
        )
    except Refused as refusal:
        return shown_page(request, page, status=422, return_error=refusal.message)
    messages.success(request, _("Your return is noted. Print this slip, or show it in a store."))
    return redirect("storefront:return_slip", made.guid)


@never_cache
@require_GET
def slip(request: HttpRequest, guid: UUID) -> HttpResponse:
    """The slip with its number and bars, and how far the return is."""
    back = _find(guid)
    user = user_of(request)
    colleague = user is not None and user.has_perm("orders.view_return")
    if not colleague and not may_read(back.order, user):
        if user is None:
            return redirect_to_login(request.get_full_path(), reverse("storefront:login"))
        raise Http404
    told = returnable(back.order, at=now()).instructions
    facts = {"back": back, "bars": code128(back.number), "instructions": told}
    return render(request, "storefront/order/return_slip.html", facts)


@require_POST
def withdraw(request: HttpRequest, guid: UUID) -> HttpResponse:
    """The shopper keeps it after all."""
    back = _find(guid)
    if not may_read(back.order, user_of(request)):
        raise Http404
    try:
        services.withdraw_return(back, at=now(), actor=back.order.email)
        messages.success(request, _("Your return is withdrawn."))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("storefront:return_slip", guid)


def _find(guid: UUID) -> Return:
    try:
        return return_page(guid)
    except NotFound as error:
        raise Http404 from error
