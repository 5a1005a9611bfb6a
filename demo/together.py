"""Products that go together in the demonstration: a gift box of heroes."""

import datetime as dt
from decimal import Decimal

from catalog.models import Media, Product, Segment
from catalog.services import create_product, place_in_segments, publish, save_bundle, save_media, validate
from catalog.services.parts import Placement
from stores.models import SalesChannel

BOX = "COFFRET-HEROS"
INSIDE = {"AVENGERS-HULK": 1, "AVENGERS-THOR": 1, "AVENGERS-SPIDERMAN": 1}


def make_together(at: dt.datetime, actor: str) -> None:
    """A box of three heroes at a tenth less than they cost one by one."""
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
