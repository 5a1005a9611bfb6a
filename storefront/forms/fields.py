"""How fields of the shop's forms tell what is wrong with them: beside the field, and to those who listen."""

import re
from typing import Any, Self

from django import forms


class Announced(forms.BaseForm):
    """Fields point to their error and help text, and the first wrong field takes the focus."""

    def announce(self) -> Self:
        """Mark wrong fields for screen readers. Called once, before rendering."""
        focused = False
        for name, field in self.fields.items():
            described = [f"{name}-help"] if field.help_text else []
            if name in self.errors:
                field.widget.attrs["aria-invalid"] = "true"
                described.append(f"{name}-error")
                if not focused and not field.widget.is_hidden:
                    field.widget.attrs["autofocus"] = True
                    focused = True
            if described:
                field.widget.attrs["aria-describedby"] = " ".join(described)
        return self


class PlainForm(Announced, forms.Form):
    """A form of the shop."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


def plain_text(label: Any, most: int, complete: str, attrs: Any = None, **more: Any) -> forms.CharField:
    """A line of text; `complete` tells browsers what may be filled in, `attrs` are the field's own."""
    kind = {"tel": "tel"}.get(complete, "text")
    widget = forms.TextInput(attrs={"autocomplete": complete, "type": kind, **(attrs or {})})
    return forms.CharField(label=label, max_length=most, widget=widget, **more)


class Postcodes:
    """Forms of postcodes by country; unknown countries accept anything."""

    forms_by_country = {"FR": r"\d{5}", "BE": r"\d{4}", "LU": r"(L-?)?\d{4}", "CH": r"\d{4}"}

    def fits(self, country: str, code: str) -> bool:
        """Does the code look like one of the country?"""
        pattern = self.forms_by_country.get(country)
        return pattern is None or re.fullmatch(pattern, code.strip(), re.IGNORECASE) is not None
