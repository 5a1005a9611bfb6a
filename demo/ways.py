"""How the demonstration shop delivers: carriers, headings, a zone with its own fees, a product made to order."""

import datetime as dt
from decimal import Decimal

from catalog.models import Product
from demo.base import WAREHOUSE
from logistics.models import (
    Carrier,
    DeliveryGroup,
    DeliveryMode,
    DeliveryZone,
    FeeBand,
    FulfilmentType,
    Place,
    PlaceDay,
    ProductDelivery,
)

MADE = "AVENGERS"  # the figures whose bases are engraved on demand


def make_ways(at: dt.datetime) -> None:
    """Complete the delivery modes that the base has made. Said twice, it changes nothing."""
    post = _carrier("colis", "Colis Étoile", delivers_on="123456")
    fast = _carrier("fleche", "La Flèche", delivers_on="12345")
    at_home, in_store = (
        _heading("chez-vous", "Chez vous", "At home", 1),
        _heading("en-magasin", "En magasin", "In store", 2),
    )
    modes = {mode.code: mode for mode in DeliveryMode.objects.filter(code__in=["home", "express", "pickup"])}
    for code, carrier, group in (("home", post, at_home), ("express", fast, at_home), ("pickup", None, in_store)):
        if code in modes and modes[code].group_id is None:
            DeliveryMode.objects.filter(code=code).update(carrier=carrier, group=group)
    corsica, _is_new = DeliveryZone.objects.get_or_create(code="corse", defaults={"name": "Corse", "areas": "FR 20"})
    if "home" in modes and not modes["home"].bands.exists():
        FeeBand.objects.create(mode=modes["home"], fee=Decimal("4.90"))
        FeeBand.objects.create(mode=modes["home"], zone=corsica, fee=Decimal("9.90"))
    _made_to_order()
    place = Place.objects.filter(code=WAREHOUSE).first()
    if place is not None:
        Place.objects.filter(pk=place.pk, holidays="").update(holidays="FR")
        christmas = dt.date(at.year, 12, 24)
        PlaceDay.objects.get_or_create(
            place=place, date=christmas, defaults={"percent": 0, "note": "Inventaire de fin d’année"}
        )


def _carrier(code: str, name: str, delivers_on: str) -> Carrier:
    return Carrier.objects.get_or_create(code=code, defaults={"name": name, "delivers_on": delivers_on})[0]


def _heading(code: str, name: str, english: str, position: int) -> DeliveryGroup:
    defaults = {"name": name, "position": position, "translations": {"en": {"name": english}}}
    return DeliveryGroup.objects.get_or_create(code=code, defaults=defaults)[0]


def _made_to_order() -> None:
    defaults = {
        "name": "Gravure à la commande",
        "description": "Le socle est gravé au prénom de votre choix",
        "delay_days": 2,
        "translations": {"en": {"name": "Engraved to order", "description": "The base bears the name you choose"}},
    }
    engraved, _is_new = FulfilmentType.objects.get_or_create(code="GRV", defaults=defaults)
    product = Product.objects.filter(sku=MADE).first()
    if product is not None:
        ProductDelivery.objects.get_or_create(product=product, defaults={"fulfilment": engraved})
