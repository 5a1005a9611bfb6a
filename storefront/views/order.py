"""An order as its owner sees it. Its address is the secret of a guest; an account's order opens for its owner alone."""

import hashlib
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounting.selectors import invoices_of_order
from altazion.lib.clock import now
from altazion.lib.money import display
from altazion.lib.problems import Invalid, NotFound, Refused
from orders import services
from orders.enums import OrderState, ReturnReason
from orders.models import Order
from orders.selectors import OrderPage, may_read, order_page, reasons_to_choose, returnable
from storefront.selectors.story import story
from storefront.services import Door
from storefront.views.buying import open_cart_of, remember_cart, shop_of, user_of


@never_cache
@require_GET
def show(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Confirmation and follow-up in one page."""
    page = _find(request, guid)
    if not may_read(page.order, user_of(request)):
        if user_of(request) is None:  # its owner follows the link of a mail
            return redirect_to_login(request.get_full_path(), reverse("storefront:login"))
        raise Http404
    return shown_page(request, page)


@never_cache
@require_GET
def state(request: HttpRequest, guid: UUID) -> HttpResponse:
    """The part that changes, for a page that waits for its payment."""
    page = find_page(request, guid)
    return render(request, "storefront/order/_state.html", {"page": page, "order": page.order, "from_bank": True})


@require_POST
def pay(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Try to pay (again)."""
    return go_and_pay(request, find_page(request, guid).order)


@require_POST
def cancel(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Its owner changes their mind; nothing is prepared yet."""
    page = find_page(request, guid)
    try:
        services.cancel_own(page.order, request.POST.get("reason", ""), at=now())
    except Invalid as refusal:
        return shown_page(request, page, status=422, cancel_error=refusal.message)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Your order is cancelled."))
    return redirect("storefront:order", guid)


@require_POST
def voucher(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Pay with a gift card or voucher; the rest stays due. Wrong codes close the door for a while."""
    order, code = find_page(request, guid).order, request.POST.get("gift_code", "")
    try:
        pay_by_code(request, order, code)
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("storefront:order", guid=order.guid)


def look_at_code(request: HttpRequest, code: str, currency: str) -> None:
    """May this code pay? Raises Refused; who guesses waits."""
    door = Door("gift card", str(request.META.get("REMOTE_ADDR", "")))
    if wait := door.closed_for(now()):
        word = ngettext(
            "Too many wrong tries. Try again in %(n)s minute.",
            "Too many wrong tries. Try again in %(n)s minutes.",
            wait,
        )
        raise Refused(word % {"n": wait}, code="too_many", status=429)
    try:
        services.find_voucher(code, currency=currency, at=now())
    except Refused:
        door.failed(now())
        raise


def pay_by_code(request: HttpRequest, order: Order, code: str) -> None:
    """Redeem a code for an order; a second click with it finds the first. Raises Refused."""
    look_at_code(request, code, order.currency)
    key = f"shop:{order.guid}:{hashlib.sha256(code.encode()).hexdigest()[:16]}:{order.due}"
    payment = services.redeem_voucher(order, code, key=key, at=now(), actor=order.email)
    word = _("%(amount)s were paid with your card.")
    messages.success(request, word % {"amount": display(payment.amount, payment.currency)})


@require_POST
def again(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Put what an order held into the basket once more."""
    page, cart, added = find_page(request, guid), open_cart_of(request), 0
    for line in page.goods:
        try:
            services.add_to_cart(cart, line.product_id or 0, line.quantity, at=now())
            added += 1
        except Refused:
            messages.warning(request, _("“%(name)s” cannot be ordered any more.") % {"name": line.name})
    if added:
        word = ngettext("%(n)s product is in your basket again.", "%(n)s products are in your basket again.", added)
        messages.success(request, word % {"n": added})
    response = redirect("storefront:basket")
    remember_cart(response, cart)
    return response


def go_and_pay(request: HttpRequest, order: Order, *, thanks: bool = False) -> HttpResponse:
    """Send the shopper to where the order is paid, or to its page when it is paid elsewhere or cannot be paid now."""
    here = reverse("storefront:order", args=[order.guid])
    back = f"{here}?bank=1"
    try:
        redirection = services.start_payment(
            order,
            return_url=request.build_absolute_uri(back),
            callback_url=request.build_absolute_uri(reverse("payment_callback", args=[order.payment_method.provider])),
            at=now(),
        )
    except Refused as refusal:
        if not thanks:
            messages.info(request, refusal.message)
        redirection = None
    return redirect(redirection.url if redirection else f"{here}?thanks=1" if thanks else here)


def shown_page(request: HttpRequest, page: OrderPage, *, status: int = 200, **more: object) -> HttpResponse:
    """The order's page, with what its owner may do now."""
    order = page.order
    facts: dict[str, object] = {"page": page, "order": order}
    facts |= {"thanks": "thanks" in request.GET, "from_bank": "bank" in request.GET}
    facts |= {"invoices": invoices_of_order(order), "story": story(order)}
    if services.may_cancel_own(order):
        facts["cancel_reasons"] = reasons_to_choose(shopper=True)
    if order.state == OrderState.DONE:
        returns = list(order.returns.select_related("refund").order_by("-pk"))
        facts |= {"offer": returnable(order, at=now()), "returns": returns, "return_reasons": ReturnReason.choices}
    return render(request, "storefront/order/order.html", {**facts, **more}, status=status)


def _find(request: HttpRequest, guid: UUID) -> OrderPage:
    try:
        return order_page(guid, language=shop_of(request).language)
    except NotFound as error:
        raise Http404 from error


def find_page(request: HttpRequest, guid: UUID) -> OrderPage:
    page = _find(request, guid)
    if not may_read(page.order, user_of(request)):
        raise Http404
    return page
