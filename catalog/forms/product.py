"""The product form: fields of its own, one typed input per attribute, and locks on what an import feeds."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold import widgets

from altazion.lib.office import lock_fields
from altazion.lib.translating import with_translations
from catalog import rules
from catalog.enums import AttributeType, Flag, ProductKind, ProductState
from catalog.forms.layouts import layout_field
from catalog.models import Attribute, Product
from catalog.rules import trade
from catalog.selectors.trade import flag_names
from catalog.services.products import CHANGEABLE

PREFIX = "attr_"
YES_NO = [("", "—"), ("true", gettext_lazy("yes")), ("false", gettext_lazy("no"))]


def _line(length: int) -> forms.CharField:
    return forms.CharField(required=False, max_length=length, widget=widgets.UnfoldAdminTextInputWidget)


ProductTexts = with_translations(
    name=_line(250),
    slug=forms.SlugField(required=False, max_length=120, widget=widgets.UnfoldAdminTextInputWidget),
    short_description=_line(500),
    description=forms.CharField(required=False, widget=widgets.UnfoldAdminTextareaWidget),
    meta_title=_line(160),
    meta_description=_line(320),
)


class ProductForm(ProductTexts):  # type: ignore[misc, valid-type]
    """A product as a merchandiser types it; texts in other languages stand beside those of the main one."""

    open_fields: ClassVar[set[str]] = set()  # fed ones that a colleague may change all the same
    marks = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Marks"), required=False, coerce=int, widget=widgets.UnfoldAdminCheckboxSelectMultipleWidget
    )

    class Meta:
        model = Product
        fields = (
            "sku",
            "name",
            "slug",
            "short_description",
            "description",
            "meta_title",
            "meta_description",
            "type",
            "vat_rate",
            "family",
            "brand",
            "stock_type",
            "weight_g",
            "importance",
            "limited_below",
            "variant_tiles",
            "page_layout",
            "bundle_mode",
            "bundle_percent",
            "height_mm",
            "width_mm",
            "length_mm",
            "net_weight_g",
            "net_height_mm",
            "net_width_mm",
            "net_length_mm",
            "hs_code",
            "origin_country",
            "maker_name",
            "maker_address",
            "maker_contact",
            "eu_person",
            "eu_address",
            "eu_contact",
            "warnings",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["marks"].choices = list(flag_names().items())  # type: ignore[attr-defined]
        self.initial.setdefault("marks", [flag.value for flag in Flag if self.instance.flags & flag.value])
        for name, good in (("meta_title", 60), ("meta_description", 155)):
            if name in self.fields:
                self.fields[name].help_text = _("Search engines show about %(count)d characters.") % {"count": good}
                self.fields[name].widget.attrs["data-good-length"] = str(good)
        for name in self.attribute_names():
            value = self.instance.attributes.get(name.removeprefix(PREFIX))
            self.initial[name] = {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value
        fed = self.instance.fed_fields or []
        codes = rules.locked_attributes(fed, [name.removeprefix(PREFIX) for name in self.attribute_names()])
        closed = rules.locked_fields(fed) | {PREFIX + code for code in codes}
        free = {name.replace("attributes.", PREFIX, 1) for name in self.open_fields}
        lock_fields(self, closed - free, self.instance.source)
        if "page_layout" in self.fields:
            self.fields["page_layout"] = layout_field(self.fields["page_layout"])
        if self.instance.kind == ProductKind.CHILD:
            self.fields.pop("variant_tiles", None)  # its parent's choice
            self.fields.pop("page_layout", None)
        if self.instance.kind == ProductKind.CHILD and "name" in self.fields:
            self.fields["name"].help_text = _("Empty: its parent's name.")

    def clean_origin_country(self) -> str:
        """Two letters of ISO 3166."""
        code = str(self.cleaned_data["origin_country"] or "").strip().upper()
        if code and not trade.is_country(code):
            raise forms.ValidationError(_("There is no country “%(code)s”.") % {"code": code})
        return code

    def clean_bundle_percent(self) -> Any:
        """0 to 99.99: nothing is given away."""
        percent = self.cleaned_data["bundle_percent"]
        if percent is not None and not 0 <= percent < 100:
            raise forms.ValidationError(_("A percentage lies between 0 and 99.99."))
        return percent

    def attribute_names(self) -> list[str]:
        """Names of the inputs that are attributes."""
        return [name for name in self.fields if name.startswith(PREFIX)]

    def clean(self) -> dict[str, Any]:
        """A validated product keeps a name; what is wrong in another tab is said on top as well."""
        cleaned = super().clean() or {}
        validated = self.instance.state == ProductState.VALIDATED and self.instance.kind != ProductKind.CHILD
        if validated and "name" in cleaned and not cleaned["name"]:
            self.add_error("name", _("A validated product needs a name."))
        for name in trade.SIZES:
            try:
                trade.check_sizes({name: cleaned.get(name)})
            except ValueError:
                self.add_error(name, _("This size or weight cannot be."))
        wrong = [str(self.fields[name].label) for name in self.attribute_names() if name in self.errors]
        if wrong:
            self.add_error(None, _("Attributes to correct: %(names)s") % {"names": ", ".join(wrong)})
        return cleaned

    def changes(self) -> dict[str, Any]:
        """What the colleague changed, as `catalog.services.change_product` takes it."""
        changed = {name: self.cleaned_data[name] for name in self.changed_data if name in CHANGEABLE}
        attributes = {
            name.removeprefix(PREFIX): self.cleaned_data.get(name)
            for name in self.changed_data
            if name.startswith(PREFIX)
        }
        if attributes:
            changed["attributes"] = attributes
        if "marks" in self.changed_data:
            changed["flags"] = sum(set(self.cleaned_data["marks"]))
        if self.translations_changed():
            changed["translations"] = self.translations()
        return changed


def attribute_fields(attributes: Iterable[Attribute]) -> dict[str, forms.Field]:
    """One input per attribute, of the attribute's type. Give the attributes with their options prefetched."""
    return {PREFIX + attribute.code: _field(attribute) for attribute in attributes}


def _field(attribute: Attribute) -> forms.Field:
    label = f"{attribute.name} ({attribute.unit})" if attribute.unit else attribute.name
    common: dict[str, Any] = {"label": label, "required": False}
    kind = attribute.type
    if kind == AttributeType.NUMBER:
        return forms.DecimalField(localize=True, widget=widgets.UnfoldAdminTextInputWidget, **common)
    if kind == AttributeType.BOOLEAN:
        return forms.ChoiceField(choices=YES_NO, widget=widgets.UnfoldAdminSelectWidget, **common)
    if kind == AttributeType.DATE:
        return forms.DateField(widget=widgets.UnfoldAdminSingleDateWidget, **common)
    if kind == AttributeType.URL:
        return forms.URLField(assume_scheme="https", widget=widgets.UnfoldAdminURLInputWidget, **common)
    if kind == AttributeType.LONG_TEXT:
        return forms.CharField(widget=widgets.UnfoldAdminTextareaWidget({"rows": 3}), **common)
    if kind == AttributeType.LIST:
        options = [(option.code, option.label) for option in attribute.options.all()]
        return OptionsField(choices=options, widget=widgets.UnfoldAdminSelect2MultipleWidget, **common)
    return forms.CharField(max_length=rules.TEXT_LENGTH, widget=widgets.UnfoldAdminTextInputWidget, **common)


class OptionsField(forms.MultipleChoiceField):
    """One or several values of a list; one is kept as itself, several as a list."""

    def prepare_value(self, value: Any) -> Any:
        """The stored value as the list that the widget wants."""
        return [value] if isinstance(value, str) else value or []

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as lists."""
        return super().has_changed(self.prepare_value(initial), data)

    def clean(self, value: Any) -> Any:
        """The chosen code, or the list of them."""
        chosen = super().clean(value)
        return chosen[0] if len(chosen) == 1 else chosen or None
