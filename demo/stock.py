"""What stands at a place and is not for sale, parts of the warehouse, and goods on their way."""

import datetime as dt

from catalog.enums import ProductKind, ProductState
from catalog.models import Product
from logistics.enums import SheetKind, ZonePurpose
from logistics.models import Place, Sheet, StockBalance, StorageZone
from logistics.services import Figures, Kept, confirm_sheet, open_sheet, replace_withdrawals, save_threshold, save_zone
from stores.models import SalesChannel


def make_withdrawn(at: dt.datetime, actor: str) -> None:
    """A few units kept back, and thresholds of two products. Said twice, it changes nothing."""
    _thresholds(at, actor)
    shown = Kept(1, "Modèle d’exposition")
    waiting = Kept(2, "Reçu, pas encore en rayon", None, at + dt.timedelta(days=3))
    there = StockBalance.objects.filter(physical__gte=8, reserved=0, product__kind=ProductKind.SIMPLE)
    for code, kept in (("LYON", shown), ("ENTREPOT", waiting)):
        for balance in there.filter(place__code=code).order_by("-product_id")[:2]:
            if not balance.product.withdrawals.exists():
                replace_withdrawals(balance.product_id, balance.place_id, [kept], at=at, actor=actor)


def _thresholds(at: dt.datetime, actor: str) -> None:
    """The scarcest of the web goes at two pieces an order."""
    web = SalesChannel.objects.get(code="web")
    for product in Product.objects.filter(kind=ProductKind.SIMPLE, state=ProductState.VALIDATED).order_by("pk")[:2]:
        save_threshold(product, web.pk, Figures(2, None, 2), at=at, actor=actor)


def make_sheets(at: dt.datetime, actor: str) -> None:
    """Zones of the warehouse, goods that are expected, and a count that is under way."""
    depot = Place.objects.get(code="ENTREPOT")
    zones = (("rebut", "Rebut", ZonePurpose.DEFECTIVE), ("sav", "Service après-vente", ZonePurpose.AFTER_SALES))
    for code, name, purpose in zones:
        if not StorageZone.objects.filter(place=depot, code=code).exists():
            save_zone(StorageZone(place=depot, code=code, name=name, purpose=purpose, counts=False), at=at, actor=actor)
    if Sheet.objects.exists():
        return
    lying = StockBalance.objects.filter(place=depot, product__kind=ProductKind.SIMPLE).order_by("product_id")
    goods = [(pk, 6) for pk in lying.values_list("product_id", flat=True)[:4]]
    count = [(pk, 0) for pk, _units in goods]
    coming = open_sheet(SheetKind.PUT_AWAY, depot, goods, reason="Commande fournisseur 4711", at=at, actor=actor)
    for sheet in (coming, open_sheet(SheetKind.COUNT, depot, count, reason="Allée B", at=at, actor=actor)):
        if goods:
            confirm_sheet(sheet, at=at, actor=actor)
