"""Shapes of returns on the wire."""

from typing import Any

from rest_framework import serializers

from orders.enums import ReturnReason
from orders.models import Return, ReturnLine

MOST = 10**6


class ReturnLineIn(serializers.Serializer[Any]):
    """Units of a line that are to come back."""

    position = serializers.IntegerField(min_value=1, max_value=32767)
    units = serializers.IntegerField(min_value=1, max_value=MOST)
    reason = serializers.ChoiceField(ReturnReason.choices, default=ReturnReason.NONE)


class ReturnIn(serializers.Serializer[Any]):
    """What is to come back. A line named twice counts as said last."""

    lines = ReturnLineIn(many=True, allow_empty=False)
    comment = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class ReturnCameIn(serializers.Serializer[Any]):
    """What came of a line; `accepted` units are paid back (null: all that came)."""

    position = serializers.IntegerField(min_value=1, max_value=32767)
    good = serializers.IntegerField(min_value=0, max_value=MOST, default=0)
    damaged = serializers.IntegerField(min_value=0, max_value=MOST, default=0)
    accepted = serializers.IntegerField(min_value=0, max_value=MOST, allow_null=True, default=None)


class ReturnReceiveIn(serializers.Serializer[Any]):
    """A receipt. `place` may be left out by a store's own key."""

    lines = ReturnCameIn(many=True, allow_empty=False)
    place = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    answer = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class ReturnRefuseIn(serializers.Serializer[Any]):
    """Why nothing is taken back."""

    answer = serializers.CharField(max_length=300)


class ReturnLineOut(serializers.ModelSerializer[ReturnLine]):
    """Units asked for, and what came of them."""

    position = serializers.IntegerField(source="line.position")
    sku = serializers.CharField(source="line.sku")

    class Meta:
        model = ReturnLine
        fields = ("position", "sku", "quantity", "reason", "good", "damaged", "accepted")


class ReturnOut(serializers.ModelSerializer[Return]):
    """A return; `refund` is the key of the refund of what was accepted."""

    order = serializers.CharField(source="order.number")
    place = serializers.CharField(source="place.code", default="")
    refund = serializers.UUIDField(source="refund.guid", allow_null=True, default=None)
    lines = ReturnLineOut(many=True)

    class Meta:
        model = Return
        fields = ("number", "order", "state", "comment", "asked_at", "closed_at", "place", "answer", "refund", "lines")
