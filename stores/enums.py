"""Choices of the stores room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ChannelKind(models.TextChoices):
    WEB = "web", _("web shop")
    STORE = "store", _("stores")
    KIOSK = "kiosk", _("kiosks and screens")
    SELLER = "seller", _("seller tablets")
    MARKETPLACE = "marketplace", _("marketplace")


class VariantTiles(models.TextChoices):
    """How listings show a product with variants (catalogue-domain 2.6)."""

    PARENT = "parent", _("one tile for the product")
    CHILDREN = "children", _("one tile for each variant")


class PublicationRule(models.TextChoices):
    """When a validated product may be shown on a channel (catalogue-domain 2.3)."""

    VALIDATED = "validated", _("every validated product")
    COMPLETE = "complete", _("validated, with image and description")
    IN_STOCK = "in_stock", _("validated and in stock")


class TargetKind(models.TextChoices):
    """What a former address leads to; rooms above may keep their own things under `page`."""

    SEGMENT = "segment", _("segment")
    BRAND = "brand", _("brand")
    PRODUCT = "product", _("product")
    PAGE = "page", _("page of the shop")
    PATH = "path", _("another address")


class AddressCause(models.TextChoices):
    RENAMED = "renamed", _("its address was changed")
    REPLACED = "replaced", _("it was archived and replaced")
    IMPORTED = "imported", _("imported list")
    BY_HAND = "by_hand", _("written by hand")
