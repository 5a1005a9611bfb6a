"""Edges for tills and readers of orders."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import HasScope, caller, idempotent
from accounts.enums import Scope
from altazion.lib.api import decode_cursor, encode_cursor
from altazion.lib.clock import now
from altazion.lib.problems import Invalid
from orders import services
from orders.api.serializers import OrderHeadOut, OrderOut, OrderPageOut, PaymentIn, PaymentOut
from orders.models import Order
from orders.selectors import find_for_key, method_for_till, orders_of_key

MOST = 200
KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)


class ReadsOrPays(HasScope):
    """A till looks up the order that it will be paid for; so does a reader of orders."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        held = getattr(request.auth, "scopes", ())
        return Scope.ORDERS_PAY in held or Scope.ORDERS_READ in held


class OrderList(APIView):
    """Orders, newest first, by keyset."""

    scope = Scope.ORDERS_READ

    @extend_schema(
        operation_id="orders_list",
        parameters=[OpenApiParameter("cursor", str), OpenApiParameter("limit", int)],
        responses=OrderPageOut,
    )
    def get(self, request: Request) -> Response:
        limit = _limit(request.query_params.get("limit", "50"))
        orders = orders_of_key(caller(request)).order_by("-id")
        if cursor := request.query_params.get("cursor"):
            orders = orders.filter(pk__lt=decode_cursor(cursor, 1)[0])
        found = list(orders[: limit + 1])
        following = encode_cursor(found[limit - 1].pk) if len(found) > limit else None
        headers = {"Link": f'<{_page(request, following)}>; rel="next"'} if following else {}
        return Response({"results": OrderHeadOut(found[:limit], many=True).data, "next": following}, headers=headers)


class OrderDetail(APIView):
    """One order, for a till of its store or a reader."""

    permission_classes = (ReadsOrPays,)

    @extend_schema(operation_id="orders_read", responses=OrderOut)
    def get(self, request: Request, number: str) -> Response:
        return Response(_told(find_for_key(number, caller(request))))


class OrderPayments(APIView):
    """A till received money for an order (HUB-2)."""

    scope = Scope.ORDERS_PAY

    @extend_schema(operation_id="orders_pay", parameters=[KEY], request=PaymentIn, responses={201: PaymentOut})
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        key = caller(request)
        said = PaymentIn(data=request.data)
        said.is_valid(raise_exception=True)
        order = find_for_key(number, key)
        payment = services.record_payment(
            order,
            method=method_for_till(said.validated_data.get("method", ""), order),
            amount=said.validated_data["amount"],
            key=f"till:{key.pk}:{request.headers['Idempotency-Key'].strip()}"[:200],
            at=now(),
            store=key.store or order.store,
            till=said.validated_data["till"],
            provider_reference=said.validated_data["reference"],
            actor=str(request.user),
        )
        return Response(PaymentOut(payment).data, status=201)


class OrderReady(APIView):
    """The store has gathered the goods."""

    scope = Scope.ORDERS_PAY

    @extend_schema(operation_id="orders_ready", request=None, responses=OrderOut)
    def post(self, request: Request, number: str) -> Response:
        order = find_for_key(number, caller(request))
        return Response(_told(services.mark_ready(order, now(), str(request.user))))


class OrderCollect(APIView):
    """The shopper has taken the goods."""

    scope = Scope.ORDERS_PAY

    @extend_schema(operation_id="orders_collect", request=None, responses=OrderOut)
    def post(self, request: Request, number: str) -> Response:
        order = find_for_key(number, caller(request))
        return Response(_told(services.hand_over(order, now(), str(request.user))))


def _told(order: Order) -> Any:
    return OrderOut(order).data


def _limit(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST:
        raise Invalid(_("limit is a number from 1 to %(most)d.") % {"most": MOST}, field="limit")
    return int(text)


def _page(request: Request, cursor: str) -> str:
    query = request.query_params.copy()
    query["cursor"] = cursor
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
