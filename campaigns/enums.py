"""Choices of landing pages."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PageKind(models.TextChoices):
    RANGE = "range", _("range of products")
    BRAND = "brand", _("brand")
    OPERATION = "operation", _("commercial operation")


class PageLayout(models.TextChoices):
    """What stands around the blocks."""

    SHOP = "shop", _("inside the shop, with its departments")
    BARE = "bare", _("alone, with the logo and the basket")


class BlockKind(models.TextChoices):
    BANNER = "banner", _("banner")
    SELECTION = "selection", _("selection of products")
    TEXT = "text", _("text")
    TEXT_IMAGE = "text_image", _("text and picture")
    FAQ = "faq", _("questions and answers")
    VIDEO = "video", _("video")


class Sort(models.TextChoices):
    """Orders of the products of a block, as listings know them."""

    RANK = "rank", _("best first")
    NEW = "new", _("newest first")
    PRICE = "price", _("lowest price first")
    PRICE_DESC = "price_desc", _("highest price first")
