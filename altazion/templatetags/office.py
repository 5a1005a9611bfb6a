"""Words of the frame for templates of Office."""

from decimal import Decimal
from typing import Any

from django import template
from django.template import Context
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from altazion.lib import money
from altazion.lib.office_errors import Wrong, wrong_in
from altazion.lib.ordering import SCRIPT, STYLE, order_attributes
from altazion.teaching import words_for

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


@register.simple_tag
def teaching(changelist: Any) -> str:
    """What an empty list says of what comes to stand there."""
    return words_for(changelist.opts.label_lower)


@register.simple_tag(takes_context=True)
def wrong_here(context: Context) -> list[Wrong]:
    """What is wrong on this page, field by field."""
    return wrong_in({str(name): value for name, value in context.flatten().items()})


@register.simple_tag
def order_words() -> SafeString:
    """Attributes of a list whose rows people put in order (office/order.js)."""
    return order_attributes()


@register.simple_tag
def order_media() -> SafeString:
    """The script and the style of such a list, for pages that no admin class feeds."""
    return format_html(
        '<link rel="stylesheet" href="{}"><script src="{}" defer></script>', static(STYLE), static(SCRIPT)
    )
