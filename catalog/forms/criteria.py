"""Criteria and their choices; English words stand beside the French ones."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from altazion.lib.problems import Invalid
from catalog.forms.english import InEnglish
from catalog.models import Criterion, CriterionValue
from catalog.services.criteria import check_choice, check_criterion


class CriterionForm(InEnglish):
    """A criterion; what cannot be is said at its field."""

    name_en = forms.CharField(
        label=_("Name in English"), required=False, max_length=120, widget=widgets.UnfoldAdminTextInputWidget
    )

    class Meta:
        model = Criterion
        fields = ("name", "code", "attribute", "kind", "display", "segments", "position", "active")

    def _post_clean(self) -> None:
        super()._post_clean()
        if not self.errors:
            try:
                check_criterion(self.instance)
            except Invalid as refusal:
                self.add_refusal(refusal)


class CriterionValueForm(InEnglish):
    """One choice: a range, or a value of the attribute with its label."""

    word = "label"
    label_en = forms.CharField(
        label=_("Label in English"), required=False, max_length=200, widget=widgets.UnfoldAdminTextInputWidget
    )

    class Meta:
        model = CriterionValue
        fields = (
            "label", "code", "value", "minimum", "maximum", "since", "before", "colour", "image", "position",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for end in ("minimum", "maximum"):
            if (value := self.initial.get(end)) is not None:
                self.initial[end] = value.normalize() + 0  # 3, not 3.000000

    def _post_clean(self) -> None:
        super()._post_clean()
        criterion = self.instance.criterion if self.instance.criterion_id else None
        if not self.errors and criterion and self.has_changed() and not self.cleaned_data.get("DELETE"):
            try:
                check_choice(criterion, self.instance)
            except Invalid as refusal:
                self.add_refusal(refusal)
