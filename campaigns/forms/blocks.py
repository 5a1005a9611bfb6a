"""What a person types about one block of a landing page; which fields there are depends on its kind."""

import warnings
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image
from unfold import widgets

from campaigns.enums import BlockKind
from campaigns.models import Block

LANGUAGES = {"fr": gettext_lazy("French"), "en": gettext_lazy("English")}
LINKS = ("link_segment", "link_brand", "link_product", "link_page", "link_url")
FIELDS: dict[str, tuple[str, ...]] = {
    BlockKind.BANNER: ("upload", "picture", *LINKS),
    BlockKind.SELECTION: ("selection", "shown", "sort"),
    BlockKind.TEXT: (),
    BlockKind.TEXT_IMAGE: ("upload", "picture", *LINKS),
    BlockKind.FAQ: (),
    BlockKind.VIDEO: ("video",),
}
SAID: dict[str, tuple[str, ...]] = {
    BlockKind.BANNER: ("title", "text", "label", "alt"),
    BlockKind.SELECTION: ("title", "text"),
    BlockKind.TEXT: ("title", "html"),
    BlockKind.TEXT_IMAGE: ("title", "html", "label", "alt"),
    BlockKind.FAQ: ("title",),
    BlockKind.VIDEO: ("title", "text"),
}
LABELS = {
    "title": gettext_lazy("Title"),
    "text": gettext_lazy("Sentence below the title"),
    "html": gettext_lazy("Text"),
    "label": gettext_lazy("Words of the link"),
    "alt": gettext_lazy("What the picture shows, for those who cannot see it"),
}
MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 40_000_000
FORMATS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif", "AVIF": "avif"}


class Chosen(AutocompleteSelect):
    """Search and choose, in the theme's dress."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.attrs["class"] = "unfold-admin-autocomplete admin-autocomplete"


class BlockForm(forms.ModelForm):
    """Common fields once, texts once per language (`fr_title`, `en_title`)."""

    upload = forms.FileField(label=gettext_lazy("Picture"), required=False, widget=widgets.UnfoldAdminFileFieldWidget)

    class Meta:
        model = Block
        fields = ("picture", "selection", "shown", "sort", "video", *LINKS)
        widgets = {
            "picture": widgets.UnfoldAdminTextInputWidget(),
            "shown": widgets.UnfoldAdminIntegerFieldWidget(),
            "sort": widgets.UnfoldAdminSelectWidget(),
            "video": widgets.UnfoldAdminTextInputWidget(),
            "link_url": widgets.UnfoldAdminTextInputWidget(),
        }

    def __init__(self, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        for name in [name for name in self.fields if name not in FIELDS[kind]]:
            del self.fields[name]
        for name in ("selection", "link_segment", "link_brand", "link_product", "link_page"):
            if name in self.fields:
                field = Block._meta.get_field(name)  # noqa: SLF001 - the documented way to a field
                choice: Any = self.fields[name]
                choice.widget = Chosen(field, admin.site)
                choice.widget.choices = choice.choices
        if "selection" in self.fields:
            self.fields["selection"].required = True
        if "picture" in self.fields:
            self.fields["picture"].label = _("or its address")
            self.fields["picture"].help_text = _("A sent file comes first.")
        for language in LANGUAGES:
            said = (self.instance.texts or {}).get(language, {})
            for key in SAID[kind]:
                self.fields[f"{language}_{key}"] = _text(key)
                self.initial.setdefault(f"{language}_{key}", said.get(key, ""))

    def clean_upload(self) -> Any:
        """A picture that is one, of a usual kind, not too large to show."""
        file = self.cleaned_data.get("upload")
        if not file:
            return None
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("At most 8 MB."))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                with Image.open(file) as picture:
                    width, height = picture.size
                    kind = picture.format or ""
                    if width * height > MOST_PIXELS:
                        raise forms.ValidationError(_("This picture has too many pixels: 40 million at most."))
                    picture.verify()
        except forms.ValidationError:
            raise
        except Exception as error:  # whatever Pillow stumbles over is not a picture that we can show
            raise forms.ValidationError(_("This file is not a picture that browsers show.")) from error
        if kind not in FORMATS:
            raise forms.ValidationError(_("Send one of: %(kinds)s") % {"kinds": ", ".join(FORMATS)})
        file.seek(0)
        file.name = f"{(file.name or 'picture').rpartition('.')[0] or 'picture'}.{FORMATS[kind]}"
        return file

    def groups(self) -> list[tuple[str, list[Any]]]:
        """The fields as the page shows them: what is common, then each language."""
        common = [self[name] for name in FIELDS[self.kind] if name not in LINKS]
        links = [self[name] for name in self.fields if name in LINKS]
        said = [(str(name), [self[f"{code}_{key}"] for key in SAID[self.kind]]) for code, name in LANGUAGES.items()]
        return [("", common), *said, (_("Where a click leads (one of them)"), links)]

    def values(self, questions: dict[str, list[dict[str, str]]] | None = None) -> dict[str, Any]:
        """What to keep, as `campaigns.services.save_block` takes it."""
        data = self.cleaned_data
        fields = {name: data[name] for name in self.fields if name in FIELDS[self.kind] and name != "upload"}
        texts: dict[str, dict[str, Any]] = {
            language: {key: data[f"{language}_{key}"] for key in SAID[self.kind]} for language in LANGUAGES
        }
        for language, asked in (questions or {}).items():
            texts[language]["questions"] = asked
        return {**fields, "texts": texts}


def _text(key: str) -> forms.CharField:
    if key == "html":
        widget: forms.Widget = widgets.UnfoldAdminTextareaWidget({"rows": 8})
        note = _("Simple HTML is allowed; what could act is removed.")
        return forms.CharField(label=LABELS[key], required=False, widget=widget, help_text=note, max_length=20_000)
    return forms.CharField(
        label=LABELS[key], required=False, max_length=250, widget=widgets.UnfoldAdminTextInputWidget()
    )


class QuestionForm(forms.Form):
    """One question and its answer; both empty takes it away."""

    question = forms.CharField(
        label=gettext_lazy("Question"), required=False, max_length=250, widget=widgets.UnfoldAdminTextInputWidget()
    )
    answer = forms.CharField(
        label=gettext_lazy("Answer"),
        required=False,
        max_length=5000,
        widget=widgets.UnfoldAdminTextareaWidget({"rows": 2}),
    )


Questions = forms.formset_factory(QuestionForm, extra=3, max_num=40)


def questions_form(block: Block, language: str, data: Any = None) -> Any:
    """The questions of a block in a language, with three blank ones."""
    asked = (block.texts or {}).get(language, {}).get("questions", [])
    return Questions(data, prefix=f"{language}_questions", initial=asked)
