"""Gives every request its `request.shop`."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from storefront.selectors import CART_COOKIE, STORE_COOKIE, Shop


class ShopMiddleware:
    """Sets `request.shop`, which costs nothing until somebody reads it. Stands behind LocaleMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.shop = Shop(  # type: ignore[attr-defined]
            host=request.get_host().split(":")[0],
            language=(get_language() or "fr")[:2],
            store_code=request.COOKIES.get(STORE_COOKIE, ""),
            cart_token=request.COOKIES.get(CART_COOKIE, ""),
        )
        return self.get_response(request)
