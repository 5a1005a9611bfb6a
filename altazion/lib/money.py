"""Money is `Decimal` with two places; amounts are tax-included ("gross") unless a name says "net"."""

from decimal import ROUND_HALF_UP, Decimal

from django.utils import formats, translation

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
SIGNS = {"EUR": "€", "GBP": "£", "USD": "$"}


def cents(amount: Decimal) -> Decimal:
    """The amount rounded half up to the cent."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def display(amount: Decimal, currency: str = "EUR") -> str:
    """The amount as people of the active language write it: "12,50 €" in French, "€12.50" in English."""
    sign = SIGNS.get(currency, currency)
    number = formats.number_format(cents(amount), decimal_pos=2, use_l10n=True, force_grouping=True)
    if (translation.get_language() or "fr").startswith("en") and len(sign) == 1:
        return f"-{sign}{number[1:]}" if amount < 0 else f"{sign}{number}"
    return f"{number}\N{NO-BREAK SPACE}{sign}"


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
