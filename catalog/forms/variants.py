"""One line of the variant grid, cell by cell; and the values of a matrix."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.formats import number_format, sanitize_separators
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from altazion.lib.office import fed_by
from catalog import rules
from catalog.enums import ProductState
from catalog.selectors.variants import Column, Variant
from catalog.services.parts import WRONG_CODE
from catalog.services.products import WRONG

ATTRIBUTE = "a:"
NAMES = {
    "sku": gettext_lazy("SKU"),
    "name": gettext_lazy("Name"),
    "ean": gettext_lazy("EAN"),
    "price": gettext_lazy("Price"),
    "state": gettext_lazy("State"),
}
LONGEST = {"sku": 60, "name": 250, "ean": 40, "price": 20, "state": 20}


@dataclass
class Cell:
    """An input: its name, what stands in it, why it is locked or what is wrong with it."""

    name: str
    column: str
    label: str
    text: str
    before: str
    locked: str = ""
    error: str = ""
    options: str = ""
    hint: str = ""

    @property
    def changed(self) -> bool:
        """True if something else was typed than what stood there."""
        return not self.locked and self.text.strip() != self.before


class Line:
    """A variant's cells. With `data` what was typed stands in them, and `shown` what stood there when typing began."""

    def __init__(self, variant: Variant, columns: Sequence[Column], data: Mapping[str, Any] | None = None) -> None:
        self.variant, self.columns, self.product = variant, columns, variant.product
        self.prefix = f"v{self.product.pk}"
        now = self._now()
        shown = _shown(data.get(f"{self.prefix}-was", ""), now) if data is not None else now
        locks = self._locks()
        self.cells = [
            Cell(
                f"{self.prefix}-{column}",
                column,
                f"{self._title(column)}, {self.product.sku}",
                now[column]
                if data is None or column in locks
                else _typed(data, f"{self.prefix}-{column}", now[column]),
                shown.get(column, now[column]),
                locks.get(column, ""),
                options=f"options-{column[len(ATTRIBUTE) :]}" if self._has_options(column) else "",
            )
            for column in now
        ]
        self.meanwhile = {column for column in now if shown.get(column, now[column]) != now[column]}
        self.now = now

    @property
    def was(self) -> str:
        """What stands in the cells now, to find what changes and what somebody else changes meanwhile."""
        return json.dumps(self.now)

    @property
    def ticked(self) -> str:
        """The name of its tick box's value."""
        return str(self.product.pk)

    def error(self, column: str, sentence: str) -> None:
        """Say what is wrong at a cell; at the SKU when the cell is not there."""
        cell = next((cell for cell in self.cells if cell.column == column), self.cells[0])
        cell.error = sentence

    @property
    def wrong(self) -> bool:
        """True if a cell has an error."""
        return any(cell.error for cell in self.cells)

    def changes(self) -> dict[str, Any]:
        """What was typed as `save_variant` takes it. Cells that cannot be are marked and left out."""
        changed: dict[str, Any] = {}
        for cell in self.cells:
            if not cell.changed:
                continue
            if cell.column in self.meanwhile and cell.text.strip() != self.now[cell.column]:
                cell.error = _("Somebody changed this meanwhile: it is now “%(value)s”.") % {
                    "value": self.now[cell.column]
                }
                continue
            try:
                value = self._cleaned(cell)
            except ValueError as error:
                cell.error = str(error)
                continue
            if cell.column.startswith(ATTRIBUTE):
                changed.setdefault("attributes", {})[cell.column.removeprefix(ATTRIBUTE)] = value
            else:
                changed[cell.column] = value
        return changed

    @staticmethod
    def amount(text: str) -> Decimal | None:
        """A price as typed; None for nothing. Raises ValueError with the sentence."""
        if not text:
            return None
        try:
            amount = Decimal(str(sanitize_separators(text.replace("\u202f", "").replace("\xa0", "").replace(" ", ""))))
        except InvalidOperation:
            raise ValueError(_("This is not a number.")) from None
        if not amount.is_finite() or not 0 <= amount < 10**10:
            raise ValueError(_("A price lies between 0 and 9,999,999,999."))
        return amount.quantize(Decimal("0.01"))

    def _cleaned(self, cell: Cell) -> Any:
        text = cell.text.strip()
        if len(text) > LONGEST.get(cell.column, rules.TEXT_LENGTH):
            raise ValueError(_("This is too long."))
        if "\0" in text:
            raise ValueError(_("This holds a character that cannot be kept."))
        if cell.column == "sku" and not text:
            raise ValueError(_("A SKU has 1 to 60 characters."))
        if cell.column == "price":
            return self.amount(text)
        if cell.column == "state" and text not in ProductState.values:
            raise ValueError(_("Choose a state."))
        if cell.column == "ean" and text:
            kind = self.variant.ean.type if self.variant.ean else "EAN13"
            try:
                return rules.clean_reference(kind, text)
            except ValueError as error:
                raise ValueError(_(WRONG_CODE[str(error)]) % {"value": text}) from None
        if cell.column.startswith(ATTRIBUTE):
            try:
                return self._column(cell.column).value(text)
            except ValueError as error:
                raise ValueError(_(WRONG[str(error)])) from None
        return text

    def _now(self) -> dict[str, str]:
        one = self.variant
        said = {"sku": one.product.sku, "name": one.product.name}
        said |= {
            ATTRIBUTE + column.attribute.code: column.text(one.product.attributes.get(column.attribute.code))
            for column in self.columns
        }
        said["ean"] = one.ean.value if one.ean else ""
        said["price"] = number_format(one.price.amount, 2) if one.price else ""
        said["state"] = one.product.state
        return said

    def _locks(self) -> dict[str, str]:
        product, source = self.product, self.product.source
        fed = rules.locked_fields(product.fed_fields)
        locks: dict[str, str] = {name: fed_by(source) for name in ("sku", "name") if name in fed}
        codes = [column.attribute.code for column in self.columns]
        locks |= {ATTRIBUTE + code: fed_by(source) for code in rules.locked_attributes(product.fed_fields, codes)}
        if self.variant.ean and self.variant.ean.source:
            locks["ean"] = fed_by(self.variant.ean.source)
        if self.variant.price and self.variant.price.source:
            locks["price"] = fed_by(self.variant.price.source)
        return locks

    def _column(self, name: str) -> Column:
        return next(one for one in self.columns if ATTRIBUTE + one.attribute.code == name)

    def _title(self, name: str) -> str:
        return self._column(name).name if name.startswith(ATTRIBUTE) else str(NAMES[name])

    def _has_options(self, name: str) -> bool:
        return name.startswith(ATTRIBUTE) and bool(self._column(name).labels)


def _typed(data: Mapping[str, Any], name: str, otherwise: str) -> str:
    value = data.get(name)
    return otherwise if value is None else str(value)[:500]


def _shown(text: str, now: dict[str, str]) -> dict[str, str]:
    """What the page showed; what was forged or lost counts as what holds now."""
    try:
        said = json.loads(text)
    except ValueError:
        return now
    if not isinstance(said, dict):
        return now
    return {**now, **{key: value for key, value in said.items() if key in now and isinstance(value, str)}}
