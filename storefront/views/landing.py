"""Landing pages, and the same page beside its blocks in Office."""

from typing import Any

from csp.constants import SELF
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import override
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from altazion.lib.clock import now, pretending
from altazion.lib.films import players
from campaigns.models import LandingPage
from campaigns.selectors import page_at
from campaigns.selectors.pages import is_live
from storefront.selectors.landing import LandingView, landing_view
from storefront.selectors.preview import instant, may_preview
from storefront.selectors.seo import Seo
from storefront.views.buying import shop_of
from storefront.views.heads import head


@require_GET
def landing(request: HttpRequest, word: str) -> HttpResponse:
    """A page under its word; an old word leads to the present one. One that is not published: for colleagues only."""
    shop, at = shop_of(request), now()
    found = page_at(word, channel=shop.channel, language=shop.language)
    if found is None:
        raise Http404
    address, current = found
    page = address.page
    previewed = getattr(request, "preview_at", None) is not None
    if not is_live(page, at) and not (previewed and may_preview(request)):
        raise Http404
    if current != word:
        return redirect("storefront:landing", word=current, permanent=not previewed)
    return _shown(request, landing_view(page, shop=shop, at=at))


@require_GET
@xframe_options_sameorigin
def preview_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The page as it is at `?at=`, published or not, in the frame of Office."""
    if not may_preview(request):
        raise PermissionDenied
    page = get_object_or_404(LandingPage.objects.select_related("channel"), pk=pk)
    at = instant(request.GET.get("at", "")) or now()
    with pretending(at):
        response = _shown(request, landing_view(page, shop=shop_of(request), at=at))
    response._csp_replace = {"frame-ancestors": [SELF]}  # type: ignore[attr-defined]  # noqa: SLF001 - how django-csp is told
    response["Cache-Control"] = "private, no-store"
    return response


def brand_policy(response: HttpResponse, view: LandingView | None) -> HttpResponse:
    """Let a page with a film frame its player, and nothing else."""
    if view is not None and view.frames:
        response._csp_update = {"frame-src": players()}  # type: ignore[attr-defined]  # noqa: SLF001
    return response


def questions_for_machines(view: LandingView | None) -> list[dict[str, Any]]:
    """What is asked and answered, as search engines read it."""
    if view is None or not view.questions:
        return []
    asked = [
        {
            "@type": "Question",
            "name": one["question"],
            "acceptedAnswer": {"@type": "Answer", "text": strip_tags(one["answer"])},
        }
        for one in view.questions
    ]
    return [{"@context": "https://schema.org", "@type": "FAQPage", "mainEntity": asked}]


def _shown(request: HttpRequest, view: LandingView) -> HttpResponse:
    page = view.page
    words = dict(page.addresses.filter(is_current=True).values_list("language", "word"))
    crumbs = [(request.path, view.title)]
    top = Seo(
        title=f"{view.title} · {shop_of(request).site.name}",
        description=view.meta_description or view.title,
        addresses=_addresses(words) or {code: request.path for code, _name in settings.LANGUAGES},
        robots=", ".join(w for w, asked in (("noindex", page.noindex), ("nofollow", page.nofollow)) if asked),
        image=next((block.block.picture for block in view.blocks if block.block.picture), ""),
        structured=questions_for_machines(view),
    )
    context = {"landing": view, "title": view.title, "crumbs": crumbs, **head(request, top, crumbs)}
    return brand_policy(render(request, "storefront/landing.html", context), view)


def _addresses(words: dict[str, str]) -> dict[str, str]:
    """This page in each language, under its own word there; where it has none, in another language."""
    found = {}
    for code, word in words.items():
        with override(code):
            found[code] = reverse("storefront:landing", args=[word])
    return {code: found.get(code) or next(iter(found.values())) for code, _name in settings.LANGUAGES} if found else {}
