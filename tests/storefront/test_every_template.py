"""Every page of the shop in Chromium, in French on a wide light screen and in English on a dark phone.

axe objects to nothing, nothing is wider than the screen, the policy blocks nothing. A new template without a visit here
fails the test.
"""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.contrib.auth.tokens import default_token_generator
from django.test.signals import template_rendered
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import override

from accounts.models import User
from altazion.lib.clock import now
from campaigns import services as campaigns
from campaigns.enums import BlockKind, PageLayout
from campaigns.models import LandingPage
from catalog import services as catalog
from catalog.enums import AttributeType, MediaKind, PageTemplate, ProductState
from catalog.models import Attribute, Brand, Label, LabelSlot, ProductLabel
from customers.services import register_customer
from discovery.services import reindex
from orders import services as orders
from orders.models import Payment
from storefront.enums import PRODUCT_LAYOUTS
from tests import builders as b

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PAGES = Path(__file__).resolve().parents[2] / "templates"
NO_PAGES = {"storefront/mail/"}  # letters are read elsewhere


class World:
    """A shop with one of everything that a page can show."""

    def __init__(self):
        front = self.front = b.Shopfront(name="Figurine", description="<p>Une phrase.</p>",
                                         attributes={"color": "red", "height": "12"}, maker_name="Maker",
                                         maker_address="1 rue",
                                         warnings="Petites pièces.", origin_country="FR")  # fmt: skip
        self.segment = b.a_segment("Héros", slug="heros", intro="<p>Tout.</p>", page_template=PageTemplate.DOORS)
        self.wide = b.a_segment("Larges", slug="larges", parent=self.segment, page_template=PageTemplate.WIDE)
        self.plain = b.a_segment("Divers", slug="divers")
        self.below = b.a_segment("Dessous", slug="dessous", parent=self.plain)
        self.brand = Brand.objects.create(code="marvel", name="Marvel", slug="marvel", intro="<p>Bien.</p>")
        Attribute.objects.create(code="color", name="Couleur", type=AttributeType.TEXT, is_facet=True, is_public=True)
        Attribute.objects.create(code="height", name="Hauteur", type=AttributeType.TEXT, is_public=True)
        front.product.brand = self.brand
        front.product.save()
        front.product.places.create(segment=self.wide, is_primary=True)
        front.product.places.create(segment=self.below)
        slot = catalog.save_slot(LabelSlot(code="news", name="Nouvelles"), at=b.AT)
        label = catalog.save_label(Label(slot=slot, code="exclu", name="Exclu"), at=b.AT)
        catalog.save_product_labels(front.product, [ProductLabel(label=label)], at=b.AT)
        front.product.media.create(kind=MediaKind.DOCUMENT, location="papers/a.pdf", title="Notice", is_public=True,
                                   mime="application/pdf")  # fmt: skip
        self.layouts = [
            front.another(f"L-{code}", 10 + n, name=f"Gabarit {code}", page_layout=code, brand=self.brand,
                          description="<p>Une phrase.</p>", segment=self.wide)
            for n, code in enumerate(PRODUCT_LAYOUTS)
        ]  # fmt: skip
        parent = b.a_product("MUM", price=10, channel=front.channel, kind="parent", name="Équipe", segment=self.wide)
        for colour in ("red", "blue"):
            b.stock(b.a_product(f"KID-{colour}", parent=parent, price=10, attributes={"color": colour}),
                    front.warehouse, 4 if colour == "red" else 0)  # fmt: skip
        self.parent = parent
        self.bundle = b.a_product("LOT", name="Coffret", price=20, channel=front.channel, segment=self.wide)
        catalog.save_bundle(self.bundle, [(front.product, 1), (self.layouts[0], 2)], at=b.AT)
        self.gone = front.another("GONE", 5, name="Parti", segment=self.wide)
        self.page = LandingPage(name="Heroes", title="Les héros", channel=front.channel)
        campaigns.save_page(self.page, {"fr": "les-heros", "en": "the-heroes"}, at=b.AT)
        selection = b.a_selection(front.product, *self.layouts)
        for kind, fields in (
            (BlockKind.TEXT, {"texts": {"fr": {"title": "Bonjour", "html": "<p>Ici</p>"}}}),
            (BlockKind.SELECTION, {"selection": selection, "texts": {"fr": {"title": "Choix"}}}),
            (BlockKind.FAQ, {"texts": {"fr": {"title": "Questions",
                                              "questions": [{"question": "Quand ?", "answer": "<p>Demain.</p>"}]}}}),
        ):  # fmt: skip
            campaigns.add_block(self.page, kind, fields, at=b.AT)
        campaigns.publish_page(self.page, at=b.AT)
        self.bare = LandingPage(name="Bare", title="Seule", channel=front.channel, layout=PageLayout.BARE)
        campaigns.save_page(self.bare, {"fr": "seule", "en": "alone"}, at=b.AT)
        banner = {"picture": "demo/hulk.webp", "link_segment": self.plain,
                  "texts": {"fr": {"title": "Bannière", "text": "Ici", "alt": "Hulk", "link": "Voir"}}}  # fmt: skip
        campaigns.add_block(self.bare, BlockKind.BANNER, banner, at=b.AT)
        campaigns.publish_page(self.bare, at=b.AT)
        self.shopper = User.objects.create_user("lea@example.com", "a long password", kind="shopper")
        customer = register_customer(self.shopper, at=now(), first_name="Léa", last_name="Petit")
        self.address = customer.addresses.create(
            recipient="Léa", line1="1", postcode="69001", city="Lyon", country="FR"
        )
        self.order = front.order(customer=customer, email="lea@example.com", at=now())
        paid = front.order(pickup=False, at=now())
        orders.start_payment(paid, return_url="http://testserver/", callback_url="http://testserver/", at=now())
        self.payment = Payment.objects.get(order=paid)
        type(self.gone).objects.filter(pk=self.gone.pk).update(state=ProductState.ARCHIVED)
        reindex(None, at=b.AT)

    def addresses(self, language):
        """The shop's pages in a language; those below `account` want a shopper who is signed in."""

        def at(name, *args):
            with override(language):
                return reverse(f"storefront:{name}", args=args)

        def product(one):
            return at("product", one.slug, one.pk)

        public = [at("home"), at("segment", "heros"), at("segment", "divers"), at("segment", "larges"),
                  at("landing", "seule" if language == "fr" else "alone"), at("segment", "larges") + "?f-color=red",
                  at("brand", "marvel"), at("landing", "les-heros" if language == "fr" else "the-heroes"),
                  at("search"), at("search") + "?q=figurine", at("search") + "?q=qqqqqqqq", at("stores"),
                  at("store", "LYON"), *map(product, (self.parent, self.bundle, *self.layouts, self.gone)),
                  at("home") + "nowhere/", at("login"), at("register"), at("password_reset"),
                  at("password_reset_done"), self._new_password(at), at("sandbox_bank", self.payment.guid),
                  at("order", self.payment.order.guid), at("preview_page", self.page.pk),
                  at("home")]  # fmt: skip
        own = [at("account"), at("account_orders"), at("account_profile"), at("account_addresses"),
               at("account_address", self.address.pk), at("order", self.order.guid), at("basket"),
               at("checkout")]  # fmt: skip
        return public, own

    def _new_password(self, at):
        uid = urlsafe_base64_encode(force_bytes(self.shopper.pk))
        return at("password_reset_confirm", uid, default_token_generator.make_token(self.shopper))


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


def test_every_template_is_visited_and_passes(live_server, browser, client, monkeypatch):
    world, rendered = World(), set()

    def note(sender, template, **_):
        rendered.add(template.name)

    template_rendered.connect(note)
    problems = {}
    try:
        for language, width, scheme in SCREENS:
            context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
            visitor = Visitor(context.new_page(), live_server.url)
            public, own = world.addresses(language)
            for address in public:
                visitor.visit(address)
            _suggestions(visitor)
            _faults(visitor, language, monkeypatch)
            client.force_login(world.shopper)
            session = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
            context.add_cookies([session])
            _buy(visitor, world, own)
            problems |= visitor.problems
            context.close()
    finally:
        template_rendered.disconnect(note)
    assert problems == {}, "\n\n".join(f"{where}\n{told}" for where, told in problems.items())
    assert templates() - rendered - ELSEWHERE == set()


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
