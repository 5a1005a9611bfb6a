"""Home, listings, search, products: pages that change nothing."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from altazion.lib.clock import now
from altazion.lib.films import players
from catalog.enums import PageTemplate
from catalog.models import Brand
from catalog.selectors import named_so, word_of
from discovery import selectors as discovery
from storefront.selectors import home_page, product_page, seo, structured
from storefront.selectors.addresses import product_word
from storefront.selectors.landing import landing_of_brand
from storefront.selectors.product import ProductPage, parent_of
from storefront.views.buying import shop_of
from storefront.views.heads import absolute_media, head, origin_of
from storefront.views.kept import kept
from storefront.views.landing import brand_policy, questions_for_machines

FILTER = "f-"
ORDERS = {"rank": _("Our choice"), "price": _("Price, lowest first"), "price_desc": _("Price, highest first"),
          "new": _("Newest first")}  # fmt: skip
MANY_CHILDREN, SHOWN_CHILDREN = 18, 12
CountedSegment = tuple[discovery.SegmentEntry, int]
AROUND = 2  # pages shown on both sides of the present one


@require_GET
@kept
def home(request: HttpRequest) -> HttpResponse:
    """The shop's window."""
    shop = shop_of(request)
    site, origin = shop.site, origin_of(request)
    tagline = shop.tagline
    facts = structured.organization(
        site, origin=origin, logo=absolute_media(request, site.logo), search=reverse("storefront:search")
    )
    page = seo.of_page(f"{site.name} · {tagline}" if tagline else site.name, "", description=tagline, structured=facts)
    context = {"home": home_page(shop, at=now()), "tagline": tagline, **head(request, page)}
    return render(request, "storefront/home.html", context)


@require_GET
@kept
def segment(request: HttpRequest, slug: str) -> HttpResponse:
    """A segment with what stands in it and below."""
    shop = shop_of(request)
    version = shop.index_version
    found = discovery.segment_page(slug, channel=shop.channel, language=shop.language, version=version)
    if found is None:
        raise Http404
    if found.trail[-1].slug != slug:  # its word in another language
        return _redirect_to(request, reverse("storefront:segment", args=[found.trail[-1].slug]))
    children = tuple(child.id for child in found.children)
    context = _listing(request, version=version, segment=found.segment.pk, segments_asked=children)
    shown, more = _children(found.children, context["listing"].segments)
    context |= {
        "found": found,
        "title": found.name,
        "current_path": found.segment.path,
        "children": shown,
        "more_children": more,
        "crumbs": [(reverse("storefront:segment", args=[step.slug]), step.name) for step in found.trail],
    }
    if found.segment.page_template == PageTemplate.DOORS and found.children:
        pictures = discovery.segment_pictures(found.children, channel=shop.channel, version=version)
        context["doors"] = [(child, pictures.get(child.id, "")) for child in found.children[:MANY_CHILDREN]]
    context["wide"] = found.segment.page_template == PageTemplate.WIDE
    page = context["listing"].page
    top = seo.of_segment(found.segment, shop.site, shop.language, intro=found.intro, page=page, deep=context["deep"])
    context |= head(request, top, context["crumbs"])
    return render(request, "storefront/segment.html", context)


def _children(
    children: Iterable[discovery.SegmentEntry], counts: dict[int, int]
) -> tuple[list[CountedSegment], list[CountedSegment]]:
    """Segments below, as they are arranged; of very many the fullest come first and the others fold away."""
    counted = [(child, counts.get(child.id, 0)) for child in children]
    if len(counted) <= MANY_CHILDREN:
        return counted, []
    fullest = sorted(counted, key=lambda pair: (-pair[0].importance, -pair[1]))[:SHOWN_CHILDREN]
    first = {child.id for child, _count in fullest}
    return (
        [pair for pair in counted if pair[0].id in first],
        [pair for pair in counted if pair[0].id not in first],
    )


@require_GET
def brand(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything of a brand."""
    shop = shop_of(request)
    found = named_so(Brand, slug, shop.language)
    if found is None or found.archived:
        raise Http404
    if (word := word_of(found, shop.language)) != slug:
        return _redirect_to(request, reverse("storefront:brand", args=[word]))
    version = shop.index_version
    context = _listing(request, version=version, brand=found, hidden_facet="brand")
    name = discovery.said_in(found.translations, shop.language, "name", found.name)
    intro, intro_language = discovery.told_in(found.translations, shop.language, "intro", found.intro)
    header, header_language = discovery.told_in(found.translations, shop.language, "header", found.header)
    at_the_door = not context["filtered"] and context["listing"].page == 1
    opened = landing_of_brand(found, shop=shop, at=now()) if at_the_door else None
    context |= {
        "brand": found,
        "title": name,
        "intro": intro,
        "intro_language": intro_language,
        "header": header,
        "header_language": header_language,
        "landing": opened,
        "crumbs": [(request.path, name)],
    }
    top = seo.of_brand(found, shop.site, shop.language, page=context["listing"].page, deep=context["deep"])
    top.structured = questions_for_machines(opened)
    context |= head(request, top, context["crumbs"])
    return brand_policy(render(request, "storefront/brand.html", context), opened)


@require_GET
@kept
def search(request: HttpRequest) -> HttpResponse:
    """What a text finds; an exact code that names one product leads straight to it."""
    shop = shop_of(request)
    asked = request.GET.get("q", "").strip()
    text = asked[:200]
    version = shop.index_version
    if leads := discovery.redirect_for(text, channel=shop.channel, at=now(), version=version):
        return redirect(_page_named(leads, shop.language))
    if not text:
        roots = discovery.navigation(
            channel=shop.channel, language=shop.language, root=shop.site.root_segment, version=shop.index_version
        )
        return render(request, "storefront/search.html", {"query_text": "", "roots": roots})
    as_typed = request.GET.get("typed") == "1"
    context = _listing(request, version=version, query=text, as_typed=as_typed)
    context |= {"query_text": text, "cut": len(asked) > len(text), "as_typed": as_typed}
    if not context["listing"].total:
        context["roots"] = discovery.navigation(
            channel=shop.channel, language=shop.language, root=shop.site.root_segment, version=version
        )
    return render(request, "storefront/search.html", context)


@require_GET
def suggest(request: HttpRequest) -> HttpResponse:
    """What the search box proposes, as a list of links."""
    shop = shop_of(request)
    text = request.GET.get("q", "").replace("\0", "")[:100]
    found = discovery.suggest(text, channel=shop.channel, language=shop.language)
    return render(request, "storefront/parts/suggestions.html", {"suggestions": found, "text": text})


@require_GET
@kept
def product(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A product; `?variant=SKU` names one of its children."""
    shop = shop_of(request)
    variant = request.GET.get("variant", "")[:60]
    page = product_page(pk, shop=shop, at=now(), variant=variant)
    if page is None:
        return _elsewhere(pk, shop.language)
    if product_word(page.listing, shop.language) != slug:
        return redirect(_product_address(page.listing, variant, shop.language), permanent=True)
    context: dict[str, Any] = {
        "page": page,
        "crumbs": [(reverse("storefront:segment", args=[step.slug]), step.name) for step in page.trail],
        "current_path": [step.id for step in page.trail],
        "image": _image(request, page),
    }
    pictures = [address for each in page.images[:10] if (address := absolute_media(request, each.location))]
    facts = structured.of_product(
        page, site=shop.site, language=shop.language, origin=origin_of(request), images=pictures
    )
    shown = page.images[0].location if page.images else ""
    top = seo.of_product(page.listing, shop.site, shop.language, image=shown, price=page.price)
    top.structured.append(facts)
    last = (_product_address(page.listing, "", shop.language), page.name or page.listing.sku)
    context |= head(request, top, [*context["crumbs"], last])
    own = [f"storefront/products/{page.template}.html"] if page.template else []
    answer = render(request, [*own, "storefront/product.html"], context)
    if any(each.film for each in page.videos):  # the page may frame their players, and nothing else
        answer._csp_update = {"frame-src": players()}  # type: ignore[attr-defined]  # noqa: SLF001
    return answer


def _page_named(leads: Any, language: str) -> str:
    """The page that a search leads to."""
    if leads.segment:
        return reverse("storefront:segment", args=[word_of(leads.segment, language)])
    if leads.brand:
        return reverse("storefront:brand", args=[word_of(leads.brand, language)])
    return str(leads.address)


def _redirect_to(request: HttpRequest, address: str) -> HttpResponse:
    query = request.META.get("QUERY_STRING", "")
    return redirect(f"{address}?{query}" if query else address, permanent=True)


def _elsewhere(pk: int, language: str) -> HttpResponse:
    """A child is shown on its parent's page; what is not sold has none."""
    parent = parent_of(pk)
    if parent is None or not parent.children.filter(pk=pk).exists():
        raise Http404
    child = parent.children.get(pk=pk)
    return redirect(_product_address(parent, child.sku, language))


def _product_address(product: Any, variant: str, language: str) -> str:
    address = reverse("storefront:product", kwargs={"slug": product_word(product, language), "pk": product.pk})
    return f"{address}?{urlencode({'variant': variant})}" if variant else address


def _image(request: HttpRequest, page: ProductPage) -> Any:
    """The picture to show large: the one asked for by number, else the first."""
    number = request.GET.get("image", "0")
    index = int(number) if number.isdecimal() and len(number) < 4 else 0
    return page.images[index] if index < len(page.images) else (page.images[0] if page.images else None)


def _listing(request: HttpRequest, *, version: str, hidden_facet: str = "", **scope: Any) -> dict[str, Any]:
    """The page of a listing with everything its template needs."""
    shop = shop_of(request)
    asked = request.GET
    chosen = {name.removeprefix(FILTER): asked.getlist(name) for name in asked if name.startswith(FILTER)}
    filters = dict(list(chosen.items())[: discovery.MOST_FACETS])
    in_store_only = asked.get("in_store") == "1" and shop.store is not None
    page = asked.get("page", "1")
    sort = asked.get("sort", "rank")
    found = discovery.listing(
        channel=shop.channel,
        at=now(),
        language=shop.language,
        filters=filters,
        store=shop.store,
        in_store_only=in_store_only,
        sort=sort,
        page=int(page) if page.isdecimal() and len(page) < 6 else 1,
        version=version,
        **scope,
    )
    return {
        "listing": found,
        "facets": [facet for facet in found.facets if facet.code != hidden_facet],
        "chips": _chips(asked, found.facets),
        "orders": ORDERS.items(),
        "sort": sort if sort in ORDERS else "rank",
        "in_store_only": in_store_only,
        "numbers": _numbers(found.page, found.pages),
        "filtered": bool(filters) or in_store_only,
        "too_many": discovery.MOST_FACETS if len(chosen) > discovery.MOST_FACETS else 0,
        "deep": len(filters) > 1 or "sort" in asked,
    }


def _chips(asked: QueryDict, facets: list[discovery.Facet]) -> list[tuple[str, str]]:
    """What is chosen, each with the address of the page without it."""
    chips = []
    for facet in facets:
        for option in facet.chosen:
            left = asked.copy()
            name = f"{FILTER}{facet.code}"
            left.setlist(name, [value for value in asked.getlist(name) if value != option.value])
            left.pop("page", None)
            chips.append((f"{facet.label}: {option.label}", f"?{left.urlencode()}"))
    return chips


def _numbers(page: int, pages: int) -> list[int]:
    """Page numbers to show; 0 stands for a gap."""
    shown = sorted({1, pages, *range(max(1, page - AROUND), min(pages, page + AROUND) + 1)})
    numbers: list[int] = []
    for number in shown:
        if numbers and number - numbers[-1] > 1:
            numbers.append(0)
        numbers.append(number)
    return numbers
