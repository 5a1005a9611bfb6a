"""Tabs of the product page. Rows that are typed in, and panels that only show."""

from typing import Any, ClassVar

from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline, TabularInline
from unfold.decorators import display

from altazion.lib.money import net_of
from altazion.lib.office import badge
from altazion.lib.ordering import Ordered
from catalog import forms
from catalog.enums import MediaKind
from catalog.forms.labels import ProductLabelForm, ProductLabelFormSet
from catalog.forms.parts import PlaceForm
from catalog.models import (
    Association,
    BasePrice,
    BundleLine,
    ChannelText,
    Media,
    ProductKeyword,
    ProductLabel,
    ProductReference,
    ProductSegment,
    Publication,
)


class Slim(TabularInline):
    """Choices without buttons to make or change what is chosen: a line stays a line."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest | None, **kwargs: Any) -> Any:
        """The bare choice."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field


class PriceInline(Slim):
    """Layers of price with tax; the amount without tax is worked out."""

    model = BasePrice
    form = forms.PriceForm
    formset = forms.PriceFormSet
    fields = ("channel", "store", "amount", "without_tax", "promo_amount", "promo_from", "promo_to")
    readonly_fields = ("without_tax",)
    extra = 0
    tab = True
    hide_title = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[BasePrice]:
        """Grids are shown elsewhere."""
        layers = super().get_queryset(request).filter(grid="").select_related("product__vat_rate")
        return layers.order_by("store", "channel", "pk")

    @display(description=_("Without tax"))
    def without_tax(self, price: BasePrice) -> str:
        """Worked out from the price with tax and the product's rate."""
        if price.pk is None or price.amount is None:
            return "—"
        return number_format(net_of(price.amount, price.product.vat_rate.rate), 2, force_grouping=True)


class PlaceInline(Slim):
    """Where shoppers find it."""

    model = ProductSegment
    form = PlaceForm
    formset = forms.PlaceFormSet
    fields = ("segment", "is_primary", "relevance")
    autocomplete_fields = ("segment",)
    extra = 0
    tab = True
    hide_title = True


class ReferenceInline(TabularInline):
    """EAN and others; several products may carry one."""

    model = ProductReference
    form = forms.ReferenceForm
    fields = ("type", "value", "is_main")
    extra = 0
    tab = True
    hide_title = True


class KeywordInline(Slim):
    """Words that find it before anything else."""

    model = ProductKeyword
    fields = ("keyword", "source")
    readonly_fields = ("source",)
    autocomplete_fields = ("keyword",)
    extra = 0
    tab = True
    hide_title = True


class LabelInline(Slim):
    """Labels given by hand; those that follow a rule come and go by themselves."""

    model = ProductLabel
    form = ProductLabelForm
    formset = ProductLabelFormSet
    fields = ("label", "position", "starts", "ends")
    autocomplete_fields = ("label",)
    extra = 0
    tab = True
    hide_title = True
    verbose_name_plural = _("Labels")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProductLabel]:
        """With what they are called."""
        return super().get_queryset(request).select_related("label__slot")


class MediaInline(Ordered, StackedInline):
    """Pictures, films, documents."""

    model = Media
    form = forms.MediaForm
    fields = (
        "look",
        "kind",
        ("upload", "location"),
        ("alt", "title"),
        ("position", "is_public"),
        ("focus_x", "focus_y"),
        ("document_kind", "language"),
        ("poster_file", "poster"),
    )
    readonly_fields = ("look",)
    extra = 0
    tab = True
    hide_title = True

    class Media:
        css: ClassVar = {"all": ["catalog/media.css"]}
        js = ("catalog/media.js",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """In the order of the page."""
        return super().get_queryset(request).order_by("position", "pk")

    @display(description=_("Look"))
    def look(self, media: Any) -> SafeString:
        """The picture, which takes the focal point by a click; other files as links. Warns of missing words."""
        if media.pk is None:
            return format_html("{}", "—")
        if media.kind != MediaKind.IMAGE or not media.url:
            address = reverse("admin:catalog_media_file", args=[media.pk])
            return format_html(
                '<a class="text-primary-600 underline" href="{}">{}</a>', address, media.title or media.location
            )
        warning = "" if media.alt else badge(gettext("no description for those who cannot see it"), "warn")
        return format_html(
            '<img class="alz-focus" data-focus-picture src="{}" alt="{}" title="{}"> {}',
            media.url,
            media.alt,
            gettext("Click what must stay in sight; or type its place in percent."),
            warning,
        )


class BundleInline(Slim):
    """What lies in a bundle; the first line makes the product one."""

    model = BundleLine
    fk_name = "bundle"
    form = forms.BundleLineForm
    formset = forms.BundleFormSet
    fields = ("component", "quantity")
    autocomplete_fields = ("component",)
    extra = 0
    tab = True
    hide_title = True


class AssociationInline(Slim):
    """Products shown beside it."""

    model = Association
    fk_name = "product"
    form = forms.AssociationForm
    fields = ("kind", "other", "quantity", "reason", "position")
    autocomplete_fields = ("other",)
    extra = 0
    tab = True
    hide_title = True


class ChannelTextInline(StackedInline):
    """Other words on a channel."""

    model = ChannelText
    form = forms.ChannelTextForm
    fields = (
        ("channel", "searchable"),
        ("name", "name_en"),
        "short_description",
        "description",
        "description_en",
        ("slug", "template"),
    )
    extra = 0
    tab = True
    hide_title = True


class PanelFormSet(BaseInlineFormSet):
    """No rows: the tab shows a panel."""

    panel = "panel"

    @classmethod
    def get_default_prefix(cls) -> str:
        """The word in the tab's address."""
        return cls.panel


class Panel(TabularInline):
    """A tab that shows something instead of rows."""

    model = Publication
    extra = 0
    max_num = 0
    tab = True
    panel = ""
    title: Any = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.verbose_name_plural = self.title
        self.verbose_name = self.title
        self.template = f"office/catalog/panel_{self.panel}.html"
        self.formset = type("PanelFormSet", (PanelFormSet,), {"panel": self.panel})
        super().__init__(*args, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Nothing."""
        return super().get_queryset(request).none()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees the product."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No rows."""
        return False

    has_change_permission = has_delete_permission = has_add_permission  # type: ignore[assignment]


class AttributesPanel(Panel):
    """Typed inputs of the main form, by group."""

    panel = "attributes"
    title = _("Attributes")


class CompletenessPanel(Panel):
    """Channel by channel and language by language: how complete, and what is missing."""

    panel = "completeness"
    title = _("Completeness")


class VariantsPanel(Panel):
    """Variants and the way to make them."""

    panel = "variants"
    title = _("Variants")


class PublicationPanel(Panel):
    """Channel by channel: shown or not, and why not."""

    panel = "publication"
    title = _("Publication")


class LogPanel(Panel):
    """Who changed what, when."""

    panel = "log"
    title = _("Log")
