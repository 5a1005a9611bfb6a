"""From the words of machines (codes, SKUs) to rows."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, NotFound
from catalog.enums import ProductKind, ProductState
from catalog.models import Product
from catalog.selectors import find_by_reference
from logistics.models import Place
from stores.models import SalesChannel, Store


def channel_named(code: str) -> SalesChannel:
    """The active channel with this code; without a code the first web shop. Raises NotFound."""
    channels = SalesChannel.objects.filter(active=True)
    found = channels.filter(code=code).first() if code else channels.filter(kind="web").order_by("pk").first()
    if found is None:
        raise NotFound(_("There is no such sales channel."), code="no_channel", field="channel")
    return found


def store_named(code: str) -> Store:
    """The living store with this code. Raises NotFound."""
    found = Store.objects.filter(code=code, archived=False).select_related("zone").first()
    if found is None:
        raise NotFound(_("There is no store %(code)s.") % {"code": code}, code="no_store", field="store")
    return found


def stores_named(codes: Iterable[str], *, postcode: str = "") -> list[Store]:
    """Living stores by code, and those of a postcode's area (its first two characters). Raises NotFound."""
    wanted = set(codes)
    which = Q(code__in=wanted)
    if area := postcode.replace(" ", "")[:2]:
        which |= Q(postcode__startswith=area, offers_pickup=True)
    found = list(Store.objects.filter(which, archived=False).select_related("zone").order_by("code"))
    if unknown := sorted(wanted - {store.code for store in found}):
        raise NotFound(_("There is no store %(code)s.") % {"code": ", ".join(unknown)}, code="no_store", field="store")
    return found


def ids_of(skus: Iterable[str]) -> dict[str, int]:
    """Product ids by SKU of what is validated; unknown SKUs are absent. One query."""
    rows = Product.objects.filter(sku__in=set(skus), state=ProductState.VALIDATED)
    return dict(rows.values_list("sku", "pk"))


def places_of(store: Store | None) -> QuerySet[Place]:
    """All active places; for a key of a store the store's own."""
    places = Place.objects.filter(active=True)
    return places.filter(store=store) if store is not None else places


def place_named(code: str, kind: str = "", *, store: Store | None = None) -> Place:
    """The active place with this code. Raises NotFound, and Invalid where a warehouse and a store share the code."""
    found = list(places_of(store).filter(code=code, **({"kind": kind} if kind else {}))[:2])
    if not found:
        raise NotFound(_("There is no stock place %(code)s.") % {"code": code}, code="no_place", field="place")
    if len(found) > 1:
        raise Invalid(
            _("A warehouse and a store share the code %(code)s: say which in place_kind.") % {"code": code},
            code="ambiguous_place",
            field="place_kind",
        )
    return found[0]


def stocked_named(reference: str) -> Product:
    """The one product that is sold behind a SKU, an EAN or another reference. Raises NotFound, Invalid."""
    found = [one for one in find_by_reference(reference) if one.kind != ProductKind.PARENT]
    exact = [one for one in found if one.sku == reference.strip()]
    if not found:
        raise NotFound(_("There is no product %(sku)s.") % {"sku": reference}, code="no_product", field="sku")
    if len(found) > 1 and not exact:
        skus = ", ".join(one.sku for one in found[:12])
        raise Invalid(
            _("Several variants share it. Which SKU: %(skus)s?") % {"skus": skus},
            code="ambiguous_reference",
            field="sku",
        )
    return (exact or found)[0]
