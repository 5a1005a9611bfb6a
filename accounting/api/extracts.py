"""Journals for the accounting software (scope books:export)."""

from typing import Any
from uuid import UUID

from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounting import services
from accounting.models import Extract, Separator
from accounting.selectors import fec_lines
from accounts.api import caller, idempotent
from accounts.enums import Scope
from altazion.lib.clock import now
from altazion.lib.files import text_file

MOST = 100


class ExtractShape(serializers.ModelSerializer):
    """An extract: its numbers by journal, after `since` up to `until`, and where its file is."""

    file = serializers.SerializerMethodField()

    class Meta:
        model = Extract
        fields = (
            "guid", "siren", "first", "last", "journals", "separator", "only_new", "since", "until", "lines", "total",
            "made_at", "made_by", "file",
        )  # fmt: skip

    def get_file(self, extract: Extract) -> str:
        """Address of the file."""
        return reverse("extract_file", args=[extract.guid])


class ExtractQuestion(serializers.Serializer):
    """Which journals. Without days: all that no such extract holds yet."""

    siren = serializers.CharField(max_length=20)
    journals = serializers.ListField(child=serializers.CharField(max_length=10), allow_empty=False, max_length=20)
    first = serializers.DateField(required=False)
    last = serializers.DateField(required=False)
    separator = serializers.ChoiceField(Separator.choices, default=Separator.TAB)


class ExtractsView(APIView):
    """Extracts of the books."""

    scope = Scope.BOOKS_EXPORT

    @extend_schema(operation_id="accounting_extracts", responses=ExtractShape(many=True))
    def get(self, request: Request) -> Response:
        """The last hundred, newest first."""
        return Response(ExtractShape(Extract.objects.order_by("-id")[:MOST], many=True).data)

    @extend_schema(operation_id="accounting_extract_create", request=ExtractQuestion, responses={201: ExtractShape})
    @idempotent
    def post(self, request: Request) -> Response:
        """Hand journals over: the eighteen columns of article A47 A-1, in `file`."""
        form = ExtractQuestion(data=request.data)
        form.is_valid(raise_exception=True)
        asked: dict[str, Any] = form.validated_data
        by = f"key:{caller(request).name}"[:150]
        extract = services.extract_journals(services.Wanted(**asked), at=now(), actor=by)
        return Response(ExtractShape(extract).data, status=201)


class ExtractFile(APIView):
    """The file of an extract."""

    scope = Scope.BOOKS_EXPORT

    @extend_schema(operation_id="accounting_extract_file", responses={(200, "text/plain"): OpenApiTypes.STR})
    def get(self, request: Request, guid: UUID) -> StreamingHttpResponse:
        """Text in UTF-8; the same whenever it is asked for."""
        extract = get_object_or_404(Extract, guid=guid)
        return text_file(fec_lines(extract), extract.file_name)
