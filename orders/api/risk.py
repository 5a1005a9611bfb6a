"""Risk and disputes for machines: what was found at an order, and disputes that a bank or insurer tells of."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import caller
from accounts.enums import Scope
from altazion.lib.clock import now
from orders import services
from orders.api.serializers import DisputeClose, DisputeIn, DisputeOut, OrderRiskOut
from orders.selectors import find_for_key, standing


class OrderRisks(APIView):
    """How an order stands with its risk."""

    scope = Scope.ORDERS_CHANGE

    @extend_schema(operation_id="orders_risk", responses=OrderRiskOut)
    def get(self, request: Request, number: str) -> Response:
        order = find_for_key(number, caller(request))
        stand = standing(order)
        found = order.risks.select_related("rule").order_by("pk")
        told = {"points": stand.points, "borne": stand.borne, "found": found, "disputes": order.disputes.all()}
        return Response(OrderRiskOut(told).data)


class OrderDispute(APIView):
    """Open a dispute, and close it. While it is open nothing of the order leaves."""

    scope = Scope.ORDERS_CHANGE

    @extend_schema(operation_id="orders_dispute_open", request=DisputeIn, responses={201: DisputeOut})
    def post(self, request: Request, number: str) -> Response:
        order = find_for_key(number, caller(request))
        said = DisputeIn(data=request.data)
        said.is_valid(raise_exception=True)
        made = services.open_dispute(order, **said.validated_data, at=now(), actor=str(request.user))
        return Response(DisputeOut(made).data, status=201)


class OrderDisputeClose(APIView):
    """The dispute is over."""

    scope = Scope.ORDERS_CHANGE

    @extend_schema(operation_id="orders_dispute_close", request=DisputeClose, responses=DisputeOut)
    def post(self, request: Request, number: str) -> Response:
        order = find_for_key(number, caller(request))
        said = DisputeClose(data=request.data)
        said.is_valid(raise_exception=True)
        closed = services.close_dispute(order, **said.validated_data, at=now(), actor=str(request.user))
        return Response(DisputeOut(closed).data)
