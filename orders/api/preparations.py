"""The port for an outside logistics tool: it reads slips, says what it gathered, and what it sent (operations 2.12)."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import caller
from accounts.enums import Scope
from altazion.lib.api import decode_cursor, encode_cursor
from altazion.lib.clock import now
from altazion.lib.problems import Invalid, NotFound
from logistics.enums import SlipState
from logistics.models import Carrier
from logistics.services.parcels import Box
from orders.api.preparation_shapes import (
    PreparedIn,
    RefusedIn,
    ShippedIn,
    SlipHeadOut,
    SlipOut,
    SlipPageOut,
)
from orders.selectors.slips import slip_for_key, slips_for_key
from orders.services.outside import told_shipped
from orders.services.preparing import prepare, refuse

MOST = 200
STATES = {"open": (SlipState.WAITING, SlipState.CLAIMED), "prepared": (SlipState.PREPARED,)}


class SlipList(APIView):
    """Slips to prepare or to send, by age, by keyset; a key of a store sees those of its store."""

    scope = Scope.PREPARATION

    @extend_schema(
        operation_id="preparations_list",
        parameters=[
            OpenApiParameter("state", str, enum=[*STATES, "all"], description="open if left out"),
            OpenApiParameter("place", str, description="code of a place"),
            OpenApiParameter("cursor", str),
            OpenApiParameter("limit", int),
        ],
        responses=SlipPageOut,
    )
    def get(self, request: Request) -> Response:
        asked = request.query_params
        slips = slips_for_key(caller(request)).order_by("pk")
        state = asked.get("state", "open")
        if state not in STATES and state != "all":
            raise Invalid(_("state is open, prepared or all."), field="state")
        if state in STATES:
            slips = slips.filter(state__in=STATES[state])
        if place := asked.get("place"):
            slips = slips.filter(place__code=place[:30])
        if cursor := asked.get("cursor"):
            slips = slips.filter(pk__gt=decode_cursor(cursor, 1)[0])
        text = asked.get("limit", "50")
        if not text.isdecimal() or not 1 <= int(text[:9]) <= MOST:
            raise Invalid(_("limit is a number from 1 to %(most)d.") % {"most": MOST}, field="limit")
        found = list(slips[: int(text) + 1])
        following = encode_cursor(found[int(text) - 1].pk) if len(found) > int(text) else None
        return Response({"results": SlipHeadOut(found[: int(text)], many=True).data, "next": following})


class SlipDetail(APIView):
    """One slip with its lines, locations, parcels."""

    scope = Scope.PREPARATION

    @extend_schema(operation_id="preparations_read", responses=SlipOut)
    def get(self, request: Request, number: str) -> Response:
        return Response(SlipOut(slip_for_key(number, caller(request))).data)


class SlipPreparation(APIView):
    """What was gathered, in all: a repeated call carries the total and replaces the former."""

    scope = Scope.PREPARATION

    @extend_schema(operation_id="preparations_prepare", request=PreparedIn, responses=SlipOut)
    def post(self, request: Request, number: str) -> Response:
        slip = slip_for_key(number, caller(request))
        said = PreparedIn(data=request.data)
        said.is_valid(raise_exception=True)
        told = said.validated_data
        prepare(slip, _units(told.get("lines"), "prepared"), at=now(), actor=str(request.user), partial=told["partial"])
        return Response(SlipOut(slip_for_key(number, caller(request))).data)


class SlipRefusal(APIView):
    """The place cannot prepare it: its goods are looked for elsewhere."""

    scope = Scope.PREPARATION

    @extend_schema(operation_id="preparations_refuse", request=RefusedIn, responses=SlipOut)
    def post(self, request: Request, number: str) -> Response:
        slip = slip_for_key(number, caller(request))
        said = RefusedIn(data=request.data)
        said.is_valid(raise_exception=True)
        refuse(slip, said.validated_data["reason"], at=now(), actor=str(request.user))
        return Response(SlipOut(slip_for_key(number, caller(request))).data)


class SlipShipment(APIView):
    """What left, in all, with its parcels and papers; on a slip still open it says what was gathered as well."""

    scope = Scope.PREPARATION

    @extend_schema(operation_id="preparations_ship", request=ShippedIn, responses=SlipOut)
    def post(self, request: Request, number: str) -> Response:
        slip = slip_for_key(number, caller(request))
        said = ShippedIn(data=request.data)
        said.is_valid(raise_exception=True)
        told = said.validated_data
        told_shipped(
            slip,
            prepared=_units(told.get("lines"), "prepared"),
            sent=_units(told.get("lines"), "shipped"),
            boxes=[_box(one) for one in told["parcels"]],
            documents=[dict(one) for one in told["documents"]],
            at=now(),
            actor=str(request.user),
        )
        return Response(SlipOut(slip_for_key(number, caller(request))).data)


def _units(lines: list[dict[str, Any]] | None, name: str) -> dict[str, int] | None:
    """Units by line; None where no line says it: then all is meant."""
    if lines is None:
        return None
    names = [one["line"] for one in lines]
    if len(set(names)) != len(names):
        raise Invalid(_("A line is named twice."), field="lines")
    told = {one["line"]: one[name] for one in lines if one.get(name) is not None}
    return told if told or name == "prepared" else None


def _box(said: dict[str, Any]) -> tuple[Box, dict[str, int] | None]:
    carrier = None
    if code := said.get("carrier"):
        carrier = Carrier.objects.filter(code=code).first()
        if carrier is None:
            raise NotFound(_("There is no carrier %(code)s.") % {"code": code}, code="no_carrier", field="carrier")
    box = Box(
        carrier=carrier,
        tracking=said["tracking"],
        tracking_url=said["tracking_url"],
        weight_g=said.get("weight_g"),
        length_mm=said.get("length_mm"),
        width_mm=said.get("width_mm"),
        height_mm=said.get("height_mm"),
        number=said["number"],
    )
    lines = said.get("lines")
    return box, {one["line"]: one["quantity"] for one in lines} if lines else None
