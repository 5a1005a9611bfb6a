"""A screen's page and its twin for programs. Public by a secret address; nothing on it can be changed."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from altazion.lib.clock import now
from altazion.lib.problems import NotFound
from signage.models import Screen
from signage.selectors import Slide, screen_with, show
from signage.services import note_seen

EMPTY_SECONDS = 30


@require_safe
def screen_page(request: HttpRequest, token: UUID) -> HttpResponse:
    """One product, big; the page moves on to the next by itself, without a script."""
    screen = _screen(token)
    found = show(screen, at=now(), language=get_language() or "fr")
    position = _position(request)
    slide = found.at_position(position)
    total = len(found.slides)
    context = {
        "screen": screen,
        "slide": slide,
        "seconds": screen.seconds_per_product if slide else EMPTY_SECONDS,
        "next": "?" + urlencode({"n": (position + 1) % total if total else 0}),
        "place": position % total + 1 if total else 0,
        "total": total,
        "upcoming": found.at_position(position + 1) if total > 1 else None,
    }
    return _private(render(request, "signage/screen.html", context))


@require_safe
def screen_data(request: HttpRequest, token: UUID) -> JsonResponse:
    """All slides at once, for a player that keeps its own time."""
    screen = _screen(token)
    found = show(screen, at=now(), language=get_language() or "fr")
    body = {
        "screen": screen.name,
        "store": {"code": screen.store.code, "name": screen.store.name},
        "currency": screen.channel.currency,
        "seconds_per_product": screen.seconds_per_product,
        "until": found.until,
        "slides": [_json(slide) for slide in found.slides],
    }
    answer = JsonResponse(body)
    _private(answer)
    return answer


def _screen(token: UUID) -> Screen:
    try:
        screen = screen_with(token)
    except NotFound as missing:
        raise Http404(missing.message) from None
    note_seen(screen, at=now())
    return screen


def _position(request: HttpRequest) -> int:
    text = request.GET.get("n", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _json(slide: Slide) -> dict[str, Any]:
    return {
        "sku": slide.sku,
        "name": slide.name,
        "brand": slide.brand,
        "text": slide.text,
        "image": slide.image,
        "price": str(slide.price),
        "base_price": str(slide.base),
        "is_from": slide.is_from,
        "label": slide.label,
        "level": slide.level.value,
        "stock": slide.stock_text,
    }


def _private(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, no_store=True, private=True)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"  # the address is a secret
    return response
