"""Returns for tills and integrators: asked for, received line by line, refused."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import caller, idempotent
from accounts.enums import Scope
from accounts.models import ApiKey
from altazion.lib.clock import now
from altazion.lib.problems import Invalid
from logistics.models import Place
from orders import services
from orders.api.return_shapes import ReturnIn, ReturnOut, ReturnReceiveIn, ReturnRefuseIn
from orders.api.views import KEY
from orders.models import Return
from orders.selectors import find_for_key, return_for_key


class OrderReturns(APIView):
    """An order's returns, and a new one."""

    scope = Scope.ORDERS_CHANGE

    @extend_schema(operation_id="orders_returns", responses=ReturnOut(many=True))
    def get(self, request: Request, number: str) -> Response:
        found = find_for_key(number, caller(request)).returns.select_related("order", "place", "refund")
        return Response(ReturnOut(found.prefetch_related("lines__line"), many=True).data)

    @extend_schema(operation_id="orders_return_ask", parameters=[KEY], request=ReturnIn, responses={201: ReturnOut})
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        order = find_for_key(number, caller(request))
        said = ReturnIn(data=request.data)
        said.is_valid(raise_exception=True)
        wanted = {one["position"]: services.Wanted(one["units"], one["reason"]) for one in said.validated_data["lines"]}
        made = services.ask_return(
            order, wanted, comment=said.validated_data["comment"], at=now(), actor=str(request.user),
            by_staff=True,
        )  # fmt: skip
        return Response(ReturnOut(made).data, status=201)


class ReturnReceive(APIView):
    """Goods of a return came, at the key's store or the place named. Said twice, it happened once."""

    scope = Scope.ORDERS_CHANGE

    @extend_schema(operation_id="returns_receive", request=ReturnReceiveIn, responses=ReturnOut)
    def post(self, request: Request, returned: str) -> Response:
        key = caller(request)
        found = return_for_key(returned, key)
        said = ReturnReceiveIn(data=request.data)
        said.is_valid(raise_exception=True)
        came = {
            one["position"]: services.Came(one["good"], one["damaged"], one["accepted"])
            for one in said.validated_data["lines"]
        }
        done = services.receive_return(
            found, came, place=_place(key, said.validated_data["place"]),
            answer=said.validated_data["answer"], at=now(), actor=str(request.user),
        )  # fmt: skip
        return Response(ReturnOut(done).data)


class ReturnRefuse(APIView):
    """Nothing is taken back; the shopper reads why."""

    scope = Scope.ORDERS_CHANGE

    @extend_schema(operation_id="returns_refuse", request=ReturnRefuseIn, responses=ReturnOut)
    def post(self, request: Request, returned: str) -> Response:
        found: Return = return_for_key(returned, caller(request))
        said = ReturnRefuseIn(data=request.data)
        said.is_valid(raise_exception=True)
        done = services.refuse_return(found, **said.validated_data, at=now(), actor=str(request.user))
        return Response(ReturnOut(done).data)


def _place(key: ApiKey, code: str) -> Place:
    places = Place.objects.filter(active=True)
    if key.store_id:
        places = places.filter(store=key.store_id)
    found = places.filter(code=code).first() if code else places.first() if key.store_id else None
    if found is None:
        raise Invalid(_("Say where the goods are."), code="no_place", field="place")
    return found
