"""A return in the demonstration: part of an order that was collected is on its way back."""

import datetime as dt

from orders.enums import OrderState, ReturnReason
from orders.models import Order, Return, ReturnPolicy
from orders.services import Wanted, ask_return
from stores.models import SalesChannel


def make_return(at: dt.datetime) -> None:
    """Terms of the web channel, and one return that waits to be received."""
    web = SalesChannel.objects.get(code="web")
    ReturnPolicy.objects.get_or_create(
        channel=web,
        defaults={"days": 30, "instructions": "Glissez ce bon dans le colis, ou rapportez le tout en magasin."},
    )
    order = Order.objects.filter(channel=web, state=OrderState.DONE).order_by("pk").first()
    if order is None or Return.objects.exists():
        return
    ask_return(order, {1: Wanted(1, ReturnReason.MIND)}, comment="Déjà offert !", at=at, actor=order.email)
