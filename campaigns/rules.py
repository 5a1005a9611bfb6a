"""The price of one product at one instant, in plain Python: which layer counts, which reduction is best, and why."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
LAYERS = ("store", "grid", "channel", "base")  # who wins (choice A6)
REASONS = {"store": "store_price", "grid": "grid_price", "channel": "channel_price", "base": "base"}


@dataclass(frozen=True)
class During:
    """A half-open range of instants; None is unbounded."""

    start: dt.datetime | None = None
    end: dt.datetime | None = None

    def holds(self, at: dt.datetime) -> bool:
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)

    def within(self, other: "During") -> "During | None":
        """The instants that both hold; None if there are none."""
        start = max((edge for edge in (self.start, other.start) if edge is not None), default=None)
        end = min((edge for edge in (self.end, other.end) if edge is not None), default=None)
        return None if start is not None and end is not None and end <= start else During(start, end)

    def next_edge(self, at: dt.datetime) -> dt.datetime | None:
        """The first instant after `at` at which the range begins or ends."""
        if self.start is not None and self.end is not None and self.end <= self.start:
            return None  # empty
        return min((edge for edge in (self.start, self.end) if edge is not None and edge > at), default=None)


@dataclass(frozen=True)
class Layer:
    """A price with tax of one layer, with its dated promotional price."""

    kind: str
    amount: Decimal
    promo_amount: Decimal | None = None
    promo_during: During = During()
    code: str = ""


@dataclass(frozen=True)
class Offer:
    """A campaign that takes `percent` off a product during a range."""

    code: str
    label: str
    percent: Decimal
    during: During


@dataclass(frozen=True)
class Reason:
    """Why a price is what it is.

    kind: base | store_price | channel_price | grid_price (the amount itself, always first), promo | campaign (the
    change of the unit price with tax, negative). The amounts add up to the unit price.
    """

    kind: str
    code: str
    label: str
    amount: Decimal


@dataclass(frozen=True)
class EffectivePrice:
    """What a product costs: `base` before and `unit` after reductions, with tax; may change at `until`."""

    product_id: int
    base: Decimal
    unit: Decimal
    vat_rate: Decimal
    currency: str
    reasons: tuple[Reason, ...]
    until: dt.datetime | None
    label: str = ""
    is_from: bool = False  # a parent whose children cost more than this, too

    @property
    def is_reduced(self) -> bool:
        return self.unit < self.base

    @property
    def percent_off(self) -> int:
        """Whole percent off the base price, rounded down: never promises more than it gives."""
        return int((self.base - self.unit) * 100 / self.base) if self.base else 0

    @property
    def saving(self) -> Decimal:
        return self.base - self.unit


def reduced(amount: Decimal, percent: Decimal) -> Decimal:
    """The amount with `percent` taken off, rounded half up to the cent, never below 0."""
    left = (amount * (Decimal(100) - percent) / Decimal(100)).quantize(CENT, rounding=ROUND_HALF_UP)
    return max(left, Decimal("0.00"))


def evaluate(
    product_id: int,
    layers: Iterable[Layer],
    offers: Iterable[Offer],
    *,
    at: dt.datetime,
    vat_rate: Decimal,
    currency: str,
) -> EffectivePrice | None:
    """The effective price at `at`, or None without a price.

    The highest layer counts (store, grid, channel, base); on its price the best of promotional price and campaigns
    wins, they do not add up. The order of the arguments never matters.
    """
    layer = _winner(layers)
    if layer is None:
        return None
    known = sorted(offers, key=lambda offer: (-offer.percent, offer.code))
    reasons = [Reason(REASONS[layer.kind], layer.code, "", layer.amount)]
    best = _best(layer, known, at)
    if best:
        reasons.append(best)
    edges = [offer.during.next_edge(at) for offer in known]
    if layer.promo_amount is not None:
        edges.append(layer.promo_during.next_edge(at))
    return EffectivePrice(
        product_id=product_id,
        base=layer.amount,
        unit=sum((reason.amount for reason in reasons), Decimal("0.00")),
        vat_rate=vat_rate,
        currency=currency,
        reasons=tuple(reasons),
        until=min((edge for edge in edges if edge is not None), default=None),
        label=best.label if best else "",
    )


def cheapest(product_id: int, children: Sequence[EffectivePrice]) -> EffectivePrice | None:
    """A parent's "from" price: its cheapest child's, until any child's price may change."""
    if not children:
        return None
    lowest = min(children, key=lambda price: (price.unit, price.base, price.product_id))
    until = min((price.until for price in children if price.until), default=None)
    differ = any(price.unit != lowest.unit for price in children)
    return replace(lowest, product_id=product_id, until=until, is_from=differ)


def _winner(layers: Iterable[Layer]) -> Layer | None:
    """The layer that counts; of several in one rank the lowest price, promotion left aside."""
    return min(layers, key=lambda layer: (LAYERS.index(layer.kind), layer.amount, layer.code), default=None)


def _best(layer: Layer, offers: Iterable[Offer], at: dt.datetime) -> Reason | None:
    """The reduction that leaves the lowest price; at the same price the promotional price is named."""
    found = [
        (reduced(layer.amount, offer.percent), 1, offer.code, offer.label, "campaign")
        for offer in offers
        if offer.during.holds(at)
    ]
    if layer.promo_amount is not None and layer.promo_during.holds(at):
        found.append((layer.promo_amount, 0, layer.code, "", "promo"))
    if not found:
        return None
    unit, _rank, code, label, kind = min(found)
    return Reason(kind, code, label, unit - layer.amount) if unit < layer.amount else None


def phase(
    approved: bool, archived: bool, start: dt.datetime | None, end: dt.datetime | None, *, at: dt.datetime
) -> str:
    """Where a campaign is in its life at an instant: archived, over, draft, coming or running."""
    if archived:
        return "archived"
    if end is not None and end <= at:
        return "over"
    if not approved:
        return "draft"
    return "coming" if start is not None and start > at else "running"
