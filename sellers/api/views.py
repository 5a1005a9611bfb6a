"""Reads of seller tablets; a key tied to a store prices as that store does."""

from django.http import FileResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import caller
from accounts.enums import Scope
from altazion.lib.api import decode_cursor
from altazion.lib.clock import now
from altazion.lib.problems import NotFound
from catalog.services.media import store_of
from logistics.selectors import channel_named
from sellers.api import serializers as shapes
from sellers.selectors import as_sellers_see, changes_since, document, find_products

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


class SellerDocumentFile(APIView):
    """A document of a product, for staff: internal ones too."""

    scope = Scope.SELLERS_SYNC

    @extend_schema(operation_id="seller_document", responses={(200, "application/octet-stream"): bytes, 302: None})
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """The file as a download; for one that stands elsewhere, its address."""
        media = document(pk)
        if "://" in media.location:
            return HttpResponseRedirect(media.location)
        store = store_of(is_public=media.is_public)
        if not store.exists(media.location):
            raise NotFound(_("There is no such document."), code="no_document")
        name = f"{media.title or media.pk}.{media.location.rpartition('.')[2]}"
        answer = FileResponse(store.open(media.location), as_attachment=True, filename=name)
        answer["Content-Type"] = media.mime or "application/octet-stream"
        answer["Cache-Control"] = "private, no-store"
        answer["X-Content-Type-Options"] = "nosniff"
        return answer


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
