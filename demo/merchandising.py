"""What a merchandiser of the demonstration decided: words that shoppers say and names do not hold."""

import datetime as dt
from decimal import Decimal

from catalog.models import Keyword, KeywordCategory, Product, Segment
from catalog.services import link_keyword, save_category, save_keyword
from discovery.enums import EffectKind, StockState, TestKind
from discovery.models import MerchandisingRule, RelevanceTest, RuleEffect, SearchRedirect, SynonymSet
from discovery.services import save_redirect, save_rule, save_synonyms, save_test
from stores.models import SalesChannel

ACTOR = "load_demo"
# code, name, in English, filter in the shop
CATEGORIES = (
    ("equipe", "Équipe", "Team", True),
    ("surnom", "Surnoms", "Nicknames", False),
)
# category, word, in English, names of the products that it finds
KEYWORDS = (
    ("equipe", "Avengers", "", "^figurines avengers|titan 30 cm spider"),
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


def make_decisions(at: dt.datetime) -> None:
    """Synonyms, a search that leads to a page, a rule for a segment, and what is expected of lists."""
    channel = SalesChannel.objects.get(code="web")
    if RelevanceTest.objects.exists():
        return
    for words in (["peluche", "doudou", "nounours"], ["trottinette", "patinette"]):
        save_synonyms(SynonymSet(words=words), at=at, actor=ACTOR)
    save_synonyms(SynonymSet(words=["soft toy", "teddy", "plush"], language="en"), at=at, actor=ACTOR)
    redirect = SearchRedirect(query="cadeau", segment=Segment.objects.get(code="idees-cadeaux"))
    save_redirect(redirect, at=at, actor=ACTOR)
    marvel = Segment.objects.get(code="marvel")
    titan = Product.objects.get(sku="MRV-001")
    rule = MerchandisingRule(name="Marvel : Spider-Man en tête", segment=marvel)
    effects = [
        RuleEffect(kind=EffectKind.PIN, product=titan, position=1),
        RuleEffect(kind=EffectKind.BURY, stock=StockState.SOLD_OUT, factor=Decimal(20)),
    ]
    save_rule(rule, effects, at=at, actor=ACTOR)
    expected = (
        {"query": "avengers", "kind": TestKind.IN_TOP, "product": titan, "first": 3},
        {"query": "homme araignée", "kind": TestKind.FINDS, "first": 3},
        {"query": "MRV-001", "kind": TestKind.IS_FIRST, "product": titan},
        {"segment": marvel, "kind": TestKind.NO_SOLD_OUT, "first": 4},
    )
    for fields in expected:
        save_test(RelevanceTest(channel=channel, **fields), at=at, actor=ACTOR)
