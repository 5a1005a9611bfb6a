"""Kinds of document."""

from django import forms
from unfold import widgets

from altazion.lib.translating import with_translations
from catalog.models import DocumentKind


class DocumentKindForm(  # type: ignore[misc]
    with_translations(name=forms.CharField(required=False, max_length=80, widget=widgets.UnfoldAdminTextInputWidget))
):
    """A kind of document in each language."""

    class Meta:
        model = DocumentKind
        fields = ("name", "code", "position")
