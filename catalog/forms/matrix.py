"""The values of a matrix: ticked ones of lists, typed ones, one a line."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold import widgets

from catalog import rules
from catalog.enums import AttributeType
from catalog.models import Attribute
from catalog.selectors.variants import Column, column_of
from catalog.services.matrix import AXES

MOST_TICKED = 120


class MatrixForm(forms.Form):
    """For each differentiating attribute: its values to tick, and a box for more."""

    ean = forms.ChoiceField(
        label=gettext_lazy("EAN"),
        choices=[
            ("shared", gettext_lazy("all share the parent's EAN")),
            ("own", gettext_lazy("each gets its own, typed in the grid")),
        ],
        initial="shared",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        telling = Attribute.objects.filter(is_differentiating=True, type__in=AXES).prefetch_related("options")
        self.columns: list[Column] = [column_of(attribute) for attribute in telling[:8]]
        for column in self.columns:
            code = column.attribute.code
            if column.attribute.type == AttributeType.LIST and column.labels:
                self.fields[f"tick_{code}"] = forms.MultipleChoiceField(
                    label=column.name,
                    required=False,
                    choices=[(label, label) for label in column.choices[:MOST_TICKED]],
                    widget=forms.CheckboxSelectMultiple,
                )
            self.fields[f"more_{code}"] = forms.CharField(
                label=_("More values of %(name)s, one a line") % {"name": column.name},
                required=False,
                max_length=5000,
                widget=widgets.UnfoldAdminTextareaWidget({"rows": 2}),
            )

    def groups(self) -> list[dict[str, Any]]:
        """What the page shows for each attribute."""
        names = ((column, column.attribute.code) for column in self.columns)
        return [
            {
                "name": column.name,
                "tick": self[f"tick_{code}"] if f"tick_{code}" in self.fields else None,
                "more": self[f"more_{code}"],
            }
            for column, code in names
        ]

    def axes(self) -> list[tuple[Column, Sequence[str]]]:
        """The attributes that have a value, with their labels in order, none twice."""
        found: list[tuple[Column, Sequence[str]]] = []
        for column in self.columns:
            code = column.attribute.code
            ticked = self.cleaned_data.get(f"tick_{code}") or []
            typed = [line.strip() for line in (self.cleaned_data.get(f"more_{code}") or "").splitlines()]
            labels: dict[str, str] = {}
            for label in [*ticked, *filter(None, typed)]:
                labels.setdefault(label.casefold(), label)
            if labels:
                found.append((column, list(labels.values())[: rules.MAX_COMBINATIONS + 1]))
        return found

    def left_out(self, keys: Sequence[str]) -> set[str]:
        """Combinations of the preview whose tick was taken away."""
        if self.data.get("previewed") != "1":
            return set()
        kept = set(self.data.getlist("make"))  # type: ignore[attr-defined]
        return set(keys) - kept
