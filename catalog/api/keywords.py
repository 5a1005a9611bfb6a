"""Keywords for machines: which words find which products."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.enums import Scope
from altazion.lib.api import decode_cursor, encode_cursor
from catalog.models import Keyword
from catalog.selectors.keywords import page_of_keywords


class KeywordShape(serializers.ModelSerializer):
    """A keyword with the SKUs that it finds, at most a thousand."""

    category: serializers.Field = serializers.SlugRelatedField("code", read_only=True)
    products = serializers.SerializerMethodField()

    class Meta:
        model = Keyword
        fields = ("category", "code", "name", "translations", "products")

    def get_products(self, keyword: Keyword) -> list[str]:
        """SKUs."""
        skus: dict[int, list[str]] = self.context["skus"]
        return skus.get(keyword.pk, [])


class KeywordsQuery(serializers.Serializer):
    """What a page of keywords may be asked with."""

    cursor = serializers.CharField(required=False, help_text="`next` of the page before")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=200, default=50)


class KeywordsPage(serializers.Serializer):
    """A page of keywords."""

    items = KeywordShape(many=True)
    next = serializers.CharField(allow_null=True)


class KeywordsView(APIView):
    """All keywords, page by page."""

    scope = Scope.CATALOG_READ

    @extend_schema(
        operation_id="keywords",
        parameters=[
            OpenApiParameter("cursor", str, description="`next` of the page before"),
            OpenApiParameter("limit", int, description="1 to 200, 50 if left out"),
        ],
        responses=KeywordsPage,
    )
    def get(self, request: Request) -> Response:
        """In the order they were made. They are fed by the column `keywords` of article files."""
        query = KeywordsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked: dict[str, Any] = dict(query.validated_data)
        after = decode_cursor(asked["cursor"], 1)[0] if asked.get("cursor") else 0
        found, skus = page_of_keywords(after=after, size=asked["limit"])
        following = encode_cursor(found[-1].pk) if len(found) == asked["limit"] else None
        return Response({"items": KeywordShape(found, many=True, context={"skus": skus}).data, "next": following})
