"""What the shop says to machines: robots.txt, the sitemap, llms.txt."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from altazion.lib.clock import now
from altazion.lib.text import plain_text
from discovery import selectors as discovery
from storefront.selectors import sitemap
from storefront.selectors.addresses import language_prefix
from storefront.views.buying import shop_of
from storefront.views.heads import origin_of

CLOSED = ("basket/", "checkout/", "order/", "account/", "suggest/", "search/", "office/")
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
URLSET = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">\n'
)
INDEX = '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
SHOWN_DEPARTMENTS = 40


@require_safe
@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines may visit: nothing of a site that is not in production."""
    site = shop_of(request).site
    if not site.in_production:
        return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8")
    prefixes = [language_prefix(code) for code, _name in settings.LANGUAGES]
    rules = "".join(f"Disallow: {prefix}{path}\n" for prefix in prefixes for path in CLOSED)
    more = f"{site.robots_txt.strip()}\n" if site.robots_txt.strip() else ""
    text = f"User-agent: *\n{rules}{more}\nSitemap: {origin_of(request)}/sitemap.xml\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=3600)
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """The files of the sitemap."""
    origin = origin_of(request)
    files = [f"sitemap-{section}.xml" for section in sitemap.SECTIONS if section != "products"]
    files += [f"sitemap-products-{after}.xml" for after in sitemap.product_files(shop_of(request).channel)]
    body = "".join(f"<sitemap><loc>{origin}/{name}</loc></sitemap>\n" for name in files)
    return HttpResponse(f"{HEAD}{INDEX}{body}</sitemapindex>\n", content_type="application/xml")


@require_safe
@cache_control(public=True, max_age=3600)
def sitemap_section(request: HttpRequest, section: str, after: int = 0) -> StreamingHttpResponse:
    """One file of the sitemap, written while it is read from the database."""
    if section not in sitemap.SECTIONS or after > 2**62:
        raise Http404
    found = sitemap.entries(section, channel=shop_of(request).channel, at=now(), after=after)
    return StreamingHttpResponse(_urlset(found, origin_of(request)), content_type="application/xml")


def _urlset(entries: Iterator[sitemap.Entry], origin: str) -> Iterator[str]:
    yield HEAD + URLSET
    for entry in entries:
        yield _urls(entry, origin)
    yield "</urlset>\n"


def _urls(entry: sitemap.Entry, origin: str) -> str:
    """A page once for each language, each naming all of them."""
    found = {code: escape(origin + address) for code, address in entry.addresses.items()}
    others = [*found.items(), ("x-default", found[settings.LANGUAGE_CODE])]
    links = "".join(f'<xhtml:link rel="alternate" hreflang="{code}" href="{url}"/>' for code, url in others)
    changed = f"<lastmod>{entry.changed.isoformat(timespec='seconds')}</lastmod>" if entry.changed else ""
    pictures = "".join(
        f"<image:image><image:loc>{escape(each if '://' in each else origin + each)}</image:loc></image:image>"
        for each in entry.pictures
    )
    return "".join(f"<url><loc>{url}</loc>{changed}{links}{pictures}</url>\n" for url in found.values())


@require_safe
@cache_control(public=True, max_age=3600)
def llms(request: HttpRequest) -> HttpResponse:
    """The shop in a page of plain text, for those who read with a language model."""
    shop, origin = shop_of(request), origin_of(request)
    language = settings.LANGUAGE_CODE
    with override(language):
        roots = discovery.navigation(channel=shop.channel, language=language, root=shop.site.root_segment)
        departments = "".join(
            f"- [{root.name}]({origin}{language_prefix(language)}s/{root.slug}/)\n"
            for root in roots[:SHOWN_DEPARTMENTS]
        )
        titles = (_("Departments"), _("Useful"), _("Our stores"))
        parts = [
            f"# {shop.site.name}\n",
            f"> {shop.site.tagline}\n" if shop.site.tagline else "",
            f"{plain_text(shop.site.llms_txt)}\n" if shop.site.llms_txt.strip() else "",
            f"## {titles[0]}\n\n{departments}" if departments else "",
            f"## {titles[1]}\n\n- [{titles[2]}]({origin}/stores/)\n- [Sitemap]({origin}/sitemap.xml)\n",
        ]
    return HttpResponse("\n".join(part for part in parts if part), content_type="text/plain; charset=utf-8")
