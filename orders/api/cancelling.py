"""Cancellations by machines: the list of reasons, and a cancellation for one of them."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import HasScope, caller
from accounts.enums import Scope
from altazion.lib.clock import now
from orders import services
from orders.api.serializers import CancelIn, CancelReasonOut, OrderOut
from orders.selectors import find_for_key, reasons_to_choose


class ChangesOrReads(HasScope):
    """Who cancels orders, or reads them, may read why orders are cancelled."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        held = getattr(request.auth, "scopes", ())
        return Scope.ORDERS_CHANGE in held or Scope.ORDERS_READ in held


class CancelReasons(APIView):
    """The reasons that may be named, by heading."""

    permission_classes = (ChangesOrReads,)

    @extend_schema(operation_id="orders_cancel_reasons", responses=CancelReasonOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(CancelReasonOut(reasons_to_choose(), many=True).data)


class OrderCancel(APIView):
    """Cancel an order that was not handed over. Said twice, it happened once."""

    scope = Scope.ORDERS_CHANGE

    @extend_schema(operation_id="orders_cancel", request=CancelIn, responses=OrderOut)
    def post(self, request: Request, number: str) -> Response:
        order = find_for_key(number, caller(request))
        said = CancelIn(data=request.data)
        said.is_valid(raise_exception=True)
        order = services.cancel_for(order, **said.validated_data, at=now(), actor=str(request.user))
        return Response(OrderOut(order).data)
