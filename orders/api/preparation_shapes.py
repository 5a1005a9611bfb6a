"""Shapes of slips and parcels on the wire. Quantities are units; a line is named as the slip names it."""

from typing import Any

from rest_framework import serializers

from logistics.models import Parcel, Preparation


class SlipHeadOut(serializers.ModelSerializer[Preparation]):
    """A slip without its lines."""

    order = serializers.CharField(source="document")
    place = serializers.CharField(source="place.code")
    delivery_mode = serializers.CharField(source="mode.code")

    class Meta:
        model = Preparation
        fields: tuple[str, ...] = (
            "guid", "number", "order", "place", "kind", "delivery_mode", "state", "opened_at", "due_at", "claimed_by",
            "prepared_at", "ended_at", "reason",
        )  # fmt: skip


class SlipLineOut(serializers.Serializer[Any]):
    """A line: what is asked, what was gathered (null: nobody said), what was not found, what left."""

    line = serializers.CharField(source="line.line")
    sku = serializers.CharField(source="line.sku")
    name = serializers.CharField(source="line.name")
    ean = serializers.CharField(source="code")
    location = serializers.CharField()
    quantity = serializers.IntegerField(source="line.quantity")
    prepared = serializers.IntegerField(source="line.prepared", allow_null=True)
    missing = serializers.IntegerField(source="line.missing")
    shipped = serializers.IntegerField(source="line.sent")


class ParcelOut(serializers.ModelSerializer[Parcel]):
    """A parcel and where it can be followed."""

    carrier = serializers.CharField(source="carrier.code", default="")
    tracking_url = serializers.CharField(source="follow")

    class Meta:
        model = Parcel
        fields = ("number", "carrier", "tracking", "tracking_url", "weight_g", "state", "packed_at")


class SlipOut(SlipHeadOut):
    """A slip with its lines in the order of their locations, and its parcels."""

    lines = serializers.SerializerMethodField()
    parcels = ParcelOut(many=True)

    class Meta(SlipHeadOut.Meta):
        fields = (*SlipHeadOut.Meta.fields, "recipient", "address", "lines", "parcels")

    def get_lines(self, slip: Preparation) -> list[dict[str, Any]]:
        from logistics.selectors.preparation import picking_list

        return list(SlipLineOut(picking_list(slip), many=True).data)


class SlipPageOut(serializers.Serializer[Any]):
    """A page of slips and the cursor of the next."""

    results = SlipHeadOut(many=True)
    next = serializers.CharField(allow_null=True)


class PreparedLineIn(serializers.Serializer[Any]):
    """Units gathered of a line, in all."""

    line = serializers.CharField(max_length=40)
    prepared = serializers.IntegerField(min_value=0, max_value=999_999)


class PreparedIn(serializers.Serializer[Any]):
    """Without lines: everything. `partial`: more will come, nothing is missing yet."""

    lines = PreparedLineIn(many=True, required=False)
    partial = serializers.BooleanField(default=False)  # type: ignore[assignment]


class RefusedIn(serializers.Serializer[Any]):
    """Why a place cannot prepare a slip."""

    reason = serializers.CharField(max_length=200)


class ShippedLineIn(serializers.Serializer[Any]):
    """Units of a line, in all: gathered (of a slip still open) and left."""

    line = serializers.CharField(max_length=40)
    prepared = serializers.IntegerField(min_value=0, max_value=999_999, required=False)
    shipped = serializers.IntegerField(min_value=0, max_value=999_999, required=False)


class ParcelLineIn(serializers.Serializer[Any]):
    """Units of a line in a parcel."""

    line = serializers.CharField(max_length=40)
    quantity = serializers.IntegerField(min_value=1, max_value=999_999)


class ParcelIn(serializers.Serializer[Any]):
    """A parcel by its number; one that is known by this number is not made again, its tracking is taken over."""

    number = serializers.CharField(max_length=40)
    carrier = serializers.SlugField(max_length=30, required=False)
    tracking = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    tracking_url = serializers.URLField(max_length=300, required=False, allow_blank=True, default="")
    weight_g = serializers.IntegerField(min_value=1, max_value=1_000_000, required=False)
    length_mm = serializers.IntegerField(min_value=1, max_value=1_000_000, required=False)
    width_mm = serializers.IntegerField(min_value=1, max_value=1_000_000, required=False)
    height_mm = serializers.IntegerField(min_value=1, max_value=1_000_000, required=False)
    lines = ParcelLineIn(many=True, required=False)


class DocumentIn(serializers.Serializer[Any]):
    """A paper that the tool wrote: a delivery note, an invoice."""

    kind = serializers.CharField(max_length=30)
    number = serializers.CharField(max_length=60)
    url = serializers.URLField(max_length=300, required=False, allow_blank=True, default="")


class ShippedIn(serializers.Serializer[Any]):
    """Without lines: all that was gathered."""

    lines = ShippedLineIn(many=True, required=False)
    parcels = ParcelIn(many=True, required=False, default=list)
    documents = DocumentIn(many=True, required=False, default=list)
