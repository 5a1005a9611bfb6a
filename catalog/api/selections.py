"""Selections for machines: read with their content, lists by hand written."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import caller
from accounts.enums import Scope
from altazion.lib.api import decode_cursor, encode_cursor, language_words
from altazion.lib.clock import now
from altazion.lib.problems import NotFound
from catalog import services
from catalog.api.serializers import PageQuery
from catalog.api.views import PAGE
from catalog.models import Selection, SelectionItem
from catalog.selectors.selecting import items_page, selections_page
from catalog.services.selections import dates

MOST_PRODUCTS = 20_000


class SelectionShape(serializers.ModelSerializer):
    """A selection; `by_rule`: a rule keeps it, and only pinned products can be written."""

    starts = serializers.SerializerMethodField()
    ends = serializers.SerializerMethodField()
    by_rule = serializers.BooleanField()

    class Meta:
        model = Selection
        fields = ("code", "name", "translations", "group", "description", "starts", "ends", "by_rule", "refreshed_at")

    def get_starts(self, selection: Selection) -> str | None:
        """First instant of its dates."""
        start = selection.during.lower if selection.during else None
        return start.isoformat() if start else None

    def get_ends(self, selection: Selection) -> str | None:
        """First instant after its dates."""
        end = selection.during.upper if selection.during else None
        return end.isoformat() if end else None


class SelectionsPage(serializers.Serializer):
    """A page of selections."""

    items = SelectionShape(many=True)
    next = serializers.CharField(allow_null=True)


class ItemShape(serializers.ModelSerializer):
    """A product of a selection. A parent stands for all its variants; origin: H by hand, R by the rule."""

    sku = serializers.CharField(source="product.sku")

    class Meta:
        model = SelectionItem
        fields = ("sku", "relevance", "origin")


class ItemsPage(serializers.Serializer):
    """A page of products."""

    items = ItemShape(many=True)
    next = serializers.CharField(allow_null=True)


class WrittenItem(serializers.Serializer):
    """A product to hold."""

    sku = serializers.CharField(max_length=60)
    relevance = serializers.DecimalField(max_digits=4, decimal_places=2, min_value=Decimal(0), default=Decimal(1))


class WrittenSelection(serializers.Serializer):
    """What is left out stays as it is. products: exactly these, by hand; what a rule found stays."""

    name = serializers.CharField(max_length=120, required=False)
    translations = serializers.JSONField(required=False)
    group = serializers.CharField(max_length=60, required=False, allow_blank=True)
    description = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    starts = serializers.DateTimeField(required=False, allow_null=True)
    ends = serializers.DateTimeField(required=False, allow_null=True)
    products = WrittenItem(many=True, required=False)

    def validate_translations(self, said: Any) -> dict[str, dict[str, str]]:
        """`{"en": {"name": …}}`."""
        return language_words(said, {"name": 120})

    def validate_products(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Each once, and not without bound."""
        if len(rows) > MOST_PRODUCTS:
            raise serializers.ValidationError(_("At most %(most)d products.") % {"most": MOST_PRODUCTS})
        if len({row["sku"] for row in rows}) < len(rows):
            raise serializers.ValidationError(_("A product is named twice."))
        return rows

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """Dates come together."""
        if ("starts" in data) != ("ends" in data):
            raise serializers.ValidationError(_("Give starts and ends together; null for an open end."))
        if data.get("starts") and data.get("ends") and data["ends"] <= data["starts"]:
            raise serializers.ValidationError({"ends": _("The end must come after the start.")})
        return data


class SelectionsView(APIView):
    """All selections."""

    scope = Scope.CATALOG_READ

    @extend_schema(operation_id="selections", parameters=PAGE, responses=SelectionsPage)
    def get(self, request: Request) -> Response:
        """Page by page, oldest first."""
        after, limit = _page(request)
        found = selections_page(after=after, size=limit)
        following = encode_cursor(found[-1].pk) if len(found) == limit else None
        return Response({"items": SelectionShape(found, many=True).data, "next": following})


class SelectionView(APIView):
    """One selection."""

    @property
    def scope(self) -> Scope:
        """Reading and writing are two rights."""
        return Scope.CATALOG_READ if self.request.method in {"GET", "HEAD", "OPTIONS"} else Scope.CATALOG_WRITE

    @extend_schema(operation_id="selection", responses=SelectionShape)
    def get(self, request: Request, code: str) -> Response:
        """By code."""
        return Response(SelectionShape(_selection(code)).data)

    @extend_schema(
        operation_id="selection_put",
        request=WrittenSelection,
        responses={200: SelectionShape, 201: SelectionShape},
    )
    def put(self, request: Request, code: str) -> Response:
        """Make it, or change what is given. The same call twice changes nothing."""
        asked = WrittenSelection(data=request.data)
        asked.is_valid(raise_exception=True)
        said = dict(asked.validated_data)
        rows = said.pop("products", None)
        if "starts" in said:
            said["during"] = dates(said.pop("starts"), said.pop("ends"))
        members = None if rows is None else {row["sku"]: row["relevance"] for row in rows}
        selection, made = services.put_selection(code, said, members, at=now(), actor=str(caller(request)))
        return Response(SelectionShape(selection).data, status=201 if made else 200)


class SelectionProductsView(APIView):
    """What a selection holds."""

    scope = Scope.CATALOG_READ

    @extend_schema(operation_id="selection_products", parameters=PAGE, responses=ItemsPage)
    def get(self, request: Request, code: str) -> Response:
        """Page by page in the order in which products came; sort by relevance yourself."""
        after, limit = _page(request)
        found = items_page(_selection(code), after=after, size=limit)
        following = encode_cursor(found[-1].pk) if len(found) == limit else None
        return Response({"items": ItemShape(found, many=True).data, "next": following})


def _selection(code: str) -> Selection:
    found = Selection.objects.filter(code=code).first()
    if found is None:
        raise NotFound(_("There is no selection %(code)s.") % {"code": code}, code="unknown_selection")
    return found


def _page(request: Request) -> tuple[int, int]:
    query = PageQuery(data=request.query_params)
    query.is_valid(raise_exception=True)
    asked = query.validated_data
    return decode_cursor(asked["cursor"], 1)[0] if asked.get("cursor") else 0, asked["limit"]
