"""Parts of places: where goods of a purpose lie."""

from django.utils.translation import gettext as _

from altazion.lib.problems import NotFound
from logistics.models import Place, StorageZone


def shelf_for(place_id: int, purpose: str) -> int | None:
    """The stock place of a place's zone that lies apart and is for this purpose; None: it has none."""
    zones = StorageZone.objects.filter(place=place_id, purpose=purpose, counts=False, active=True)
    return zones.order_by("code").values_list("shelf_id", flat=True).first()


def shelf_named(place: Place, code: str) -> Place:
    """Where the units of a place's zone are kept in the books: the place itself for one that counts. NotFound."""
    if not code:
        return place
    zone = StorageZone.objects.filter(place=place, code=code, active=True).select_related("shelf").first()
    if zone is None:
        raise NotFound(
            _("%(place)s has no storage zone %(code)s.") % {"place": place.name, "code": code},
            code="no_zone",
            field="zone",
        )
    return zone.shelf or place
