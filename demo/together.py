"""Products that go together in the demonstration: a gift box of heroes, and what is shown beside them."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from catalog.models import Association, AssociationKind, Media, Product, Segment
from catalog.services import (
    create_product,
    ensure_association_kinds,
    place_in_segments,
    publish,
    save_associations,
    save_bundle,
    save_media,
    validate,
)
from catalog.services.parts import Placement
from stores.models import SalesChannel

BOX = "COFFRET-HEROS"
INSIDE = {"AVENGERS-HULK": 1, "AVENGERS-THOR": 1, "AVENGERS-SPIDERMAN": 1}


def make_together(at: dt.datetime, actor: str) -> None:
    """A box of three heroes at a tenth less than they cost one by one."""
    ensure_association_kinds()
    if Product.objects.filter(sku=BOX).exists():
        return
    inside = {one.sku: one for one in Product.objects.filter(sku__in=INSIDE)}
    box = create_product(
        BOX,
        at=at,
        actor=actor,
        name="Coffret cadeau trois héros",
        description="<p>Hulk, Thor et Spider-Man dans une boîte à offrir, un dixième de moins que un par un.</p>",
        translations={
            "en": {
                "name": "Gift box of three heroes",
                "description": "<p>Hulk, Thor and Spider-Man in a box to give, a tenth less than one by one.</p>",
            }
        },
        importance=300,
        bundle_percent=Decimal(10),
    )
    save_bundle(box, [(inside[sku], count) for sku, count in INSIDE.items()], at=at, actor=actor)
    place_in_segments(box, [Placement(Segment.objects.get(code="marvel"))], at=at, actor=actor)
    picture = Media(location="demo/avengers.webp", alt="Trois figurines de super-héros")
    save_media(box, [picture], at=at, actor=actor)
    validate(box, at=at, actor=actor)
    publish(box, SalesChannel.objects.get(code="web"), at=at, actor=actor)
    _associate("AVENGERS", "UPSELL", [box], "Trois héros d'un coup", at, actor)
    beside = Product.objects.filter(places__segment__code="marvel", kind__in=["simple", "parent"])
    _associate("AVENGERS", "CROSSSELL", beside.exclude(sku="AVENGERS").order_by("sku")[:4], "", at, actor)


def _associate(sku: str, kind: str, others: Iterable[Product], reason: str, at: dt.datetime, actor: str) -> None:
    of_kind = AssociationKind.objects.get(code=kind)
    rows = [Association(kind=of_kind, other=one, reason=reason, position=n) for n, one in enumerate(others)]
    save_associations(Product.objects.get(sku=sku), rows, at=at, actor=actor)
