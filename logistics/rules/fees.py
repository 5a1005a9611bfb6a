"""What delivery costs, and which of several ways is shown (operations-domain 2.8, 11.11), without Django."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

FREE = Decimal("0.00")


@dataclass(frozen=True)
class Band:
    """A line of a fee table: up to this weight (None: any), from this value of goods, perhaps in one zone only."""

    fee: Decimal
    up_to_weight_g: int | None = None
    from_value: Decimal = FREE
    zone: int | None = None


@dataclass(frozen=True)
class Asked:
    """What a fee depends on: grams of the shipment, value of the goods with tax, zones that hold the address."""

    weight_g: int
    value: Decimal
    zones: frozenset[int] = frozenset()


def band_for(bands: Sequence[Band], asked: Asked) -> Band | None:
    """The line that applies: a zone's own before those of everywhere, the tightest weight, then the highest value.

    None when the table knows no line for this weight and zone.
    """
    fitting = [
        band
        for band in bands
        if (band.zone is None or band.zone in asked.zones)
        and (band.up_to_weight_g is None or asked.weight_g <= band.up_to_weight_g)
        and asked.value >= band.from_value
    ]
    return min(fitting, key=_precedence, default=None)


def _precedence(band: Band) -> tuple[bool, int, Decimal]:
    return band.zone is None, 10**9 if band.up_to_weight_g is None else band.up_to_weight_g, -band.from_value


def fee_of(fee: Decimal, free_from: Decimal | None, value: Decimal) -> Decimal:
    """What delivery costs, with tax, for a basket of `value` with tax."""
    return FREE if free_from is not None and value >= free_from else fee


@dataclass(frozen=True)
class Way:
    """A mode that can serve: what tells it apart, what it costs."""

    key: int
    carrier: int | None
    kind: str
    fee: Decimal
    exceptional: bool = False


def beaten(ways: Iterable[Way]) -> dict[int, int | None]:
    """Modes that are not offered though they could serve: by key, the mode that goes before them.

    Of one carrier and kind only the cheapest is offered (the first of equals). A mode for exceptional cases is
    offered only when nothing else serves; None says that the ordinary ones go before it.
    """
    able = list(ways)
    ordinary = [way for way in able if not way.exceptional]
    out: dict[int, int | None] = {way.key: None for way in able if way.exceptional} if ordinary else {}
    best: dict[tuple[int, str], Way] = {}
    for way in ordinary or able:
        if way.carrier is None:
            continue
        rival = best.get((way.carrier, way.kind))
        if rival is None or way.fee < rival.fee:
            best[way.carrier, way.kind] = way
            if rival is not None:
                out[rival.key] = way.key
        else:
            out[way.key] = rival.key
    return {key: _last(key, out) for key in out}


def _last(key: int, out: dict[int, int | None]) -> int | None:
    """The mode that goes before all: who was beaten by a beaten one lost to its winner."""
    winner = out[key]
    while winner is not None and winner in out:
        winner = out[winner]
    return winner
