"""Gives every request its `request.shop`."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.defaults import page_not_found

from altazion.lib.problems import NotFound
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

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """What a page asked for is not there: the 404 page, or a bare word where no shop answers."""
        if not isinstance(error, NotFound):
            return None
        if error.code == "no_site":
            return HttpResponse(error.message, status=404, content_type="text/plain; charset=utf-8")
        return page_not_found(request, Http404())
