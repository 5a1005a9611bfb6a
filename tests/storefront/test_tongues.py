"""A page speaks one language: that of its address. What is translated is never shown in another one."""

import re
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.apps import apps
from django.core.cache import cache
from psycopg.types.range import TimestamptzRange

from campaigns.services import approve, create_campaign
from catalog import services as catalog
from catalog.enums import LabelRule
from catalog.models import Association, AssociationKind, BasePrice, ChannelText, DocumentKind, Label, LabelSlot, Media
from discovery.services import reindex
from orders.models import OrderLine
from stores.models import Site
from tests import builders as b
from tests.languages.po import read
from tests.storefront.world import World

pytestmark = pytest.mark.django_db
CATALOGUE = Path(__file__).resolve().parents[2] / "locale/fr/LC_MESSAGES/django.po"
TOLD = {"name", "label", "title", "text", "short_description", "description", "intro", "header", "meta_title",
        "meta_description", "tagline"}  # fmt: skip
SPOKEN = {"aria-label", "alt", "title", "placeholder", "content", "label"}
VOID = {"meta", "link", "img", "input", "br", "hr", "source", "path", "circle", "rect"}
SILENT = {"script", "style"}
HOLE = re.compile(r"%\((\w+)\)[sd]|%[sd]")


class Reader(HTMLParser):
    """The words of a page, piece by piece, seen or read aloud, without those said to be in another language."""

    def __init__(self):
        super().__init__()
        self.pieces, self.inside = [], []

    @property
    def listens(self):
        return not any(tag in SILENT or language for tag, language in self.inside)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag not in VOID:
            self.inside.append((tag, tag != "html" and said.get("lang")))
        if self.listens and not str(said.get("property")).startswith(("og:type", "og:url")):
            self.pieces += [text for name, text in attrs if name in SPOKEN and text]

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if self.listens and (words := " ".join(data.split())):
            self.pieces.append(words)


def pieces(html):
    reader = Reader()
    reader.feed(html)
    return reader.pieces


def sentences():
    """The platform's own sentences in English and in French, whole ones that differ."""
    english, french, keys = set(), set(), set()
    for entry in read(CATALOGUE):
        pairs = [(entry.msgid, entry.translations.get(0, "")), (entry.plural, entry.translations.get(1, ""))]
        for said, dit in pairs:
            if said and dit and said != dit and not HOLE.search(said) and "<" not in said:
                english.add(" ".join(said.split()))
                french.add(" ".join(dit.split()))
            keys.add(said)
    return english - french, french - english - keys


def translate_everything():
    """Each text of each record that has translations says in which language it is read."""
    for model in apps.get_models():
        fields = {field.name for field in model._meta.fields}
        fields -= {"name"} if model is Site else set()  # what the shop is called is nobody's to translate
        if "translations" not in fields:
            continue
        for record in model.objects.all():
            for field in fields & TOLD:
                mark = f"{model.__name__} {field} {record.pk}"
                setattr(record, field, f"Enfrancais {mark}")
                record.translations.setdefault("en", {})[field] = f"Inenglish {mark}"
            record.save()


@pytest.fixture
def world(client):
    world = World()
    kind = AssociationKind.objects.create(code="with", name="Avec")
    Association.objects.create(product=world.front.product, other=world.layouts[0], kind=kind)
    paper = DocumentKind.objects.create(code="notice", name="Notice")
    Media.objects.filter(kind="document").update(document_kind=paper, title="")
    ChannelText.objects.create(product=world.layouts[1], channel=world.front.channel, name="Autre")
    translate_everything()
    OrderLine.objects.filter(kind="shipping").update(name="Frozen")  # as it was said when the order was made
    cache.clear()
    reindex(None, at=b.AT)
    return world


@pytest.mark.parametrize(("language", "other"), [("fr", "Inenglish"), ("en", "Enfrancais")])
def test_every_page_speaks_its_own_language(client, world, language, other):
    english, french = sentences()
    foreign = english if language == "fr" else french
    public, own = world.addresses(language)
    found = {}
    for addresses in (public, own):
        for address in addresses:
            html = client.get(address, follow=True).content.decode()
            wrong = [piece for piece in pieces(html) if piece in foreign or other in piece]
            if wrong or other in html:
                found[address] = wrong or "for machines"
        client.force_login(world.shopper)
        client.post(world.addresses(language)[1][6] + "add/", {"product": world.front.product.pk, "quantity": 1})
    assert found == {}


def test_what_nobody_translated_says_in_which_language_it_is(client):
    """Readers aloud change their voice: the English page of a shop that speaks French alone."""
    world = World()
    client.post("/en/basket/add/", {"product": world.front.product.pk, "quantity": 1})
    pages = {
        "/en/": ['<span lang="fr">Héros</span>'],
        "/en/s/heros/": ['<h1><span lang="fr">Héros</span>', '<span class="name" lang="fr">Larges</span>',
                         '<span aria-current="page" lang="fr">Héros</span>', '<div class="intro prose" lang="fr">'],
        "/en/b/marvel/": ['<span lang="fr">Marvel</span>', '<div class="intro prose" lang="fr">'],
        "/en/l/the-heroes/": ['<h1 lang="fr">Les héros</h1>', '<h2 lang="fr">Bonjour</h2><div lang="fr">',
                              '<summary lang="fr">Quand ?</summary><div class="prose" lang="fr">'],
        "/en/l/alone/": ['<h1 lang="fr">Bannière</h1><p lang="fr">Ici</p>'.replace("</h1>", "</h1>\n    ")],
        "/en/basket/": ['lang="fr">Figurine</a>'],
        "/en/suggest/?q=figu": ['lang="fr">Figurine</a>'],
    }  # fmt: skip
    for address, marked in pages.items():
        html = client.get(address).content.decode()
        for words in marked:
            assert words in html, (address, words)
        french = client.get(address.removeprefix("/en"), follow=True).content.decode()
        assert ' lang="fr">Figurine' not in french


def test_a_reduced_price_that_its_campaign_names_is_not_named_twice(client):
    world = World()
    slot = LabelSlot.objects.get()
    catalog.save_label(Label(slot=slot, code="promo", name="Prix doux", rule=LabelRule.PROMOTION), at=b.AT)
    slot.allows_several = True
    slot.save()
    price = BasePrice.objects.get(product=world.front.product, channel=None)
    price.promo_amount, price.promo_during = price.amount / 2, TimestamptzRange(b.AT, None)
    price.save()
    reindex(None, at=b.AT)
    address = f"/p/figurine-{world.front.product.pk}/"
    assert "Prix doux" in client.get(address, follow=True).content.decode()
    campaign = create_campaign(
        code="sale", name="Sale", public_label="Soldes", selection=b.a_selection(world.front.product),
        channels=[world.front.channel], percent_off=Decimal(60), starts=b.AT, ends=None, at=b.AT,
    )  # fmt: skip
    approve(campaign, at=b.AT, actor="anna")
    for page in (address, "/s/dessous/"):
        html = client.get(page, follow=True).content.decode()
        assert "Soldes" in html
        assert "Prix doux</span>" not in html.partition("<main")[2].replace("<span>Prix doux</span>", "")  # the facet
