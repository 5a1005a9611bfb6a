"""What a merchandiser of the demonstration decided: words that shoppers say and names do not hold."""

import datetime as dt

from catalog.models import Keyword, KeywordCategory, Product
from catalog.services import link_keyword, save_category, save_keyword

ACTOR = "load_demo"
# code, name, in English, filter in the shop
CATEGORIES = (
    ("equipe", "Équipe", "Team", True),
    ("surnom", "Surnoms", "Nicknames", False),
)
# category, word, in English, names of the products that it finds
KEYWORDS = (
    ("equipe", "Avengers", "", "figurines avengers|titan 30 cm (spider|iron|hulk|thor|captain)|quinjet|tour des aveng"),
    ("equipe", "Justiciers solitaires", "Lone heroes", "gris nocturne|lance-toile"),
    ("surnom", "homme araignée", "spider hero", "spider-man"),
    ("surnom", "géant vert", "green giant", "hulk"),
)


def make_keywords(at: dt.datetime) -> None:
    """Keyword categories, their keywords, and the products that carry them."""
    for position, (code, name, english, is_facet) in enumerate(CATEGORIES):
        if not KeywordCategory.objects.filter(code=code).exists():
            category = KeywordCategory(code=code, name=name, is_facet=is_facet, position=position)
            category.translations = {"en": {"name": english}}
            save_category(category, at=at, actor=ACTOR)
    categories = {category.code: category for category in KeywordCategory.objects.all()}
    for code, word, english, found in KEYWORDS:
        if Keyword.objects.filter(category=categories[code], name=word).exists():
            continue
        translations = {"en": {"name": english}} if english else {}
        keyword = Keyword(category=categories[code], name=word, translations=translations)
        save_keyword(keyword, at=at, actor=ACTOR)
        products = Product.objects.exclude(kind="child").filter(name__iregex=found)
        link_keyword(keyword, add=list(products.values_list("pk", flat=True)), at=at, actor=ACTOR)
