"""Versions of a flow by API (scope flows:run reads, flows:admin goes back)."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import caller
from accounts.enums import Scope
from altazion.lib.clock import now
from altazion.lib.reading import ReadsJson
from integrations import services
from integrations.models import FlowVersion
from integrations.selectors import flow_by_code, runs_by_version, version_differences, version_of, versions_of

MOST = 200


class VersionSerializer(serializers.Serializer[Any]):
    """A version: since when, by whom; `back_to`: it went back to that one. `runs`: how many used it."""

    number = serializers.IntegerField()
    at = serializers.DateTimeField()
    actor = serializers.CharField()
    back_to = serializers.IntegerField(allow_null=True)
    runs = serializers.SerializerMethodField()

    def get_runs(self, version: FlowVersion) -> int:
        """How many runs used it."""
        return int(self.context["used"].get(version.number, 0))


class VersionPageSerializer(serializers.Serializer[Any]):
    """The newest first, at most 200."""

    current = serializers.IntegerField()
    versions = VersionSerializer(many=True)


class VersionDifferenceSerializer(serializers.Serializer[Any]):
    """What differs: `old` in this version, `new` now; both as text."""

    part = serializers.ChoiceField(choices=["settings", "mapping", "export", "triggers"])
    field = serializers.CharField()  # type: ignore[assignment]
    name = serializers.CharField()
    old = serializers.CharField()
    new = serializers.CharField()


class VersionFullSerializer(serializers.Serializer[Any]):
    """A version with its whole definition, and what differs between it and now."""

    number = serializers.IntegerField()
    at = serializers.DateTimeField()
    actor = serializers.CharField()
    back_to = serializers.IntegerField(allow_null=True)
    definition = serializers.JSONField()
    differences = VersionDifferenceSerializer(many=True)


class WentBackSerializer(serializers.Serializer[Any]):
    """The number of the version that going back made."""

    number = serializers.IntegerField()


class FlowVersions(APIView):
    """The versions of a flow."""

    scope = Scope.FLOWS_RUN

    @extend_schema(operation_id="flow_versions_list", responses=VersionPageSerializer)
    def get(self, request: Request, code: str) -> Response:
        """The newest first."""
        flow = flow_by_code(code)
        context = {"used": runs_by_version(flow)}
        found = VersionSerializer(versions_of(flow)[:MOST], many=True, context=context).data
        return Response({"current": flow.version, "versions": found})


class FlowVersionDetail(APIView):
    """A version of a flow."""

    scope = Scope.FLOWS_RUN

    @extend_schema(operation_id="flow_version_retrieve", responses=VersionFullSerializer)
    def get(self, request: Request, code: str, number: int) -> Response:
        """Its definition, and what differs between it and now."""
        version = version_of(flow_by_code(code), number)
        differences = version_differences(version.definition, services.definition_now(version.flow_id))
        return Response(
            {
                "number": version.number,
                "at": version.at,
                "actor": version.actor,
                "back_to": version.back_to,
                "definition": version.definition,
                "differences": VersionDifferenceSerializer(differences, many=True).data,
            }
        )


class FlowVersionBack(APIView):
    """Go back to a version."""

    scope = Scope.FLOWS_ADMIN
    parser_classes = (ReadsJson,)

    @extend_schema(operation_id="flow_version_back", request=None, responses={201: WentBackSerializer})
    def post(self, request: Request, code: str, number: int) -> Response:
        """The flow is what it was then; that is a new version. A mapping that changed goes back for all its flows."""
        version = version_of(flow_by_code(code), number)
        made = services.go_back(version, at=now(), actor=f"key:{caller(request).name}"[:150])
        return Response({"number": made}, status=201)
