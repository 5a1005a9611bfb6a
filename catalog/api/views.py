"""Products, scans, stores: parse, one question, render."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import caller
from accounts.enums import Scope
from altazion.lib.api import decode_cursor, encode_cursor
from altazion.lib.clock import now
from altazion.lib.problems import NotFound
from catalog import selectors, services
from catalog.api import serializers as shapes
from catalog.api.written import WrittenProduct
from catalog.selectors import office
from catalog.selectors.scan import scan
from stores.selectors import open_now, page_of_stores

PAGE = [
    OpenApiParameter("cursor", str, description="`next` of the page before"),
    OpenApiParameter("limit", int, description="1 to 200, 50 if left out"),
]


class ProductsView(APIView):
    """All products, page by page."""

    scope = Scope.CATALOG_READ

    @extend_schema(
        operation_id="products",
        parameters=[*PAGE, OpenApiParameter("updated_since", str, description="ISO 8601; archived ones come too")],
        responses=shapes.ProductsPage,
    )
    def get(self, request: Request) -> Response:
        """Oldest first; give `next` back as `cursor` until it is null. A product that changes meanwhile is not lost."""
        asked = _page(request)
        found = selectors.page_of_products(after=asked["after"], since=asked.get("updated_since"), size=asked["limit"])
        following = encode_cursor(found[-1].pk) if len(found) == asked["limit"] else None
        return Response({"items": shapes.ProductShape(found, many=True).data, "next": following})


class ProductView(APIView):
    """One product."""

    @property
    def scope(self) -> Scope:
        """Reading and writing are two rights."""
        return Scope.CATALOG_READ if self.request.method in {"GET", "HEAD", "OPTIONS"} else Scope.PRODUCTS_WRITE

    @extend_schema(operation_id="product", responses=shapes.ProductShape)
    def get(self, request: Request, sku: str) -> Response:
        """By SKU, published or not."""
        return Response(shapes.ProductShape(selectors.product_named(sku)).data)

    @extend_schema(operation_id="product_patch", request=WrittenProduct, responses=shapes.ProductShape)
    def patch(self, request: Request, sku: str) -> Response:
        """Change what is given, all of it or nothing; `state` validates, archives or brings back.

        What an import feeds is refused (409, `fed`) and named; the same call twice changes nothing.
        """
        self._write(request, sku, may_make=False)
        return self.get(request, sku)

    @extend_schema(
        operation_id="product_put",
        request=WrittenProduct,
        responses={200: shapes.ProductShape, 201: shapes.ProductShape},
    )
    def put(self, request: Request, sku: str) -> Response:
        """Make it in preparation, or change what is given. The same call twice changes nothing."""
        made = self._write(request, sku, may_make=True)
        return Response(self.get(request, sku).data, status=201 if made else 200)

    def _write(self, request: Request, sku: str, *, may_make: bool) -> bool:
        asked = WrittenProduct(data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        said = dict(asked.validated_data)
        _product, made = services.write_product(sku, said, may_make=may_make, at=now(), actor=str(caller(request)))
        return made


class ReferenceView(APIView):
    """What a scanner read."""

    scope = Scope.CATALOG_READ

    @extend_schema(operation_id="reference", responses=shapes.ScanAnswer)
    def get(self, request: Request, code: str) -> Response:
        """A SKU, an EAN or any other reference. One EAN may be shared by several variants: then choose."""
        found = scan(code)
        if not found.products and found.mistyped:
            raise NotFound(
                _("Nothing carries this code, and its last digit does not fit: it was mistyped or read badly."),
                code="bad_check_digit",
            )
        if not found.products:
            raise NotFound(_("Nothing carries this code."), code="unknown_reference")
        one = selectors.product_named(found.one.sku) if found.one else None
        context = {"rows": office.rows(found.products), "told": found.told}
        return Response(
            {
                "code": code,
                "internal": found.internal,
                "product": shapes.ProductShape(one).data if one else None,
                "candidates": shapes.CandidateShape(found.products, many=True, context=context).data,
            }
        )


class StoresView(APIView):
    """All living stores."""

    scope = Scope.CATALOG_READ

    @extend_schema(operation_id="stores", parameters=PAGE, responses=shapes.StoresPage)
    def get(self, request: Request) -> Response:
        """Page by page; a till's key sees its own store."""
        asked, at = _page(request), now()
        own = caller(request).store_id
        found = page_of_stores(after=asked["after"], size=asked["limit"], only=own)
        context = {"open_now": lambda store: open_now(store, at=at)}
        following = encode_cursor(found[-1].pk) if len(found) == asked["limit"] else None
        return Response({"items": shapes.StoreShape(found, many=True, context=context).data, "next": following})


def _page(request: Request) -> dict[str, Any]:
    query = shapes.PageQuery(data=request.query_params)
    query.is_valid(raise_exception=True)
    asked = dict(query.validated_data)
    asked["after"] = decode_cursor(asked["cursor"], 1)[0] if asked.get("cursor") else 0
    return asked
