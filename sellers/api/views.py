"""Reads of seller tablets; a key tied to a store prices as that store does."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import caller
from accounts.enums import Scope
from altazion.lib.api import decode_cursor
from altazion.lib.clock import now
from logistics.selectors import channel_named
from sellers.api import serializers as shapes
from sellers.selectors import as_sellers_see, changes_since, find_products

CHANNEL = OpenApiParameter("channel", str, description="Code of a sales channel; the web shop if left out")


class SellerProducts(APIView):
    """The catalogue for staff."""

    scope = Scope.SELLERS_SYNC

    @extend_schema(
        operation_id="seller_products",
        parameters=[OpenApiParameter("query", str, description="Words, a SKU, or a scanned code"), CHANNEL],
        responses=shapes.ProductsAnswer,
    )
    def get(self, request: Request) -> Response:
        """Search by words, SKU or scanned code; a code shared by variants brings them all."""
        query = shapes.ProductsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        found = as_sellers_see(
            find_products(asked["query"]),
            channel=channel_named(asked.get("channel", "")),
            at=now(),
            store=caller(request).store,
        )
        return Response(shapes.ProductsAnswer({"items": found}).data)


class SellerChanges(APIView):
    """Deltas for a tablet that has loaded everything once."""

    scope = Scope.SELLERS_SYNC

    @extend_schema(
        operation_id="seller_changes",
        parameters=[OpenApiParameter("cursor", str, description="From the answer before; empty at first"), CHANNEL],
        responses=shapes.ChangesAnswer,
    )
    def get(self, request: Request) -> Response:
        """What changed since the cursor; the same cursor may be used again after a lost answer."""
        query = shapes.ChangesQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        text = asked.get("cursor", "")
        xid, number = decode_cursor(text, 2) if text else (0, 0)
        found = changes_since(
            (xid, number) if text else None,
            channel=channel_named(asked.get("channel", "")),
            at=now(),
            store=caller(request).store,
        )
        return Response(shapes.ChangesAnswer(found).data)
