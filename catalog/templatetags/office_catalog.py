"""Small helps for the catalogue's Office pages."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def value_of(attributes: dict[str, Any], code: str) -> str:
    """An attribute's value as text; a dash for none."""
    value = attributes.get(code)
    if value is None:
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
