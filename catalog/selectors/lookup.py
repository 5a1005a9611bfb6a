"""Finding products by what a person or a scanner says."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Prefetch, Q, QuerySet
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from altazion.lib import codes
from altazion.lib.problems import NotFound
from altazion.lib.text import bare_code
from catalog.enums import ProductKind, ProductState
from catalog.models import Association, Product, ProductReference, ProductType, VatRate

MOST = 100
LONGEST = 200


def find_by_reference(text: str) -> list[Product]:
    """The living products behind a SKU or any other reference, best first; at most 100, [] when nobody is.

    An exact SKU is one product. A reference that several variants share gives those variants (and not their parent,
    which is not sold): the one who asks must choose (OFF-8, A16).
    """
    text = text.strip()
    if not text or "\0" in text or len(text) > LONGEST:
        return []
    living = Product.objects.exclude(state=ProductState.ARCHIVED).select_related("parent")
    if exact := list(living.filter(sku=text)):
        return exact
    any_case: list[Product] = [*living.annotate(upper=Upper("sku")).filter(upper=text.upper())[:MOST]]
    if any_case:
        return any_case
    written = {text, text.upper(), bare_code(text), *codes.same_gtin(text)} - {""}
    known = ProductReference.objects.filter(value__in=written).values("product")
    found = list(living.filter(pk__in=known).order_by("kind", "pk")[:MOST])
    parents_of_found = {product.parent_id for product in found}
    return [product for product in found if product.pk not in parents_of_found]


def find_many(words: Iterable[str]) -> tuple[dict[str, list[Product]], list[str]]:
    """Products for pasted SKUs or references: what each word means, and the words nobody knows. Two queries."""
    asked = list(dict.fromkeys(word.strip() for word in words if word.strip()))
    living = Product.objects.exclude(state=ProductState.ARCHIVED)
    known: dict[str, list[Product]] = {}
    for product in living.filter(sku__in=asked):
        known[product.sku] = [product]
    rest = [word for word in asked if word not in known]
    references = ProductReference.objects.filter(value__in=[*rest, *map(bare_code, rest)])
    by_value: dict[str, list[Product]] = {}
    for reference in references.exclude(product__state=ProductState.ARCHIVED).select_related("product"):
        by_value.setdefault(reference.value, []).append(reference.product)
    for word in rest:
        if found := by_value.get(word) or by_value.get(bare_code(word)):
            known[word] = found
    return known, [word for word in asked if word not in known]


def page_of_products(*, after: int, since: dt.datetime | None, size: int) -> list[Product]:
    """Products, archived ones too, that changed since an instant: `size` of them after a product's id.

    In the order of ids, so that a product which changes while pages are read is neither lost nor given twice.
    Constant queries.
    """
    found: QuerySet[Product] = Product.objects.filter(pk__gt=after).order_by("pk")
    if since:
        found = found.filter(updated_at__gte=since)
    return list(for_api(found)[:size])


def product_named(sku: str) -> Product:
    """A product with everything that the API tells of it. NotFound when no product has this SKU."""
    found = None if "\0" in sku else for_api(Product.objects.filter(sku=sku)).first()
    if found is None:
        raise NotFound(_("No product has the SKU %(sku)s.") % {"sku": sku}, code="unknown_sku")
    return found


def sellable(product: Product) -> list[Product]:
    """What is sold under a product: itself, or the living variants of a parent. One query."""
    if product.kind != ProductKind.PARENT:
        return [product]
    return list(product.children.exclude(state=ProductState.ARCHIVED).select_related("parent").order_by("pk")[:MOST])


def for_api(products: QuerySet[Product]) -> QuerySet[Product]:
    """Products with everything that the API tells of them."""
    return products.select_related("brand", "family", "vat_rate", "type").prefetch_related(
        "places__segment",
        "references",
        "prices__channel",
        "prices__store",
        "media",
        "media__document_kind",
        Prefetch("associations", Association.objects.select_related("kind", "other")),
        "publications__channel",
        "parent__publications__channel",
        "children",
    )


def search(products: QuerySet[Product], text: str) -> QuerySet[Product]:
    """Products of which every word is part of SKU or name, or is a reference. One query, and indexes for the rest."""
    words = text.replace("\0", " ").split()[:8]
    said = {word: {word, word.upper(), bare_code(word), *codes.same_gtin(word)} - {""} for word in words}
    every = set().union(*said.values())
    carriers: dict[str, list[int]] = {}
    known = ProductReference.objects.filter(value__in=every).values_list("value", "product_id")
    for value, pk in known[:1000]:
        carriers.setdefault(value, []).append(pk)
    for word, written in said.items():
        ids = [pk for value in written for pk in carriers.get(value, [])]
        match = Q(sku__icontains=word) | Q(name__icontains=word)
        products = products.filter(match | Q(pk__in=ids) if ids else match)
    return products


def usual_type_and_rate() -> dict[str, int | None]:
    """Ids of the type and the VAT rate that a new product takes when nobody says. Two queries."""
    goods = ProductType.objects.order_by("nature", "pk").values_list("pk", flat=True).first()
    rate = VatRate.objects.order_by("-is_default", "-rate").values_list("pk", flat=True).first()
    return {"type": goods, "vat_rate": rate}
