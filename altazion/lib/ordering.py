"""Rows that people order by hand: dragged, or moved with two buttons (altazion/static/office/order.js tells how)."""

import json
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget

SCRIPT, STYLE = "office/order.js", "office/order.css"


def order_words() -> str:
    """What the script says, as JSON in the reader's language."""
    return json.dumps(
        {
            "up": _("Move {name} up"),
            "down": _("Move {name} down"),
            "drag": _("Drag to put in order"),
            "moved": _("{name} is now {place} of {count}."),
            "failed": _("The order could not be kept. Load the page again."),
        },
        ensure_ascii=False,
    )


def order_attributes() -> SafeString:
    """The words as an attribute of a list that keeps its order by itself."""
    return format_html('data-order-words="{}"', order_words())


class PositionInput(UnfoldAdminIntegerFieldWidget):
    """The place of a row among its brothers: a number, turned by the script into a handle and two buttons."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"data-order-position": "", **(attrs or {})})

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None) -> dict[str, Any]:
        """With the words of the reader's language."""
        return {**super().build_attrs(base_attrs, extra_attrs), "data-order-words": order_words()}

    @property
    def media(self) -> forms.Media:
        """The script and its style."""
        return forms.Media(js=[SCRIPT], css={"all": [STYLE]})


class Ordered:
    """For an inline or a list of the admin: the field `ordered_by` is what its rows are ordered with."""

    ordered_by = "position"

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest | None, **kwargs: Any) -> Any:
        """The number with its handle and buttons."""
        if db_field.name == self.ordered_by:
            kwargs["widget"] = PositionInput()
        return super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
