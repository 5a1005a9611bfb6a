"""Shapes of orders and payments on the wire. Money is `{"amount": "12.50", "currency": "EUR"}`, tax included."""

from typing import Any

from rest_framework import serializers

from orders.enums import DisputeOutcome
from orders.models import CancelReason, Dispute, Order, OrderLine, OrderRisk, Payment, Refund, RefundPart


class MoneySerializer(serializers.Serializer[Any]):
    """An amount with its currency."""

    amount = serializers.DecimalField(max_digits=12, decimal_places=2)
    currency = serializers.CharField()


class PaymentIn(serializers.Serializer[Any]):
    """What a till says: it received this much, in this way."""

    amount = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=0)
    till = serializers.CharField(max_length=60)
    method = serializers.SlugField(
        max_length=40, required=False, help_text="Code of a payment method; the order's own if left out."
    )
    reference = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class PaymentOut(serializers.ModelSerializer[Payment]):
    """A payment, or an attempt at one."""

    method = serializers.CharField(source="method.code")
    store = serializers.CharField(source="store.code", default="")

    class Meta:
        model = Payment
        fields = (
            *("guid", "method", "state", "amount", "currency", "store", "till", "started_at", "received_at"),
            *("authorised", "expires_at"),
        )


class RefundIn(serializers.Serializer[Any]):
    """How much of what is due to the shopper goes back; all of it if left out."""

    amount = serializers.DecimalField(max_digits=12, decimal_places=2, required=False)


class RefundPartOut(serializers.ModelSerializer[RefundPart]):
    """What goes back to one payment; `waits` is handed out by the store, which then confirms it."""

    payment = serializers.UUIDField(source="payment.guid")
    method = serializers.CharField(source="payment.method.code")

    class Meta:
        model = RefundPart
        fields = ("guid", "payment", "method", "amount", "state", "provider_reference", "message", "done_at")


class RefundOut(serializers.ModelSerializer[Refund]):
    """A refund and where it goes."""

    parts = RefundPartOut(many=True)

    class Meta:
        model = Refund
        fields = ("guid", "amount", "currency", "reason", "asked_at", "parts")


class CancelIn(serializers.Serializer[Any]):
    """Why an order is cancelled: the code of a reason of the list."""

    code = serializers.SlugField(max_length=40)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, help_text="For colleagues alone.")
    words = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="For the shopper; what the list says if left out."
    )


class CancelReasonOut(serializers.ModelSerializer[CancelReason]):
    """A reason that may be named."""

    heading = serializers.CharField(source="parent.code", default="")

    class Meta:
        model = CancelReason
        fields = ("code", "heading", "name", "description", "translations")


class DisputeIn(serializers.Serializer[Any]):
    """What is contested."""

    reason = serializers.CharField(max_length=300)
    reference = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class DisputeClose(serializers.Serializer[Any]):
    """How it ended."""

    outcome = serializers.ChoiceField(DisputeOutcome.choices)
    conclusion = serializers.CharField(max_length=300)


class DisputeOut(serializers.ModelSerializer[Dispute]):
    """A dispute; open while `closed_at` is null."""

    class Meta:
        model = Dispute
        fields = ("reason", "reference", "opened_at", "closed_at", "outcome", "conclusion")


class RiskOut(serializers.ModelSerializer[OrderRisk]):
    """What a risk rule found; dismissed by a colleague it counts no more."""

    rule = serializers.CharField(source="rule.name")

    class Meta:
        model = OrderRisk
        fields = ("rule", "score", "sentence", "found_at", "dismissed_at")


class OrderRiskOut(serializers.Serializer[Any]):
    """An order's points, what its channel bears (null: any), findings and disputes."""

    points = serializers.IntegerField()
    borne = serializers.IntegerField(allow_null=True)
    found = RiskOut(many=True)
    disputes = DisputeOut(many=True)


class LineOut(serializers.ModelSerializer[OrderLine]):
    """A line as it was sold, with the reasons of its price (OSC-5)."""

    class Meta:
        model = OrderLine
        fields = (
            "position",
            "kind",
            "sku",
            "name",
            "quantity",
            "missing",
            "returned",
            "base_unit",
            "unit",
            "vat_rate",
            "total",
            "net_total",
            "reasons",
        )


class OrderHeadOut(serializers.ModelSerializer[Order]):
    """An order without its lines."""

    store = serializers.CharField(source="store.code", default="")
    channel = serializers.CharField(source="channel.code")
    payment_method = serializers.CharField(source="payment_method.code")
    delivery_mode = serializers.CharField(source="delivery_mode.code")
    cancelled_for = serializers.CharField(source="cancelled_for.code", default="", help_text="Code of the reason.")
    total = serializers.SerializerMethodField()
    due = serializers.SerializerMethodField()

    class Meta:
        model = Order
        fields: tuple[str, ...] = (
            "guid",
            "number",
            "state",
            "payment_state",
            "channel",
            "store",
            "payment_method",
            "delivery_mode",
            "recipient",
            "email",
            "phone",
            "total",
            "due",
            "placed_at",
            "ready_at",
            "done_at",
            "cancelled_at",
            "cancelled_for",
            "cancel_reason",
        )

    def get_total(self, order: Order) -> dict[str, str]:
        return {"amount": str(order.total), "currency": order.currency}

    def get_due(self, order: Order) -> dict[str, str]:
        return {"amount": str(order.due), "currency": order.currency}


class OrderOut(OrderHeadOut):
    """An order with lines, taxes and payments."""

    lines = LineOut(many=True)
    payments = PaymentOut(many=True)
    held = serializers.SerializerMethodField(help_text="Why nothing is prepared or handed over now; [] when it may be.")

    class Meta(OrderHeadOut.Meta):
        fields = (
            *OrderHeadOut.Meta.fields,
            "address",
            "promised_from",
            "promised_to",
            "vat",
            "discount_total",
            "lines",
            "payments",
            "held",
        )

    def get_held(self, order: Order) -> list[str]:
        return [one.reason for one in order.holds.filter(until=None).order_by("id")]


class OrderPageOut(serializers.Serializer[Any]):
    """A page of orders and the cursor of the next."""

    results = OrderHeadOut(many=True)
    next = serializers.CharField(allow_null=True)
