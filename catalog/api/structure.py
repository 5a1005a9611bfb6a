"""Segments and brands for machines, to be read; files write them."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.enums import Scope
from altazion.lib.api import decode_cursor, encode_cursor
from catalog.api.serializers import PageQuery
from catalog.api.views import PAGE
from catalog.models import Brand, ProductSegment, Segment
from catalog.selectors import structure

SINCE = OpenApiParameter("updated_since", str, description="ISO 8601: page data changed at or after")
_PAGE_DATA = ("intro", "header", "image", "banner", "meta_title", "meta_description", "translations", "changed_at")


class SegmentShape(serializers.ModelSerializer):
    """A segment. kind: P listed, B beside the tree, I internal. importance: 100 normal, 300 highlighted, 900 star."""

    parent: Any = serializers.SlugRelatedField("code", read_only=True)

    class Meta:
        model = Segment
        fields = ("code", "name", "slug", "parent", "level", "kind", "importance", "position", "archived", *_PAGE_DATA)


class SegmentsPage(serializers.Serializer):
    """A page of segments."""

    items = SegmentShape(many=True)
    next = serializers.CharField(allow_null=True)


class StandsShape(serializers.ModelSerializer):
    """A product that stands in a segment; a parent stands for all its variants."""

    sku = serializers.CharField(source="product.sku")

    class Meta:
        model = ProductSegment
        fields = ("sku", "is_primary", "relevance")


class StandsPage(serializers.Serializer):
    """A page of products."""

    items = StandsShape(many=True)
    next = serializers.CharField(allow_null=True)


class BrandShape(serializers.ModelSerializer):
    """A brand."""

    class Meta:
        model = Brand
        fields = ("code", "name", "slug", "importance", "is_own", "website", "archived", *_PAGE_DATA)


class BrandsPage(serializers.Serializer):
    """A page of brands."""

    items = BrandShape(many=True)
    next = serializers.CharField(allow_null=True)


class SegmentsView(APIView):
    """All segments."""

    scope = Scope.CATALOG_READ

    @extend_schema(operation_id="segments", parameters=[*PAGE, SINCE], responses=SegmentsPage)
    def get(self, request: Request) -> Response:
        """Page by page, oldest first; archived ones too. `parent` and `level` make the tree."""
        asked = _page(request)
        found = structure.page_of_segments(after=asked["after"], since=asked.get("updated_since"), size=asked["limit"])
        return _answer(SegmentShape, found, asked["limit"])


class SegmentView(APIView):
    """One segment."""

    scope = Scope.CATALOG_READ

    @extend_schema(operation_id="segment", responses=SegmentShape)
    def get(self, request: Request, code: str) -> Response:
        """By its code."""
        return Response(SegmentShape(structure.segment_named(code)).data)


class SegmentProductsView(APIView):
    """What stands in a segment."""

    scope = Scope.CATALOG_READ

    @extend_schema(operation_id="segment_products", parameters=PAGE, responses=StandsPage)
    def get(self, request: Request, code: str) -> Response:
        """Page by page, in the order they came; what stands below is asked there."""
        asked = _page(request)
        found = structure.places_page(structure.segment_named(code), after=asked["after"], size=asked["limit"])
        return _answer(StandsShape, found, asked["limit"])


class BrandsView(APIView):
    """All brands."""

    scope = Scope.CATALOG_READ

    @extend_schema(operation_id="brands", parameters=[*PAGE, SINCE], responses=BrandsPage)
    def get(self, request: Request) -> Response:
        """Page by page, oldest first; archived ones too."""
        asked = _page(request)
        found = structure.page_of_brands(after=asked["after"], since=asked.get("updated_since"), size=asked["limit"])
        return _answer(BrandShape, found, asked["limit"])


class BrandView(APIView):
    """One brand."""

    scope = Scope.CATALOG_READ

    @extend_schema(operation_id="brand", responses=BrandShape)
    def get(self, request: Request, code: str) -> Response:
        """By its code."""
        return Response(BrandShape(structure.brand_named(code)).data)


def _page(request: Request) -> dict[str, Any]:
    query = PageQuery(data=request.query_params)
    query.is_valid(raise_exception=True)
    asked = dict(query.validated_data)
    asked["after"] = decode_cursor(asked["cursor"], 1)[0] if asked.get("cursor") else 0
    return asked


def _answer(shape: type[serializers.ModelSerializer], found: list[Any], size: int) -> Response:
    following = encode_cursor(found[-1].pk) if len(found) == size else None
    return Response({"items": shape(found, many=True).data, "next": following})
