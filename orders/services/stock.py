"""An order's goods in the stock: held under the order's own identifier."""

import datetime as dt

from logistics.enums import DeliveryKind, Purpose
from logistics.services import extend, reserve
from orders.models import Order

GRACE = dt.timedelta(minutes=10)  # stock stays a little longer than the order that holds it may wait for its payment


def hold(order: Order, *, at: dt.datetime) -> None:
    """Reserve what the order needs, at its store or where deliveries leave from. Raises NotEnoughStock."""
    pickup = order.delivery_mode.kind == DeliveryKind.PICKUP
    lines = order.lines.exclude(product=None).values_list("position", "product_id", "quantity")
    reserve(
        order.guid,
        [(str(position), product, None, quantity) for position, product, quantity in lines],
        channel=order.channel,
        purpose=Purpose.PICKUP if pickup else Purpose.DELIVERY,
        store=order.store if pickup else None,
        at=at,
        expires_at=_end(order),
    )


def hold_on(order: Order, *, at: dt.datetime) -> None:
    """Keep what is held until the order's new end; what was given back meanwhile is reserved again."""
    if not extend(order.guid, expires_at=_end(order)):
        hold(order, at=at)


def _end(order: Order) -> dt.datetime | None:
    return order.hold_until + GRACE if order.hold_until else None
