"""Pictures, films and documents of a product."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold import widgets

from altazion.lib.problems import Invalid
from catalog.enums import MediaKind
from catalog.forms.parts import FedRow
from catalog.models import Media
from catalog.services.media import check_address, checked

SAID_HERE = ("title", "alt", "focus_x", "focus_y", "document_kind", "language", "poster")


class FocusInput(widgets.UnfoldAdminIntegerFieldWidget):
    """A percentage, which the script also takes from a click on the picture."""

    def __init__(self, axis: str) -> None:
        super().__init__({"data-focus": axis, "min": 0, "max": 100, "step": 1})


class MediaForm(FedRow):
    """A picture, film or document: a file to send, or an address."""

    upload = forms.FileField(label=gettext_lazy("File"), required=False, widget=widgets.UnfoldAdminFileFieldWidget)

    poster_file = forms.FileField(
        label=gettext_lazy("Poster, as a file"), required=False, widget=widgets.UnfoldAdminFileFieldWidget
    )

    class Meta:
        model = Media
        fields = (
            "kind", "location", "title", "alt", "position", "is_public", "focus_x", "focus_y", "document_kind",
            "language", "poster",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location"].required = False
        for name in SAID_HERE:  # files do not speak of these
            self.fields[name].disabled = False
        for name in ("focus_x", "focus_y"):
            self.fields[name].widget = FocusInput(name[-1])
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """Either a file or an address; a file is what its kind says."""
        cleaned = super().clean() or {}
        upload, location = cleaned.get("upload"), cleaned.get("location") or ""
        kind = cleaned.get("kind", "")
        for name in ("focus_x", "focus_y"):
            if cleaned.get(name) is None:
                cleaned[name] = 50
            elif cleaned[name] > 100:
                self.add_error(name, _("0 to 100."))
        if not upload and not location:
            self.add_error("location", _("Send a file or give an address."))
        if kind != MediaKind.DOCUMENT:
            cleaned["document_kind"], cleaned["language"] = None, ""
        if kind != MediaKind.VIDEO:
            cleaned["poster"] = cleaned["poster_file"] = None
        self._check_poster(cleaned)
        try:
            if upload and kind:
                checked(upload, kind)
                upload.seek(0)
            elif kind and "location" in self.changed_data:
                check_address(kind, location)
        except Invalid as refusal:
            self.add_error(refusal.field, refusal.message)
        cleaned["poster"] = cleaned.get("poster") or ""
        return cleaned

    def _check_poster(self, cleaned: dict[str, Any]) -> None:
        """A picture, sent or at an address."""
        try:
            if sent := cleaned.get("poster_file"):
                checked(sent, MediaKind.IMAGE)
                sent.seek(0)
            elif cleaned.get("poster") and "poster" in self.changed_data:
                check_address(MediaKind.IMAGE, cleaned["poster"])
        except Invalid as refusal:
            self.add_error("poster_file" if cleaned.get("poster_file") else "poster", refusal.message)
