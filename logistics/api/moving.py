"""Movements in batches, and sheets, for machines: each row answers for itself."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import caller
from altazion.lib.clock import now
from altazion.lib.problems import NotFound, Refused
from altazion.lib.text import storable
from logistics import services
from logistics.api.withdrawals import ReadsOrWrites
from logistics.enums import MovementKind, PlaceKind, SheetKind
from logistics.models import Place, Sheet, SheetLine
from logistics.selectors.lookup import place_named, places_of, stocked_named
from logistics.selectors.zones import shelf_named
from stores.models import Store

MOST_ROWS, MOST_UNITS = 500, 1_000_000
ENTERS = (MovementKind.RECEIPT, MovementKind.RETURN, MovementKind.CORRECTION)
LEAVES = (MovementKind.SHIPMENT, MovementKind.COLLECTION, MovementKind.CORRECTION)


class Spot(serializers.Serializer[Any]):
    """A place by code, and perhaps a storage zone of it."""

    place = serializers.CharField(max_length=30)
    place_kind = serializers.ChoiceField(PlaceKind.choices, required=False)
    zone = serializers.CharField(max_length=20, required=False, allow_blank=True)


class MovementIn(Spot):
    """Units of a product; the same key again is the same movement."""

    key = serializers.RegexField(r"^[\x21-\x7e]{1,60}$")
    sku = serializers.CharField(max_length=60, help_text="SKU, EAN or other reference")
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_UNITS)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    kind = serializers.CharField(
        max_length=12,
        required=False,
        default="correction",
        help_text="receipt, return, shipment, collection, correction",
    )
    to = Spot(required=False, help_text="For transfers.")


class MovementsIn(serializers.Serializer[Any]):
    """Up to 500 rows."""

    rows = serializers.ListField(child=serializers.DictField(), min_length=1, max_length=MOST_ROWS)


class RowAnswer(serializers.Serializer[Any]):
    """What became of a row."""

    row = serializers.IntegerField()
    key = serializers.CharField()
    ok = serializers.BooleanField()
    code = serializers.CharField()
    message = serializers.CharField()


class RowAnswers(serializers.Serializer[Any]):
    """One for each row, in their order."""

    done = serializers.IntegerField()
    rows = RowAnswer(many=True)


class Movements(APIView):
    """Units enter, leave, or go to another place."""

    permission_classes = (ReadsOrWrites,)

    @extend_schema(
        operation_id="stock_movements",
        request=MovementIn(many=True),
        responses=RowAnswers,
        parameters=[OpenApiParameter("verb", str, OpenApiParameter.PATH, enum=["enter", "withdraw", "transfer"])],
    )
    def post(self, request: Request, verb: str) -> Response:
        """Each row by itself: what can be done is done, the others say why not."""
        _known(verb, "enter", "withdraw", "transfer")
        said = MovementsIn(data={"rows": request.data} if isinstance(request.data, list) else request.data)
        said.is_valid(raise_exception=True)
        key = caller(request)
        answers = []
        for number, raw in enumerate(said.validated_data["rows"]):
            row = MovementIn(data=raw)
            code, message = "", ""
            if not row.is_valid():
                field, found = next(iter(row.errors.items()))
                code, message = "invalid", f"{field}: {found[0] if isinstance(found, list) else found}"
            else:
                try:
                    _move(verb, row.validated_data, key.store, f"api:{key.pk}", str(request.user))
                except Refused as refusal:
                    code, message = refusal.code, refusal.message
            named, message = storable(str(raw.get("key", ""))[:60]), storable(message)
            answers.append({"row": number, "key": named, "ok": not code, "code": code, "message": message})
        return Response({"done": sum(bool(one["ok"]) for one in answers), "rows": answers})


class SheetLineOut(serializers.ModelSerializer[SheetLine]):
    """A product of a sheet."""

    sku = serializers.CharField(source="product.sku")

    class Meta:
        model = SheetLine
        fields = ("sku", "quantity", "arrived", "counted", "book", "difference")


class SheetOut(serializers.ModelSerializer[Sheet]):
    """A sheet with its lines."""

    place = serializers.CharField(source="place.code")
    to_place = serializers.CharField(source="to_place.code", allow_null=True, default=None)
    lines = SheetLineOut(many=True)

    class Meta:
        model = Sheet
        fields = ("id", "kind", "state", "place", "to_place", "reason", "document", "created_at", "changed_at", "lines")


class GoodsIn(serializers.Serializer[Any]):
    """A product, and how many (0 for a count)."""

    sku = serializers.CharField(max_length=60)
    quantity = serializers.IntegerField(min_value=0, max_value=MOST_UNITS, default=0)


class SheetIn(Spot):
    """A new sheet; the same key again answers with the sheet that it made."""

    key = serializers.RegexField(r"^[\x21-\x7e]{1,60}$")
    kind = serializers.ChoiceField(SheetKind.choices)
    to = Spot(required=False)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    lines = GoodsIn(many=True, max_length=MOST_ROWS)  # type: ignore[call-arg]


class Sheets(APIView):
    """Put-aways, transfer orders, counts."""

    permission_classes = (ReadsOrWrites,)

    @extend_schema(operation_id="sheets", parameters=[OpenApiParameter("state", str)], responses=SheetOut(many=True))
    def get(self, request: Request) -> Response:
        """The newest 50 of the places that this key reaches."""
        rows = _sheets(caller(request).store).prefetch_related("lines__product").order_by("-id")
        if state := request.query_params.get("state"):
            rows = rows.filter(state=state)
        return Response(SheetOut(rows[:50], many=True).data)

    @extend_schema(operation_id="sheets_open", request=SheetIn, responses={201: SheetOut})
    def post(self, request: Request) -> Response:
        """A draft."""
        said = SheetIn(data=request.data)
        said.is_valid(raise_exception=True)
        given, key = said.validated_data, caller(request)
        sheet = services.open_sheet(
            given["kind"],
            _spot(given, key.store),
            [(stocked_named(line["sku"]).pk, line["quantity"]) for line in given["lines"]],
            to_place=_spot(given["to"], None) if given.get("to") else None,
            reason=given["reason"],
            key=f"api:{key.pk}:{given['key']}",
            at=now(),
            actor=str(request.user),
        )
        return Response(SheetOut(sheet).data, status=201)


class SheetsIn(serializers.Serializer[Any]):
    """Sheets by number."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**62), min_length=1, max_length=200
    )


class SheetSteps(APIView):
    """Many sheets, one step; each answers for itself."""

    permission_classes = (ReadsOrWrites,)

    @extend_schema(
        operation_id="sheets_step",
        request=SheetsIn,
        responses=RowAnswers,
        parameters=[OpenApiParameter("verb", str, OpenApiParameter.PATH, enum=["confirm", "finish", "cancel"])],
    )
    def post(self, request: Request, verb: str) -> Response:
        """Confirm, finish (all arrived; a count is approved) or cancel."""
        _known(verb, "confirm", "finish", "cancel")
        said = SheetsIn(data=request.data)
        said.is_valid(raise_exception=True)
        mine, answers = _sheets(caller(request).store), []
        for number, pk in enumerate(said.validated_data["ids"]):
            code, message, sheet = "", "", mine.filter(pk=pk).first()
            try:
                if sheet is None:
                    raise NotFound(f"{pk}?", code="no_sheet")
                _step(sheet, verb, str(request.user))
            except Refused as refusal:
                code, message = refusal.code, refusal.message
            answers.append({"row": number, "key": str(pk), "ok": not code, "code": code, "message": message})
        return Response({"done": sum(bool(one["ok"]) for one in answers), "rows": answers})


def _known(verb: str, *verbs: str) -> None:
    if verb not in verbs:
        raise Http404


def _step(sheet: Sheet, verb: str, who: str) -> None:
    if verb == "confirm":
        services.confirm_sheet(sheet, at=now(), actor=who)
    elif verb == "cancel":
        services.cancel_sheet(sheet, at=now(), actor=who)
    elif sheet.kind == SheetKind.COUNT:
        services.approve_count(sheet, at=now(), actor=who)
    else:
        services.finish_sheet(sheet, at=now(), actor=who)


def _sheets(store: Store | None) -> Any:
    rows = Sheet.objects.select_related("place", "to_place")
    return rows if store is None else rows.filter(place__in=places_of(store))


def _spot(given: dict[str, Any], store: Store | None) -> Place:
    place = place_named(given["place"], given.get("place_kind", ""), store=store)
    return shelf_named(place, given.get("zone", ""))


def _move(verb: str, row: dict[str, Any], store: Store | None, sender: str, who: str) -> None:
    product, spot = stocked_named(row["sku"]), _spot(row, store)
    more = {"document": f"{sender}:{row['key']}"[:80], "reason": row["reason"], "at": now(), "actor": who}
    if verb == "transfer":
        if not row.get("to"):
            raise NotFound("to?", code="no_place", field="to")
        services.transfer(product.pk, spot.pk, _spot(row["to"], None).pk, row["quantity"], **more)
        return
    if row["kind"] not in (ENTERS if verb == "enter" else LEAVES):
        raise NotFound(f"kind: {row['kind']}?", code="bad_kind", field="kind")
    sign = 1 if verb == "enter" else -1
    services.move(product.pk, spot.pk, sign * row["quantity"], kind=row["kind"], **more)
