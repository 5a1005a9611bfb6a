"""What is typed over in the product list: name, importance, base price; nothing is lost when two type at once."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Refused
from catalog.models import BasePrice, Product
from catalog.services.products import change_product
from catalog.services.variants import save_price

CELLS = ("name", "importance", "price")


@transaction.atomic
def save_cells(
    product: Product, changes: Mapping[str, Any], shown: Mapping[str, Any], *, at: dt.datetime, actor: str = ""
) -> None:
    """Write the changed cells of a product, all or none. price: amount with tax, None takes its own price away.

    shown: what stood in each cell when typing began; Refused (`changed_meanwhile`) when something else stands there
    now. Refused and Invalid name the cell in `field`.
    """
    product = Product.objects.select_for_update(of=("self",)).select_related("parent").get(pk=product.pk)
    price = base_price(product)
    now = {"name": product.name, "importance": product.importance, "price": price.amount if price else None}
    for cell in changes:
        if cell in shown and shown[cell] != now[cell]:
            raise Refused(_("Somebody changed this meanwhile."), code="changed_meanwhile", field=cell)
    own = {cell: changes[cell] for cell in ("name", "importance") if cell in changes}
    if own:
        change_product(product, own, at=at, actor=actor)
    if "price" in changes:
        try:
            save_price(product, changes["price"], at=at, actor=actor)
        except Refused as refusal:
            refusal.field = "price"
            raise


def base_price(product: Product) -> BasePrice | None:
    """A product's own price for everybody."""
    return BasePrice.objects.filter(product=product, channel=None, store=None, grid="").first()
