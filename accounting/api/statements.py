"""Bank statements from machines (scope books:import)."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounting import services
from accounting.enums import AnomalyKind
from accounting.models import Anomaly, BankAccount, Statement
from accounting.selectors import open_anomalies, statements_with_gaps
from accounts.api import caller
from accounts.enums import Scope
from altazion.lib.clock import now

MOST = 100


class AnomalyShape(serializers.ModelSerializer):
    """Something odd. `order`: the number of the order that is held for it, if one is."""

    kind = serializers.ChoiceField(AnomalyKind.choices)
    order = serializers.CharField(source="order.number", default="")
    sentence = serializers.SerializerMethodField()

    class Meta:
        model = Anomaly
        fields = ("guid", "kind", "order", "sentence", "found_at", "settled_at", "settled_by", "explanation")

    def get_sentence(self, odd: Anomaly) -> str:
        """What is odd, in words."""
        return services.why(odd)


class StatementShape(serializers.ModelSerializer):
    """A statement. `gap`: how far its balance before is from the balance after of the one before; null if unknown."""

    account = serializers.CharField(source="account.code")
    gap = serializers.DecimalField(14, 2, allow_null=True)
    to_explain = serializers.IntegerField(source="waiting")

    class Meta:
        model = Statement
        fields = (
            "guid", "account", "number", "first", "last", "opening", "closing", "gap", "file_format", "file_name",
            "known_lines", "to_explain", "taken_at", "taken_by",
        )  # fmt: skip


class StatementQuestion(serializers.Serializer):
    """The file of a bank. `account`: code of ours; only CSV, which does not name its account, needs it."""

    file = serializers.FileField()
    account = serializers.SlugField(required=False, allow_blank=True)


class StatementsView(APIView):
    """Bank statements."""

    scope = Scope.BOOKS_IMPORT
    parser_classes = (MultiPartParser,)

    @extend_schema(operation_id="accounting_statements", responses=StatementShape(many=True))
    def get(self, request: Request) -> Response:
        """The last hundred, newest first."""
        found = statements_with_gaps().order_by("-last", "-id")[:MOST]
        return Response(StatementShape(found, many=True).data)

    @extend_schema(
        operation_id="accounting_statement_create",
        request=StatementQuestion,
        responses={201: StatementShape(many=True)},
    )
    def post(self, request: Request) -> Response:
        """Send a file: CFONB 120, CAMT.053, OFX, or CSV. The same statement again is refused with 409."""
        form = StatementQuestion(data=request.data)
        form.is_valid(raise_exception=True)
        asked: dict[str, Any] = form.validated_data
        account = get_object_or_404(BankAccount, code=asked["account"]) if asked.get("account") else None
        taken = services.take_statement(
            asked["file"].read(),
            asked["file"].name,
            at=now(),
            actor=f"key:{caller(request).name}"[:150],
            account=account,
        )
        found = statements_with_gaps().filter(pk__in=[one.pk for one in taken]).order_by("position")
        return Response(StatementShape(found, many=True).data, status=201)


class AnomaliesView(APIView):
    """What nothing explains."""

    scope = Scope.BOOKS_IMPORT

    @extend_schema(
        operation_id="accounting_anomalies",
        parameters=[OpenApiParameter("order", str, description="Number of an order")],
        responses=AnomalyShape(many=True),
    )
    def get(self, request: Request) -> Response:
        """Open anomalies, newest first, at most a hundred; of one order, if asked."""
        found = open_anomalies().select_related("statement__account", "line", "payment", "order").order_by("-id")
        if number := request.query_params.get("order"):
            found = found.filter(order__number__iexact=number)
        return Response(AnomalyShape(found[:MOST], many=True).data)
