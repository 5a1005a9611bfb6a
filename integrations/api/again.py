"""What running a file again would do, and corrected rows that come back (scope flows:run)."""

import io
from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import caller
from accounts.enums import Scope
from altazion.lib.clock import now
from integrations import services
from integrations.api.flows import AnyBody, accepted
from integrations.api.serializers import FileSerializer, RerunSerializer, RunSerializer
from integrations.api.versions import VersionDifferenceSerializer
from integrations.selectors import run_by_guid, timeline


class PlanSerializer(serializers.Serializer[Any]):
    """What `rerun` would do with the same arguments: sentences, and what of the flow was changed since."""

    possible = serializers.BooleanField()
    refusal = serializers.CharField(allow_blank=True)
    says = serializers.ListField(child=serializers.CharField())
    differences = VersionDifferenceSerializer(many=True)


class MomentSerializer(serializers.Serializer[Any]):
    """Something that happened to a run."""

    at = serializers.DateTimeField()
    code = serializers.CharField()
    says = serializers.CharField()
    who = serializers.CharField(allow_blank=True)


class TimelineSerializer(serializers.Serializer[Any]):
    """What happened to a run, the oldest first."""

    moments = MomentSerializer(many=True)


class RunPlan(APIView):
    """What running a file again would do."""

    scope = Scope.FLOWS_RUN

    @extend_schema(operation_id="run_rerun_plan", parameters=[RerunSerializer], responses=PlanSerializer)
    def get(self, request: Request, guid: UUID) -> Response:
        """Nothing is written."""
        form = RerunSerializer(data=request.query_params)
        form.is_valid(raise_exception=True)
        plan = services.plan(run_by_guid(guid), **form.validated_data)
        return Response(
            {
                "possible": not plan.refused,
                "refusal": plan.refused,
                "says": plan.says,
                "differences": VersionDifferenceSerializer(plan.differences, many=True).data,
            }
        )


class RunTimeline(APIView):
    """What happened to a run."""

    scope = Scope.FLOWS_RUN

    @extend_schema(operation_id="run_timeline", responses=TimelineSerializer)
    def get(self, request: Request, guid: UUID) -> Response:
        """Received, read, checked, compared, held, approved, applied, undone."""
        return Response({"moments": MomentSerializer(timeline(run_by_guid(guid)), many=True).data})


class RunCorrection(APIView):
    """Bring corrected rows back."""

    scope = Scope.FLOWS_RUN
    parser_classes = (MultiPartParser, AnyBody)

    @extend_schema(
        operation_id="run_correct",
        request={"multipart/form-data": FileSerializer, "text/csv": OpenApiTypes.BINARY},
        parameters=[OpenApiParameter("name", str, description="Name of the file, for a raw body.")],
        responses={202: RunSerializer},
    )
    def post(self, request: Request, guid: UUID) -> Response:
        """The file of `rejects.csv`, corrected: a run of its own, bound to this one; nothing is archived."""
        run = run_by_guid(guid)
        if (request.content_type or "").startswith("multipart/"):
            form = FileSerializer(data=request.data)
            form.is_valid(raise_exception=True)
            name, stream = form.validated_data["file"].name, form.validated_data["file"].file
        else:
            name = request.query_params.get("name") or f"rejects_{run.pk}.csv"
            stream = request.data if hasattr(request.data, "read") else io.BytesIO()
        actor = f"key:{caller(request).name}"[:150]
        return accepted(services.correct(run, name, stream, at=now(), actor=actor, queue=True))
