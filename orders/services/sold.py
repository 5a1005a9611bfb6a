"""What a priced basket becomes as order lines; bundles freeze what lies in them, or come apart into their products."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from altazion.lib.money import ZERO, cents
from campaigns.selectors import Quote, QuoteLine, prices
from catalog.enums import BundleMode
from catalog.models import Product
from catalog.selectors.bundles import Part, parts_of
from orders import rules
from orders.selectors.products import name_of
from stores.models import SalesChannel, Store


@dataclass(frozen=True)
class SoldLine:
    """An order line about to be written; amounts with tax."""

    product: Product
    name: str
    quantity: int
    base_unit: Decimal
    unit: Decimal
    vat_rate: Decimal
    total: Decimal
    reasons: list[dict[str, str]]
    bundle: dict[str, Any] = field(default_factory=dict)


def sold_lines(
    priced: Quote,
    products: dict[int, Product],
    *,
    channel: SalesChannel,
    store: Store | None,
    at: dt.datetime,
    language: str,
) -> list[SoldLine]:
    """The lines of an order. A bundle's price is spread over what lies in it, to the cent: as a note on its one line,
    or, where each product is handled by itself, as a line for each with its own VAT rate. Three queries for bundles."""
    parts = parts_of(products)
    inside = {part.component for found in parts.values() for part in found}
    things = Product.objects.select_related("parent", "vat_rate").in_bulk(inside) if inside else {}
    alone = prices(inside, channel=channel, at=at, store=store) if inside else {}
    lines: list[SoldLine] = []
    for line in priced.lines:
        sold = _line(line, products[line.product_id], language)
        found = parts.get(line.product_id, [])
        if not found:
            lines.append(sold)
            continue
        weights = [alone[part.component].unit * part.quantity if part.component in alone else ZERO for part in found]
        shares = rules.spread(line.total, weights)
        if found[0].mode == BundleMode.APART:
            lines += [_apart(sold, part, share, things, language) for part, share in zip(found, shares, strict=True)]
        else:
            sold.bundle.update(mode=BundleMode.WHOLE.value, components=_noted(found, shares, things, language))
            lines.append(sold)
    return lines


def _line(line: QuoteLine, product: Product, language: str) -> SoldLine:
    return SoldLine(
        product,
        name_of(product, language)[:250],
        line.quantity,
        line.price.base,
        line.price.unit,
        line.price.vat_rate,
        line.total,
        [{"kind": r.kind, "code": r.code, "label": str(r.label), "amount": str(r.amount)} for r in line.price.reasons],
    )


def _apart(sold: SoldLine, part: Part, share: Decimal, things: dict[int, Product], language: str) -> SoldLine:
    product = things[part.component]
    quantity = part.quantity * sold.quantity
    unit = cents(share / quantity)
    return SoldLine(
        product,
        name_of(product, language)[:250],
        quantity,
        unit,
        unit,
        product.vat_rate.rate,
        share,
        [{"kind": "bundle", "code": sold.product.sku, "label": sold.name, "amount": str(unit)}],
        {"mode": BundleMode.APART.value, "sku": sold.product.sku, "name": sold.name, "quantity": sold.quantity},
    )


def _noted(parts: list[Part], shares: list[Decimal], things: dict[int, Product], language: str) -> list[dict[str, Any]]:
    """quantity: of one bundle. share: of the whole line's total."""
    return [
        {
            "product": part.component,
            "sku": things[part.component].sku,
            "name": name_of(things[part.component], language)[:250],
            "quantity": part.quantity,
            "share": str(share),
        }
        for part, share in zip(parts, shares, strict=True)
    ]
