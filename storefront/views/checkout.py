"""The checkout's edge: one page, guest first (COM-4, COM-5)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from altazion.lib.clock import now
from altazion.lib.problems import Refused
from customers.selectors import addresses_of
from customers.services import register_customer
from orders import services
from orders.models import Cart, Order
from orders.selectors import TO_STORE, Checkout, basket, checkout
from storefront.forms.checkout import ADDRESS, KEPT, CheckoutForm
from storefront.views.buying import cart_of, remember_cart, remember_store, shop_of, user_of
from storefront.views.order import go_and_pay, look_at_code, pay_by_code
from stores.models import Store
from stores.selectors import pickup_stores


@never_cache
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Show the page; POST with `update` recalculates it, POST alone places the order."""
    cart = cart_of(request)
    if cart is not None and cart.ordered_at is not None and request.method == "POST":
        return redirect("storefront:order", guid=Order.objects.only("guid").get(cart=cart).guid)
    if cart is None or cart.ordered_at is not None or _dropped(request, cart):
        return redirect("storefront:basket")
    answers = _answers(request, cart)
    offer = _offer(request, cart, answers)
    if not offer.basket.lines:
        return redirect("storefront:basket")
    if request.method == "GET":
        return _page(request, offer, CheckoutForm(initial=_typed(request, answers), offer=offer))
    if "update" in request.POST:
        services.keep_answers(cart, _kept(request), at=now())
        return _page(request, offer, CheckoutForm(initial=_typed(request, answers), offer=offer))
    form = CheckoutForm(request.POST, offer=offer)
    if form.is_valid():
        try:
            order = _place(request, cart, form)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
            if _dropped(request, cart):
                return redirect("storefront:basket")
            offer = _offer(request, cart, answers)
        else:
            return go_and_pay(request, order, thanks=True)
    services.keep_answers(cart, _kept(request), at=now())
    return _page(request, offer, form, status=422)


def _typed(request: HttpRequest, answers: dict[str, Any]) -> dict[str, Any]:
    """With the code of a gift card, which stays on the page and is not kept."""
    return answers | {"gift_code": request.POST.get("gift_code", "")[:40]}


def _look(request: HttpRequest, code: str, currency: str) -> None:
    """A code that pays nothing is told at its field, before anything is ordered."""
    try:
        look_at_code(request, code, currency)
    except Refused as refusal:
        refusal.field = "gift_code"
        raise


def _pay_by_code(request: HttpRequest, order: Order, code: str) -> None:
    """The card pays its part of an order that stands; had somebody else used it up meanwhile, the rest is due."""
    try:
        pay_by_code(request, order, code)
    except Refused as refusal:
        messages.warning(request, refusal.message)


def _place(request: HttpRequest, cart: Cart, form: CheckoutForm) -> Order:
    said, shop, user = form.cleaned_data, shop_of(request), user_of(request)
    if said["gift_code"]:
        _look(request, said["gift_code"], form.offer.basket.currency)
    order = services.place_order(
        cart,
        answers=services.CheckoutAnswers(
            email=said["email"],
            first_name=said["first_name"],
            last_name=said["last_name"],
            phone=said["phone"],
            delivery_mode=said["delivery_mode"],
            payment_method=said["payment_method"],
            store=form.offer.store,
            address=form.address(),
            customer=register_customer(user, at=now()) if user else None,
            seen=said["seen"] or "not shown",
            origin=request.build_absolute_uri("/").rstrip("/"),
            company=said["company"],
            vat_number=said["vat_number"],
            ip=request.META.get("REMOTE_ADDR", ""),
        ),
        key=f"web:{cart.guid}",
        at=now(),
        language=shop.language,
    )
    if said["gift_code"]:
        _pay_by_code(request, order, said["gift_code"])
    return order


def _dropped(request: HttpRequest, cart: Cart) -> bool:
    gone = services.drop_unsold(cart, at=now())
    for name in gone:
        messages.warning(request, _("“%(name)s” is no longer sold and has left your basket.") % {"name": name})
    return bool(gone)


def _answers(request: HttpRequest, cart: Cart) -> dict[str, Any]:
    """What is in the fields: typed now, typed before, or known of the account."""
    if request.method == "POST":
        answers: dict[str, Any] = _kept(request)
        return answers | _saved_address(request)
    return _known(request) | {name: value for name, value in cart.checkout.items() if value}


def _kept(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "").strip()[:200] for name in KEPT}


def _known(request: HttpRequest) -> dict[str, Any]:
    user = user_of(request)
    if user is None:
        return {"country": "FR"}
    customer = register_customer(user, at=now())
    known: dict[str, Any] = {"email": user.email, "phone": customer.phone, "country": "FR"}
    known |= {"first_name": customer.first_name, "last_name": customer.last_name}
    book = addresses_of(customer)
    return known | ({name: getattr(book[0], name) for name in ADDRESS} if book else {})


def _saved_address(request: HttpRequest) -> dict[str, Any]:
    chosen, user = request.POST.get("saved_address", ""), user_of(request)
    if user is None or not chosen.isdecimal() or "update" not in request.POST:
        return {}
    book = addresses_of(register_customer(user, at=now()))
    return next(({n: getattr(a, n) for n in ADDRESS} for a in book if a.pk == int(chosen)), {})


def _offer(request: HttpRequest, cart: Cart, answers: dict[str, Any]) -> Checkout:
    shop = shop_of(request)
    store = _store(answers.get("store") or "") or shop.store
    filled = basket(cart, at=now(), language=shop.language, store=store)
    return checkout(
        filled,
        channel=shop.channel,
        at=now(),
        mode=answers.get("delivery_mode") or "",
        store=store,
        country=answers.get("country") or "FR",
        postcode=answers.get("postcode") or "",
    )


def _store(code: str) -> Store | None:
    return next((store for store in pickup_stores() if store.code == code), None) if code else None


def _can_order(offer: Checkout) -> bool:
    """Is there a way to order at all? A store still to be chosen is asked for when the page is sent."""
    possible = offer.chosen is not None and offer.chosen.ok
    waits_for_store = offer.needs_store and any(not stock.missing for stock in offer.stores)
    return bool(offer.methods) and (possible or waits_for_store)


def _page(request: HttpRequest, offer: Checkout, form: CheckoutForm, status: int = 200) -> HttpResponse:
    user = user_of(request)
    names = {line.product.pk: line.name for line in offer.basket.lines}
    stores = [{"stock": stock, "missing": [names[pk] for pk in stock.missing if pk in names]} for stock in offer.stores]
    facts = {
        "offer": offer,
        "form": form.announce(),
        "stores": stores,
        "book": addresses_of(register_customer(user, at=now())) if user else [],
        "to_store": TO_STORE,
        "serving": sum(not stock.missing for stock in offer.stores),
        "can_order": _can_order(offer),
    }
    part = getattr(request, "htmx", False) and "update" in request.POST
    template = "storefront/checkout/_form.html" if part else "storefront/checkout/checkout.html"
    response = render(request, template, facts, status=status)
    if offer.store is not None:
        remember_store(response, offer.store)
    remember_cart(response, offer.basket.cart)
    return response
