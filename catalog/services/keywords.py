"""Keywords: words that find their products before any other."""

import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from altazion.lib.text import plain, slug
from catalog.models import Keyword, KeywordCategory, Product, ProductKeyword
from catalog.selectors.lookup import find_many
from catalog.services.log import PRODUCTS, log_many
from logbook.services import record

KEYWORD = "catalog.keyword_changed"
FACET_PREFIX = "kw-"  # how the product index names a category among its facets


@transaction.atomic
def save_category(category: KeywordCategory, *, at: dt.datetime, actor: str = "") -> KeywordCategory:
    """Write a new or changed category; products with its keywords are indexed again."""
    category.code = category.code or slug(category.name, 50)
    try:
        with transaction.atomic():
            category.save()
    except IntegrityError:
        raise Invalid(_("Another category has this code."), field="code") from None
    record(KEYWORD, at=at, subject_kind="keyword_category", subject_id=category.pk, actor=actor, name=category.name)
    _index_again(
        ProductKeyword.objects.filter(keyword__category=category).values_list("product_id", flat=True), at, actor
    )
    return category


@transaction.atomic
def save_keyword(keyword: Keyword, *, at: dt.datetime, actor: str = "") -> Keyword:
    """Write a new or changed keyword. Invalid for one without letter or digit, or already in its category."""
    keyword.forms = forms_of(keyword)
    if not keyword.forms:
        raise Invalid(_("A keyword needs at least a letter or a digit."), field="name")
    keyword.code = keyword.code or slug(keyword.name, 120)
    try:
        with transaction.atomic():
            keyword.save()
    except IntegrityError:
        raise Invalid(_("This category has such a keyword already."), field="name") from None
    record(KEYWORD, at=at, subject_kind="keyword", subject_id=keyword.pk, actor=actor, name=keyword.name)
    _index_again(keyword.links.values_list("product_id", flat=True), at, actor)
    return keyword


@transaction.atomic
def delete_keyword(keyword: Keyword, *, at: dt.datetime, actor: str = "") -> None:
    """Take a keyword away from all products, and out of its category."""
    products = list(keyword.links.values_list("product_id", flat=True))
    record(KEYWORD, at=at, subject_kind="keyword", subject_id=keyword.pk, actor=actor, name=keyword.name, deleted=True)
    keyword.delete()
    _index_again(products, at, actor)


@transaction.atomic
def link_keyword(
    keyword: Keyword,
    *,
    add: Iterable[int] = (),
    remove: Iterable[int] = (),
    at: dt.datetime,
    actor: str = "",
) -> int:
    """Give a keyword to products, take it from others (numbers of products). Returns how many links changed."""
    gone = set(keyword.links.filter(product__in=list(remove)).values_list("product_id", flat=True))
    keyword.links.filter(product__in=gone).delete()
    new = set(add) - set(keyword.links.values_list("product_id", flat=True))
    ProductKeyword.objects.bulk_create(
        [ProductKeyword(keyword=keyword, product_id=pk) for pk in sorted(new)], ignore_conflicts=True
    )
    _index_again(gone | new, at, actor)
    return len(gone | new)


def link_named(keyword: Keyword, words: Iterable[str], *, at: dt.datetime, actor: str = "") -> tuple[int, list[str]]:
    """Give a keyword to products by SKU or reference. Returns how many are new, and the words nobody knows."""
    known, unknown = find_many(words)
    wanted = {
        product.pk if len(found) == 1 else product.parent_id or product.pk  # a shared EAN means the parent
        for found in known.values()
        for product in found
    }
    return link_keyword(keyword, add=wanted, at=at, actor=actor), unknown


@transaction.atomic
def set_keywords(product: Product, keywords: Iterable[Keyword], *, at: dt.datetime, actor: str = "") -> int:
    """Make a product carry exactly these keywords. Returns how many links changed.

    Refused when one that an import feeds would go.
    """
    wanted = {keyword.pk for keyword in keywords}
    present = {link.keyword_id: link for link in product.keyword_links.select_related("keyword")}
    for pk, link in present.items():
        if link.source and pk not in wanted:
            raise Refused(
                _("“%(name)s” is fed by the flow %(source)s: take it out there.")
                % {"name": link.keyword.name, "source": link.source},
                code="fed",
                field="keywords",
            )
    gone, new = present.keys() - wanted, wanted - present.keys()
    product.keyword_links.filter(keyword__in=gone).delete()
    ProductKeyword.objects.bulk_create([ProductKeyword(product=product, keyword_id=pk) for pk in sorted(new)])
    if gone or new:
        _index_again([product.pk], at, actor)
    return len(gone | new)


def forms_of(keyword: Keyword) -> list[str]:
    """How searches may say it: its name and translations, plain."""
    said = [keyword.name, *(str(words.get("name", "")) for words in (keyword.translations or {}).values())]
    return sorted({form for form in map(plain, said) if form})


def _index_again(products: Iterable[int], at: dt.datetime, actor: str) -> None:
    if ids := sorted(set(products)):
        log_many("keywords", ids, at=at, actor=actor, kind=PRODUCTS)
