"""What an outside logistics tool says of a slip in one call: gathered, packed, left. Said twice, it happens once."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Refused
from logistics.models import Parcel, Preparation, Shipment
from logistics.services.parcels import Box, follow, may_be_packed, pack, unpacked
from orders.services.preparing import prepare
from orders.services.shipping import ship

Goods = Mapping[str, int]


@transaction.atomic
def told_shipped(
    slip: Preparation,
    *,
    prepared: Goods | None,
    sent: Goods | None,
    boxes: Sequence[tuple[Box, Goods | None]],
    documents: Sequence[Mapping[str, str]] = (),
    at: dt.datetime,
    actor: str,
) -> Shipment | None:
    """A slip left, wholly or (`sent`, in all) in part, in these boxes; a slip still open is gathered first.

    A box is known by its number: said again it is not packed twice, only its tracking is taken over. A box that names
    no goods takes what leaves now and is in no other. Raises what `prepare`, `pack` and `ship` raise.
    """
    if slip.is_open and prepared:
        slip = prepare(slip, prepared, at=at, actor=actor)
    for box, goods in boxes:
        known = Parcel.objects.filter(number=box.number).select_related("preparation").first()
        if known is None:
            may_be_packed(slip)
            pack(slip, _leaving(slip, sent) if goods is None else goods, box, at=at, actor=actor, empty=goods is None)
        elif known.preparation_id != slip.pk:
            raise Refused(_("Parcel %(number)s belongs to another slip.") % {"number": box.number}, code="number_taken")
        elif box.tracking and (box.tracking, box.tracking_url) != (known.tracking, known.tracking_url):
            follow(known, tracking=box.tracking, tracking_url=box.tracking_url, at=at, actor=actor)
    return ship(slip, sent, at=at, actor=actor, documents=documents)


def _leaving(slip: Preparation, sent: Goods | None) -> dict[str, int]:
    """Units by line that leave now and are in no box."""
    left = unpacked(slip)
    if sent is None:
        return left
    now = {line.line: max(sent.get(line.line, 0) - line.sent, 0) for line in slip.lines.all()}
    return {line: min(units, now.get(line, 0)) for line, units in left.items()}
