"""What a run changes, and the decision about one that is held back (scope flows:run)."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import caller
from accounts.enums import Scope
from altazion.lib.api import decode_cursor, encode_cursor
from altazion.lib.clock import now
from altazion.lib.reading import ReadsJson
from integrations import services
from integrations.api.serializers import (
    ApproveSerializer,
    ChangePageSerializer,
    ChangeQuerySerializer,
    ChangeSerializer,
    RunSerializer,
)
from integrations.selectors import changes, run_by_guid


class RunChanges(APIView):
    """What a run changed, or would change."""

    scope = Scope.FLOWS_RUN

    @extend_schema(operation_id="run_changes_list", parameters=[ChangeQuerySerializer], responses=ChangePageSerializer)
    def get(self, request: Request, guid: UUID) -> Response:
        """Cell by cell; an empty `field` is a row that came or went."""
        form = ChangeQuerySerializer(data=request.query_params)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        found = changes(run_by_guid(guid), key=asked["field"], kind=asked["kind"], label=asked["which"])
        if asked["after"]:
            found = found.filter(pk__gt=decode_cursor(asked["after"], 1)[0])
        rows = list(found[: asked["limit"]])
        more = encode_cursor(rows[-1].pk) if len(rows) == asked["limit"] else None
        return Response({"changes": ChangeSerializer(rows, many=True).data, "next": more})


class RunApprove(APIView):
    """Let a held run go on."""

    scope = Scope.FLOWS_RUN
    parser_classes = (ReadsJson,)

    @extend_schema(operation_id="run_approve", request=ApproveSerializer, responses={202: RunSerializer})
    def post(self, request: Request, guid: UUID) -> Response:
        """All of it, or a part: some kinds of difference, without some fields, without some articles."""
        form = ApproveSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        actor = f"key:{caller(request).name}"[:150]
        run = services.approve(run_by_guid(guid), **form.validated_data, at=now(), actor=actor, queue=True)
        return Response(RunSerializer(run).data, status=202)


class RunRefuse(APIView):
    """Drop a held run."""

    scope = Scope.FLOWS_RUN
    parser_classes = (ReadsJson,)

    @extend_schema(operation_id="run_refuse", request=None, responses=RunSerializer)
    def post(self, request: Request, guid: UUID) -> Response:
        """Nothing of it is written."""
        run = run_by_guid(guid)
        services.refuse(run, at=now(), actor=f"key:{caller(request).name}"[:150])
        return Response(RunSerializer(run).data)


class RunUndo(APIView):
    """Undo a run."""

    scope = Scope.FLOWS_RUN
    parser_classes = (ReadsJson,)

    @extend_schema(operation_id="run_undo", request=None, responses={202: RunSerializer})
    def post(self, request: Request, guid: UUID) -> Response:
        """A run that gives back what stood before, where it was not edited since; its rejects are the conflicts."""
        actor = f"key:{caller(request).name}"[:150]
        new = services.undo_run(run_by_guid(guid), at=now(), actor=actor, queue=True)
        return Response(RunSerializer(new).data, status=202, headers={"Location": f"/api/v1/runs/{new.guid}"})


class RunCancel(APIView):
    """Cancel a run."""

    scope = Scope.FLOWS_RUN
    parser_classes = (ReadsJson,)

    @extend_schema(operation_id="run_cancel", request=None, responses={202: RunSerializer})
    def post(self, request: Request, guid: UUID) -> Response:
        """One that waits at once, one that is under way within seconds; nothing of it is written."""
        run = run_by_guid(guid)
        services.cancel_run(run, at=now(), actor=f"key:{caller(request).name}"[:150])
        return Response(RunSerializer(run).data, status=202)
