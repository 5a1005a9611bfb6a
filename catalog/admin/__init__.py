"""Office pages of the catalogue."""

from catalog.admin.associations import AssociationKindAdmin
from catalog.admin.attributes import AttributeAdmin
from catalog.admin.brands import BrandAdmin
from catalog.admin.criteria import CriterionAdmin
from catalog.admin.fetches import MediaFetchAdmin
from catalog.admin.keywords import KeywordAdmin, KeywordCategoryAdmin
from catalog.admin.labels import LabelAdmin, LabelSlotAdmin
from catalog.admin.locks import FieldLockAdmin, FieldOrderAdmin, SourceAdmin
from catalog.admin.media import DocumentKindAdmin
from catalog.admin.products import ProductAdmin
from catalog.admin.requirements import RequirementAdmin
from catalog.admin.segments import SegmentAdmin
from catalog.admin.selections import SelectionAdmin
from catalog.admin.structure import FamilyAdmin, ProductTypeAdmin, VatRateAdmin

__all__ = [
    "AssociationKindAdmin",
    "AttributeAdmin",
    "BrandAdmin",
    "CriterionAdmin",
    "DocumentKindAdmin",
    "FamilyAdmin",
    "FieldLockAdmin",
    "FieldOrderAdmin",
    "KeywordAdmin",
    "KeywordCategoryAdmin",
    "LabelAdmin",
    "LabelSlotAdmin",
    "MediaFetchAdmin",
    "ProductAdmin",
    "ProductTypeAdmin",
    "RequirementAdmin",
    "SegmentAdmin",
    "SelectionAdmin",
    "SourceAdmin",
    "VatRateAdmin",
]
