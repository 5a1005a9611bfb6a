"""Units withdrawn at an instant: as SQL for every reader of stock, and as lists for people."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import IntegerField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from logistics.models import StockBalance, Withdrawal


def withdrawn_sql(balance: str, at: str = "%(at)s::timestamptz") -> str:
    """A scalar: units withdrawn at `at` from the balance with this alias (it has product_id and place_id)."""
    return (
        "COALESCE((SELECT sum(away.quantity) FROM logistics_withdrawal away"  # noqa: S608 - fixed text
        f" WHERE away.product_id = {balance}.product_id AND away.place_id = {balance}.place_id"
        f" AND away.during @> {at}), 0)::int"
    )


def withdrawn(at: dt.datetime) -> Coalesce:
    """The same for a queryset of balances, to annotate with."""
    here = Withdrawal.objects.filter(product=OuterRef("product"), place=OuterRef("place"), during__contains=at)
    units = here.order_by().values("place").annotate(units=Sum("quantity")).values("units")
    return Coalesce(Subquery(units, output_field=IntegerField()), Value(0))


def with_withdrawn(balances: QuerySet[StockBalance], at: dt.datetime) -> QuerySet[Any]:
    """Balances, each with `withdrawn`: units kept back at `at`."""
    return balances.annotate(withdrawn=withdrawn(at))


def withdrawals_of(product_id: int, place_id: int, *, at: dt.datetime) -> list[Withdrawal]:
    """What is kept back of a product at a place, now or later; what is over is left out."""
    return not_over(Withdrawal.objects.filter(product=product_id, place=place_id), at)


def not_over(rows: QuerySet[Withdrawal], at: dt.datetime) -> list[Withdrawal]:
    """Those of the rows that hold at `at` or will, the first to begin first."""
    living = rows.exclude(during__fully_lt=(at, None))
    return sorted(living[:500], key=lambda row: (row.during.lower or row.created_at, row.pk))


def peak(rows: Iterable[Withdrawal], since: dt.datetime) -> int:
    """The most units that these lines keep back together at any instant from `since` on."""
    spans = [(row.during.lower or since, row.during.upper, row.quantity) for row in rows]
    instants = {since, *(lower for lower, _upper, _units in spans if lower > since)}
    return max(
        sum(units for lower, upper, units in spans if lower <= instant and (upper is None or instant < upper))
        for instant in instants
    )
