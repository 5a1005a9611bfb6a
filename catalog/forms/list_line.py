"""One line of the product list while it is typed over: name, importance, base price."""

from collections.abc import Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from altazion.lib.office import fed_by
from catalog import rules
from catalog.forms.variants import Cell, Line
from catalog.models import Product
from catalog.selectors.office import Row
from catalog.selectors.variants import Variant

TITLES = {"name": gettext_lazy("Name"), "importance": gettext_lazy("Importance"), "price": gettext_lazy("Price")}
MOST_IMPORTANT = 999


class ListLine(Line):
    """A product's cells. With `data` what was typed stands in them, and what stood there when typing began is known."""

    def __init__(self, product: Product, row: Row, data: Mapping[str, Any] | None = None) -> None:
        self.row = row
        super().__init__(Variant(product, None, None, None), (), data)

    def cell(self, column: str) -> Cell:
        """One of its cells."""
        return next(cell for cell in self.cells if cell.column == column)

    @property
    def stood(self) -> dict[str, Any]:
        """What stands in the cells as the domain keeps it."""
        return {"name": self.product.name, "importance": self.product.importance, "price": self.row.own}

    def _cleaned(self, cell: Cell) -> Any:
        if cell.column != "importance":
            return super()._cleaned(cell)
        text = cell.text.strip()
        if not text.isdecimal() or len(text) > 3 or int(text) > MOST_IMPORTANT:
            raise ValueError(_("Importance goes from 0 to 999."))
        return int(text)

    def _now(self) -> dict[str, str]:
        return {
            "name": self.product.name,
            "importance": str(self.product.importance),
            "price": number_format(self.row.own, 2) if self.row.own is not None else "",
        }

    def _locks(self) -> dict[str, str]:
        product = self.product
        fed = rules.locked_fields(product.fed_fields)
        locks: dict[str, str] = {name: fed_by(product.source) for name in ("name", "importance") if name in fed}
        if self.row.own_source:
            locks["price"] = fed_by(self.row.own_source)
        return locks

    def _title(self, name: str) -> str:
        return str(TITLES[name])
