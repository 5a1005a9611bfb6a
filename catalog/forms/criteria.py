"""Criteria and their choices; English words stand beside the French ones."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from altazion.lib.problems import Invalid
from catalog.models import Criterion, CriterionValue
from catalog.services.criteria import check_choice, check_criterion


class InEnglish(forms.ModelForm):
    """A form with one English word kept in `translations`; `word` names the field it translates."""

    word = "name"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        english = (self.instance.translations or {}).get("en", {})
        self.initial.setdefault(f"{self.word}_en", english.get(self.word, ""))

    def translate(self) -> None:
        """Bring the English word into the instance."""
        if f"{self.word}_en" in self.changed_data:
            kept = dict(self.instance.translations or {})
            english = {**kept.get("en", {}), self.word: self.cleaned_data.get(f"{self.word}_en")}
            self.instance.translations = {**kept, "en": {key: value for key, value in english.items() if value}}

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        self.translate()

    def add_refusal(self, refusal: Invalid) -> None:
        """What the domain says, at its field."""
        self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)


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
        fields = ("label", "code", "value", "minimum", "maximum", "position")

    def _post_clean(self) -> None:
        super()._post_clean()
        criterion = self.instance.criterion if self.instance.criterion_id else None
        if not self.errors and criterion and self.has_changed() and not self.cleaned_data.get("DELETE"):
            try:
                check_choice(criterion, self.instance)
            except Invalid as refusal:
                self.add_refusal(refusal)
