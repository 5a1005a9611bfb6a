"""Flows as they are, started and switched by API (scope flows:run)."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import caller
from accounts.enums import Scope
from altazion.lib.clock import now
from integrations import services
from integrations.api.serializers import RunSerializer
from integrations.enums import Trigger
from integrations.selectors import flow_by_code, flows_with_health, last_words


class FlowSerializer(serializers.Serializer[Any]):
    """A flow: its last run that counts, and when one last went well."""

    code = serializers.CharField()
    name = serializers.CharField()
    direction = serializers.CharField()
    entity = serializers.CharField()
    active = serializers.BooleanField()
    last_state = serializers.CharField(allow_null=True)
    last_message = serializers.SerializerMethodField()
    last_at = serializers.DateTimeField(allow_null=True)
    problems = serializers.SerializerMethodField()

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_last_message(self, flow: Any) -> str | None:
        """What that run said; null without one."""
        return last_words(flow) if flow.last_run else None

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_problems(self, flow: Any) -> list[str]:
        """What is wrong with it, a sentence each; empty when it is well."""
        watch = getattr(flow, "watch", None)
        return list(watch.problems) if watch is not None else []


class StartSerializer(serializers.Serializer[Any]):
    """What starts a flow, in words, and when next if the clock decides."""

    says = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)
    active = serializers.BooleanField()


class FlowFullSerializer(FlowSerializer):
    """A flow with what starts it."""

    starts = StartSerializer(many=True)


class FlowPageSerializer(serializers.Serializer[Any]):
    """All flows by name."""

    flows = FlowSerializer(many=True)


class SwitchSerializer(serializers.Serializer[Any]):
    """On or off."""

    active = serializers.BooleanField()


class StartedSerializer(serializers.Serializer[Any]):
    """The runs that came of it; none when there was nothing to do."""

    runs = RunSerializer(many=True)


class Flows(APIView):
    """The flows."""

    scope = Scope.FLOWS_RUN

    @extend_schema(operation_id="flows_list", responses=FlowPageSerializer)
    def get(self, request: Request) -> Response:
        """By name, at most 500."""
        return Response({"flows": FlowSerializer(flows_with_health()[:500], many=True).data})


class FlowDetail(APIView):
    """A flow."""

    scope = Scope.FLOWS_RUN

    @extend_schema(operation_id="flow_retrieve", responses=FlowFullSerializer)
    def get(self, request: Request, code: str) -> Response:
        """How it is, and what starts it."""
        return Response(_full(code))

    @extend_schema(operation_id="flow_switch", request=SwitchSerializer, responses=FlowFullSerializer)
    def patch(self, request: Request, code: str) -> Response:
        """Switch it on or off."""
        form = SwitchSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        actor = f"key:{caller(request).name}"[:150]
        services.switch_flow(flow_by_code(code), active=form.validated_data["active"], at=now(), actor=actor)
        return Response(_full(code))


class FlowStart(APIView):
    """Start a flow now."""

    scope = Scope.FLOWS_RUN

    @extend_schema(operation_id="flow_start", request=None, responses={202: StartedSerializer})
    def post(self, request: Request, code: str) -> Response:
        """An import fetches what lies ready, an export is written; workers go on from there."""
        actor = f"key:{caller(request).name}"[:150]
        runs = services.start_flow(flow_by_code(code), at=now(), cause=Trigger.API, actor=actor, queue=True)
        return Response({"runs": RunSerializer(runs, many=True).data}, status=202)


def _full(code: str) -> dict[str, Any]:
    flow = flows_with_health().get(pk=flow_by_code(code).pk)
    starts = StartSerializer(services.starts_of(flow, now()), many=True).data
    return {**FlowSerializer(flow).data, "starts": starts}
