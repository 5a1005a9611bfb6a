"""What stock can refuse."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from altazion.lib.problems import Refused


@dataclass(frozen=True)
class ShortLine:
    """A line that could not be served: how many were wanted and how many are left."""

    line: str
    product_id: int
    sku: str
    wanted: int
    left: int


class NotEnoughStock(Refused):
    """Some lines cannot be promised; nothing was. `short` names each with what is left."""

    code = "not_enough_stock"

    def __init__(self, short: Sequence[ShortLine]) -> None:
        self.short = list(short)
        items = ", ".join(
            _("%(sku)s (%(wanted)s wanted, %(left)s left)")
            % {"sku": line.sku, "wanted": line.wanted, "left": line.left}
            for line in self.short
        )
        super().__init__(
            _("Not enough stock: %(items)s.") % {"items": items},
            details={
                "lines": [
                    {"line": each.line, "sku": each.sku, "wanted": each.wanted, "left": each.left}
                    for each in self.short
                ]
            },
        )
