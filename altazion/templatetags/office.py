"""Words of the frame for templates of Office."""

from decimal import Decimal

from django import template
from django.urls import NoReverseMatch, reverse

from altazion.lib import money

register = template.Library()


@register.simple_tag
def page(name: str, *args: object) -> str:
    """The address of a page of Office; empty while it does not exist or its record is missing."""
    if None in args:
        return ""
    try:
        return reverse(f"admin:{name}", args=args)
    except NoReverseMatch:
        return ""


@register.filter
def amount(value: Decimal, currency: str = "EUR") -> str:
    """Money as people of the active language write it."""
    return money.display(value, currency)
