"""Orders on their way out, as rows of a file and as documents."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from integrations.models import OrderHandover
from integrations.rules import guarded
from orders.models import Order, OrderLine

_ADDRESS = ("recipient", "line1", "line2", "postcode", "city", "country")
ORDER_COLUMNS = (
    *("order_number", "order_guid", "placed_at", "channel", "currency", "order_total", "order_net_total"),
    *("discount_total", "payment_method", "payment_state", "paid_total", "delivery_mode", "store_code"),
    *("promised_from", "promised_to", "customer_guid", "customer_erp_code", "customer_kind", "email", "phone"),
    *("first_name", "last_name", "company", *(f"delivery_{part}" for part in _ADDRESS)),
    *("line", "line_kind", "sku", "name", "quantity", "base_unit", "unit", "vat_rate", "line_total"),
    *("line_net_total", "discount_reasons"),
)


def handovers() -> QuerySet[OrderHandover]:
    """Orders on their way out with everything that is told of them, in a constant number of queries."""
    return OrderHandover.objects.select_related(
        "order__channel", "order__store", "order__customer", "order__payment_method", "order__delivery_mode"
    ).prefetch_related("order__lines")


def orders_to_pull(system: str, *, after: int, limit: int) -> list[OrderHandover]:
    """Orders a system has not acknowledged, oldest first, from behind a place in the list."""
    return list(handovers().filter(system=system, acknowledged_at=None, pk__gt=after).order_by("pk")[:limit])


def order_rows(order: Order) -> Iterator[list[str]]:
    """The order as rows of a file, one for each line, in ORDER_COLUMNS."""
    head = _head(order)
    for line in order.lines.all():
        cells = {**head, **_line(line)}
        yield [_cell(cells[name]) for name in ORDER_COLUMNS]


def order_document(handover: OrderHandover) -> dict[str, Any]:
    """The order as JSON for the API pull; amounts are strings."""
    order = handover.order
    head = {name: _plain(value) for name, value in _head(order).items()}
    return {
        **head,
        "vat": order.vat,
        "queued_at": handover.queued_at.isoformat(),
        "lines": [
            {**{name: _plain(value) for name, value in _line(line).items()}, "discount_reasons": line.reasons}
            for line in order.lines.all()
        ],
    }


def _head(order: Order) -> dict[str, Any]:
    customer = order.customer
    address = {f"delivery_{part}": str((order.address or {}).get(part) or "") for part in _ADDRESS}
    return {
        "order_number": order.number,
        "order_guid": order.guid,
        "placed_at": order.placed_at,
        "channel": order.channel.code,
        "currency": order.currency,
        "order_total": order.total,
        "order_net_total": order.net_total,
        "discount_total": order.discount_total,
        "payment_method": order.payment_method.code,
        "payment_state": order.payment_state,
        "paid_total": order.paid_total,
        "delivery_mode": order.delivery_mode.code,
        "store_code": order.store.code if order.store else "",
        "promised_from": order.promised_from,
        "promised_to": order.promised_to,
        "customer_guid": customer.guid,
        "customer_erp_code": customer.erp_code,
        "customer_kind": customer.kind,
        "email": order.email,
        "phone": order.phone,
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "company": customer.company,
        **address,
        "delivery_recipient": address["delivery_recipient"] or order.recipient,
    }


def _line(line: OrderLine) -> dict[str, Any]:
    discounts = [reason for reason in line.reasons if reason.get("kind") not in (None, "base")]
    return {
        "line": line.position,
        "line_kind": line.kind,
        "sku": line.sku,
        "name": line.name,
        "quantity": line.quantity,
        "base_unit": line.base_unit,
        "unit": line.unit,
        "vat_rate": line.vat_rate,
        "line_total": line.total,
        "line_net_total": line.net_total,
        "discount_reasons": "|".join(
            f"{reason['kind']}:{reason.get('code', '')}:{reason.get('amount', '')}" for reason in discounts
        ),
    }


def _cell(value: Any) -> str:
    return guarded(value) if isinstance(value, str) else str(_plain(value) if value is not None else "")


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
