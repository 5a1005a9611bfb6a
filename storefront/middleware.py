"""Gives every request its `request.shop`; sends whoever comes by an old address on to where the thing lives now."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found

from altazion.lib.clock import pretending
from altazion.lib.problems import NotFound
from storefront.selectors import CART_COOKIE, STORE_COOKIE, Shop
from storefront.selectors.addresses import gone_at, led_to
from storefront.selectors.preview import PREVIEW_COOKIE, PREVIEW_DOORS, preview_of

NOT_THE_SHOP = ("/office/", "/api/", "/static/", "/media/", "/signage/", "/i18n/", "/health/")


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
        answer = self._previewed(request) if PREVIEW_COOKIE in request.COOKIES else self.get_response(request)
        if answer.status_code == 404 and request.method in ("GET", "HEAD"):
            return _by_old_address(request) or answer
        return answer

    def _previewed(self, request: HttpRequest) -> HttpResponse:
        """A colleague walks through the shop at another date: nothing is kept, and nothing can be changed there."""
        at = preview_of(request)
        if at is None or request.path.startswith(NOT_THE_SHOP):
            return self.get_response(request)
        request.preview_at = at  # type: ignore[attr-defined]
        if request.method not in {"GET", "HEAD"} and not request.path.endswith(PREVIEW_DOORS):
            messages.warning(request, _("This is a preview: nothing can be bought or changed here."))
            response: HttpResponse = HttpResponseRedirect(reverse("storefront:home"))
        else:
            with pretending(at):
                response = self.get_response(request)
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex"
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """What a page asked for is not there: the 404 page, or a bare word where no shop answers."""
        if not isinstance(error, NotFound):
            return None
        if error.code == "no_site":
            return HttpResponse(error.message, status=404, content_type="text/plain; charset=utf-8")
        return page_not_found(request, Http404())


def _by_old_address(request: HttpRequest) -> HttpResponse | None:
    """Nothing lives here: the way to where it lives now, or a page (410) that says it is gone and what is near."""
    if request.path.startswith(NOT_THE_SHOP):
        return None
    shop: Shop = request.shop  # type: ignore[attr-defined]
    first, _slash, rest = request.path.strip("/").partition("/")
    prefixed = first in dict(settings.LANGUAGES) and first != settings.LANGUAGE_CODE
    path, language = (rest, first) if prefixed else (request.path.strip("/"), settings.LANGUAGE_CODE)
    try:
        channel = shop.channel
    except NotFound:
        return None
    if address := led_to(path, language=language, channel=channel):
        query = request.META.get("QUERY_STRING", "")
        joint = "&" if "?" in address else "?"
        return HttpResponsePermanentRedirect(f"{address}{joint}{query}" if query else address)
    gone = gone_at(path, language=language)
    return render(request, "storefront/gone.html", {"gone": gone}, status=410) if gone else None
