"""What a scanner read: one product, or the variants among which somebody must choose, with what tells them apart."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from altazion.lib import codes
from catalog.enums import AttributeType
from catalog.models import Attribute, Product
from catalog.selectors.lookup import find_by_reference, sellable
from catalog.selectors.variants import Column, column_of

SHORT = (AttributeType.LIST, AttributeType.TEXT, AttributeType.NUMBER, AttributeType.BOOLEAN)
MOST_TOLD = 3


@dataclass(frozen=True)
class Told:
    """One attribute of a candidate: its code, its name, its value as people read it."""

    attribute: str
    name: str
    value: str


@dataclass(frozen=True)
class Scan:
    """products: none, the one that is meant, or those to choose from. told: what tells each of these apart.

    internal: the code is of the shop's own making (02, 20 to 29). mistyped: its check digit does not fit.
    """

    code: str
    products: list[Product]
    told: dict[int, list[Told]] = field(default_factory=dict)
    internal: bool = False
    mistyped: bool = False

    @property
    def one(self) -> Product | None:
        """The product, when there is no question."""
        return self.products[0] if len(self.products) == 1 else None


def scan(code: str) -> Scan:
    """What a SKU, an EAN or any other reference means; a parent stands for its living variants. At most five queries.

    An internal code with a weight or price inside finds the article that is kept with zeros in that place.
    """
    code = code.strip()[:200]
    found = find_by_reference(code)
    if not found and (without := codes.internal_without_measure(code)):
        found = find_by_reference(without)
    if len(found) == 1:
        found = sellable(found[0]) or found
    return Scan(
        code,
        found,
        tell_apart(found) if len(found) > 1 else {},
        internal=codes.is_internal(code),
        mistyped=codes.looks_mistyped(code),
    )


def tell_apart(products: Sequence[Product]) -> dict[int, list[Told]]:
    """What tells these products apart: differentiating attributes, else any short one that differs. Two queries."""
    used = {code for product in products for code in product.attributes}
    usable = Attribute.objects.filter(code__in=used, type__in=SHORT).order_by("-is_differentiating", "position", "name")
    columns = [column_of(attribute) for attribute in usable.prefetch_related("options")[:60]]
    telling = [column for column in columns if _differs(column, products)]
    own = [column for column in telling if column.attribute.is_differentiating]
    chosen = (own or telling)[:MOST_TOLD]
    return {
        product.pk: [
            Told(column.attribute.code, column.attribute.name, text)
            for column in chosen
            if (text := column.text(product.attributes.get(column.attribute.code)))
        ]
        for product in products
    }


def _differs(column: Column, products: Sequence[Product]) -> bool:
    return len({column.text(product.attributes.get(column.attribute.code)) for product in products}) > 1
