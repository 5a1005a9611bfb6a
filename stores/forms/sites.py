"""A site as it is typed: what it is, what search engines and language models are told."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from unfold import widgets

from altazion.lib.translating import with_translations
from stores import rules
from stores.models import Site

TITLES = ("product_title", "segment_title", "brand_title")


def _line(length: int) -> forms.CharField:
    return forms.CharField(required=False, max_length=length, widget=widgets.UnfoldAdminTextInputWidget)


SiteTexts = with_translations(tagline=_line(200), **{name: _line(160) for name in TITLES})


class SiteForm(SiteTexts):  # type: ignore[misc, valid-type]
    """Patterns of titles name only what they know; robots.txt keeps its form; pages elsewhere are https."""

    class Meta:
        model = Site
        fields = (
            "name", "tagline", "host", "channel", "root_segment", "in_production", "contact_email", "contact_phone",
            "legal_name", "logo", "social_pages", "return_days",
            "return_countries", *TITLES, "robots_txt", "llms_txt",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in TITLES:
            if name in self.fields:
                self.fields[name].help_text = _(
                    "{name}, {brand}, {site}, {sku} are filled in; what is empty is left out."
                )

    def clean(self) -> dict[str, Any]:
        """The patterns of titles, in every language."""
        cleaned: dict[str, Any] = super().clean()
        for name in [field for field in self.fields if field.startswith(TITLES)]:
            if unknown := rules.unknown_words(cleaned.get(name) or ""):
                self.add_error(name, _("No title knows {%(word)s}.") % {"word": unknown[0]})
        return cleaned

    def clean_robots_txt(self) -> str:
        """Lines as search engines read them."""
        text: str = self.cleaned_data["robots_txt"].replace("\r", "")
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip() and not rules.is_robots_line(line):
                raise forms.ValidationError(
                    _("Line %(number)d: write it like Disallow: /private/"), params={"number": number}
                )
        return text

    def clean_return_countries(self) -> str:
        """Two letters each, in capitals."""
        codes: list[str] = self.cleaned_data["return_countries"].upper().replace(",", " ").split()
        if wrong := [code for code in codes if not (len(code) == 2 and code.isascii() and code.isalpha())]:
            raise forms.ValidationError(_("%(code)s is no country of two letters.") % {"code": wrong[0][:20]})
        return " ".join(dict.fromkeys(codes))

    def clean_social_pages(self) -> str:
        """One https address a line."""
        lines: list[str] = self.cleaned_data["social_pages"].split()
        if wrong := [line for line in lines if not line.startswith("https://")]:
            raise forms.ValidationError(_("%(address)s is not an https address.") % {"address": wrong[0][:100]})
        return "\n".join(lines)
