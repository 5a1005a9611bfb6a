"""Landing pages of the demonstration: a brand, a hero, an operation to come; with the selections that they show."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q
from PIL import Image

from campaigns.enums import BlockKind, PageKind, PageLayout
from campaigns.models import LandingPage, PageAddress
from campaigns.services import add_block, publish_page, save_page
from catalog.models import Brand, Product, Segment, Selection
from catalog.services import add_to_selection
from demo.pictures import Picture, render
from demo.toys import HEROES
from stores.models import SalesChannel

ACTOR = "load_demo"
HEIGHT = 600
BANNERS = {
    "demo/page-hasbro.webp": ("Iron Man", "Spider-Man", "Captain America", "Thor"),
    "demo/page-spider-man.webp": ("Spider-Man", "Black Panther", "Spider-Man"),
    "demo/page-noel.webp": ("Captain Marvel", "Iron Man", "Hulk", "Spider-Man"),
}
SPIDER = "spider-man"
HASBRO = "hasbro"


def draw_banners() -> None:
    """Draw the wide pictures that are missing: heroes side by side."""
    for path, heroes in BANNERS.items():
        target = Path(settings.MEDIA_ROOT) / path
        if target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        strip = Image.new("RGB", (HEIGHT * len(heroes), HEIGHT))
        for number, hero in enumerate(heroes):
            _name, first, second, _mark = HEROES[hero]
            strip.paste(render(Picture(path, "hero", first, second, number * 3)), (HEIGHT * number, 0))
        unfinished = target.with_suffix(".tmp")
        strip.save(unfinished, "WEBP", quality=80, method=0)
        unfinished.replace(target)


def make_pages(at: dt.datetime) -> None:
    """Make the pages that are missing, on the web channel."""
    channel = SalesChannel.objects.get(code="web")
    draw_banners()
    spider = _selection(SPIDER, "Spider-Man", Q(name__icontains="Spider-Man"), at)
    hasbro = _selection(HASBRO, "Hasbro", Q(brand__name="Hasbro"), at)
    marvel = Segment.objects.filter(code="marvel").first()
    brand = Brand.objects.filter(name="Hasbro").first()
    _page(
        channel, HASBRO, at, name="Hasbro", kind=PageKind.BRAND, brand=brand,
        title="Hasbro : les héros à la maison", english="Hasbro: heroes at home",
        meta=("Figurines, coffrets et accessoires Hasbro : disponibles en ligne et dans nos magasins.",
              "Hasbro figures, sets and gear: online and in our stores."),
        blocks=[
            (BlockKind.BANNER, {"picture": "demo/page-hasbro.webp", "link_segment": marvel, "texts": _both(
                ("Les héros Hasbro", "Des figurines à rejouer, à collectionner, à offrir.", "Voir tout Marvel", "Quatre héros côte à côte"),
                ("Hasbro heroes", "Figures to play, to collect, to give.", "See all of Marvel", "Four heroes side by side"),
                ("title", "text", "label", "alt"))}),
            (BlockKind.SELECTION, {"selection": hasbro, "shown": 8, "texts": _both(
                ("Nos préférés",), ("Our favourites",), ("title",))}),
            (BlockKind.TEXT_IMAGE, {"picture": "demo/avengers.webp", "texts": _both(
                ("Des figurines qui tiennent debout", "<p>Articulées, peintes avec soin, à l’échelle : la collection Avengers se complète héros après héros.</p>", "La collection Avengers"),
                ("Figures that stand up", "<p>Articulated, carefully painted, to scale: the Avengers collection grows hero by hero.</p>", "The Avengers collection"),
                ("title", "html", "alt"))}),
            (BlockKind.FAQ, {"texts": {
                "fr": {"title": "On nous demande souvent", "questions": [
                    {"question": "Dès quel âge ?", "answer": "<p>Quatre ans pour les grandes figurines, six ans pour les figurines articulées.</p>"},
                    {"question": "Puis-je réserver en magasin ?", "answer": "<p>Oui : chaque fiche montre le stock de chaque magasin, et vous payez sur place si vous préférez.</p>"}]},
                "en": {"title": "What people ask", "questions": [
                    {"question": "From what age?", "answer": "<p>Four for the large figures, six for the articulated ones.</p>"},
                    {"question": "Can I reserve in a store?", "answer": "<p>Yes: every page shows what each store holds, and you may pay there.</p>"}]}}}),
        ],
    )  # fmt: skip
    _page(
        channel, SPIDER, at, name="Spider-Man", kind=PageKind.RANGE,
        title="Spider-Man, sur tous les toits", english="Spider-Man, on every roof",
        meta=("Figurines, lance-toile et coffrets Spider-Man.", "Spider-Man figures, web shooter and sets."),
        blocks=[
            (BlockKind.BANNER, {"picture": "demo/page-spider-man.webp", "texts": _both(
                ("Spider-Man", "Votre héros du quartier, en figurines et en accessoires.", "Spider-Man entre deux autres héros"),
                ("Spider-Man", "Your neighbourhood hero, in figures and gear.", "Spider-Man between two other heroes"),
                ("title", "text", "alt"))}),
            (BlockKind.SELECTION, {"selection": spider, "shown": 12, "texts": _both(
                ("Toute la toile",), ("The whole web",), ("title",))}),
        ],
    )  # fmt: skip
    _page(
        channel, "noel-des-heros", at, name="Noël des héros", kind=PageKind.OPERATION, layout=PageLayout.BARE,
        title="Le Noël des héros", english="A hero's Christmas", word_en="heroes-christmas",
        meta=("Les cadeaux des petits héros.", "Presents for little heroes."),
        during=DateTimeTZRange(at + dt.timedelta(days=7), at + dt.timedelta(days=37)),
        blocks=[
            (BlockKind.BANNER, {"picture": "demo/page-noel.webp", "texts": _both(
                ("Le Noël des héros", "Commandez avant le 20 : livré avant Noël.", "Quatre héros côte à côte"),
                ("A hero's Christmas", "Order before the 20th: there before Christmas.", "Four heroes side by side"),
                ("title", "text", "alt"))}),
            (BlockKind.SELECTION, {"selection": hasbro, "shown": 12, "texts": _both(
                ("Sous le sapin",), ("Under the tree",), ("title",))}),
        ],
    )  # fmt: skip


def _page(
    channel: SalesChannel,
    word: str,
    at: dt.datetime,
    *,
    meta: tuple[str, str],
    english: str,
    blocks: Sequence[tuple[str, dict[str, Any]]],
    word_en: str = "",
    **fields: Any,
) -> None:
    if PageAddress.objects.filter(channel=channel, language="fr", word=word).exists():
        return
    said = {"en": {"title": english, "meta_description": meta[1]}}
    page = LandingPage(channel=channel, meta_description=meta[0], translations=said, **fields)
    save_page(page, {"fr": word, "en": word_en or word}, at=at, actor=ACTOR)
    for kind, content in blocks:
        add_block(page, kind, content, at=at, actor=ACTOR)
    publish_page(page, at=at, actor=ACTOR)


def _both(french: tuple[str, ...], english: tuple[str, ...], keys: tuple[str, ...]) -> dict[str, dict[str, str]]:
    return {"fr": dict(zip(keys, french, strict=True)), "en": dict(zip(keys, english, strict=True))}


def _selection(code: str, name: str, which: Q, at: dt.datetime) -> Selection:
    selection, _made = Selection.objects.get_or_create(code=code, defaults={"name": name, "group": "Pages"})
    found = Product.objects.filter(which).exclude(kind="child").order_by("-importance", "sku")
    add_to_selection(selection, found.values_list("sku", flat=True)[:40], at=at, actor=ACTOR)
    return selection
