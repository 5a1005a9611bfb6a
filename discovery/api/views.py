"""Synonyms, searches that lead to a page, rules, reasons: parse, one call, render."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

from accounts.api import caller
from accounts.enums import Scope
from altazion.lib.api import Heavy, decode_cursor, encode_cursor
from altazion.lib.clock import now
from altazion.lib.problems import Invalid
from catalog.selectors.structure import segment_named
from discovery import selectors, services
from discovery.api import serializers as shapes
from discovery.selectors import outside
from stores.models import SalesChannel

PAGE = [
    OpenApiParameter("cursor", str, description="`next` of the page before"),
    OpenApiParameter("limit", int, description="1 to 200, 50 if left out"),
]
_READ = dict.fromkeys(("GET", "HEAD", "OPTIONS"), Scope.SEARCH_READ)
BOTH = {**_READ, **dict.fromkeys(("POST", "PUT", "DELETE"), Scope.SEARCH_WRITE)}


class SynonymsView(APIView):
    """All synonyms."""

    scope = BOTH

    @extend_schema(operation_id="synonyms", parameters=PAGE, responses=shapes.SynonymsPage)
    def get(self, request: Request) -> Response:
        """Page by page, oldest first."""
        return _paged(request, shapes.SynonymsShape, outside.page_of_synonyms)

    @extend_schema(
        operation_id="synonyms_make",
        request=shapes.WrittenSynonyms,
        responses={200: shapes.SynonymsShape, 201: shapes.SynonymsShape},
    )
    def post(self, request: Request) -> Response:
        """Make a set. The same words in the same language are the same set: it is given back, 200."""
        made, is_new = services.put_synonyms(
            None, _valid(shapes.WrittenSynonyms, request), at=now(), actor=_who(request)
        )
        return Response(shapes.SynonymsShape(made).data, status=201 if is_new else 200)


class SynonymSetView(APIView):
    """One set of synonyms."""

    scope = BOTH

    @extend_schema(operation_id="synonym_set", responses=shapes.SynonymsShape)
    def get(self, request: Request, pk: int) -> Response:
        """By its number."""
        return Response(shapes.SynonymsShape(outside.synonyms_numbered(pk)).data)

    @extend_schema(operation_id="synonyms_put", request=shapes.WrittenSynonyms, responses=shapes.SynonymsShape)
    def put(self, request: Request, pk: int) -> Response:
        """Change it."""
        said = _valid(shapes.WrittenSynonyms, request)
        made, _is_new = services.put_synonyms(outside.synonyms_numbered(pk), said, at=now(), actor=_who(request))
        return Response(shapes.SynonymsShape(made).data)

    @extend_schema(operation_id="synonyms_delete", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Forget it."""
        services.forget(outside.synonyms_numbered(pk), at=now(), actor=_who(request))
        return Response(status=204)


class RedirectsView(APIView):
    """All searches that lead to a page."""

    scope = BOTH

    @extend_schema(operation_id="search_redirects", parameters=PAGE, responses=shapes.RedirectsPage)
    def get(self, request: Request) -> Response:
        """Page by page, oldest first."""
        return _paged(request, shapes.RedirectShape, outside.page_of_redirects)

    @extend_schema(
        operation_id="search_redirect_make",
        request=shapes.WrittenRedirect,
        responses={200: shapes.RedirectShape, 201: shapes.RedirectShape},
    )
    def post(self, request: Request) -> Response:
        """Say where a search leads. A search that leads somewhere on this channel leads there from now on, 200."""
        made, is_new = services.put_redirect(
            None, _valid(shapes.WrittenRedirect, request), at=now(), actor=_who(request)
        )
        return Response(shapes.RedirectShape(made).data, status=201 if is_new else 200)


class RedirectView(APIView):
    """One search that leads to a page."""

    scope = BOTH

    @extend_schema(operation_id="search_redirect", responses=shapes.RedirectShape)
    def get(self, request: Request, pk: int) -> Response:
        """By its number."""
        return Response(shapes.RedirectShape(outside.redirect_numbered(pk)).data)

    @extend_schema(operation_id="search_redirect_put", request=shapes.WrittenRedirect, responses=shapes.RedirectShape)
    def put(self, request: Request, pk: int) -> Response:
        """Change it."""
        said = _valid(shapes.WrittenRedirect, request)
        made, _is_new = services.put_redirect(outside.redirect_numbered(pk), said, at=now(), actor=_who(request))
        return Response(shapes.RedirectShape(made).data)

    @extend_schema(operation_id="search_redirect_delete", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """The search shows its list again."""
        services.forget(outside.redirect_numbered(pk), at=now(), actor=_who(request))
        return Response(status=204)


class RulesView(APIView):
    """All rules of merchandising."""

    scope = Scope.SEARCH_READ

    @extend_schema(operation_id="merchandising_rules", parameters=PAGE, responses=shapes.RulesPage)
    def get(self, request: Request) -> Response:
        """Page by page, oldest first, with what each does. Colleagues write them, with a look before and after."""
        return _paged(request, shapes.RuleShape, outside.page_of_rules)


class RuleView(APIView):
    """One rule."""

    scope = Scope.SEARCH_READ

    @extend_schema(operation_id="merchandising_rule", responses=shapes.RuleShape)
    def get(self, request: Request, pk: int) -> Response:
        """By its number."""
        return Response(shapes.RuleShape(outside.rule_numbered(pk)).data)


class ExplainView(APIView):
    """Why is this product here?"""

    scope = Scope.SEARCH_READ
    throttle_classes = (UserRateThrottle, Heavy)

    @extend_schema(operation_id="explain", parameters=[shapes.ListAsked], responses=shapes.ExplainedShape)
    def get(self, request: Request) -> Response:
        """The first products of a search or a segment as the shop shows them, each with the reasons for its place."""
        asked = shapes.ListAsked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        channel = SalesChannel.objects.filter(code=said["channel"], active=True).first()
        if channel is None:
            raise Invalid(_("No channel has this code."), field="channel", code="unknown_channel")
        segment = segment_named(said["segment"]) if said["segment"] else None
        with translation.override(said["language"]):
            found = selectors.explained(
                said["q"], segment, channel=channel, at=said.get("at") or now(), language=said["language"]
            )
            return Response(shapes.ExplainedShape(found).data)


def _valid(shape: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    asked = shape(data=request.data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def _paged(request: Request, shape: Any, page: Any) -> Response:
    query = shapes.PageQuery(data=request.query_params)
    query.is_valid(raise_exception=True)
    asked = query.validated_data
    after = decode_cursor(asked["cursor"], 1)[0] if asked.get("cursor") else 0
    found = page(after=after, size=asked["limit"])
    following = encode_cursor(found[-1].pk) if len(found) == asked["limit"] else None
    return Response({"items": shape(found, many=True).data, "next": following})


def _who(request: Request) -> str:
    return str(caller(request))
