"""Storage zones: one that lies apart gets its shelf in the books with it."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from logbook.services import record
from logistics.enums import PlaceKind
from logistics.models import Place, StockBalance, StorageZone


@transaction.atomic
def save_zone(zone: StorageZone, *, at: dt.datetime, actor: str) -> None:
    """Keep a zone. Refused: a zone of a zone's shelf, another `counts` than before, closing one that holds units."""
    before = StorageZone.objects.filter(pk=zone.pk).first() if zone.pk else None
    if StorageZone.objects.filter(shelf=zone.place_id).exists():
        raise Invalid(_("This is a zone itself: choose the place it belongs to."), field="place")
    if before is not None and before.counts != zone.counts:
        raise Refused(
            _("Whether a zone counts cannot be changed: make another one and move the goods."), field="counts"
        )
    if not zone.counts:
        _keep_shelf(zone)
    if not zone.active and zone.shelf and StockBalance.objects.filter(place=zone.shelf, physical__gt=0).exists():
        raise Refused(_("Goods lie in this zone: move them first."), code="zone_holds_goods", field="active")
    zone.save()
    record(
        "logistics.zone_saved",
        at=at,
        actor=actor,
        subject_kind="storagezone",
        subject_id=zone.pk,
        place=zone.place_id,
        code=zone.code,
    )


def _keep_shelf(zone: StorageZone) -> None:
    name = f"{zone.place.name} · {zone.name}"[:120]
    if zone.shelf is None:
        code = f"{zone.place.code[:9]}/{zone.code}"
        if Place.objects.filter(kind=PlaceKind.WAREHOUSE, code=code).exists():
            raise Invalid(_("A place with the code %(code)s exists already.") % {"code": code}, field="code")
        zone.shelf = Place.objects.create(kind=PlaceKind.WAREHOUSE, code=code, name=name, wants_parcels=False)
    zone.shelf.name, zone.shelf.active = name, zone.active
    zone.shelf.save(update_fields=["name", "active"])
