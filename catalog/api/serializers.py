"""Shapes of questions and answers. Amounts are strings and include tax; instants are ISO 8601."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.models import BasePrice, Product
from stores.models import Store


class PageQuery(serializers.Serializer):
    """What a page of a list may be asked with."""

    updated_since = serializers.DateTimeField(required=False, help_text="Changed at or after this instant")
    cursor = serializers.CharField(required=False, help_text="`next` of the page before")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=200, default=50)


class PlaceShape(serializers.Serializer):
    """A place in a segment."""

    segment = serializers.CharField(source="segment.code")
    is_primary = serializers.BooleanField()
    relevance = serializers.DecimalField(max_digits=4, decimal_places=2)


class ReferenceShape(serializers.Serializer):
    """A code of the trade."""

    type = serializers.CharField()
    value = serializers.CharField()
    is_main = serializers.BooleanField()


class MediaShape(serializers.Serializer):
    """A picture, video or document."""

    kind = serializers.CharField()
    url = serializers.CharField()
    alt = serializers.CharField()
    width = serializers.IntegerField(allow_null=True)
    height = serializers.IntegerField(allow_null=True)
    mime = serializers.CharField()
    document_kind = serializers.CharField(source="document_kind.code", default=None, allow_null=True)
    title = serializers.CharField()
    position = serializers.IntegerField()


class PriceShape(serializers.ModelSerializer):
    """A price layer; what a shopper pays now is the business of availability and baskets."""

    channel: serializers.Field = serializers.SlugRelatedField("code", read_only=True, allow_null=True)
    store: serializers.Field = serializers.SlugRelatedField("code", read_only=True, allow_null=True)
    promo_from = serializers.SerializerMethodField()
    promo_until = serializers.SerializerMethodField()

    class Meta:
        model = BasePrice
        fields = ("channel", "store", "grid", "amount", "promo_amount", "promo_from", "promo_until")

    def get_promo_from(self, price: BasePrice) -> str | None:
        """First instant of the promotion."""
        start = price.promo_during.lower if price.promo_during else None
        return start.isoformat() if start else None

    def get_promo_until(self, price: BasePrice) -> str | None:
        """First instant after the promotion."""
        end = price.promo_during.upper if price.promo_during else None
        return end.isoformat() if end else None


class AssociationShape(serializers.Serializer):
    """A product shown beside it; quantity: how many of it go with one."""

    kind = serializers.CharField(source="kind.code")
    sku = serializers.CharField(source="other.sku")
    quantity = serializers.DecimalField(max_digits=8, decimal_places=3)
    reason = serializers.CharField()


class ProductShape(serializers.ModelSerializer):
    """A product as systems read it; a variant names its parent, whose texts and places serve it."""

    parent = serializers.CharField(source="parent.sku", default=None, allow_null=True)  # type: ignore[assignment]
    children: serializers.Field = serializers.SlugRelatedField("sku", many=True, read_only=True)
    type: serializers.Field = serializers.SlugRelatedField("code", read_only=True)
    brand: serializers.Field = serializers.SlugRelatedField("code", read_only=True, allow_null=True)
    family: serializers.Field = serializers.SlugRelatedField("code", read_only=True, allow_null=True)
    vat_rate = serializers.DecimalField(source="vat_rate.rate", max_digits=6, decimal_places=4)
    segments = PlaceShape(source="places", many=True)
    references = ReferenceShape(many=True)
    media = serializers.SerializerMethodField()
    prices = PriceShape(many=True)
    published_on = serializers.SerializerMethodField()
    associations = AssociationShape(many=True)
    flags: serializers.Field = serializers.ListField(source="flag_codes", child=serializers.CharField())

    class Meta:
        model = Product
        fields = (
            "sku",
            "guid",
            "external_id",
            "kind",
            "parent",
            "children",
            "state",
            "published_on",
            "type",
            "vat_rate",
            "brand",
            "family",
            "name",
            "slug",
            "short_description",
            "description",
            "meta_description",
            "translations",
            "attributes",
            "segments",
            "references",
            "prices",
            "media",
            "weight_g",
            "height_mm",
            "width_mm",
            "length_mm",
            "net_weight_g",
            "net_height_mm",
            "net_width_mm",
            "net_length_mm",
            "hs_code",
            "origin_country",
            "maker_name",
            "maker_address",
            "maker_contact",
            "eu_person",
            "eu_address",
            "eu_contact",
            "warnings",
            "flags",
            "associations",
            "importance",
            "updated_at",
        )

    def get_media(self, product: Product) -> list[dict[str, Any]]:
        """What shoppers may see."""
        return [dict(MediaShape(one).data) for one in product.media.all() if one.is_public]

    def get_published_on(self, product: Product) -> list[str]:
        """Channel codes; a variant is shown where its parent is."""
        holder = product.parent or product
        return sorted(one.channel.code for one in holder.publications.all())


class ToldShape(serializers.Serializer):
    """An attribute that tells a candidate from the others."""

    attribute = serializers.CharField()
    name = serializers.CharField()
    value = serializers.CharField()


class CandidateShape(serializers.ModelSerializer):
    """Enough of a product to choose among several."""

    parent = serializers.CharField(source="parent.sku", default=None, allow_null=True)  # type: ignore[assignment]
    image = serializers.SerializerMethodField()
    tells_apart = serializers.SerializerMethodField()

    class Meta:
        model = Product
        fields = ("sku", "kind", "parent", "name", "attributes", "tells_apart", "image")

    @extend_schema_field(ToldShape(many=True))
    def get_tells_apart(self, product: Product) -> list[dict[str, str]]:
        """What to ask: colour red, size 38; empty when there is no choice."""
        return [dict(ToldShape(one).data) for one in self.context["told"].get(product.pk, [])]

    def get_image(self, product: Product) -> str:
        """Its first picture, or its parent's; empty for none."""
        row = self.context["rows"].get(product.pk)
        return str(row.image) if row else ""


class ScanAnswer(serializers.Serializer):
    """`product` is set when the code means one product; otherwise somebody must choose among `candidates`."""

    code = serializers.CharField()
    internal = serializers.BooleanField(help_text="A code of the shop's own making: prefixes 02 and 20 to 29")
    product = ProductShape(allow_null=True)
    candidates = CandidateShape(many=True)


class ProductsPage(serializers.Serializer):
    """A page of products."""

    items = ProductShape(many=True)
    next = serializers.CharField(allow_null=True)


class StoreShape(serializers.ModelSerializer):
    """A store."""

    zone: serializers.Field = serializers.SlugRelatedField("code", read_only=True, allow_null=True)
    open_now = serializers.SerializerMethodField()

    class Meta:
        model = Store
        fields = (
            "code",
            "name",
            "zone",
            "address",
            "postcode",
            "city",
            "country",
            "phone",
            "email",
            "latitude",
            "longitude",
            "hours",
            "offers_pickup",
            "takes_payment",
            "open_now",
        )

    def get_open_now(self, store: Store) -> bool:
        """Doors open at the instant of the call."""
        return bool(self.context["open_now"](store))


class StoresPage(serializers.Serializer):
    """A page of stores."""

    items = StoreShape(many=True)
    next = serializers.CharField(allow_null=True)
