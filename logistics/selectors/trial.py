"""A basket tried against every delivery mode, with what a person needs to follow the answer."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from catalog.models import BasePrice
from logistics.selectors.delivery import DeliveryOption, delivery_options
from logistics.selectors.goods import Facts, facts_of
from logistics.selectors.lead_times import explained
from logistics.selectors.stores import Lines, merged
from stores.models import SalesChannel, Store


@dataclass(frozen=True)
class Tried:
    """What was asked, as the rules saw it, and every mode's answer with the way to its first day."""

    goods: list[tuple[Facts, int]]
    weight_g: int
    value: Decimal
    currency: str
    at: dt.datetime
    options: list[tuple[DeliveryOption, list[tuple[dt.date, str]]]]


def tried(
    lines: Lines,
    *,
    channel: SalesChannel,
    at: dt.datetime,
    store: Store | None,
    country: str,
    postcode: str,
    value: Decimal | None,
) -> Tried:
    """Ask all modes; without a `value` (with tax) the goods count at their base prices."""
    wanted = merged(lines)
    facts = facts_of(wanted)
    worth = at_base_prices(wanted, facts) if value is None else value
    options = delivery_options(
        lines, channel=channel, at=at, store=store, country=country, postcode=postcode, value=worth
    )
    goods = [(facts[pk], quantity) for pk, quantity in wanted.items() if pk in facts]
    return Tried(
        goods=goods,
        weight_g=sum(one.weight_g * quantity for one, quantity in goods),
        value=worth,
        currency=channel.currency,
        at=at,
        options=[(option, explained(option.links)) for option in options],
    )


def at_base_prices(wanted: dict[int, int], facts: dict[int, Facts]) -> Decimal:
    """What the goods cost with tax before any offer; a variant without price costs what its parent does. One query."""
    asked = {key for one in facts.values() for key in (one.id, one.parent_id) if key}
    base = BasePrice.objects.filter(product__in=asked, channel=None, store=None, grid="")
    prices = dict(base.values_list("product_id", "amount"))
    total = Decimal("0.00")
    for pk, quantity in wanted.items():
        price = prices.get(pk)
        if price is None and pk in facts and facts[pk].parent_id:
            price = prices.get(facts[pk].parent_id or 0)
        total += (price or Decimal(0)) * quantity
    return total
