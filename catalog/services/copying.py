"""A new product like another: what describes it and where it stands, never what identifies it."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Refused
from altazion.lib.text import slug
from catalog.enums import ProductKind, ProductState
from catalog.models import BasePrice, Media, Product, ProductSegment
from catalog.services.log import log_change

MOST_VARIANTS = 200
OWN = {
    "id", "guid", "sku", "external_id", "parent", "name", "slug", "state", "source", "fed_fields", "archived_by_run",
    "created_at", "updated_at",
}  # fmt: skip


@transaction.atomic
def copy_product(product: Product, *, at: dt.datetime, actor: str = "") -> Product:
    """Make a product in preparation with the texts, attributes, prices, places and pictures of another.

    Its variants are copied with it. References are not (a code names one thing), nor what an import feeds. Refused for
    a variant, a bundle, and a parent of more than 200 variants.
    """
    if product.kind == ProductKind.CHILD:
        raise Refused(_("Make another variant in its parent's grid instead."), code="child")
    if product.kind not in {ProductKind.SIMPLE, ProductKind.PARENT}:
        raise Refused(_("Bundles are made one by one."), code="bundle")
    variants = list(product.children.exclude(state=ProductState.ARCHIVED).order_by("pk")[: MOST_VARIANTS + 1])
    if len(variants) > MOST_VARIANTS:
        raise Refused(_("It has too many variants to be copied: %(most)d at most.") % {"most": MOST_VARIANTS})
    wanted = {one.pk: f"{one.sku[:54]}-COPY" for one in (product, *variants)}
    taken = set(Product.objects.filter(sku__startswith=product.sku[:50]).values_list("sku", flat=True)[:5000])
    taken |= set(Product.objects.filter(sku__in=wanted.values()).values_list("sku", flat=True))
    copy = _like(product, _free(wanted[product.pk], taken), None, at)
    copy.name = f"{product.name[:230]} {_('(copy)')}".strip()
    copy.slug = slug(copy.name, 100)
    copy.save(force_insert=True)
    children = [_like(one, _free(wanted[one.pk], taken), copy, at) for one in variants]
    Product.objects.bulk_create(children)
    pairs = dict(zip([product.pk, *(one.pk for one in variants)], [copy, *children], strict=True))
    _copy_rows(pairs)
    log_change(copy, "created", at=at, actor=actor, also=[one.pk for one in children], copied_from=product.sku)
    return copy


def _like(source: Product, sku: str, parent: Product | None, at: dt.datetime) -> Product:
    fields = {f.attname: getattr(source, f.attname) for f in source._meta.concrete_fields if f.name not in OWN}  # noqa: SLF001
    fields["translations"] = {
        language: {key: value for key, value in said.items() if key != "slug"}
        for language, said in (source.translations or {}).items()
    }
    return Product(
        **fields,
        sku=sku,
        parent=parent,
        name=source.name,
        slug=source.slug,
        state=ProductState.IN_PREPARATION,
        created_at=at,
        updated_at=at,
    )


def _free(sku: str, taken: set[str]) -> str:
    free, number = sku, 2
    while free in taken:
        free, number = f"{sku}{number}", number + 1
    taken.add(free)
    return free


def _copy_rows(pairs: dict[int, Product]) -> None:
    """Prices, places and pictures of the sources, as rows typed by hand."""
    models: tuple[Any, ...] = (BasePrice, ProductSegment, Media)
    for model in models:
        rows = []
        for row in model.objects.filter(product__in=pairs).order_by("pk"):
            row.pk, row.product, row.source = None, pairs[row.product_id], ""
            row._state.adding = True  # noqa: SLF001 - a new row
            rows.append(row)
        model.objects.bulk_create(rows)
