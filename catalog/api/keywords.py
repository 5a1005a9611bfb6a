"""Keywords for machines: which words find which products, read and written."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import caller
from accounts.enums import Scope
from altazion.lib.api import decode_cursor, encode_cursor, language_words
from altazion.lib.clock import now
from catalog import services
from catalog.api.views import PAGE
from catalog.models import Keyword, KeywordCategory
from catalog.selectors import keywords as asked_of
from catalog.services.keywords import put_category, put_keyword

MOST_PRODUCTS = 20_000
BOTH = {
    "GET": Scope.CATALOG_READ, "HEAD": Scope.CATALOG_READ, "OPTIONS": Scope.CATALOG_READ,
    "PUT": Scope.CATALOG_WRITE, "DELETE": Scope.CATALOG_WRITE,
}  # fmt: skip


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


class CategoryShape(serializers.ModelSerializer):
    """A kind of keyword; is_facet: shoppers may filter by it."""

    class Meta:
        model = KeywordCategory
        fields = ("code", "name", "is_facet", "position", "translations")


class CategoriesAnswer(serializers.Serializer):
    """All categories."""

    items = CategoryShape(many=True)


class WrittenCategory(serializers.Serializer):
    """What is left out stays as it is."""

    name = serializers.CharField(max_length=80, required=False)
    is_facet = serializers.BooleanField(required=False)
    position = serializers.IntegerField(min_value=0, max_value=100_000, required=False)
    translations = serializers.JSONField(required=False)

    def validate_translations(self, said: Any) -> dict[str, dict[str, str]]:
        """`{"en": {"name": …}}`."""
        return language_words(said, {"name": 80})


class KeywordsQuery(serializers.Serializer):
    """What a page of keywords may be asked with."""

    cursor = serializers.CharField(required=False, help_text="`next` of the page before")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=200, default=50)
    category = serializers.CharField(required=False, max_length=50)
    product = serializers.CharField(required=False, max_length=60)
    segment = serializers.CharField(required=False, max_length=60)
    selection = serializers.CharField(required=False, max_length=60)
    q = serializers.CharField(required=False, max_length=200)


class KeywordsPage(serializers.Serializer):
    """A page of keywords."""

    items = KeywordShape(many=True)
    next = serializers.CharField(allow_null=True)


class WrittenKeyword(serializers.Serializer):
    """What is left out stays as it is. products: exactly these, besides what a flow feeds; add_…: these, too."""

    name = serializers.CharField(max_length=120, required=False)
    translations = serializers.JSONField(required=False)
    products = serializers.ListField(
        child=serializers.CharField(max_length=60), required=False, max_length=MOST_PRODUCTS
    )
    add_segment = serializers.CharField(max_length=60, required=False, help_text="Code: its products, and those below")
    add_selection = serializers.CharField(max_length=60, required=False, help_text="Code: its products")

    def validate_translations(self, said: Any) -> dict[str, dict[str, str]]:
        """`{"en": {"name": …}}`."""
        return language_words(said, {"name": 120})

    def validate_products(self, skus: list[str]) -> list[str]:
        """Each once."""
        if len(set(skus)) < len(skus):
            raise serializers.ValidationError(_("A product is named twice."))
        return skus


class KeywordsView(APIView):
    """Keywords, page by page."""

    scope = Scope.CATALOG_READ

    @extend_schema(
        operation_id="keywords",
        parameters=[
            *PAGE,
            OpenApiParameter("category", str, description="Code: only this category's"),
            OpenApiParameter("product", str, description="SKU: only those that find this product or its parent"),
            OpenApiParameter("segment", str, description="Code: only those that find something in it or below"),
            OpenApiParameter("selection", str, description="Code: only those that find something of it"),
            OpenApiParameter("q", str, description="Only those with this name in any language, accents aside"),
        ],
        responses=KeywordsPage,
    )
    def get(self, request: Request) -> Response:
        """In the order they were made."""
        query = KeywordsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        said: dict[str, Any] = dict(query.validated_data)
        after = decode_cursor(said["cursor"], 1)[0] if said.get("cursor") else 0
        which = {name: said[name] for name in ("category", "product", "segment", "selection") if name in said}
        asked = asked_of.KeywordsAsked(**which, said=said.get("q", ""))
        found, skus = asked_of.page_of_keywords(after=after, size=said["limit"], asked=asked)
        following = encode_cursor(found[-1].pk) if len(found) == said["limit"] else None
        return Response({"items": KeywordShape(found, many=True, context={"skus": skus}).data, "next": following})


class KeywordView(APIView):
    """One keyword."""

    scope = BOTH

    @extend_schema(operation_id="keyword", responses=KeywordShape)
    def get(self, request: Request, category: str, code: str) -> Response:
        """By its category's code and its own."""
        return Response(_shown(asked_of.keyword_named(category, code)))

    @extend_schema(operation_id="keyword_put", request=WrittenKeyword, responses={200: KeywordShape, 201: KeywordShape})
    def put(self, request: Request, category: str, code: str) -> Response:
        """Make it, or change what is given. The same call twice changes nothing."""
        asked = WrittenKeyword(data=request.data)
        asked.is_valid(raise_exception=True)
        said = dict(asked.validated_data)
        products = said.pop("products", None)
        add = [
            pk
            for name in ("segment", "selection")
            if (named := said.pop(f"add_{name}", ""))
            for pk in asked_of.members_of(**{name: named}, most=MOST_PRODUCTS)
        ]
        keyword, is_new = put_keyword(
            category, code, said, products=products, add=add, at=now(), actor=str(caller(request))
        )
        return Response(_shown(keyword), status=201 if is_new else 200)

    @extend_schema(operation_id="keyword_delete", responses={204: None})
    def delete(self, request: Request, category: str, code: str) -> Response:
        """Take it away from all products and forget it."""
        services.delete_keyword(asked_of.keyword_named(category, code), at=now(), actor=str(caller(request)))
        return Response(status=204)


class CategoriesView(APIView):
    """Kinds of keywords."""

    scope = Scope.CATALOG_READ

    @extend_schema(operation_id="keyword_categories", responses=CategoriesAnswer)
    def get(self, request: Request) -> Response:
        """All of them, in their order."""
        return Response({"items": CategoryShape(asked_of.categories(), many=True).data})


class CategoryView(APIView):
    """One kind of keyword."""

    scope = BOTH

    @extend_schema(
        operation_id="keyword_category_put", request=WrittenCategory, responses={200: CategoryShape, 201: CategoryShape}
    )
    def put(self, request: Request, code: str) -> Response:
        """Make it, or change what is given. The same call twice changes nothing."""
        asked = WrittenCategory(data=request.data)
        asked.is_valid(raise_exception=True)
        category, is_new = put_category(code, asked.validated_data, at=now(), actor=str(caller(request)))
        return Response(CategoryShape(category).data, status=201 if is_new else 200)


def _shown(keyword: Keyword) -> Any:
    return KeywordShape(keyword, context={"skus": asked_of.skus_of([keyword])}).data
