"""What the pages of buying share: the shop of a request, its basket, and the cookie that remembers it."""

from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from altazion.lib.clock import now
from orders import services
from orders.models import Cart
from orders.selectors import cart_by_token
from storefront.selectors import CART_COOKIE, COOKIE_AGE, STORE_COOKIE, Shop
from stores.models import Store


def shop_of(request: HttpRequest) -> Shop:
    """The shop in which the visitor stands."""
    return cast(Shop, request.shop)  # type: ignore[attr-defined]


def user_of(request: HttpRequest) -> User | None:
    """Who is signed in."""
    return request.user if isinstance(request.user, User) else None


def cart_of(request: HttpRequest) -> Cart | None:
    """The basket that the browser remembers, ordered or not; one of an account only for its owner."""
    shop = shop_of(request)
    cart = cart_by_token(shop.cart_token, shop.channel) if shop.cart_token else None
    if cart is None or cart.customer_id is None:
        return cart
    user = user_of(request)
    return cart if user and cart.customer and cart.customer.account_id == user.pk else None


def open_cart_of(request: HttpRequest) -> Cart:
    """The visitor's open basket, a new one if there is none."""
    cart = cart_of(request)
    if cart is not None and cart.ordered_at is None:
        return cart
    shop, user = shop_of(request), user_of(request)
    customer = getattr(user, "customer", None) if user else None
    return services.open_cart(shop.channel, now(), customer=customer)


def remember_cart(response: HttpResponse, cart: Cart | None) -> None:
    """Keep the basket's secret in the browser, or forget it."""
    if cart is None:
        response.delete_cookie(CART_COOKIE, samesite="Lax")
    else:
        _cookie(response, CART_COOKIE, str(cart.token), script=False)


def remember_store(response: HttpResponse, store: Store) -> None:
    """Keep the reference store in the browser (COM-3)."""
    _cookie(response, STORE_COOKIE, store.code, script=False)


def _cookie(response: HttpResponse, name: str, value: str, *, script: bool) -> None:
    response.set_cookie(
        name,
        value,
        max_age=COOKIE_AGE,
        httponly=not script,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
