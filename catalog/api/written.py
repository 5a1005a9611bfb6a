"""What other systems may write of a product."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from catalog.enums import Flag, ProductState
from catalog.models import Product

MOST_SEGMENTS = 50
MOST_ATTRIBUTES = 500


class WrittenProduct(serializers.ModelSerializer):
    """What is left out stays as it is. Names are those of the answer of GET."""

    parent = serializers.CharField(max_length=60, required=False, allow_null=True, help_text="SKU; new variants only")  # type: ignore[assignment]
    type: serializers.Field = serializers.CharField(max_length=60, required=False)
    brand: serializers.Field = serializers.CharField(max_length=60, required=False, allow_null=True)
    family: serializers.Field = serializers.CharField(max_length=60, required=False, allow_null=True)
    vat_rate = serializers.DecimalField(max_digits=6, decimal_places=4, required=False, help_text="0.2 means 20 %")
    description = serializers.CharField(max_length=200_000, required=False, allow_blank=True)
    price = serializers.DecimalField(
        max_digits=12, decimal_places=2, min_value=Decimal(0), required=False, allow_null=True,
        help_text="With tax, for every channel and store; null takes it away",
    )  # fmt: skip
    segments = serializers.ListField(
        child=serializers.CharField(max_length=60), max_length=MOST_SEGMENTS, required=False,
        help_text="Codes of exactly its segments; the first is the primary one",
    )  # fmt: skip
    attributes = serializers.DictField(
        required=False, help_text="Code → value; attributes that are left out stay, null removes one"
    )
    translations = serializers.DictField(required=False, help_text='{"en": {"name": "…"}}')
    flags: serializers.Field = serializers.ListField(
        child=serializers.ChoiceField([flag.code for flag in Flag]), required=False
    )
    state = serializers.ChoiceField(ProductState.choices, required=False)

    class Meta:
        model = Product
        fields = (
            "parent",
            "state",
            "type",
            "vat_rate",
            "brand",
            "family",
            "name",
            "short_description",
            "description",
            "meta_title",
            "meta_description",
            "translations",
            "attributes",
            "segments",
            "price",
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
            "importance",
            "limited_below",
        )

    def validate_attributes(self, values: dict[str, Any]) -> dict[str, Any]:
        """Not without bound."""
        if len(values) > MOST_ATTRIBUTES or any(not isinstance(code, str) or "\0" in code for code in values):
            raise serializers.ValidationError(_("At most %(most)d attributes.") % {"most": MOST_ATTRIBUTES})
        return values

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """What nobody knows is said instead of being passed over."""
        if not isinstance(self.initial_data, dict):
            return data
        if unknown := sorted(set(self.initial_data) - set(self.fields)):
            raise serializers.ValidationError(
                {name: [_("There is no such field, or it cannot be written.")] for name in unknown}
            )
        return data
