"""Stores: where they are, when they open, and the choice of one's own (COM-3)."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from altazion.lib.clock import now
from storefront.selectors import COOKIE_AGE, STORE_COOKIE, seo, structured
from storefront.views.buying import shop_of
from storefront.views.heads import head, origin_of
from stores.models import Store
from stores.selectors import living_store, open_now, opening_text, pickup_stores, week_of


@require_GET
def stores(request: HttpRequest) -> HttpResponse:
    """All pickup stores; `next` is where choosing one leads back to."""
    found = pickup_stores()
    wanted = request.GET.get("q", "").strip()
    if wanted:
        words = wanted.casefold().split()
        found = [s for s in found if all(w in f"{s.name} {s.city} {s.postcode}".casefold() for w in words)]
    context: dict[str, Any] = {
        "stores": [(store, _opening(store)) for store in found],
        "wanted": wanted,
        "next": _safe_next(request, request.GET.get("next", "")),
    }
    title = f"{_('Our stores')} · {shop_of(request).site.name}"
    context |= head(request, seo.of_page(title, "stores/", description=_("Where our stores are, when they open.")),
                    [(reverse("storefront:stores"), _("Our stores"))])  # fmt: skip
    return render(request, "storefront/stores.html", context)


@require_GET
def store(request: HttpRequest, code: str) -> HttpResponse:
    """One store: address, hours, welcome."""
    found = living_store(code)
    if found is None:
        raise Http404
    shop = shop_of(request)
    address = reverse("storefront:store", args=[found.code])
    where = " ".join(part for part in (found.address, found.postcode, found.city) if part)
    page = seo.of_page(
        f"{found.name} · {shop.site.name}",
        f"stores/{quote(found.code)}/",
        description=f"{found.name}, {where}" if where else found.name,
        structured=[structured.store(found, origin=origin_of(request), address=address, site=shop.site)],
    )
    steps = [(reverse("storefront:stores"), _("Our stores")), (address, found.name)]
    context = {"store": found, "opening": _opening(found), "week": week_of(found), **head(request, page, steps)}
    return render(request, "storefront/store.html", context)


@require_POST
def choose_store(request: HttpRequest) -> HttpResponse:
    """Remember the reference store, or with an empty code forget it; availability follows at once."""
    code = request.POST.get("store", "")
    answer = redirect(_safe_next(request, request.POST.get("next", "")) or reverse("storefront:stores"))
    if not code:
        answer.delete_cookie(STORE_COOKIE)
        return answer
    found = living_store(code)
    if found is None or not found.offers_pickup:
        messages.error(request, _("This store cannot be chosen any more. Please take another one."))
        return redirect("storefront:stores")
    answer.set_cookie(
        STORE_COOKIE, found.code, max_age=COOKIE_AGE, samesite="Lax", httponly=True, secure=request.is_secure()
    )
    messages.success(request, _("Your store is now %(store)s.") % {"store": found.name})
    return answer


def _opening(store: Store) -> tuple[bool, str]:
    at = now()
    return open_now(store, at=at), opening_text(store, at=at)


def _safe_next(request: HttpRequest, address: str) -> str:
    """An address of this site to go back to, or nothing."""
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if safe and address.startswith("/") else ""
