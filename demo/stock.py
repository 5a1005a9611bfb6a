"""What stands at a place and is not for sale: a display model, goods that wait for their shelf."""

import datetime as dt

from catalog.enums import ProductKind
from logistics.models import StockBalance
from logistics.services import Kept, replace_withdrawals


def make_withdrawn(at: dt.datetime, actor: str) -> None:
    """A few units kept back. Said twice, it changes nothing."""
    shown = Kept(1, "Modèle d’exposition")
    waiting = Kept(2, "Reçu, pas encore en rayon", None, at + dt.timedelta(days=3))
    there = StockBalance.objects.filter(physical__gte=8, reserved=0, product__kind=ProductKind.SIMPLE)
    for code, kept in (("LYON", shown), ("ENTREPOT", waiting)):
        for balance in there.filter(place__code=code).order_by("-product_id")[:2]:
            if not balance.product.withdrawals.exists():
                replace_withdrawals(balance.product_id, balance.place_id, [kept], at=at, actor=actor)
