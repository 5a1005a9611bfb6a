"""What every template of the shop may use: `shop`, `navigation`, `languages`."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language_info


def shop(request: HttpRequest) -> dict[str, Any]:
    """The shop of this request, and this page's address in each language; read only where a template asks."""
    marks = getattr(request, "marks", None)  # of a page that is kept: where what is one visitor's goes
    return {
        **({"csrf_token": marks["token"], "basket_mark": marks["basket"]} if marks else {}),
        "shop": getattr(request, "shop", None),
        "preview_at": getattr(request, "preview_at", None),
        "languages": SimpleLazyObject(lambda: _languages(request)),
        "absolute_url": SimpleLazyObject(lambda: request.build_absolute_uri(request.path)),
    }


def _languages(request: HttpRequest) -> list[dict[str, str]]:
    """Each language with the address of this very page in it, and what was asked of it."""
    known, query = getattr(request, "addresses", {}), request.META.get("QUERY_STRING", "")
    here = request.get_full_path()
    return [
        {
            "code": code,
            "name": get_language_info(code)["name_local"].capitalize(),
            "url": _asked(known[code].partition("?")[0], query) if code in known else translate_url(here, code),
        }
        for code, _name in settings.LANGUAGES
    ]


def _asked(address: str, query: str) -> str:
    return f"{address}?{query}" if query else address
