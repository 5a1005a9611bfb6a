"""Keywords: words that find their products before any other."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, NotFound, Refused
from altazion.lib.text import plain, slug
from catalog.models import Keyword, KeywordCategory, Product, ProductKeyword
from catalog.selectors.lookup import find_many
from catalog.services.log import PRODUCTS, log_many
from logbook.services import record

KEYWORD = "catalog.keyword_changed"
CODE_LENGTH, CATEGORY_LENGTH = 120, 50
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
def put_keyword(
    category: str,
    code: str,
    fields: Mapping[str, Any],
    *,
    products: Sequence[str] | None = None,
    add: Iterable[int] = (),
    at: dt.datetime,
    actor: str = "",
) -> tuple[Keyword, bool]:
    """Make or change a keyword by its codes, as other systems do; True if it is new.

    products: SKUs, exactly these; what a flow feeds stays. add: numbers of more products. Invalid, with the field, for
    what cannot be; NotFound for a category that is not there.
    """
    kind = KeywordCategory.objects.filter(code=category).first()
    if kind is None:
        raise NotFound(
            _("There is no category of keywords %(code)s.") % {"code": category}, code="unknown_keyword_category"
        )
    if len(code) > CODE_LENGTH:
        raise Invalid(_("A code has at most %(most)d characters.") % {"most": CODE_LENGTH}, field="code")
    keyword = Keyword.objects.select_for_update().filter(category=kind, code=code).first()
    is_new = keyword is None
    keyword = keyword or Keyword(category=kind, code=code, name=code)
    changed = {name: value for name, value in fields.items() if getattr(keyword, name) != value}
    for name, value in changed.items():
        setattr(keyword, name, value)
    if is_new or changed:
        save_keyword(keyword, at=at, actor=actor)
    more = set(add)
    gone: set[int] = set()
    if products is not None:
        known = dict(Product.objects.filter(sku__in=list(products)).values_list("sku", "pk"))
        for place, sku in enumerate(products):
            if sku not in known:
                words = _("No product has the SKU %(sku)s.") % {"sku": sku}
                raise Invalid(words, field=f"products.{place}", code="unknown_sku")
        by_hand = keyword.links.filter(source="").values_list("product_id", flat=True)
        more |= set(known.values())
        gone = set(by_hand) - more
    link_keyword(keyword, add=more, remove=gone, at=at, actor=actor)
    return keyword, is_new


@transaction.atomic
def put_category(
    code: str, fields: Mapping[str, Any], *, at: dt.datetime, actor: str = ""
) -> tuple[KeywordCategory, bool]:
    """Make or change a category of keywords by its code; True if it is new. Nothing happens if nothing differs."""
    if len(code) > CATEGORY_LENGTH:
        raise Invalid(_("A code has at most %(most)d characters.") % {"most": CATEGORY_LENGTH}, field="code")
    category = KeywordCategory.objects.select_for_update().filter(code=code).first()
    is_new = category is None
    category = category or KeywordCategory(code=code, name=code)
    changed = {name: value for name, value in fields.items() if getattr(category, name) != value}
    for name, value in changed.items():
        setattr(category, name, value)
    if is_new or changed:
        save_category(category, at=at, actor=actor)
    return category, is_new


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
