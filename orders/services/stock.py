"""An order's goods in the stock: held under the order's own identifier."""

import datetime as dt

from logistics.enums import DeliveryKind, Purpose
from logistics.services import extend, reserve
from orders.models import Order

GRACE = dt.timedelta(minutes=10)  # stock stays a little longer than the order that holds it may wait for its payment


def hold(order: Order, *, at: dt.datetime) -> None:
    """Reserve what the order needs, at its store or where deliveries leave from. Raises NotEnoughStock."""
    pickup = order.delivery_mode.kind == DeliveryKind.PICKUP
    reserve(
        order.guid,
        _units(order),
        channel=order.channel,
        purpose=Purpose.PICKUP if pickup else Purpose.DELIVERY,
        store=order.store if pickup else None,
        at=at,
        expires_at=_end(order),
    )


def _units(order: Order) -> list[tuple[str, int, int | None, int]]:
    """Lines to reserve; a bundle is held as what lay in it when it was ordered, all of it or nothing."""
    found: list[tuple[str, int, int | None, int]] = []
    lines = order.lines.exclude(product=None).values_list("position", "product_id", "quantity", "bundle")
    for position, product, quantity, bundle in lines:
        inside = bundle.get("components", [])
        found += [(f"{position}.{one['product']}", one["product"], None, one["quantity"] * quantity) for one in inside]
        if not inside and product:
            found.append((str(position), product, None, quantity))
    return found


def hold_on(order: Order, *, at: dt.datetime) -> None:
    """Keep what is held until the order's new end; what was given back meanwhile is reserved again."""
    if not extend(order.guid, expires_at=_end(order)):
        hold(order, at=at)


def _end(order: Order) -> dt.datetime | None:
    return order.hold_until + GRACE if order.hold_until else None
