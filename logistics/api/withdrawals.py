"""Withdrawn stock for machines: read, replace all of a product at a place, put back."""

from typing import Any

from django.db.models import Q
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import HasScope, caller
from accounts.enums import Scope
from altazion.lib.api import decode_cursor, encode_cursor
from altazion.lib.clock import now
from logistics import services
from logistics.enums import PlaceKind
from logistics.models import Withdrawal
from logistics.selectors.lookup import place_named, places_of, stocked_named
from logistics.services.withdrawals import MOST_LINES, MOST_UNITS

MOST = 200


class WithdrawalOut(serializers.ModelSerializer[Withdrawal]):
    """Units kept back from sale; `ends` null: for good."""

    sku = serializers.CharField(source="product.sku")
    place = serializers.CharField(source="place.code")
    place_kind = serializers.ChoiceField(PlaceKind.choices, source="place.kind")
    starts = serializers.DateTimeField(source="during.lower")
    ends = serializers.DateTimeField(source="during.upper", allow_null=True)

    class Meta:
        model = Withdrawal
        fields = ("id", "sku", "place", "place_kind", "quantity", "reason", "starts", "ends", "actor", "created_at")


class WithdrawalPage(serializers.Serializer[Any]):
    """A page, newest first."""

    results = WithdrawalOut(many=True)
    next = serializers.CharField(allow_null=True)


class KeptIn(serializers.Serializer[Any]):
    """Units to keep back; `starts` left out: now; `ends` left out: for good."""

    quantity = serializers.IntegerField(min_value=1, max_value=MOST_UNITS)
    reason = serializers.CharField(max_length=200)
    starts = serializers.DateTimeField(required=False, allow_null=True)
    ends = serializers.DateTimeField(required=False, allow_null=True)


class WithdrawalsIn(serializers.Serializer[Any]):
    """All that is kept back of a product at a place; an empty list puts everything back."""

    sku = serializers.CharField(max_length=60, help_text="SKU, EAN or other reference")
    place = serializers.CharField(max_length=30)
    place_kind = serializers.ChoiceField(PlaceKind.choices, required=False)
    lines = KeptIn(many=True, max_length=MOST_LINES)  # type: ignore[call-arg]


class ReadsOrWrites(HasScope):
    """Reading takes either right, writing takes the stronger."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        held = getattr(request.auth, "scopes", ())
        wanted = {Scope.STOCK_WRITE} if request.method != "GET" else {Scope.STOCK_READ, Scope.STOCK_WRITE}
        return not wanted.isdisjoint(held)


class WithdrawalList(APIView):
    """Withdrawn stock."""

    permission_classes = (ReadsOrWrites,)

    @extend_schema(
        operation_id="withdrawals",
        parameters=[
            OpenApiParameter("place", str, description="Code of a place"),
            OpenApiParameter("place_kind", str, enum=PlaceKind.values),
            OpenApiParameter("sku", str, description="SKU, EAN or other reference"),
            OpenApiParameter("over", bool, description="Also those that are over"),
            OpenApiParameter("cursor", str),
        ],
        responses=WithdrawalPage,
    )
    def get(self, request: Request) -> Response:
        """What is kept back now or will be, 200 at a time."""
        asked, store = request.query_params, caller(request).store
        rows = Withdrawal.objects.filter(place__in=places_of(store)).select_related("product", "place").order_by("-id")
        if asked.get("place"):
            rows = rows.filter(place=place_named(asked["place"], asked.get("place_kind", ""), store=store))
        if asked.get("sku"):
            rows = rows.filter(product=stocked_named(asked["sku"]))
        if asked.get("over") not in ("1", "true"):
            rows = rows.filter(Q(during__endswith=None) | Q(during__endswith__gt=now()))
        if asked.get("cursor"):
            rows = rows.filter(pk__lt=decode_cursor(asked["cursor"], 1)[0])
        found = list(rows[: MOST + 1])
        following = encode_cursor(found[MOST - 1].pk) if len(found) > MOST else None
        return Response({"results": WithdrawalOut(found[:MOST], many=True).data, "next": following})

    @extend_schema(operation_id="withdrawals_replace", request=WithdrawalsIn, responses=WithdrawalOut(many=True))
    def put(self, request: Request) -> Response:
        """Replace all that is kept back of a product at a place; the same call twice changes nothing."""
        said = WithdrawalsIn(data=request.data)
        said.is_valid(raise_exception=True)
        given = said.validated_data
        place = place_named(given["place"], given.get("place_kind", ""), store=caller(request).store)
        made = services.replace_withdrawals(
            stocked_named(given["sku"]).pk,
            place.pk,
            [services.Kept(**line) for line in given["lines"]],
            at=now(),
            actor=str(request.user),
        )
        rows = Withdrawal.objects.filter(pk__in=[row.pk for row in made]).select_related("product", "place")
        return Response(WithdrawalOut(rows.order_by("id"), many=True).data)


class WithdrawalDetail(APIView):
    """One line."""

    permission_classes = (ReadsOrWrites,)

    @extend_schema(operation_id="withdrawal_put_back", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """The units are sold again at once."""
        own = caller(request).store
        places = None if own is None else list(places_of(own).values_list("pk", flat=True))
        services.put_back(pk, at=now(), actor=str(request.user), place_ids=places)
        return Response(status=204)
