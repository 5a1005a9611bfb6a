"""Kinds of document."""

from django import forms
from unfold import widgets

from altazion.lib.translating import with_translations
from catalog.models import DocumentKind

_NAME = forms.CharField(required=False, max_length=80, widget=widgets.UnfoldAdminTextInputWidget)


class DocumentKindForm(with_translations(name=_NAME)):  # type: ignore[misc]
    """A kind of document in each language."""

    class Meta:
        model = DocumentKind
        fields = ("name", "code", "position")
