"""The basket's edge."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from altazion.lib.clock import now
from altazion.lib.problems import Refused
from orders import services
from orders.models import Cart
from orders.selectors import basket as ask_basket
from orders.selectors import checkout as ask_checkout
from storefront.forms.basket import LineForm
from storefront.views.buying import cart_of, open_cart_of, remember_cart, shop_of


@never_cache
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The basket with what it costs and how it can be had."""
    return render(request, "storefront/basket/basket.html", _facts(request, cart_of(request)))


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Put a product in the basket."""
    form = LineForm(request.POST)
    if not form.is_valid():
        return _answer(request, None, error=_("Choose a product and a quantity from 1 to 999."))
    cart = open_cart_of(request)
    try:
        services.add_to_cart(cart, form.cleaned_data["product"], form.cleaned_data["quantity"] or 1, at=now())
    except Refused as refusal:
        return _answer(request, cart, error=refusal.message)
    return _answer(request, cart, done=_("Added to your basket."))


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Set how many of a product lie in the basket; 0 takes it out."""
    form, cart = LineForm(request.POST), cart_of(request)
    error = ""
    if cart is None:
        error = _("Your basket is empty.")
    elif not form.is_valid() or form.cleaned_data["quantity"] is None:
        error = _("Choose a quantity from 0 to 999.")
    else:
        try:
            services.set_quantity(cart, form.cleaned_data["product"], form.cleaned_data["quantity"], at=now())
        except Refused as refusal:
            error = refusal.message
    if getattr(request, "htmx", False):
        return render(request, "storefront/basket/_body.html", {**_facts(request, cart), "error": error, "oob": True})
    if error:
        messages.error(request, error)
    return redirect("storefront:basket")


def _answer(request: HttpRequest, cart: Cart | None, *, done: str = "", error: str = "") -> HttpResponse:
    """After adding: a word on the page for htmx, otherwise the basket (or the page one came from, with the word)."""
    if getattr(request, "htmx", False):
        facts = {"done": done, "error": error, "basket": _basket(request, cart)}
        response = render(request, "storefront/basket/_added.html", facts)
    else:
        (messages.error if error else messages.success)(request, error or done)
        response = redirect(_back(request) if error else "storefront:basket")
    if cart is not None:
        remember_cart(response, cart)
    return response


def _back(request: HttpRequest) -> str:
    came_from = request.META.get("HTTP_REFERER", "")
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        return came_from
    return "storefront:basket"


def _basket(request: HttpRequest, cart: Cart | None) -> Any:
    shop = shop_of(request)
    return ask_basket(cart, at=now(), language=shop.language, store=shop.store)


def _facts(request: HttpRequest, cart: Cart | None) -> dict[str, Any]:
    shop = shop_of(request)
    is_open = cart is not None and cart.ordered_at is None
    gone = services.drop_unsold(cart, at=now()) if cart is not None and is_open else []
    basket = _basket(request, cart)
    offer = ask_checkout(basket, channel=shop.channel, at=now(), store=shop.store) if basket.lines else None
    return {"basket": basket, "gone": gone, "offer": offer}
