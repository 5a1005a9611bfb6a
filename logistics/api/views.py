"""Availability and promises: parse, one question, render."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.enums import Scope
from altazion.lib.clock import now
from altazion.lib.problems import NotFound
from logistics.api import serializers as shapes
from logistics.selectors import Availability, DeliveryOption, availability, delivery_options, explained
from logistics.selectors.lookup import channel_named, ids_of, store_named, stores_named
from logistics.selectors.whys import why_counted
from stores.models import Store


class AvailabilityView(APIView):
    """How many units may be promised now."""

    scope = Scope.AVAILABILITY_READ

    @extend_schema(
        operation_id="availability",
        parameters=[
            OpenApiParameter("sku", str, required=True, many=True, description="Up to 200, repeated"),
            OpenApiParameter("store", str, many=True, description="Store codes: pickup is answered for each"),
            OpenApiParameter("postcode", str, description="Adds the stores of this postal area"),
            OpenApiParameter("channel", str, description="Code of a sales channel; the web shop if left out"),
            OpenApiParameter("trace", bool, description="Explain each figure place by place"),
        ],
        responses=shapes.AvailabilityAnswer,
    )
    def get(self, request: Request) -> Response:
        """Ask for up to 200 SKUs at once."""
        asked = _query(request)
        at, channel = now(), channel_named(asked.get("channel", ""))
        stores = stores_named(asked.get("store", []), postcode=asked.get("postcode", ""))
        ids = ids_of(asked["sku"])
        found = availability(ids.values(), channel=channel, at=at, stores=stores)
        items = [_item(sku, found[pk], stores, asked["trace"]) for sku, pk in ids.items() if pk in found]
        unknown = [sku for sku in dict.fromkeys(asked["sku"]) if sku not in ids]
        return Response({"at": at, "channel": channel.code, "items": items, "unknown": unknown})


class PromiseView(APIView):
    """How and when a basket can reach the shopper."""

    scope = Scope.AVAILABILITY_READ

    @extend_schema(operation_id="promise", request=shapes.PromiseQuery, responses=shapes.PromiseAnswer)
    def post(self, request: Request) -> Response:
        """All delivery modes for a basket: fee, days, and why not."""
        query = shapes.PromiseQuery(data=request.data)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        at, channel = asked.get("at") or now(), channel_named(asked.get("channel", ""))
        store = store_named(asked["store"]) if asked.get("store") else None
        options = delivery_options(
            _lines(asked["lines"]),
            channel=channel,
            at=at,
            store=store,
            country=asked["country"].upper(),
            postcode=asked["postcode"],
            value=asked["value"],
        )
        shown = [option for option in options if asked["trace"] or not option.hidden]
        rows = [_option(option, channel.currency, asked["trace"]) for option in shown]
        return Response(shapes.PromiseAnswer({"at": at, "options": rows}).data)


def _query(request: Request) -> dict[str, Any]:
    given: dict[str, Any] = {key: request.query_params[key] for key in request.query_params}
    for name in ("sku", "store"):
        values = [part for value in request.query_params.getlist(name) for part in value.split(",") if part]
        if values or name == "sku":
            given[name] = values
    query = shapes.AvailabilityQuery(data=given)
    query.is_valid(raise_exception=True)
    return dict(query.validated_data)


def _item(sku: str, found: Availability, stores: list[Store], with_trace: bool) -> dict[str, Any]:
    item: dict[str, Any] = {
        "sku": sku,
        "level": found.shown_level.value,
        "most_per_order": found.most,
        "delivery": {"quantity": found.delivery, "level": found.delivery_level.value},
        "pickup": [
            {"store": store.code, "quantity": found.pickup[store.pk], "level": found.level_at(store.pk).value}
            for store in stores
        ],
    }
    if with_trace:
        item["trace"] = [
            {
                "place": step.place,
                "purpose": step.purpose,
                "physical": step.shelf.physical,
                "withdrawn": step.shelf.withdrawn,
                "safety": step.shelf.safety,
                "reserved": step.shelf.reserved,
                "expired": step.shelf.expired,
                "unavailable_below": step.unavailable_below,
                "units": step.units,
                "rule": step.supply.name if step.supply else "",
                "why": step.why,
                "reason": why_counted(step),
            }
            for step in found.trace
        ]
    return item


def _lines(lines: list[dict[str, Any]]) -> list[tuple[int, int]]:
    ids = ids_of(line["sku"] for line in lines)
    for index, line in enumerate(lines):
        if line["sku"] not in ids:
            raise NotFound(
                _("There is no product %(sku)s.") % {"sku": line["sku"]}, code="no_product", field=f"lines.{index}.sku"
            )
    return [(ids[line["sku"]], line["quantity"]) for line in lines]


def _option(option: DeliveryOption, currency: str, with_trace: bool) -> dict[str, Any]:
    mode = option.mode
    traced: dict[str, Any] = {}
    if with_trace:
        traced["steps"] = [{"day": day, "why": why} for day, why in explained(option.links)]
    return traced | {
        "code": mode.code,
        "name": mode.shown_name,
        "kind": mode.kind,
        "ok": option.ok,
        "reason": option.reason,
        "fee": option.fee,
        "currency": currency,
        "vat_rate": option.vat_rate,
        "from_date": option.from_date,
        "to_date": option.to_date,
        "heading": mode.group.shown_name if mode.group else "",
        "carrier": mode.carrier.code if mode.carrier else "",
        "hidden": option.hidden,
        "fee_parts": option.fee_parts,
    }
