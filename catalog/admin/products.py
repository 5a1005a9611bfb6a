"""The product list and the product page."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import BaseFormSet, ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter

from altazion.lib.clock import now
from altazion.lib.office import EstimatedPaginator, NeverDeleted, RefusalsAsMessages, actor
from altazion.lib.translating import side_by_side
from catalog import services
from catalog.admin import inlines
from catalog.admin.actions import ProductActions
from catalog.admin.bulk import BulkPages
from catalog.admin.labels import LabelActions
from catalog.admin.media import MediaFiles
from catalog.admin.page import page_context
from catalog.admin.product_list import (
    ChannelFilter,
    Columns,
    FlagFilter,
    PlacedFilter,
    ProductChangeList,
    SegmentFilter,
    StateFilter,
)
from catalog.admin.provenance import ProvenancePage
from catalog.admin.requirements import CompleteColumn, CompletenessFilter
from catalog.admin.saved import SavedFilters
from catalog.admin.scan import ScanPage
from catalog.admin.typing import TypingInList
from catalog.admin.variants import VariantPages
from catalog.enums import ProductKind
from catalog.forms import ProductForm, attribute_fields
from catalog.models import (
    Association,
    BasePrice,
    BundleLine,
    ChannelText,
    Keyword,
    Media,
    Product,
    ProductKeyword,
    ProductLabel,
    ProductReference,
    ProductSegment,
)
from catalog.rules import sources as rules
from catalog.selectors import lookup
from catalog.selectors.attributes import attributes_for
from catalog.selectors.believed import open_to_hand
from catalog.services.parts import Placement

ROWS: dict[Any, Callable[..., None]] = {
    BasePrice: services.save_prices,
    Association: services.save_associations,
    ChannelText: services.save_channel_texts,
    ProductLabel: services.save_product_labels,
    ProductReference: services.save_references,
}


@admin.register(Product)
class ProductAdmin(
    TypingInList,
    SavedFilters,
    BulkPages,
    MediaFiles,
    LabelActions,
    ProductActions,
    ProvenancePage,
    VariantPages,
    ScanPage,
    CompleteColumn,
    Columns,
    RefusalsAsMessages,
    NeverDeleted,
    ModelAdmin,
):
    """A merchandiser's desk."""

    actions = (*BulkPages.actions, *LabelActions.actions)
    list_display = (
        "picture",
        "title",
        "family",
        "segment",
        "brand",
        "state_badge",
        "complete",
        "published",
        "price",
        "stock",
    )
    list_display_links = ("title",)
    export_not = ("picture",)
    export_also = ("sku", "external_id", "kind", "state", "parent__sku", "importance", "weight_g")
    list_select_related = ("family", "brand", "parent")
    sortable_by = ("title",)
    list_filter = (
        StateFilter,
        ("kind", ChoicesDropdownFilter),
        ("family", AutocompleteSelectFilter),
        SegmentFilter,
        PlacedFilter,
        ("brand", AutocompleteSelectFilter),
        ChannelFilter,
        CompletenessFilter,
        FlagFilter,
    )
    list_filter_submit = True
    list_fullwidth = True
    list_per_page = 50
    list_max_show_all = 50
    show_full_result_count = False
    paginator = EstimatedPaginator
    search_fields = ("sku", "name")
    search_help_text = _("SKU, name, EAN or any other reference")
    ordering = ("-id",)
    form = ProductForm
    warn_unsaved_form = True
    compressed_fields = True
    autocomplete_fields = ("family", "brand")
    change_form_outer_before_template = "office/catalog/product_bar.html"
    change_form_outer_after_template = "office/catalog/result_preview.html"
    change_form_show_cancel_button = True
    fieldsets = (
        (None, {"fields": ("sku", *side_by_side(["name", "short_description", "description"]))}),
        (_("Arrangement"), {"fields": (("type", "vat_rate"), ("family", "brand"), ("importance", "limited_below"))}),
        (_("Marks"), {"fields": ("marks",)}),
        (
            _("Logistics"),
            {
                "fields": (
                    ("stock_type", "weight_g"),
                    ("height_mm", "width_mm", "length_mm"),
                    ("net_weight_g", "net_height_mm", "net_width_mm", "net_length_mm"),
                    ("hs_code", "origin_country"),
                )
            },
        ),
        (
            _("Product safety"),
            {
                "fields": (
                    ("maker_name", "maker_contact"),
                    "maker_address",
                    ("eu_person", "eu_contact"),
                    "eu_address",
                    "warnings",
                ),
                "classes": ["collapse"],
            },
        ),
        (_("Bundle"), {"fields": (("bundle_mode", "bundle_percent"),), "classes": ["collapse"]}),
        (
            _("Web"),
            {"fields": (*side_by_side(["slug", "meta_title", "meta_description"]), ("variant_tiles", "page_layout"))},
        ),
    )
    inlines = (
        inlines.PriceInline,
        inlines.PlaceInline,
        inlines.ReferenceInline,
        inlines.KeywordInline,
        inlines.AttributesPanel,
        inlines.LabelInline,
        inlines.MediaInline,
        inlines.BundleInline,
        inlines.AssociationInline,
        inlines.ChannelTextInline,
        inlines.VariantsPanel,
        inlines.CompletenessPanel,
        inlines.PublicationPanel,
        inlines.LogPanel,
    )

    class Media:
        css = {"all": ["office/panels.css", "catalog/cells.css"]}
        js = ["catalog/lengths.js", "catalog/cells.js"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new product starts with the usual type and rate."""
        return {**lookup.usual_type_and_rate(), **super().get_changeform_initial_data(request)}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type:
        """Lines with what stands beside each product."""
        return ProductChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Product], search_term: str
    ) -> tuple[QuerySet[Product], bool]:
        """By SKU, name or reference. Pickers see no archived products."""
        if request.path.endswith("/autocomplete/"):
            queryset = queryset.exclude(state="archived")
        return (lookup.search(queryset, search_term) if search_term.strip() else queryset), False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[ModelForm]:
        """The form with one input per attribute of this product."""
        show_all = request.GET.get("attributes") == "all"
        fields = attribute_fields(attributes_for(obj, show_all=show_all)) if obj else {}
        free = open_to_hand(obj, obj.fed_fields + list(rules.COLUMNS), at=now()) if obj and obj.fed_fields else set()
        kwargs["form"] = type("ProductForm", (ProductForm,), {**fields, "open_fields": free})
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A variant's tiles are its parent's choice: its form has no such field."""
        if obj is None or obj.kind != ProductKind.CHILD:
            return super().get_fieldsets(request, obj)
        of_parent = ("variant_tiles", "page_layout")
        return [
            (title, {**options, "fields": tuple(name for name in options["fields"] if name != of_parent)})
            for title, options in super().get_fieldsets(request, obj)
        ]

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """A new product gets its prices and places at once, the rest when it exists; a variant has no places."""
        found = super().get_inline_instances(request, obj)
        if obj is None:
            return [one for one in found if one.__class__.__name__ in {"PriceInline", "PlaceInline", "ReferenceInline"}]
        hidden = {
            ProductKind.CHILD: {"PlaceInline", "VariantsPanel", "BundleInline", "ChannelTextInline"},
            ProductKind.PARENT: {"BundleInline"},
            ProductKind.BUNDLE: {"VariantsPanel"},
        }.get(obj.kind, set())
        return [one for one in found if one.__class__.__name__ not in hidden]

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:
        """One domain call: create or change."""
        if change:
            services.change_product(obj, form.changes(), at=now(), actor=actor(request))
            return
        fields = {name: value for name, value in form.changes().items() if name != "sku"}
        made = services.create_product(form.cleaned_data["sku"], at=now(), actor=actor(request), **fields)
        obj.pk, obj._state.adding = made.pk, False  # noqa: SLF001 - the admin goes on with the stored product
        obj.refresh_from_db()

    def save_formset(self, request: HttpRequest, form: Any, formset: BaseFormSet, change: bool) -> None:
        """Rows of a tab through the verb for that tab."""
        if not formset.has_changed():
            return
        rows: Any = formset
        product, who = form.instance, actor(request)
        if rows.model is ProductSegment:
            self._save_places(product, rows, who)
        elif rows.model is BundleLine:
            services.save_bundle(product, rows.lines(), at=now(), actor=who)
        elif rows.model is Media:
            self._save_media(product, rows, who)
        elif rows.model is ProductKeyword:
            services.set_keywords(product, _chosen_keywords(rows), at=now(), actor=who)
        elif rows.model in ROWS:
            kept = rows.save(commit=False)
            ROWS[rows.model](product, kept, rows.deleted_objects, at=now(), actor=who)

    def get_urls(self) -> list[URLPattern]:
        """The buttons' addresses."""
        own = [
            path("<int:pk>/do/<slug:verb>/", self.admin_site.admin_view(self.do), name="catalog_product_do"),
            path("<int:pk>/undo/", self.admin_site.admin_view(self.undo), name="catalog_product_undo"),
            path("<int:pk>/children/", self.admin_site.admin_view(self.children), name="catalog_product_children"),
            path("<int:pk>/sources/", self.admin_site.admin_view(self.provenance), name="catalog_product_sources"),
            path("<int:pk>/note/", self.admin_site.admin_view(self.note), name="catalog_product_note"),
            path("scan/", self.admin_site.admin_view(self.scan), name="catalog_product_scan"),
            path("<int:pk>/variants/", self.admin_site.admin_view(self.variants), name="catalog_product_variants"),
            path("<int:pk>/matrix/", self.admin_site.admin_view(self.matrix), name="catalog_product_matrix"),
        ]
        return own + self.bulk_urls() + self.saved_urls() + super().get_urls()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The page, with what its panels show."""
        product = kwargs.get("obj")
        if product is not None:
            context.update(page_context(self, request, product, context["adminform"].form))
        response: TemplateResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def _save_places(self, product: Product, formset: Any, who: str) -> None:
        rows = [form.cleaned_data for form in formset.forms if form.cleaned_data.get("segment")]
        wanted = [
            Placement(row["segment"], row["is_primary"], row["relevance"]) for row in rows if not row.get("DELETE")
        ]
        services.place_in_segments(product, wanted, at=now(), actor=who)

    def _save_media(self, product: Product, formset: Any, who: str) -> None:
        kept = formset.save(commit=False)
        files, posters = (_sent(formset, kept, name) for name in ("upload", "poster_file"))
        services.save_media(product, kept, formset.deleted_objects, files=files, posters=posters, at=now(), actor=who)


def _sent(formset: Any, kept: list[Media], name: str) -> dict[int, Any]:
    """The files of one field, by the position of their media."""
    found = {id(form.instance): form.cleaned_data.get(name) for form in formset.forms if form.cleaned_data}
    return {index: found[id(one)] for index, one in enumerate(kept) if found.get(id(one))}


def _chosen_keywords(formset: Any) -> list[Keyword]:
    rows = [form.cleaned_data for form in formset.forms if form.cleaned_data.get("keyword")]
    return [row["keyword"] for row in rows if not row.get("DELETE")]
