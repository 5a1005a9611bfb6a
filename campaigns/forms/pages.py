"""What a person types about a landing page."""

from typing import Any

from django import forms
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from campaigns.models import LandingPage

LANGUAGES = ("fr", "en")
WORD = gettext_lazy("Letters, digits and dashes; empty takes it from the title.")


class LandingPageForm(forms.ModelForm):
    """A page's settings: dates as two instants, a word per language, English beside French."""

    starts = forms.SplitDateTimeField(
        label=gettext_lazy("Starts"), required=False, widget=UnfoldAdminSplitDateTimeWidget()
    )
    ends = forms.SplitDateTimeField(
        label=gettext_lazy("Ends before"), required=False, widget=UnfoldAdminSplitDateTimeWidget()
    )
    word_fr = forms.SlugField(
        label=gettext_lazy("Word in the address"),
        required=False,
        max_length=100,
        help_text=WORD,
        widget=UnfoldAdminTextInputWidget(),
    )
    word_en = forms.SlugField(
        label=gettext_lazy("Word in the English address"),
        required=False,
        max_length=100,
        help_text=WORD,
        widget=UnfoldAdminTextInputWidget(),
    )
    title_en = forms.CharField(
        label=gettext_lazy("Title in English"), required=False, max_length=160, widget=UnfoldAdminTextInputWidget()
    )
    meta_description_en = forms.CharField(
        label=gettext_lazy("Description for search engines in English"),
        required=False,
        max_length=320,
        widget=UnfoldAdminTextareaWidget({"rows": 2}),
    )

    class Meta:
        model = LandingPage
        fields = ("name", "kind", "layout", "channel", "brand", "title", "meta_description", "noindex", "nofollow")
        widgets = {
            "kind": UnfoldAdminRadioSelectWidget(),
            "layout": UnfoldAdminRadioSelectWidget(),
            "meta_description": UnfoldAdminTextareaWidget({"rows": 2}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        page = self.instance
        english = (page.translations or {}).get("en", {})
        self.initial.setdefault("title_en", english.get("title", ""))
        self.initial.setdefault("meta_description_en", english.get("meta_description", ""))
        if page.pk:
            words = dict(page.addresses.filter(is_current=True).values_list("language", "word"))
            self.initial.update({f"word_{language}": words.get(language, "") for language in LANGUAGES})
            if page.during is not None:
                self.initial.setdefault("starts", page.during.lower)
                self.initial.setdefault("ends", page.during.upper)

    def clean(self) -> dict[str, Any]:
        """The range from its two ends, the English texts into their place."""
        data: dict[str, Any] = super().clean() or {}
        starts, ends = data.get("starts"), data.get("ends")
        if starts and ends and ends <= starts:
            self.add_error("ends", _("The end must come after the start."))
        else:
            self.instance.during = DateTimeTZRange(starts, ends) if starts or ends else None
        english = {key: data.get(f"{key}_en") for key in ("title", "meta_description")}
        self.instance.translations = {
            **(self.instance.translations or {}),
            "en": {k: v for k, v in english.items() if v},
        }
        return data

    def words(self) -> dict[str, str]:
        """The word per language, as `campaigns.services.save_page` takes them."""
        return {language: self.cleaned_data.get(f"word_{language}") or "" for language in LANGUAGES}


class PreviewPageForm(forms.Form):
    """For which instant and language a page is shown beside its blocks."""

    at = forms.DateTimeField(
        label=gettext_lazy("As it is on"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "class": "cp-input"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=[("fr", "Français"), ("en", "English")],
        widget=forms.Select(attrs={"class": "cp-input"}),
    )
    width = forms.ChoiceField(
        label=gettext_lazy("Width"),
        required=False,
        choices=[("wide", gettext_lazy("screen")), ("phone", gettext_lazy("phone"))],
        widget=forms.Select(attrs={"class": "cp-input"}),
    )
