"""From the words of machines (codes, SKUs) to rows."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _

from altazion.lib.problems import NotFound
from catalog.enums import ProductState
from catalog.models import Product
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
