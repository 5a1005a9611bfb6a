"""Choices of the catalogue (catalogue-domain 2)."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ProductKind(models.TextChoices):
    SIMPLE = "simple", _("product")
    PARENT = "parent", _("parent of variants")
    CHILD = "child", _("variant")
    BUNDLE = "bundle", _("bundle")


class Flag(models.IntegerChoices):
    """The six marks of a product, each a bit; their names may be changed (`FlagName`)."""

    FEATURED_1 = 1, _("featured 1")
    FEATURED_2 = 2, _("featured 2")
    OWN_BRAND = 4, _("own brand")
    FLASH_SALE = 8, _("flash sale")
    IMPORT = 16, pgettext_lazy("mark of a product", "import")
    EXCLUSIVE = 32, _("exclusive")

    @property
    def code(self) -> str:
        """What machines call it: own_brand."""
        return str(self.name).lower()


class BundleMode(models.TextChoices):
    """How a bundle is handled once ordered (catalogue-domain 2.17)."""

    WHOLE = "whole", _("sold as one article")
    APART = "apart", _("each product handled by itself")


class ProductState(models.TextChoices):
    IN_PREPARATION = "in_preparation", _("in preparation")
    VALIDATED = "validated", _("validated")
    ARCHIVED = "archived", _("archived")


class StockType(models.IntegerChoices):
    NOT_STOCKED = 0, _("not stocked, supplied directly")
    IMMATERIAL = 1, _("immaterial")
    FIFO = 2, _("stocked, first in first out")
    AVERAGE = 3, _("stocked, weighted average cost")


class Nature(models.IntegerChoices):
    """Accounting nature of a product type (meta type, 2.1)."""

    PRODUCT = 0, _("goods")
    SHIPPING = 1, _("shipping fee")
    DISCOUNT = 2, _("discount")
    SERVICE = 3, _("service")
    SUBSCRIPTION = 4, _("rent or subscription")
    BUNDLE = 5, _("bundle")
    FINANCIAL = 6, _("financial")
    TAX = 7, _("tax")
    LICENCE = 8, _("licence")


class SegmentKind(models.TextChoices):
    """Choice A1: listed, beside a main product, internal."""

    LISTED = "P", _("listed")
    BESIDE = "C", _("shown beside a product only")
    INTERNAL = "I", _("internal")


class PageTemplate(models.TextChoices):
    """How a segment's page is laid out."""

    STANDARD = "", _("filters beside the products")
    DOORS = "doors", _("segments below as pictures, then the products")
    WIDE = "wide", _("products over the whole width, filters folded")


class AttributeType(models.TextChoices):
    TEXT = "T", _("text")
    LONG_TEXT = "L", _("long text")
    NUMBER = "N", pgettext_lazy("kind of attribute", "number")
    BOOLEAN = "B", _("yes or no")
    DATE = "D", _("date")
    URL = "U", _("web address")
    LIST = "E", _("value from a list")


class CriterionKind(models.TextChoices):
    """How a criterion asks (2.9)."""

    VALUES = "V", _("the attribute's values")
    RANGES = "R", _("ranges of a number or a date")
    YES_NO = "B", _("yes or no")
    PRESENCE = "P", _("has a value, or none")


class CriterionDisplay(models.TextChoices):
    """How a criterion stands beside the list."""

    OPEN = "O", _("always open")
    FOLDED = "F", _("folded until asked for")


class Membership(models.TextChoices):
    """How a product came into a selection."""

    HAND = "H", _("by hand")
    RULE = "R", _("by the rule")


class RequiredFact(models.TextChoices):
    """What a product may need besides attributes; texts count in their language."""

    NAME = "name", _("name")
    DESCRIPTION = "description", _("description")
    SHORT = "short_description", _("short description")
    META = "meta_description", _("description for search engines")
    IMAGE = "image", _("picture")
    SEGMENT = "segment", _("segment")
    BRAND = "brand", _("brand")
    REFERENCE = "reference", _("reference (EAN…)")
    PRICE = "price", _("price")
    WEIGHT = "weight", _("weight")


class ReferenceType(models.TextChoices):
    """Usual ones; any other code is accepted as a custom type."""

    EAN13 = "EAN13", "EAN-13"
    GTIN = "GENCODE", "GTIN"
    ISBN = "ISBN", "ISBN"
    ASIN = "ASIN", "ASIN"
    MPN = "MPN", _("manufacturer's number")


class MediaKind(models.TextChoices):
    IMAGE = "image", _("picture")
    VIDEO = "video", _("video")
    DOCUMENT = "document", _("document")


class FetchState(models.TextChoices):
    """How far a file that stands elsewhere has come."""

    WAITING = "waiting", _("waiting")
    DONE = "done", _("fetched")
    FAILED = "failed", _("not fetched")


#: importance in words and the number that each stands for (A17)
IMPORTANCE_WORDS = {0: _("undefined"), 100: _("normal"), 300: _("highlighted"), 900: _("star")}


def importance_word(number: int) -> Any:
    """The word for a number from 0 to 999: that of the step it has reached."""
    return IMPORTANCE_WORDS[max(step for step in IMPORTANCE_WORDS if step <= max(number, 0))]


class LabelDisplay(models.TextChoices):
    TEXT = "text", _("coloured text")
    IMAGE = "image", _("picture")


class LabelRule(models.TextChoices):
    """When a label is on a product without anybody giving it."""

    BY_HAND = "", _("by hand")
    NEW = "new", _("new: for some days since publication")
    PROMOTION = "promotion", _("its price is reduced")
    ATTRIBUTE = "attribute", _("an attribute has a value")
    SELECTION = "selection", _("it is in a selection")
    FLAG = "flag", _("it has a mark")


class SourceKind(models.TextChoices):
    """Who speaks of products."""

    ERP = "erp", _("ERP")
    SUPPLIER = "supplier", _("supplier")
    OVERLAY = "overlay", pgettext_lazy("source of products", "overlay")
    HAND = "hand", pgettext_lazy("source of products", "by hand")
