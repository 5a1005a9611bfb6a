"""What a delivery mode carries: weight, volume, size, girth and value (operations-domain 2.8), without Django."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Good:
    """So many units of a product as packed: grams, millimetres; 0 where nobody said. Unknown sizes fit anywhere."""

    sku: str
    quantity: int
    weight_g: int = 0
    sides_mm: tuple[int, int, int] = (0, 0, 0)

    @property
    def volume_cm3(self) -> int:
        """Of one unit."""
        height, width, length = self.sides_mm
        return height * width * length // 1000

    @property
    def girth_mm(self) -> int:
        """Length, width and height added up (what French carriers call développé)."""
        return sum(self.sides_mm)


@dataclass(frozen=True)
class Limits:
    """What a mode takes; None is without limit. Sizes and girth are asked product by product, weight of the whole.

    Volume is asked product by product if several parcels are allowed, else of the whole, each with a margin in
    percent for what packing wastes.
    """

    min_weight_g: int = 0
    max_weight_g: int | None = None
    max_volume_cm3: int | None = None
    volume_margin: int = 0
    max_sides_mm: tuple[int | None, int | None, int | None] = (None, None, None)
    max_girth_mm: int | None = None
    several_parcels: bool = True
    min_value: Decimal = Decimal(0)
    max_value: Decimal | None = None


@dataclass(frozen=True)
class TooMuch:
    """Which limit is passed, by what figure, and by which product if it is one product's own."""

    code: str
    found: int | Decimal
    limit: int | Decimal
    sku: str = ""


def passed_limit(goods: Sequence[Good], value: Decimal, limits: Limits) -> TooMuch | None:
    """The first limit that these goods pass, or None when the mode takes them. `value` is with tax."""
    weight = sum(good.weight_g * good.quantity for good in goods)
    if limits.max_weight_g is not None and weight > limits.max_weight_g:
        return TooMuch("too_heavy", weight, limits.max_weight_g)
    if weight < limits.min_weight_g:
        return TooMuch("too_light", weight, limits.min_weight_g)
    if value < limits.min_value:
        return TooMuch("too_cheap", value, limits.min_value)
    if limits.max_value is not None and value > limits.max_value:
        return TooMuch("too_dear", value, limits.max_value)
    return _too_big(goods, limits) or _too_voluminous(goods, limits)


def _too_big(goods: Sequence[Good], limits: Limits) -> TooMuch | None:
    for good in goods:
        if over := _side_over(good.sides_mm, limits.max_sides_mm):
            return TooMuch("too_long", *over, good.sku)
        if limits.max_girth_mm is not None and good.girth_mm > limits.max_girth_mm:
            return TooMuch("too_wide", good.girth_mm, limits.max_girth_mm, good.sku)
    return None


def _side_over(sides: Sequence[int], most: Sequence[int | None]) -> tuple[int, int] | None:
    """The side that sticks out, and what it may measure. A product may be turned: longest against longest."""
    ranked = sorted(sides, reverse=True)
    room = sorted((10**9 if side is None else side for side in most), reverse=True)
    return next(((side, limit) for side, limit in zip(ranked, room, strict=True) if side > limit), None)


def _too_voluminous(goods: Sequence[Good], limits: Limits) -> TooMuch | None:
    if limits.max_volume_cm3 is None:
        return None
    usable = limits.max_volume_cm3 * 100 // (100 + limits.volume_margin)
    if limits.several_parcels:
        for good in goods:
            if good.volume_cm3 > usable:
                return TooMuch("too_voluminous", good.volume_cm3, usable, good.sku)
        return None
    whole = sum(good.volume_cm3 * good.quantity for good in goods)
    return TooMuch("too_voluminous", whole, usable) if whole > usable else None
