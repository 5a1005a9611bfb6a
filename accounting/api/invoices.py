"""Invoices and credit notes for machines (scope orders:read or books:export)."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounting.enums import InvoiceKind
from accounting.models import Invoice
from accounting.selectors import file_name, invoice_of_key, invoices_of_key, paper_bytes
from accounts.api import HasScope, caller
from accounts.enums import Scope
from altazion.lib.api import decode_cursor, encode_cursor
from altazion.lib.files import pdf_file

PAGE = 100


class InvoiceShape(serializers.ModelSerializer):
    """An invoice or a credit note. `order`: number of the order; `corrects`: number of the invoice it corrects."""

    kind = serializers.ChoiceField(InvoiceKind.choices)
    order = serializers.CharField(source="order.number")
    corrects = serializers.CharField(source="corrects.number", default="")

    class Meta:
        model = Invoice
        fields: Any = (
            "guid", "kind", "number", "date", "order", "corrects", "buyer", "currency", "total", "net_total", "made_at",
        )  # fmt: skip


class InvoiceWhole(InvoiceShape):
    """With all that stands on it: parties, lines, VAT by rate, what paid it."""

    content = serializers.SerializerMethodField()

    class Meta(InvoiceShape.Meta):
        fields: Any = (*InvoiceShape.Meta.fields, "content")

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_content(self, invoice: Invoice) -> Any:
        """As it was frozen; amounts are text."""
        return invoice.content


class InvoicePage(serializers.Serializer):
    """A page of invoices, and the cursor of the next one."""

    results = InvoiceShape(many=True)
    next = serializers.CharField(allow_null=True)


class InvoiceFilter(serializers.Serializer):
    """Which ones. `since`, `until`: days of the invoices."""

    order = serializers.CharField(required=False, max_length=20)
    kind = serializers.ChoiceField(InvoiceKind.choices, required=False)
    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)


class ReadsInvoices(HasScope):
    """A reader of orders, or the accounting software."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        held = getattr(request.auth, "scopes", ())
        return Scope.BOOKS_EXPORT in held or Scope.ORDERS_READ in held


class InvoicesView(APIView):
    """Invoices and credit notes."""

    permission_classes = (ReadsInvoices,)

    @extend_schema(
        operation_id="accounting_invoices",
        parameters=[InvoiceFilter, OpenApiParameter("cursor", str)],
        responses=InvoicePage,
    )
    def get(self, request: Request) -> Response:
        """Newest first, a hundred at a time."""
        asked = InvoiceFilter(data=request.query_params)
        asked.is_valid(raise_exception=True)
        names = {"order": "order__number__iexact", "kind": "kind", "since": "date__gte", "until": "date__lte"}
        wanted = {names[name]: value for name, value in asked.validated_data.items()}
        found = invoices_of_key(caller(request)).filter(**wanted).select_related("order", "corrects").defer("content")
        if cursor := request.query_params.get("cursor"):
            found = found.filter(pk__lt=decode_cursor(cursor, 1)[0])
        rows = list(found.order_by("-pk")[: PAGE + 1])
        following = encode_cursor(rows[PAGE - 1].pk) if len(rows) > PAGE else None
        return Response({"results": InvoiceShape(rows[:PAGE], many=True).data, "next": following})


class InvoiceView(APIView):
    """One invoice or credit note."""

    permission_classes = (ReadsInvoices,)

    @extend_schema(operation_id="accounting_invoice", responses=InvoiceWhole)
    def get(self, request: Request, guid: UUID) -> Response:
        """All that stands on it."""
        return Response(InvoiceWhole(invoice_of_key(guid, caller(request))).data)


class InvoiceFile(APIView):
    """The file of an invoice."""

    permission_classes = (ReadsInvoices,)

    @extend_schema(operation_id="accounting_invoice_file", responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, guid: UUID) -> HttpResponse:
        """PDF/A-3 with Factur-X inside, the same whenever it is asked for; 404 `no_file_yet` until it is made."""
        found = invoice_of_key(guid, caller(request))
        return pdf_file(paper_bytes(found), file_name(found))
