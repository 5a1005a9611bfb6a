"""Money that goes back, for tills and integrators: what is due, and no more than that."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import caller, idempotent
from accounts.enums import Scope
from altazion.lib.clock import now
from orders import services
from orders.api.serializers import RefundIn, RefundOut, RefundPartOut
from orders.api.views import KEY
from orders.selectors import find_for_key, refund_for_key


class OrderRefunds(APIView):
    """An order's refunds, and a new one of what is due to its shopper."""

    scope = Scope.ORDERS_PAY

    @extend_schema(operation_id="orders_refunds", responses=RefundOut(many=True))
    def get(self, request: Request, number: str) -> Response:
        found = find_for_key(number, caller(request)).refunds.prefetch_related("parts__payment__method")
        return Response(RefundOut(found, many=True).data)

    @extend_schema(operation_id="orders_refund", parameters=[KEY], request=RefundIn, responses={201: RefundOut})
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        key = caller(request)
        said = RefundIn(data=request.data)
        said.is_valid(raise_exception=True)
        made = services.give_back_due(
            find_for_key(number, key),
            said.validated_data.get("amount"),
            key=f"api:{key.pk}:{request.headers['Idempotency-Key'].strip()}"[:200],
            at=now(),
            actor=str(request.user),
        )
        return Response(RefundOut(made).data, status=201)


class RefundConfirm(APIView):
    """A till handed the money out. Said twice, it happened once."""

    scope = Scope.ORDERS_PAY

    @extend_schema(operation_id="orders_refund_confirm", request=None, responses=RefundPartOut)
    def post(self, request: Request, number: str, guid: UUID) -> Response:
        found = refund_for_key(number, guid, caller(request))
        return Response(RefundPartOut(services.confirm_refund(found, at=now(), actor=str(request.user))).data)
