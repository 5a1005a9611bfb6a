"""The catalogue: structure (how products are arranged), products, and what they cost before any campaign."""

from catalog.models.associations import Association, AssociationKind
from catalog.models.attributes import Attribute, AttributeOption, AttributeUse
from catalog.models.bundles import BundleLine
from catalog.models.channel_text import ChannelText
from catalog.models.completeness import Completeness, Requirement
from catalog.models.criteria import Criterion, CriterionValue
from catalog.models.fetches import MediaFetch
from catalog.models.keywords import Keyword, KeywordCategory, ProductKeyword
from catalog.models.labels import Label, LabelSlot, ProductLabel
from catalog.models.prices import BasePrice
from catalog.models.products import (
    DocumentKind,
    FedRow,
    KeptOff,
    Media,
    Product,
    ProductReference,
    ProductSegment,
    Publication,
)
from catalog.models.selections import Selection, SelectionExclusion, SelectionItem
from catalog.models.sources import Claim, FieldLock, FieldOrder, Source
from catalog.models.structure import Brand, Family, ProductType, Segment, VatRate
from catalog.models.trade import FlagName

__all__ = [
    "Association",
    "AssociationKind",
    "Attribute",
    "AttributeOption",
    "AttributeUse",
    "BasePrice",
    "Brand",
    "BundleLine",
    "ChannelText",
    "Claim",
    "Completeness",
    "Criterion",
    "CriterionValue",
    "DocumentKind",
    "Family",
    "FedRow",
    "FieldLock",
    "FieldOrder",
    "FlagName",
    "KeptOff",
    "Keyword",
    "KeywordCategory",
    "Label",
    "LabelSlot",
    "Media",
    "MediaFetch",
    "Product",
    "ProductKeyword",
    "ProductLabel",
    "ProductReference",
    "ProductSegment",
    "ProductType",
    "Publication",
    "Requirement",
    "Segment",
    "Selection",
    "SelectionExclusion",
    "SelectionItem",
    "Source",
    "VatRate",
]
