"""What products need."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from altazion.lib.problems import Invalid
from catalog.models import Requirement
from catalog.services.completeness import check_requirement


class RequirementForm(forms.ModelForm):
    """A fact or an attribute; the language is one of those spoken here."""

    language = forms.ChoiceField(label=_("language"), required=False, widget=widgets.UnfoldAdminSelectWidget)

    class Meta:
        model = Requirement
        fields = ("fact", "attribute", "family", "channel", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [("", _("every language")), *settings.LANGUAGES]  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors and self.has_changed() and not self.cleaned_data.get("DELETE"):
            try:
                check_requirement(self.instance)
            except Invalid as refusal:
                self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)
