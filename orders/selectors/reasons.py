"""Questions about why orders are cancelled."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from orders.models import CancelReason
from orders.selectors.orders import orders_seen_by


@dataclass(frozen=True)
class Cancelled:
    """How often a reason was given in a month, and what those orders came to, tax included."""

    heading: str
    name: str
    orders: int
    total: Decimal
    share: int  # of all orders cancelled in the month, in per cent


@dataclass(frozen=True)
class CancelledMonth:
    """The cancellations of one month: by reason, most frequent first, beside the orders placed in it."""

    first: dt.date
    rows: list[Cancelled]
    cancelled: int
    placed: int

    @property
    def before(self) -> dt.date:
        """The month before."""
        return (self.first - dt.timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> dt.date:
        """The month after."""
        return (self.first + dt.timedelta(days=32)).replace(day=1)


def by_itself(code: str) -> CancelReason | None:
    """The reason on the list for what the platform does by itself; None where the house has taken it off."""
    return CancelReason.objects.filter(code=code).first()


def reasons_to_choose(*, shopper: bool = False) -> list[CancelReason]:
    """What a person may choose: the most exact ones, by heading. One query."""
    below = CancelReason.objects.filter(parent=OuterRef("pk"), active=True)
    found = CancelReason.objects.filter(active=True, by_itself=False).select_related("parent")
    found = found.annotate(is_heading=Exists(below))
    if shopper:
        found = found.filter(for_shoppers=True)
    chosen = [one for one in found if not one.is_heading and (one.parent is None or one.parent.active)]
    return sorted(chosen, key=_place)


def grouped(reasons: Iterable[CancelReason]) -> list[tuple[str, list[CancelReason]]]:
    """By heading, in order; reasons without one stand under their own name."""
    found: dict[str, list[CancelReason]] = {}
    for reason in reasons:
        found.setdefault((reason.parent or reason).shown_name, []).append(reason)
    return list(found.items())


def cancelled_month(user: User, first: dt.date) -> CancelledMonth:
    """The orders cancelled in the month of `first`, as this colleague sees them. Two queries."""
    start, end = _bounds(first)
    seen = orders_seen_by(user).order_by()
    counted = (
        seen.filter(cancelled_at__gte=start, cancelled_at__lt=end)
        .values("cancelled_for")
        .annotate(orders=Count("pk"), sum=Sum("total"))
    )
    rows: list[dict[str, Any]] = [dict(row) for row in counted]
    known = CancelReason.objects.select_related("parent").in_bulk([row["cancelled_for"] for row in rows])
    whole = sum(int(row["orders"]) for row in rows)
    found = [_row(row, known.get(row["cancelled_for"]), whole) for row in rows]
    placed = seen.filter(placed_at__gte=start, placed_at__lt=end).count()
    return CancelledMonth(first, sorted(found, key=lambda one: (-one.orders, one.heading, one.name)), whole, placed)


def _row(row: dict[str, Any], reason: CancelReason | None, whole: int) -> Cancelled:
    orders = int(row["orders"])
    heading = (reason.parent or reason).shown_name if reason else ""
    name = (reason.shown_name if reason.parent else "") if reason else _("no reason of the list")
    return Cancelled(heading, name, orders, row["sum"] or Decimal(0), round(100 * orders / whole))


def _place(reason: CancelReason) -> tuple[int, str, int, str]:
    heading = reason.parent or reason
    return heading.position, heading.shown_name, reason.position, reason.shown_name


def _bounds(first: dt.date) -> tuple[dt.datetime, dt.datetime]:
    start = dt.datetime.combine(first.replace(day=1), dt.time.min)
    end = dt.datetime.combine((first.replace(day=1) + dt.timedelta(days=32)).replace(day=1), dt.time.min)
    return timezone.make_aware(start), timezone.make_aware(end)
