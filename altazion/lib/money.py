"""Money is `Decimal` with two places; amounts are tax-included ("gross") unless a name says "net"."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def cents(amount: Decimal) -> Decimal:
    """The amount rounded half up to the cent."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def net_of(gross: Decimal, vat_rate: Decimal) -> Decimal:
    """The amount without tax of a tax-included amount; `vat_rate` 0.2 means 20 %."""
    return cents(gross / (1 + vat_rate))


def gross_of(net: Decimal, vat_rate: Decimal) -> Decimal:
    """The tax-included amount of an amount without tax; `vat_rate` 0.2 means 20 %."""
    return cents(net * (1 + vat_rate))


def share_out(total: Decimal, weights: list[Decimal]) -> list[Decimal]:
    """Split an amount over weights so that the parts sum to it exactly (largest remainder, in cents).

    All-zero weights share equally; no weights give an empty list.
    """
    if not weights:
        return []
    whole = sum(weights) or Decimal(len(weights))
    fair = [total * (weight if sum(weights) else 1) / whole for weight in weights]
    parts = [cents(share) for share in fair]
    drift = int((total - sum(parts)) / CENT)
    step = CENT if drift > 0 else -CENT
    order = sorted(range(len(parts)), key=lambda i: (parts[i] - fair[i]) * (1 if drift > 0 else -1))
    for index in order[: abs(drift)]:
        parts[index] += step
    return parts
