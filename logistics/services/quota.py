"""Orders that a delivery mode takes in a period: counted with the order, given back with its cancellation."""

import datetime as dt

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext as _

from altazion.lib.problems import Refused
from logistics.models import DeliveryMode, ModeUse
from logistics.selectors.refusals import period_start

_TAKE = """
INSERT INTO logistics_modeuse AS use (mode_id, period, used) VALUES (%(mode)s, %(period)s, 1)
ON CONFLICT (mode_id, period) DO UPDATE SET used = use.used + 1 WHERE use.used < %(quota)s
"""


class FullyBooked(Refused):
    """The mode has taken all the orders of its period."""

    code = "fully_booked"


def take_delivery(mode: DeliveryMode, day: dt.date) -> None:
    """Count one order of `day` (the channel's) against the mode's quota. Raises FullyBooked; without quota nothing.

    In the order's own transaction: the last place goes to one shopper only.
    """
    if mode.quota is None:
        return
    with connection.cursor() as sql:
        if mode.quota:
            period = period_start(mode.quota_period, day)
            sql.execute(_TAKE, {"mode": mode.pk, "period": period, "quota": mode.quota})
        if not mode.quota or sql.rowcount == 0:
            sentence = _("“%(mode)s” is fully booked meanwhile. Please choose another way.")
            raise FullyBooked(sentence % {"mode": mode.shown_name}, field="delivery_mode")


def give_delivery_back(mode: DeliveryMode, day: dt.date) -> None:
    """An order of `day` will not travel: its place is free again."""
    if mode.quota is not None:
        period = period_start(mode.quota_period, day)
        ModeUse.objects.filter(mode=mode, period=period, used__gt=0).update(used=F("used") - 1)
