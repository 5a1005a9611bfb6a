"""Files in by API, and what became of them (scope flows:run)."""

import io
from typing import Any
from uuid import UUID

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import caller
from accounts.enums import Scope
from altazion.lib.clock import now
from altazion.lib.reading import ReadsJson
from integrations import services
from integrations.api.serializers import FileSerializer, RerunSerializer, RunSerializer
from integrations.enums import Trigger
from integrations.selectors import flow_by_code, reject_lines, run_by_guid


class AnyBody(BaseParser):
    """The body as it comes, not read into memory."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return stream


class FlowRuns(APIView):
    """Send a file to a flow."""

    scope = Scope.FLOWS_RUN
    parser_classes = (MultiPartParser, AnyBody)

    @extend_schema(
        operation_id="flow_run_create",
        request={
            "multipart/form-data": FileSerializer,
            "text/csv": OpenApiTypes.BINARY,
            "application/octet-stream": OpenApiTypes.BINARY,
        },
        parameters=[
            OpenApiParameter("name", str, description="Name of the file, for a raw body."),
            OpenApiParameter("partial", bool, description="For a raw body: it holds some rows only."),
        ],
        responses={202: RunSerializer},
    )
    def post(self, request: Request, code: str) -> Response:
        """The file is kept and a worker runs it; ask the run's address (`Location`) what became of it."""
        flow = flow_by_code(code)
        if (request.content_type or "").startswith("multipart/"):
            form = FileSerializer(data=request.data)
            form.is_valid(raise_exception=True)
            upload, partial = form.validated_data["file"], form.validated_data["partial"]
            name, stream = upload.name, upload.file
        else:
            partial = request.query_params.get("partial", "").lower() in ("true", "1")
            name = request.query_params.get("name") or f"{code}.csv"
            stream = request.data if hasattr(request.data, "read") else io.BytesIO()
        run = services.receive_file(
            flow,
            name,
            stream,
            trigger=Trigger.API,
            actor=f"key:{caller(request).name}"[:150],
            at=now(),
            queue=True,
            partial=partial,
        )
        return accepted(run)


class RunDetail(APIView):
    """A run."""

    scope = Scope.FLOWS_RUN

    @extend_schema(operation_id="run_retrieve", responses=RunSerializer)
    def get(self, request: Request, guid: UUID) -> Response:
        """State, progress and counts."""
        return Response(RunSerializer(run_by_guid(guid)).data)


class RunRejects(APIView):
    """The refused rows of a run."""

    scope = Scope.FLOWS_RUN

    @extend_schema(operation_id="run_rejects", responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, guid: UUID) -> StreamingHttpResponse:
        """A file like the one that came, with the reason in the column `altazion_reason`; correct it and send it."""
        run = run_by_guid(guid)
        answer = StreamingHttpResponse(reject_lines(run), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="rejects_{run.pk}.csv"'
        return answer


class RunAgain(APIView):
    """Run a file again."""

    scope = Scope.FLOWS_RUN
    parser_classes = (ReadsJson,)

    @extend_schema(operation_id="run_rerun", request=RerunSerializer, responses={202: RunSerializer})
    def post(self, request: Request, guid: UUID) -> Response:
        """The whole file, or only the rows that were refused."""
        form = RerunSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        actor = f"key:{caller(request).name}"[:150]
        return accepted(services.rerun(run_by_guid(guid), **form.validated_data, at=now(), actor=actor, queue=True))


def accepted(run: Any) -> Response:
    """202 with the run and its address."""
    data = RunSerializer(run).data
    return Response(data, status=202, headers={"Location": f"/api/v1/runs/{run.guid}"})
