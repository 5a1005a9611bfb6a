"""Shapes of availability and promises on the wire."""

from typing import Any

from rest_framework import serializers

MAX_SKUS = 200
MAX_LINES = 100


class AvailabilityQuery(serializers.Serializer[Any]):
    """What is asked: up to 200 SKUs, on a channel, in stores by code or by the beginning of their postcode."""

    sku = serializers.ListField(child=serializers.CharField(max_length=60), min_length=1, max_length=MAX_SKUS)
    store = serializers.ListField(child=serializers.CharField(max_length=30), required=False, max_length=500)
    postcode = serializers.RegexField(r"^[0-9A-Za-z -]{2,12}$", required=False)
    channel = serializers.SlugField(max_length=30, required=False)
    trace = serializers.BooleanField(required=False, default=False)


class PlaceTrace(serializers.Serializer[Any]):
    """One place's part in a figure."""

    place = serializers.CharField()
    purpose = serializers.CharField()
    physical = serializers.IntegerField()
    withdrawn = serializers.IntegerField(help_text="Kept back from sale by a person.")
    safety = serializers.IntegerField()
    reserved = serializers.IntegerField()
    expired = serializers.IntegerField()
    unavailable_below = serializers.IntegerField()
    units = serializers.IntegerField()
    rule = serializers.CharField(help_text="Name of the supply rule that took the place; empty: none.")
    why = serializers.CharField(
        help_text="What decided: few, many, share, sum, origins of the rule; no_rule, store_off, centre_off; or empty"
    )
    reason = serializers.CharField(help_text="The same as a sentence; empty where all free units count.")


class StockAnswer(serializers.Serializer[Any]):
    """Units that may be promised, and the word for them."""

    quantity = serializers.IntegerField()
    level = serializers.CharField()


class PickupAnswer(StockAnswer):
    """The same in one store."""

    store = serializers.CharField()


class AvailabilityItem(serializers.Serializer[Any]):
    """One product."""

    sku = serializers.CharField()
    level = serializers.CharField(help_text="available, last_pieces, unavailable, not_shown")
    most_per_order = serializers.IntegerField(allow_null=True)
    delivery = StockAnswer()
    pickup = PickupAnswer(many=True)
    trace = PlaceTrace(many=True, required=False)


class AvailabilityAnswer(serializers.Serializer[Any]):
    """All products that are known, and the SKUs that are not."""

    at = serializers.DateTimeField()
    channel = serializers.CharField()
    items = AvailabilityItem(many=True)
    unknown = serializers.ListField(child=serializers.CharField())


class PromiseLine(serializers.Serializer[Any]):
    """A product and how many."""

    sku = serializers.CharField(max_length=60)
    quantity = serializers.IntegerField(min_value=1, max_value=9999)


class PromiseQuery(serializers.Serializer[Any]):
    """A basket: its lines, the value of its goods with tax, and where it should go."""

    lines = PromiseLine(many=True, allow_empty=False, max_length=MAX_LINES)  # type: ignore[call-arg]
    value = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=0)
    store = serializers.CharField(max_length=30, required=False)
    country = serializers.RegexField(r"^[A-Za-z]{2}$", required=False, default="FR")
    postcode = serializers.RegexField(
        r"^[0-9A-Za-z -]{0,12}$", required=False, default="", allow_blank=True, help_text="Decides between zones."
    )
    at = serializers.DateTimeField(required=False, help_text="When it is ordered; now if left out.")
    trace = serializers.BooleanField(
        required=False, default=False, help_text="Also modes that stand back for another, and how each day came about."
    )
    channel = serializers.SlugField(max_length=30, required=False)


class PromiseStep(serializers.Serializer[Any]):
    """A link of the chain that ends on `from_date`: until when, and why."""

    day = serializers.DateField()
    why = serializers.CharField()


class FeeParts(serializers.Serializer[Any]):
    """What makes up a fee, with tax: the mode's or its table's, what products add; waived: free from this value on."""

    base = serializers.DecimalField(max_digits=8, decimal_places=2)
    surcharge = serializers.DecimalField(max_digits=8, decimal_places=2)
    waived = serializers.BooleanField()
    by_table = serializers.BooleanField()


class PromiseOption(serializers.Serializer[Any]):
    """A delivery mode for this basket; `reason` says why it cannot serve when `ok` is false."""

    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    ok = serializers.BooleanField()
    reason = serializers.CharField()
    fee = serializers.DecimalField(max_digits=8, decimal_places=2)
    currency = serializers.CharField()
    vat_rate = serializers.DecimalField(max_digits=6, decimal_places=4)
    from_date = serializers.DateField()
    to_date = serializers.DateField()
    heading = serializers.CharField(help_text="Name of the heading it stands under; empty: none.")
    carrier = serializers.CharField(help_text="Code of its carrier; empty: none.")
    hidden = serializers.BooleanField(help_text="It could serve, but another goes before it.")
    fee_parts = FeeParts()
    steps = PromiseStep(many=True, required=False)


class PromiseAnswer(serializers.Serializer[Any]):
    """All modes of the channel, those that serve first."""

    at = serializers.DateTimeField()
    options = PromiseOption(many=True)
