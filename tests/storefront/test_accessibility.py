"""The shop in Chromium: axe finds nothing to object to, nothing is wider than the screen, the policy blocks nothing."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from catalog.enums import AttributeType
from catalog.models import Attribute
from discovery.services import reindex
from tests import builders as b

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
         "resultTypes": ["violations"]}  # fmt: skip


@pytest.fixture
def shop(live_server):
    channel = b.a_channel()
    segment = b.a_segment("Super-héros", slug="super-heros")
    Attribute.objects.create(code="color", name="Couleur", type=AttributeType.TEXT, is_facet=True)
    store = b.a_store("LYO", name="Lyon Bellecour", hours={"1": [["09:00", "19:00"]]})
    for n in range(6):
        product = b.a_product(
            f"P{n}", name=f"Figurine au nom assez long numéro {n}", price=10 + n, channel=channel, segment=segment,
            attributes={"color": ("red", "blue")[n % 2]}, description="Une phrase.",
        )  # fmt: skip
        b.stock(product, store, n, channel=channel)
    reindex(None, at=b.AT)
    return live_server.url, product


PAGES = ["/", "/s/super-heros/", "/s/super-heros/?f-color=red", "/search/?q=figurine", "/search/?q=qqqqqq", "/stores/",
         "/stores/LYO/", "/p/p5-{pk}/", "/nowhere/", "/en/"]  # fmt: skip


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_pages_pass_axe_and_fit_the_screen(shop, browser, width, scheme):
    url, product = shop
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page = context.new_page()
    blocked = []
    page.on("console", lambda message: blocked.append(message.text) if "Content Security" in message.text else None)
    problems = {}
    for address in PAGES:
        page.goto(url + address.format(pk=product.pk))
        found = Axe().run(page, options=RULES)
        if found.violations_count:
            problems[address] = found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, address
    context.close()
    assert problems == {}, "\n".join(problems.values())
    assert blocked == []


def test_filters_and_suggestions_work_with_htmx(shop, browser):
    url, _product = shop
    page = browser.new_page()
    page.goto(f"{url}/s/super-heros/")
    page.get_by_label("blue").check()
    page.wait_for_url("**f-color=blue**")
    expect(page.locator("#listing .tile")).to_have_count(3)
    page.locator("#search-box").press_sequentially("figu")
    page.wait_for_selector("#suggestions a")
    page.get_by_label("red").check()
    expect(page.locator("#listing .tile")).to_have_count(6)
    page.close()
