"""Every page of the shop in Chromium, in French on a wide light screen and in English on a dark phone.

The phone sees each set of templates once: pages that differ by their content alone were looked at before.

axe objects to nothing, nothing is wider than the screen, the policy blocks nothing. A new template without a visit here
fails the test.
"""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.test.signals import template_rendered

from tests.storefront.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
         "resultTypes": ["violations"]}  # what passes is not written down node by node  # fmt: skip
PAGES = Path(__file__).resolve().parents[2] / "templates"
NO_PAGES = {"storefront/mail/"}  # letters are read elsewhere


def templates():
    """The templates of the shop: pages and the parts that they are made of."""
    found = [*PAGES.glob("*.html"), *PAGES.glob("storefront/**/*.html")]
    names = {path.relative_to(PAGES).as_posix() for path in found}
    return {name for name in names if not name.startswith(tuple(NO_PAGES))}


class Visitor:
    """Goes from page to page and notes what axe, the screen and the policy object to."""

    def __init__(self, page, origin):
        self.page, self.origin, self.problems = page, origin, {}
        page.on("console", self._hear)

    def _hear(self, message):
        if "Content Security" in message.text:
            self.problems[f"{self.page.url} (policy)"] = message.text

    def visit(self, address):
        self.page.goto(self.origin + address)
        self.look(address)

    def look(self, address):
        found = Axe().run(self.page, options=RULES)
        if found.violations_count:
            self.problems[address] = found.generate_report()
        wider = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wider > 0:
            self.problems[f"{address} (width)"] = f"{wider} pixels too wide"


ELSEWHERE = {"storefront/parts/preview_bar.html"}  # for colleagues
SCREENS = [("fr", 1280, "light"), ("en", 390, "dark")]


class Seen:
    """Which templates are drawn, altogether and for the page that is visited."""

    def __init__(self):
        self.ever, self.page = set(), set()

    def note(self, sender, template, **_):
        self.ever.add(template.name)
        self.page.add(template.name)

    def first_of_their_kind(self, visits):
        """Places of the visits (an address, the templates of its page) that show what none before them shows."""
        kinds = [frozenset(drawn) for _address, drawn in visits]
        return {kinds.index(kind) for kind in kinds}


def test_every_template_is_visited_and_passes(live_server, browser, client, monkeypatch):
    world, seen, problems = World(), Seen(), {}
    wanted = None
    template_rendered.connect(seen.note)
    try:
        for language, width, scheme in SCREENS:
            context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
            visitor = Visitor(context.new_page(), live_server.url)
            public, own = world.addresses(language)
            visits = []
            for place, address in enumerate(public):
                if wanted is None or place in wanted:
                    seen.page = set()
                    visitor.visit(address)
                    visits.append((address, seen.page))
            wanted = wanted or seen.first_of_their_kind(visits)
            visitor.visit(public[-1])
            _suggestions(visitor)
            _faults(visitor, language, monkeypatch)
            client.force_login(world.shopper)
            session = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
            context.add_cookies([session])
            _buy(visitor, world, own)
            problems |= visitor.problems
            context.close()
    finally:
        template_rendered.disconnect(seen.note)
    assert problems == {}, "\n\n".join(f"{where}\n{told}" for where, told in problems.items())
    assert templates() - seen.ever - ELSEWHERE == set()


def _suggestions(visitor):
    visitor.page.locator("#search-box").press_sequentially("figu")
    visitor.page.wait_for_selector("#suggestions a")
    visitor.look("suggestions")


def _faults(visitor, language, monkeypatch):
    """What is shown when something went wrong: here, or with a form."""
    prefix = "/" if language == django_settings.LANGUAGE_CODE else f"/{language}/"
    with monkeypatch.context() as broken:
        broken.setattr("discovery.selectors.suggest", lambda *_args, **_words: 1 / 0)
        visitor.visit(f"{prefix}suggest/?q=x")
    visitor.page.goto(f"{visitor.origin}{prefix}account/login/")
    visitor.page.evaluate(
        "document.querySelectorAll('main form[method=post] [name=csrfmiddlewaretoken]').forEach(one => one.remove())"
    )
    visitor.page.evaluate("document.querySelector('main form[method=post]').noValidate = true")
    visitor.page.locator("main form[method=post] button[type=submit]").first.click()
    visitor.look("a form that is too old")


def _buy(visitor, world, own):
    """Put something into the basket, then look at the pages that know who one is."""
    page = visitor.page
    page.goto(f"{visitor.origin}/p/toy-1-{world.front.product.pk}/")
    page.locator("form.add button").click()
    page.wait_for_selector("#added a, #added p")
    visitor.look("added to the basket")
    for address in own:
        visitor.visit(address)
    page.locator("form button[type=submit]").last.click()
    visitor.look("the checkout with what is missing")
