"""Where values come from, and locks of fields."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import caller
from accounts.enums import Scope
from altazion.lib.clock import now
from altazion.lib.problems import NotFound
from catalog import selectors, services
from catalog.models import FieldLock
from catalog.selectors.believed import locks_of
from catalog.selectors.provenance import provenance_of


class SaidShape(serializers.Serializer[Any]):
    """What one source says."""

    source = serializers.CharField(source="source.code")  # type: ignore[assignment]
    kind = serializers.CharField(source="source.kind")
    value = serializers.JSONField()
    at = serializers.DateTimeField(allow_null=True)
    run = serializers.IntegerField(allow_null=True)


class LockShape(serializers.Serializer[Any]):
    """A lock that holds now; `of` tells whether it is the product's own."""

    id = serializers.IntegerField(source="pk")
    field = serializers.CharField()
    reason = serializers.CharField()
    until = serializers.DateTimeField(allow_null=True)
    since = serializers.DateTimeField(source="made_at")
    by = serializers.CharField(source="made_by")
    of = serializers.SerializerMethodField()

    def get_of(self, lock: FieldLock) -> str:
        """product, family or segment."""
        return next(name for name in ("product", "family", "segment") if getattr(lock, f"{name}_id"))


class ProvenanceShape(serializers.Serializer[Any]):
    """A field of a product."""

    field = serializers.CharField()
    value = serializers.JSONField(allow_null=True)
    winner = SaidShape(allow_null=True)
    others = SaidShape(many=True)
    lock = LockShape(allow_null=True)


class ProvenanceList(serializers.Serializer[Any]):
    """All fields of a product."""

    sku = serializers.CharField()
    items = ProvenanceShape(many=True)


class WrittenLock(serializers.Serializer[Any]):
    """A lock to be made."""

    field = serializers.CharField(max_length=80)
    reason = serializers.CharField(max_length=200)
    until = serializers.DateTimeField(required=False, allow_null=True, default=None)


class ProvenanceView(APIView):
    """Where the values of a product come from."""

    scope = Scope.CATALOG_READ

    @extend_schema(operation_id="product_provenance", responses=ProvenanceList)
    def get(self, request: Request, sku: str) -> Response:
        """Field by field: the value that is shown, whose it is, what other sources say since when, and locks."""
        product = selectors.product_named(sku)
        found = provenance_of(product, at=now())
        return Response({"sku": product.sku, "items": ProvenanceShape(found, many=True).data})


class LocksView(APIView):
    """Fields of a product that no import changes."""

    @property
    def scope(self) -> Scope:
        """Reading and writing are two rights."""
        return Scope.CATALOG_READ if self.request.method in {"GET", "HEAD", "OPTIONS"} else Scope.PRODUCTS_WRITE

    @extend_schema(operation_id="product_locks", responses=LockShape(many=True))
    def get(self, request: Request, sku: str) -> Response:
        """Those that hold now, of its family and segments too."""
        return Response(LockShape(locks_of(selectors.product_named(sku), at=now()), many=True).data)

    @extend_schema(operation_id="product_lock", request=WrittenLock, responses={201: LockShape})
    def post(self, request: Request, sku: str) -> Response:
        """Lock a field, texts, arrangement, trade, sizes, attributes or all; the same lock again is changed."""
        asked = WrittenLock(data=request.data)
        asked.is_valid(raise_exception=True)
        product = selectors.product_named(sku)
        lock = services.lock_field(product, **asked.validated_data, at=now(), actor=str(caller(request)))
        return Response(LockShape(lock).data, status=201)


class LockView(APIView):
    """One lock of a product."""

    scope = Scope.PRODUCTS_WRITE

    @extend_schema(operation_id="product_unlock", responses={204: None})
    def delete(self, request: Request, sku: str, pk: str) -> Response:
        """Lift it: what sources said meanwhile comes in."""
        locks = FieldLock.objects.filter(product=selectors.product_named(sku))
        number = int(pk) if pk.isascii() and pk.isdigit() and len(pk) < 19 else 0
        lock = locks.filter(pk=number).first()
        if lock is None:
            raise NotFound(_("This product has no such lock."), code="no_such_lock")
        services.unlock([lock], at=now(), actor=str(caller(request)))
        return Response(status=204)
