"""The proof of the sums, and what happens when it fails."""

import datetime as dt

from django.db import transaction

from logbook.services import record
from logistics.selectors import Divergence, prove_balances


@transaction.atomic
def prove_stock(*, at: dt.datetime, actor: str = "") -> list[Divergence]:
    """Compare all balances with ledger and reservations; a divergence is told by `logistics.divergence_found`."""
    found = prove_balances()
    if found:
        record(
            "logistics.divergence_found",
            at=at,
            subject_kind="product",
            subject_id=found[0].product_id,
            actor=actor,
            count=len(found),
            place=found[0].place_id,
            entry=next((each.entry for each in found if each.entry), None),
            ids=sorted({each.product_id for each in found}),
            first=[each.sentence for each in found[:10]],
        )
    return found
