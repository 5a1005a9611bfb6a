"""New orders for the ERP by pull and acknowledgement (scope orders:export)."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import caller
from accounts.enums import Scope
from altazion.lib.api import decode_cursor, encode_cursor
from altazion.lib.clock import now
from integrations import services
from integrations.api.serializers import AckedSerializer, AckSerializer, OrderPageSerializer, PullSerializer
from integrations.selectors import order_document, orders_to_pull


class OrdersToPull(APIView):
    """Orders that the key's system has not acknowledged."""

    scope = Scope.ORDERS_EXPORT

    @extend_schema(operation_id="erp_orders_list", parameters=[PullSerializer], responses=OrderPageSerializer)
    def get(self, request: Request) -> Response:
        """Oldest first. An order is told again until it is acknowledged, whether or not it also went by file."""
        form = PullSerializer(data=request.query_params)
        form.is_valid(raise_exception=True)
        after = decode_cursor(form.validated_data["after"], 1)[0] if form.validated_data["after"] else 0
        limit = form.validated_data["limit"]
        found = orders_to_pull(caller(request).system, after=after, limit=limit)
        more = encode_cursor(found[-1].pk) if len(found) == limit else None
        return Response({"orders": [order_document(handover) for handover in found], "next": more})


class OrderAck(APIView):
    """Acknowledge an order."""

    scope = Scope.ORDERS_EXPORT

    @extend_schema(operation_id="erp_order_ack", request=AckSerializer, responses=AckedSerializer)
    def post(self, request: Request, guid: UUID) -> Response:
        """With the number it has there, or why it cannot be taken. The same answer again changes nothing."""
        form = AckSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        key = caller(request)
        handover = services.acknowledge(
            str(guid), system=key.system, **form.validated_data, at=now(), actor=f"key:{key.name}"[:150]
        )
        return Response(
            {
                "order_guid": str(handover.order.guid),
                "outside_number": handover.outside_number,
                "refusal": handover.refusal,
                "acknowledged_at": handover.acknowledged_at,
            }
        )
