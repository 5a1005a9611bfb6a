"""Putting products together into a bundle, and taking it apart (OFF-5)."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from catalog.enums import ProductKind, ProductState
from catalog.models import BundleLine, Product
from catalog.services.children import is_used
from catalog.services.log import log_change

MOST_LINES = 30


@transaction.atomic
def save_bundle(product: Product, lines: Sequence[tuple[Product, int]], *, at: dt.datetime, actor: str = "") -> None:
    """Make a product hold exactly these (component, quantity): with lines it is a bundle, without it is one no more.

    Refused for parents, variants and products with stock of their own. Invalid, at "bundle_lines", for a component
    twice, a parent (choose one of its variants), another bundle, an archived product, a quantity outside 1 to 999.
    """
    product = Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
    if product.kind not in {ProductKind.SIMPLE, ProductKind.BUNDLE}:
        raise Refused(_("A variant or a parent of variants cannot be a bundle."), code="not_simple")
    if lines and product.kind == ProductKind.SIMPLE and is_used(product):
        raise Refused(_("This product has stock of its own: make a new product for the bundle."), code="has_stock")
    if lines and BundleLine.objects.filter(component=product).exists():
        raise Refused(_("This product lies in a bundle itself; bundles do not hold bundles."), code="nested")
    _check(product, lines)
    if not lines and product.kind == ProductKind.BUNDLE and product.state == ProductState.VALIDATED:
        raise Refused(_("A validated bundle holds something: take it back to preparation first."), code="empty_bundle")
    product.bundle_lines.exclude(component__in=[component for component, _n in lines]).delete()
    BundleLine.objects.bulk_create(
        [
            BundleLine(bundle=product, component=component, quantity=quantity, position=position)
            for position, (component, quantity) in enumerate(lines)
        ],
        update_conflicts=True,
        unique_fields=["bundle", "component"],
        update_fields=["quantity", "position"],
    )
    kind = ProductKind.BUNDLE if lines else ProductKind.SIMPLE
    Product.objects.filter(pk=product.pk).update(kind=kind, updated_at=at)
    log_change(product, "bundle", at=at, actor=actor, count=len(lines))


def _check(product: Product, lines: Sequence[tuple[Product, int]]) -> None:
    if len(lines) > MOST_LINES:
        raise Invalid(_("At most %(most)d products in a bundle.") % {"most": MOST_LINES}, field="bundle_lines")
    if len({component.pk for component, _n in lines}) < len(lines):
        raise Invalid(_("A product is given twice: change how many instead."), field="bundle_lines")
    for component, quantity in lines:
        if not 1 <= quantity <= 999:
            raise Invalid(_("The quantity goes from 1 to 999."), field="bundle_lines")
        if component.pk == product.pk:
            raise Invalid(_("A bundle does not hold itself."), field="bundle_lines")
        if component.kind == ProductKind.PARENT:
            raise Invalid(_("%(sku)s has variants: choose one of them.") % {"sku": component.sku}, field="bundle_lines")
        if component.kind == ProductKind.BUNDLE:
            raise Invalid(_("%(sku)s is a bundle; bundles do not hold bundles.") % {"sku": component.sku},
                          field="bundle_lines")  # fmt: skip
        if component.state == ProductState.ARCHIVED:
            raise Invalid(_("%(sku)s is archived.") % {"sku": component.sku}, field="bundle_lines")
