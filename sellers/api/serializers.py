"""Shapes on the wire for seller tablets."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from altazion.lib.api import encode_cursor
from catalog.models import Media
from sellers.selectors import SellerProduct


class SellerStock(serializers.Serializer[Any]):
    """Units at a place: on the shelf, and free to promise."""

    kind = serializers.CharField()
    code = serializers.CharField()
    name = serializers.CharField()
    physical = serializers.IntegerField()
    free = serializers.IntegerField()


class SellerPrice(serializers.Serializer[Any]):
    """Prices with tax; `until`: when they may change."""

    unit = serializers.DecimalField(max_digits=12, decimal_places=2)
    base = serializers.DecimalField(max_digits=12, decimal_places=2)
    vat_rate = serializers.DecimalField(max_digits=6, decimal_places=4)
    currency = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    until = serializers.DateTimeField(allow_null=True)


class SellerReference(serializers.Serializer[Any]):
    """EAN and others."""

    type = serializers.CharField()
    value = serializers.CharField()


class SellerDocument(serializers.Serializer[Any]):
    """A manual, a warranty, or what only staff may read (`is_public` false). `url`: fetched with the same key."""

    id = serializers.IntegerField(source="pk")
    title = serializers.CharField()
    kind = serializers.CharField(source="document_kind.code", default="")
    language = serializers.CharField()
    is_public = serializers.BooleanField()
    bytes = serializers.IntegerField(allow_null=True)
    url = serializers.SerializerMethodField()

    def get_url(self, media: Media) -> str:
        return reverse("seller_document", args=[media.pk])


class SellerItem(serializers.Serializer[Any]):
    """A product as staff see it, internal attributes included."""

    guid = serializers.UUIDField(source="product.guid")
    sku = serializers.CharField(source="product.sku")
    kind = serializers.CharField(source="product.kind")
    parent = serializers.CharField(source="product.parent.sku", default=None, allow_null=True)  # type: ignore[assignment]
    state = serializers.CharField(source="product.state")
    name = serializers.SerializerMethodField()
    short_description = serializers.CharField(source="product.short_description")
    brand = serializers.CharField(source="product.brand.name", default="")
    family = serializers.CharField(source="product.family.code", default="")
    attributes = serializers.DictField(source="product.attributes")
    references = SellerReference(source="product.references.all", many=True)
    price = SellerPrice(allow_null=True)
    stock = SellerStock(many=True)
    documents = SellerDocument(many=True)

    def get_name(self, item: SellerProduct) -> str:
        product = item.product
        return product.name or (product.parent.name if product.parent else "")


class ProductsAnswer(serializers.Serializer[Any]):
    """What was found, at most 50."""

    items = SellerItem(many=True)


class ChangesAnswer(serializers.Serializer[Any]):
    """Products to replace, SKUs to forget, and the cursor of the next call (at once while `more`).

    When campaigns changed, all prices may have: load them again.
    """

    items = SellerItem(many=True, source="products")
    gone = serializers.ListField(child=serializers.CharField())
    campaigns_changed = serializers.BooleanField()
    cursor = serializers.SerializerMethodField()
    more = serializers.BooleanField()

    def get_cursor(self, changes: Any) -> str:
        return encode_cursor(*changes.cursor)


class ChangesQuery(serializers.Serializer[Any]):
    """Where the tablet stands."""

    cursor = serializers.CharField(required=False, allow_blank=True, max_length=200)
    channel = serializers.SlugField(required=False, max_length=30)


class ProductsQuery(serializers.Serializer[Any]):
    """What the seller typed or scanned."""

    query = serializers.CharField(required=False, allow_blank=True, max_length=100, default="")
    channel = serializers.SlugField(required=False, max_length=30)
