"""Amounts as card networks write them: whole numbers of a currency's smallest unit."""

from decimal import Decimal

from django.utils.translation import gettext as _

from altazion.lib.problems import Refused

WHOLE = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
THOUSANDTHS = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])


def places(currency: str) -> int:
    """Decimal places of a currency: 2 for the euro, none for the yen."""
    code = currency.upper()
    return 0 if code in WHOLE else 3 if code in THOUSANDTHS else 2


def to_minor(amount: Decimal, currency: str) -> int:
    """12.50 EUR is 1250, 1250 JPY is 1250. Raises Refused for a fraction of the smallest unit."""
    minor = amount.scaleb(places(currency))
    if minor != minor.to_integral_value():
        text = _("%(amount)s cannot be paid in %(currency)s, which has no such fraction.")
        raise Refused(text % {"amount": amount, "currency": currency}, code="no_such_fraction", field="amount")
    return int(minor)


def from_minor(minor: int, currency: str) -> Decimal:
    """1250 of the euro's cents are 12.50."""
    return Decimal(minor).scaleb(-places(currency))
