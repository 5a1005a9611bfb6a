"""One product off the shopping feeds, by API (scope flows:run)."""

from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse, HttpResponseNotModified
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import caller
from accounts.enums import Scope
from altazion.lib.clock import now
from integrations import services
from integrations.models import Export
from integrations.selectors import served
from integrations.services.receiving import open_raw


class PulledSerializer(serializers.Serializer[Any]):
    """Which product, and why."""

    sku = serializers.CharField(max_length=60)
    reason = serializers.CharField(required=False, default="", max_length=200, allow_blank=True)


class FeedsSerializer(serializers.Serializer[Any]):
    """Codes of the feeds that are being written anew."""

    feeds = serializers.ListField(child=serializers.CharField())


class FeedPull(APIView):
    """Take a product off the feeds."""

    scope = Scope.FLOWS_RUN

    @extend_schema(operation_id="feed_pull", request=PulledSerializer, responses={202: FeedsSerializer})
    def post(self, request: Request) -> Response:
        """Every shopping feed is written anew without it, within a minute; a parent takes its variants along."""
        form = PulledSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        return _answer(services.pull_product(**form.validated_data, at=now(), actor=_actor(request)))


class FeedPutBack(APIView):
    """Let a product in again."""

    scope = Scope.FLOWS_RUN

    @extend_schema(operation_id="feed_put_back", request=PulledSerializer, responses={202: FeedsSerializer})
    def post(self, request: Request) -> Response:
        """Every shopping feed is written anew with it."""
        form = PulledSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        return _answer(services.put_back(form.validated_data["sku"], at=now(), actor=_actor(request)))


def _actor(request: Request) -> str:
    return f"key:{caller(request).name}"[:150]


def _answer(flows: list[Any]) -> Response:
    services.ask_feeds(flows)
    return Response({"feeds": [flow.code for flow in flows]}, status=202)


class FeedFile(APIView):
    """The last file of a feed, for services that come for it; the address is the secret."""

    authentication_classes = ()
    permission_classes = ()

    @extend_schema(operation_id="feed_file", auth=[], responses={(200, "text/plain"): OpenApiTypes.BINARY})
    def get(self, request: Request, token: UUID) -> HttpResponse | FileResponse | HttpResponseNotModified:
        """The file as it was written last; answers 304 to who has it already (If-None-Match)."""
        export = Export.objects.filter(token=token, public=True, flow__active=True).first()
        run = served(export) if export else None
        if run is None or run.raw_file is None:
            raise Http404
        tag = f'"{run.raw_file.sha256}"'
        if request.headers.get("If-None-Match") == tag:
            return HttpResponseNotModified(headers={"ETag": tag})
        name = str(run.definition.get("file_name") or run.raw_file.name)
        kind = "text/tab-separated-values; charset=utf-8" if name.endswith(".txt") else "application/octet-stream"
        answer = FileResponse(open_raw(run.raw_file), filename=name, content_type=kind)
        answer["ETag"] = tag
        answer["Cache-Control"] = "no-cache"
        answer["X-Content-Type-Options"] = "nosniff"
        answer["X-Robots-Tag"] = "noindex"
        return answer
