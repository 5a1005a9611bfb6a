"""What colleagues type about the catalogue."""

from catalog.forms.children import ChildrenForm
from catalog.forms.criteria import CriterionForm, CriterionValueForm
from catalog.forms.pages import BrandForm, SegmentForm
from catalog.forms.parts import MediaForm, PlaceFormSet, PriceForm, PriceFormSet, ReferenceForm
from catalog.forms.product import ProductForm, attribute_fields
from catalog.forms.structure import HeirForm, PasteForm, ReplacementForm

__all__ = [
    "BrandForm",
    "ChildrenForm",
    "CriterionForm",
    "CriterionValueForm",
    "HeirForm",
    "MediaForm",
    "PasteForm",
    "PlaceFormSet",
    "PriceForm",
    "PriceFormSet",
    "ProductForm",
    "ReferenceForm",
    "ReplacementForm",
    "SegmentForm",
    "attribute_fields",
]
