"""Whole pages, kept by each process for visitors who are nobody in particular.

A page is given again only while everything that it rests on is what it was: one question to the database
(`storefront.selectors.fingerprint`), asked on every request. What belongs to one visitor (the basket's count, the token
of forms) is never in what is kept: its places are marked while the page is drawn, and filled for each answer.

Pages of those who have a session (signed in, a colleague, a preview, a message to read) are drawn as ever.
"""

import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from hashlib import sha256
from threading import Lock
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

from altazion.lib.clock import now
from altazion.lib.noting import noting
from storefront.selectors import CART_COOKIE, STORE_COOKIE
from storefront.selectors.fingerprint import Fingerprint, fingerprint, of_settings
from storefront.selectors.preview import PREVIEW_COOKIE
from storefront.views.buying import shop_of

View = Callable[..., HttpResponse]
KEEP_SECONDS = 60  # at most, for what no fingerprint holds: names of brands, pictures, texts of settings
QUARTER = 900  # seconds; promises of delivery change with the hour, in some countries at half past
MOST_BYTES = 64 * 1024 * 1024
MOST_PRODUCTS = 200  # of one page; more are not worth the question
LONGEST_QUERY = 400
MOST_HOSTS = 1000
TOKEN_MARK, BASKET_MARK = secrets.token_hex(16), secrets.token_hex(16)
_MARKS = re.compile(f"({TOKEN_MARK}|{BASKET_MARK})".encode())
_PERSONAL = (settings.SESSION_COOKIE_NAME, "messages", PREVIEW_COOKIE)


@dataclass(frozen=True)
class Page:
    """A page as it was drawn, cut at its marks. seen: what it rested on just before."""

    seen: Fingerprint
    parts: list[bytes]
    policy: dict[str, Any] | None
    number: str
    until: float


@dataclass
class Place:
    """An address: the products that its page spoke of last, and the page once it was asked for again."""

    channel: int
    products: frozenset[int]
    page: Page | None = None
    bytes: int = field(default=300)


_PLACES: "OrderedDict[tuple[str, ...], Place]" = OrderedDict()
_LOCK = Lock()
_held = 0  # bytes, of all places
_SETTINGS: dict[str, Fingerprint] = {}  # by host: those that site and stores were last read at


def forget_pages() -> None:
    """As if the process had just started."""
    global _held  # noqa: PLW0603
    with _LOCK:
        _PLACES.clear()
        _SETTINGS.clear()
        _held = 0


def kept(view: View) -> View:
    """Give what the view drew before, while it would draw the same."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **given: Any) -> HttpResponse:
        key = _key(request)
        if key is None:
            return view(request, *args, **given)
        with _LOCK:
            if place := _PLACES.get(key):
                _PLACES.move_to_end(key)
        at = now()
        seen: Fingerprint = ()
        if place:
            seen = (at.timestamp() // QUARTER, *fingerprint(place.products, channel_id=place.channel, at=at))
            if place.page and place.page.seen == seen and time.monotonic() < place.page.until:
                return _filled(request, place.page)
        return _drawn(request, key, place, seen, lambda: view(request, *args, **given))

    return answer


def _key(request: HttpRequest) -> tuple[str, ...] | None:
    """What a page depends on beside the database; None where it is drawn for one visitor alone."""
    query = request.META.get("QUERY_STRING", "")
    if request.method != "GET" or len(query) > LONGEST_QUERY or any(name in request.COOKIES for name in _PERSONAL):
        return None
    return (
        request.scheme or "",
        request.get_host(),
        get_language() or "",
        request.path,
        "&".join(sorted(query.split("&"), key=lambda pair: pair.partition("=")[0])),
        request.COOKIES.get(STORE_COOKIE, "")[:30],
    )


def _drawn(
    request: HttpRequest, key: tuple[str, ...], place: Place | None, seen: Fingerprint, draw: Callable[[], HttpResponse]
) -> HttpResponse:
    """Draw the page with marks; keep it if what it rests on was asked before it was drawn, of all its products.

    A change between the question and the drawing makes the next question differ, so that no page is older than said.
    """
    request.marks = {"token": TOKEN_MARK, "basket": BASKET_MARK}  # type: ignore[attr-defined]
    if place and _SETTINGS.get(key[1]) != (settings_now := of_settings(seen)):
        shop_of(request).afresh()  # what a process keeps of site and stores for some seconds
        if len(_SETTINGS) > MOST_HOSTS:
            _SETTINGS.clear()
        _SETTINGS[key[1]] = settings_now
    try:
        with noting() as products:
            response = draw()
    finally:
        del request.marks  # type: ignore[attr-defined]  # what is drawn instead of a missing page has nobody to fill them
    if response.status_code != 200 or response.streaming:
        return response
    parts = _MARKS.split(response.content)
    policy = getattr(response, "_csp_update", None)
    page = Page(seen, parts, policy, secrets.token_hex(8), time.monotonic() + KEEP_SECONDS)
    if len(products) <= MOST_PRODUCTS:
        whole = place is not None and products <= place.products
        _keep(key, Place(shop_of(request).channel.pk, frozenset(products), page if whole else None))
    return _filled(request, page)


def _keep(key: tuple[str, ...], place: Place) -> None:
    global _held  # noqa: PLW0603
    place.bytes += sum(len(part) for part in place.page.parts) if place.page else 0
    with _LOCK:
        if old := _PLACES.pop(key, None):
            _held -= old.bytes
        _PLACES[key] = place
        _held += place.bytes
        while _held > MOST_BYTES:
            _key, oldest = _PLACES.popitem(last=False)
            _held -= oldest.bytes


def _filled(request: HttpRequest, page: Page) -> HttpResponse:
    """The page for this visitor, or word that the browser has it."""
    filled = set(page.parts[1::2])
    basket = _basket(request) if BASKET_MARK.encode() in filled else ""
    token = get_token(request) if TOKEN_MARK.encode() in filled else ""
    secret = request.META.get("CSRF_COOKIE", "") if token else ""
    told = sha256(f"{page.number}:{basket}:{secret}".encode()).hexdigest()[:32]
    etag = f'W/"{told}"'
    if request.headers.get("If-None-Match") == etag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        said = {TOKEN_MARK.encode(): token.encode(), BASKET_MARK.encode(): basket.encode()}
        response = HttpResponse(b"".join(said.get(part, part) for part in page.parts))
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Cookie"])
    if page.policy:
        response._csp_update = page.policy  # type: ignore[attr-defined]  # noqa: SLF001
    return response


_EMPTY: dict[str, str] = {}


def _basket(request: HttpRequest) -> str:
    """The link to the visitor's basket with how much lies in it; the same for all who have none."""
    shop = shop_of(request)
    language = get_language() or ""
    if CART_COOKIE in request.COOKIES or language not in _EMPTY:
        drawn = render_to_string("storefront/parts/basket_link.html", {"shop": shop})
        if CART_COOKIE in request.COOKIES:
            return drawn
        _EMPTY[language] = drawn
    return _EMPTY[language]
