"""Promised units that leave in parts: some lines, some units, from named places, under a document of their own."""

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Refused
from logistics.enums import ReservationState
from logistics.models import Place, Reservation
from logistics.selectors import sold_products
from logistics.services import statements
from logistics.services.reservations import stock_changed
from logistics.services.statements import Entry


@transaction.atomic
def consume_part(
    reference: UUID, taken: Mapping[str, Mapping[int, int]], *, document: str, kind: str, at: dt.datetime, actor: str
) -> None:
    """Units leave the shelf: `taken` is {line: {place: units}}. What the reference holds besides stays held.

    One `document` for each call: the ledger takes a document once for a product at a place. Raises Refused when more
    is named than is held, or when the units are not there to leave.
    """
    rows = Reservation.objects.filter(reference=reference, line__in=list(taken), state=ReservationState.HELD)
    held = {(row.line, row.place_id): row for row in rows.order_by("pk").select_for_update()}
    leaving: list[tuple[int, int, int]] = []
    for line, places in taken.items():
        for place, units in places.items():
            row = held.get((line, place))
            if units <= 0:
                continue
            if row is None or row.quantity < units:
                raise Refused(_("Line %(line)s does not hold so many units here.") % {"line": line}, code="not_held")
            leaving.append((row.product_id, place, units))
            if row.quantity > units:
                Reservation.objects.filter(pk=row.pk).update(quantity=row.quantity - units)
            else:
                Reservation.objects.filter(pk=row.pk).update(state=ReservationState.CONSUMED)
    total = statements.sum_by_pair(leaving)
    if not total:
        return
    stock_changed({product for product, _place in total}, at=at, actor=actor)
    entry = Entry(kind, document, "", actor, at)
    for pair in sorted(total):
        if statements.consume_units(pair, total[pair], entry) is None:
            names = {"sku": sold_products([pair[0]])[pair[0]].sku, "place": Place.objects.get(pk=pair[1]).name}
            raise Refused(
                _("%(sku)s: fewer units stand at %(place)s than were promised. Count that stock first.") % names,
                code="stock_missing",
            )
