"""Arithmetic and life cycle of orders, without Django.

One tax policy (features-and-peers 3.16): prices include tax; the tax of a rate is taken once from the sum of that
rate's lines, half up; the lines' amounts without tax are shares of it. So lines, rates and totals agree to the cent.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from altazion.lib.money import ZERO, cents, net_of, share_out

MAX_QUANTITY = 999
STATES_AFTER = {"placed": {"ready", "cancelled"}, "ready": {"done", "cancelled"}, "done": set(), "cancelled": set()}


@dataclass(frozen=True)
class Amount:
    """What a line comes to, with tax, at a VAT rate (0.2 means 20 %)."""

    gross: Decimal
    vat_rate: Decimal


@dataclass(frozen=True)
class Rate:
    """All that is sold at one VAT rate."""

    rate: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(frozen=True)
class Totals:
    """An order's amounts: `nets` are the lines' amounts without tax, in the order of the lines."""

    gross: Decimal
    net: Decimal
    rates: tuple[Rate, ...]
    nets: tuple[Decimal, ...]


def spread(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """A bundle's price over what lies in it, by what each would cost alone; the parts sum to it to the cent.

    Where nothing has a price of its own, all take the same part.
    """
    return share_out(total, list(weights))


def totals(lines: Sequence[Amount]) -> Totals:
    """Add lines up by VAT rate; every sum is exact by construction."""
    nets: list[Decimal] = [ZERO] * len(lines)
    rates = []
    for rate in sorted({line.vat_rate for line in lines}, reverse=True):
        places = [index for index, line in enumerate(lines) if line.vat_rate == rate]
        gross = sum((lines[index].gross for index in places), ZERO)
        net = net_of(gross, rate)
        parts = share_out(net, [lines[index].gross for index in places])
        for index, part in zip(places, parts, strict=True):
            nets[index] = part
        rates.append(Rate(rate, net, gross - net, gross))
    return Totals(
        gross=sum((rate.gross for rate in rates), ZERO),
        net=sum((rate.net for rate in rates), ZERO),
        rates=tuple(rates),
        nets=tuple(nets),
    )


def vat_words(sums: Totals) -> list[dict[str, str]]:
    """VAT by rate as orders keep it."""
    return [
        {"rate": str(one.rate), "net": str(one.net), "tax": str(one.tax), "gross": str(one.gross)} for one in sums.rates
    ]


def order_number(year: int, sequence: int) -> str:
    """The number people quote: W26-000123."""
    return f"W{year % 100:02d}-{sequence:06d}"


def fingerprint(lines: Iterable[tuple[int, int, Decimal]], fee: Decimal) -> str:
    """A short word for what a shopper was shown: (product, quantity, unit price) of each line, and the fee."""
    text = ";".join(f"{product}x{quantity}@{cents(unit)}" for product, quantity, unit in sorted(lines))
    return hashlib.sha256(f"{text}+{cents(fee)}".encode()).hexdigest()[:24]


def payment_state(
    total: Decimal, paid: Decimal, refunded: Decimal = ZERO, *, closed: bool = False, authorised: Decimal = ZERO
) -> str:
    """due, part, authorised, paid or refunded. An order of nothing is paid; a closed one is owed nothing more.

    `refunded`: what of the money paid went back. `authorised`: what banks promise besides.
    """
    if refunded and refunded >= paid and (closed or not total):
        return "refunded"
    paid -= ZERO if closed else refunded
    if paid >= total:
        return "paid"
    if paid + authorised >= total:
        return "authorised"
    return "part" if paid + authorised > 0 else "due"


def may_become(state: str, wanted: str) -> bool:
    """Does the simple life cycle (operations-domain 2.10) lead from one state to the other?"""
    return wanted in STATES_AFTER[state]


def nearest(asked: Decimal, *, most: Decimal, step: Decimal | None = None) -> tuple[Decimal, Decimal]:
    """The amounts that can be had next to the one asked for, below and above, never more than `most`.

    Vouchers of 20, four of them, asked for 55: (40, 60). What is paid in any amount: what is asked, or all there is.
    """
    if step is None:
        had = min(asked, most)
        return had, had
    whole = most // step * step
    low = min(asked // step * step, whole)
    return low, low if low == asked else min(low + step, whole)
