"""Where payment providers tell how an attempt ended. No key opens this door: the call carries its own proof."""

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView

from altazion.lib.clock import now
from orders import services
from orders.ports import Call


class CallbackRate(AnonRateThrottle):
    """Generous for a bank, narrow for one who tries signatures."""

    rate = "600/min"


class ProviderCallback(APIView):
    """A provider's call, proven by its signature; repeated and late calls are harmless."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (CallbackRate,)

    @extend_schema(operation_id="payments_callback", request={"application/json": dict}, responses={204: None})
    def post(self, request: Request, provider: str) -> Response:
        services.take_call(provider, Call(request.body, dict(request.headers)), at=now())
        return Response(status=204)
