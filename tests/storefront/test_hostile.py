"""Every address and form of the shop, and every list of Office, under what people and machines try: never a 500."""

import re
from urllib.parse import quote, urlencode

import pytest
from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from catalog.enums import AttributeType
from catalog.models import Attribute
from discovery.services import reindex
from tests import builders as b

pytestmark = pytest.mark.django_db
LONG = "x" * 10_000
TEXTS = [
    *("%", "%25", "'", '"', "';--", "<script>alert(1)</script>", "\x01\x1b\x7f\u202e", "\ufeff", LONG, "-1", "9" * 400),
    *("1e99", "NaN", "null", "[]", "{{7*7}}", "../" * 9, "\\", "", " ", "🧸", "\u0130\u0131", "a" * 61, "0", "\u0661"),
]
QUERIES = [
    *(urlencode({"q": text, "page": text, "sort": text, "variant": text, "image": text}) for text in TEXTS),
    urlencode([(f"f-facet{n}", "v") for n in range(50)]),
    urlencode([("f-color", f"v{n}") for n in range(500)]),
    urlencode([("page", "1"), ("page", "2"), ("q", "a"), ("q", "b"), ("sort", "price"), ("sort", "rank")]),
    urlencode([("f-price", text) for text in ("10-", "-10", "a-b", "9" * 30 + "-", "--", "1e5-2")]),
    "f-=x&f-%00=x",
    "%FF%FE=%C3%28&q=%ED%A0%80",
    "&&&=&=;?",
    "q",
    "in_store=1&in_store=0&f-in_stock=" + LONG,
    *(f"page={page}" for page in ("0", "-1", "99999", "100000", "1.5", "%2B1", "１")),
]
WORDS = ["x", "%25", "..", "a%2Fb", "%FF", "%C3%28", "%01", "%E2%80%AE", "'", "1" * 400, LONG[:2000], "-1", "🧸"]


def patterns(found=None, before=""):
    for one in found if found is not None else get_resolver().url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from patterns(one.url_patterns, route)
        elif isinstance(one, URLPattern) and not route.startswith(("office/", "api/")):
            yield route


def addresses(route, word):
    """An address of a route with this word wherever one is asked for."""
    kinds = {"int": "7", "uuid": "c3b2fd23-e72b-4165-8c7c-5bbbb465752d"}

    def fill(match):
        kind = match[1].partition(":")[0] if ":" in match[1] else "str"
        return word if kind not in kinds or word.startswith("9") else kinds[kind]

    return "/" + re.sub(r"<([^>]+)>", fill, route.replace("^", "").replace("\\Z", "").replace("\\", "").rstrip("$"))


@pytest.fixture
def shop(client):
    client.raise_request_exception = False
    front = b.Shopfront(name="Figurine")
    segment = b.a_segment("Jouets", slug="jouets")
    front.product.places.create(segment=segment, is_primary=True)
    Attribute.objects.create(code="color", name="Couleur", type=AttributeType.TEXT, is_facet=True)
    reindex(None, at=b.AT)
    client.front = front
    return client


def clear(answer, address):
    assert answer.status_code < 500, address[:300]
    assert answer.status_code != 400 or answer.content, address[:300]


def test_every_address_takes_any_word(shop):
    routes = [route for route in patterns() if "<" in route]
    assert len(routes) > 12
    for route in routes:
        for word in [*WORDS, "9" * 30, "x" * 70]:
            address = addresses(route, word)
            clear(shop.get(address), address)
            clear(shop.post(address, {"x": "y"}), address)
        address = addresses(route, "%00")
        assert "%00" not in address or shop.get(address).status_code == 400, address


def test_every_page_takes_any_query(shop):
    pk = shop.front.product.pk
    pages = ["/", "/search/", "/suggest/", "/s/jouets/", f"/p/toy-1-{pk}/", "/stores/", "/basket/", "/checkout/",
             "/account/login/", "/preview/start/", "/robots.txt", "/sitemap.xml", "/en/search/"]  # fmt: skip
    for page in pages:
        for query in QUERIES:
            address = f"{page}?{query}"
            clear(shop.get(address), address)
            clear(shop.get(address, headers={"hx-request": "true"}), address)


def test_cookies_and_headers_are_only_texts(shop):
    for text in ("\x01", LONG, "'\";", "9" * 100, "zz", "é"):
        for name in ("store", "cart", "preview", "django_language", "sessionid", "messages", "csrftoken"):
            shop.cookies[name] = quote(text)[:4000]
        for header in ("accept-language", "referer", "if-modified-since", "hx-current-url", "range"):
            clear(shop.get("/s/jouets/", headers={header: text.encode("latin-1", "replace").decode("latin-1")}), header)
    shop.cookies.clear()


FORMS = {
    "/basket/add/": ("product", "quantity"),
    "/basket/line/": ("line", "quantity", "do"),
    "/stores/choose/": ("store", "next"),
    "/account/login/": ("username", "password", "next"),
    "/account/register/": ("email", "password", "first_name", "last_name", "password1", "password2"),
    "/account/password/": ("email",),
    "/checkout/": ("email", "first_name", "last_name", "phone", "delivery_mode", "payment_method", "store", "line1",
                   "postcode", "city", "country"),
    "/i18n/setlang/": ("language", "next"),
    "/preview/start/": ("at", "next"),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_every_form_takes_any_text(shop, form):
    shop.post("/basket/add/", {"product": shop.front.product.pk, "quantity": 1})
    for text in [*TEXTS, "a\0b", "\ud800"]:
        raw = "&".join(f"{name}={quote(text.encode('utf-8', 'surrogatepass'))}" for name in FORMS[form])
        answer = shop.post(form, raw, content_type="application/x-www-form-urlencoded")
        clear(answer, f"{form} {text[:50]!r}")
    for raw in (b"", b"\xff\xfe", b"&" * 2000, b"a=%ff%fe&" * 50):
        clear(shop.post(form, raw, content_type="application/x-www-form-urlencoded"), form)
        clear(shop.post(form, raw, content_type="multipart/form-data; boundary=x"), form)


def test_every_list_of_office_takes_any_query(shop):
    shop.force_login(b.a_colleague(is_superuser=True, language="en"))
    names = ["q", "p", "o", "e", "all", "_popup", "_facets", "id", "pk__in", "name__regex", "kind"]
    queries = [urlencode(dict.fromkeys(names[:3], text)) for text in ("%", "'", "9" * 60, "-1", "🧸", LONG, "\x01")]
    queries += [f"{name}={value}" for name in names for value in ("%FF", "x", "(", "99999999999999999999999")]
    words = ("x", "9" * 30, "%FF", "-1", "_00")
    for n, model in enumerate(admin.site._registry):
        page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for query in [*queries[n % 5 :: 5], "name__regex=(", "pk__in=x"]:  # a fifth each: the lists share their code
            clear(shop.get(f"{page}?{query}"), f"{page}?{query}")
        clear(shop.get(f"{page}{words[n % 5]}/change/"), f"{page} {words[n % 5]}")
