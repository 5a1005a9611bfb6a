"""Keywords with the products that they find."""

from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from altazion.lib.problems import NotFound
from altazion.lib.text import plain
from catalog.models import Keyword, KeywordCategory, Product, ProductKeyword, Segment, Selection, SelectionItem

MOST_PRODUCTS = 1000


@dataclass(frozen=True)
class KeywordsAsked:
    """Which keywords: of a category, that find a product (by SKU), something in a segment (or below) or a selection,
    or whose name in any language is `said`. Empty: all.
    """

    category: str = ""
    product: str = ""
    segment: str = ""
    selection: str = ""
    said: str = ""


def page_of_keywords(
    *, after: int, size: int, asked: KeywordsAsked | None = None
) -> tuple[list[Keyword], dict[int, list[str]]]:
    """Keywords after one's number, and the SKUs of each (at most a thousand). Two queries, one more to name things."""
    found = _asked(asked) if asked else Keyword.objects.all()
    page = list(found.filter(pk__gt=after).select_related("category").order_by("pk")[:size])
    return page, skus_of(page)


def skus_of(keywords: list[Keyword]) -> dict[int, list[str]]:
    """The SKUs that keywords find, at most a thousand each. One query."""
    links = ProductKeyword.objects.filter(keyword__in=[keyword.pk for keyword in keywords]).values("keyword")
    skus = links.annotate(skus=ArrayAgg("product__sku", order_by="product__sku")).values_list("keyword", "skus")
    return {pk: each[:MOST_PRODUCTS] for pk, each in skus}


def keyword_named(category: str, code: str) -> Keyword:
    """A keyword by its codes, or NotFound."""
    found = Keyword.objects.filter(category__code=category, code=code).select_related("category").first()
    if found is None:
        raise NotFound(_("There is no keyword %(code)s.") % {"code": f"{category}/{code}"}, code="unknown_keyword")
    return found


def categories() -> list[KeywordCategory]:
    """All categories of keywords; colleagues make few."""
    return list(KeywordCategory.objects.order_by("position", "name")[:500])


def members_of(*, segment: str = "", selection: str = "", most: int) -> list[int]:
    """The products in a segment (or below it) or of a selection, `most` at most. Two queries."""
    products = Product.objects.order_by("pk").values_list("pk", flat=True)
    if segment:
        found = Segment.objects.filter(code=segment).first()
        if found is None:
            raise NotFound(_("There is no segment %(code)s.") % {"code": segment}, code="unknown_segment")
        below = Segment.objects.filter(path__contains=[found.pk])
        return list(products.filter(places__segment__in=below).distinct()[:most])
    named = Selection.objects.filter(code=selection).first()
    if named is None:
        raise NotFound(_("There is no selection %(code)s.") % {"code": selection}, code="unknown_selection")
    return list(products.filter(pk__in=SelectionItem.objects.filter(selection=named).values("product"))[:most])


def _asked(asked: KeywordsAsked) -> QuerySet[Keyword]:
    found = Keyword.objects.all()
    if asked.category:
        found = found.filter(category__code=asked.category)
    if asked.said:
        found = found.filter(forms__contains=[plain(asked.said)])
    links = ProductKeyword.objects.all()
    if asked.product:
        product = Product.objects.filter(sku=asked.product).only("pk", "parent_id").first()
        if product is None:
            raise NotFound(_("No product has the SKU %(sku)s.") % {"sku": asked.product}, code="unknown_sku")
        found = found.filter(pk__in=links.filter(product__in=[product.pk, product.parent_id or 0]).values("keyword"))
    if asked.segment:
        segment = Segment.objects.filter(code=asked.segment).first()
        if segment is None:
            raise NotFound(_("There is no segment %(code)s.") % {"code": asked.segment}, code="unknown_segment")
        inside = Q(product__places__segment__path__contains=[segment.pk])
        inside |= Q(product__parent__places__segment__path__contains=[segment.pk])
        found = found.filter(pk__in=links.filter(inside).values("keyword"))
    if asked.selection:
        if not Selection.objects.filter(code=asked.selection).exists():
            raise NotFound(_("There is no selection %(code)s.") % {"code": asked.selection}, code="unknown_selection")
        members = SelectionItem.objects.filter(selection__code=asked.selection).values("product")
        inside = Q(product__in=members) | Q(product__parent__in=members)
        found = found.filter(pk__in=links.filter(inside).values("keyword"))
    return found
