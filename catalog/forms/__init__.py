"""What colleagues type about the catalogue."""

from catalog.forms.associations import AssociationForm
from catalog.forms.attributes import AttributeForm, OptionForm, UseForm
from catalog.forms.bundles import BundleFormSet, BundleLineForm
from catalog.forms.channel_text import ChannelTextForm
from catalog.forms.children import ChildrenForm
from catalog.forms.criteria import CriterionForm, CriterionValueForm
from catalog.forms.media import MediaForm
from catalog.forms.pages import BrandForm, SegmentForm
from catalog.forms.parts import PlaceFormSet, PriceForm, PriceFormSet, ReferenceForm
from catalog.forms.product import ProductForm, attribute_fields
from catalog.forms.structure import FamilyForm, HeirForm, PasteForm, ReplacementForm

__all__ = [
    "AssociationForm",
    "AttributeForm",
    "BrandForm",
    "BundleFormSet",
    "BundleLineForm",
    "ChannelTextForm",
    "ChildrenForm",
    "CriterionForm",
    "CriterionValueForm",
    "FamilyForm",
    "HeirForm",
    "MediaForm",
    "OptionForm",
    "PasteForm",
    "PlaceFormSet",
    "PriceForm",
    "PriceFormSet",
    "ProductForm",
    "ReferenceForm",
    "ReplacementForm",
    "SegmentForm",
    "UseForm",
    "attribute_fields",
]
