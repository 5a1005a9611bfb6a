"""Words of orders for templates of the shop and of Office."""

from decimal import Decimal, InvalidOperation

from django import template
from django.utils.formats import number_format

from altazion.lib import money

register = template.Library()


@register.filter
def percent(rate: str | Decimal) -> str:
    """A rate as people read it: "0.0550" is "5,5 %" in French."""
    try:
        value = (Decimal(str(rate)) * 100).normalize()
    except InvalidOperation:
        return ""
    digits = max(0, -int(value.as_tuple().exponent))
    return f"{number_format(value, decimal_pos=digits, use_l10n=True)}\N{NO-BREAK SPACE}%"


@register.filter
def as_money(amount: str | Decimal, currency: str = "EUR") -> str:
    """An amount that was frozen as text, as people write money; nothing for what is no amount."""
    try:
        return money.display(Decimal(str(amount)), currency)
    except InvalidOperation:
        return ""
