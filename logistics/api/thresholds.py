"""Thresholds of products for machines: read by channel, written in batches whose rows answer for themselves."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import caller
from altazion.lib.clock import now
from altazion.lib.problems import NotFound, Refused
from catalog.models import Product
from logistics import services
from logistics.api.moving import MOST_ROWS, RowAnswers
from logistics.api.withdrawals import ReadsOrWrites
from logistics.models import ChannelThreshold
from logistics.selectors.lookup import channel_named
from logistics.services.thresholds import MOST


class ThresholdOut(serializers.ModelSerializer[ChannelThreshold]):
    """Thresholds of one product on one channel."""

    sku = serializers.CharField(source="product.sku")
    channel = serializers.CharField(source="channel.code")

    class Meta:
        model = ChannelThreshold
        fields = ("sku", "channel", "unavailable_below", "hidden_below", "most_per_order")


class ThresholdIn(serializers.Serializer[Any]):
    """Null, or left out, says nothing; a row that says nothing takes the thresholds away."""

    sku = serializers.CharField(max_length=60)
    channel = serializers.SlugField(max_length=30, required=False)
    unavailable_below = serializers.IntegerField(min_value=0, max_value=MOST, allow_null=True, default=None)
    hidden_below = serializers.IntegerField(min_value=0, max_value=MOST, allow_null=True, default=None)
    most_per_order = serializers.IntegerField(min_value=1, max_value=MOST, allow_null=True, default=None)


class ThresholdsIn(serializers.Serializer[Any]):
    """Up to 500 rows."""

    rows = serializers.ListField(child=serializers.DictField(), min_length=1, max_length=MOST_ROWS)


class Thresholds(APIView):
    """From how many units on a product is there."""

    permission_classes = (ReadsOrWrites,)

    @extend_schema(
        operation_id="thresholds",
        parameters=[OpenApiParameter("sku", str, many=True), OpenApiParameter("channel", str)],
        responses=ThresholdOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """Of a channel, the newest 500, or those of the SKUs named."""
        channel = channel_named(request.query_params.get("channel", ""))
        rows = ChannelThreshold.objects.filter(channel=channel).select_related("product", "channel")
        if skus := request.query_params.getlist("sku"):
            rows = rows.filter(product__sku__in=skus[:MOST_ROWS])
        return Response(ThresholdOut(rows.order_by("-id")[:MOST_ROWS], many=True).data)

    @extend_schema(operation_id="thresholds_write", request=ThresholdsIn, responses=RowAnswers)
    def put(self, request: Request) -> Response:
        """Each row by itself; the same call twice changes nothing."""
        said = ThresholdsIn(data=request.data)
        said.is_valid(raise_exception=True)
        answers = []
        for number, raw in enumerate(said.validated_data["rows"]):
            row, code, message = ThresholdIn(data=raw), "", ""
            if not row.is_valid():
                field, found = next(iter(row.errors.items()))
                code, message = "invalid", f"{field}: {found[0] if isinstance(found, list) else found}"
            else:
                try:
                    _save(row.validated_data, str(caller(request)))
                except Refused as refusal:
                    code, message = refusal.code, refusal.message
            key = str(raw.get("sku", ""))[:60]
            answers.append({"row": number, "key": key, "ok": not code, "code": code, "message": message})
        return Response({"done": sum(bool(one["ok"]) for one in answers), "rows": answers})


def _save(row: dict[str, Any], who: str) -> None:
    given = dict(row)
    product = Product.objects.filter(sku=given.pop("sku")).first()
    if product is None:
        raise NotFound(f"{row['sku']}?", code="no_product", field="sku")
    channel = channel_named(given.pop("channel", ""))
    services.save_threshold(product, channel.pk, services.Figures(**given), at=now(), actor=who)
