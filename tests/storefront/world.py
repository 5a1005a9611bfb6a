"""A shop with one of everything that its pages show, and the addresses of those pages."""

from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import override

from accounting import services as accounting
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
        b.a_reason("changed_mind", "A changé d’avis", for_shoppers=True)
        sold = front.order((front.product, 2), customer=customer, email="lea@example.com", at=now())
        orders.record_payment(sold, method=front.in_store, amount=sold.total, key="sold", at=now())
        orders.mark_ready(sold, now(), "anna")
        self.sold = orders.hand_over(sold, now(), "anna")
        b.a_company()
        accounting.invoice_order(sold.guid, key="sold", at=now())
        self.back = orders.ask_return(self.sold, {1: orders.Wanted(1)}, at=now(), actor="lea")
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
        own = [at("account"), at("account_orders"), at("account_documents"), at("account_profile"),
               at("account_addresses"), at("account_address", self.address.pk), at("order", self.order.guid),
               at("basket"), at("order", self.sold.guid), at("return_slip", self.back.guid),
               at("checkout")]  # fmt: skip
        return public, own

    def _new_password(self, at):
        uid = urlsafe_base64_encode(force_bytes(self.shopper.pk))
        return at("password_reset_confirm", uid, default_token_generator.make_token(self.shopper))
