"""Segments and brands as they are typed: what they are, their page in every language, its address."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold import widgets

from altazion.lib.office import lock_fields
from altazion.lib.translating import with_translations
from catalog import rules
from catalog.enums import IMPORTANCE_WORDS
from catalog.models import Brand, Segment

OWN = "own"


def _line(length: int) -> forms.CharField:
    return forms.CharField(required=False, max_length=length, widget=widgets.UnfoldAdminTextInputWidget)


def _prose() -> forms.CharField:
    return forms.CharField(required=False, widget=widgets.UnfoldAdminTextareaWidget({"rows": 4}))


PageTexts = with_translations(
    name=_line(120), slug=_line(120), intro=_prose(), header=_prose(), meta_title=_line(160),
    meta_description=forms.CharField(
        required=False, max_length=320, widget=widgets.UnfoldAdminTextareaWidget({"rows": 2})
    ),
)  # fmt: skip
TEXTS = ("intro", "image", "banner", "header", "meta_title", "meta_description")


class PageForm(PageTexts):  # type: ignore[misc, valid-type]
    """What segments and brands have in common."""

    importance_word = forms.ChoiceField(
        label=gettext_lazy("Importance"), required=False, widget=widgets.UnfoldAdminSelectWidget
    )
    redirect = forms.BooleanField(
        label=gettext_lazy("Create a redirect if the address changes"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Whoever comes by the old address is sent on to the new one."),
        widget=widgets.UnfoldBooleanSwitchWidget,
    )
    written: set[str] = set()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _("Empty: made from the name.")
        if "importance" in self.fields:
            self.fields["importance"].required = False
            self.fields["importance"].label = _("as a number")
            self.fields["importance"].help_text = _("0 to 999; what is chosen in words sets it.")
        self._choose_importance()
        for name in ("intro", "header"):
            if name in self.fields:
                self.fields[name].widget.attrs["rows"] = 4
        for language in ("en",):
            if name := self.fields.get(f"slug_{language}"):
                name.help_text = _("Empty: the same word as in the main language.")
        for name, good in (("meta_title", 60), ("meta_description", 155)):
            if name in self.fields:
                self.fields[name].help_text = _("Search engines show about %(count)d characters.") % {"count": good}
                self.fields[name].widget.attrs["data-good-length"] = str(good)
        lock_fields(self, getattr(self.instance, "fed_fields", None) or [], getattr(self.instance, "source", ""))

    def _choose_importance(self) -> None:
        if (field := self.fields.get("importance_word")) is None:
            return
        words = [(str(number), f"{word} ({number})") for number, word in IMPORTANCE_WORDS.items()]
        field.choices = [*words, (OWN, _("a number of its own"))]  # type: ignore[attr-defined]
        number = str(self.instance.importance)
        self.initial.setdefault("importance_word", number if number in dict(words) else OWN)
        if "importance" in (getattr(self.instance, "fed_fields", None) or ()):
            field.disabled = True

    def clean(self) -> dict[str, Any]:
        """A word sets the number; a number typed by itself stays."""
        cleaned: dict[str, Any] = super().clean()
        word = cleaned.get("importance_word")
        if "importance_word" in self.changed_data and word and word != OWN:
            cleaned["importance"] = int(word)
        elif cleaned.get("importance") is None and "importance" in self.fields:
            cleaned["importance"] = self.instance.importance
        if not 0 <= (cleaned.get("importance") or 0) <= 999:
            self.add_error("importance", _("Importance goes from 0 to 999."))
        return cleaned

    def changes(self) -> dict[str, Any]:
        """What to write, as the domain's verbs take it."""
        names = {*self.changed_data, *(("code", "name") if not self.instance.pk else ())}
        if "importance_word" in names:
            names.add("importance")
        changed = {name: self.cleaned_data[name] for name in names if name in self.written}
        if self.translations_changed():
            changed["translations"] = self.translations()
        return changed


class SegmentForm(PageForm):
    """A segment and the place where it hangs."""

    written = {"code", "name", "slug", "kind", "importance", "position", "header_below", "page_template", *TEXTS}

    class Meta:
        model = Segment
        fields = (
            "code", "name", "slug", "parent", "kind", "importance", "position", "header_below", "page_template", *TEXTS
        )  # fmt: skip

    def clean_parent(self) -> Segment | None:
        """Neither itself nor one below, and not deeper than six levels."""
        parent: Segment | None = self.cleaned_data["parent"]
        if parent is None:
            return None
        if self.instance.pk and self.instance.pk in parent.path:
            raise forms.ValidationError(_("A segment cannot hang below itself."))
        if parent.level >= rules.MAX_LEVEL:
            raise forms.ValidationError(_("The tree has at most %(levels)d levels.") % {"levels": rules.MAX_LEVEL})
        return parent


class BrandForm(PageForm):
    """A brand and its page."""

    written = {"code", "name", "slug", "importance", "is_own", "website", *TEXTS}

    class Meta:
        model = Brand
        fields = ("code", "name", "slug", "importance", "is_own", "website", *TEXTS)
