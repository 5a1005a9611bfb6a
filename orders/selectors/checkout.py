"""What a checkout may offer."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from logistics.models import DeliveryGroup
from logistics.selectors import TO_STORE, DeliveryOption, StoreStock, delivery_options, stores_with
from orders import rules
from orders.enums import MethodKind
from orders.models import PaymentMethod
from orders.selectors.baskets import Basket
from stores.models import SalesChannel, Store


@dataclass(frozen=True)
class Checkout:
    """Everything that can be chosen for a basket now, and what has been."""

    basket: Basket
    options: Sequence[DeliveryOption]
    chosen: DeliveryOption | None
    stores: Sequence[StoreStock]
    store: Store | None
    methods: Sequence[PaymentMethod]
    fee: Decimal
    total: Decimal
    seen: str

    @property
    def headings(self) -> list[tuple[DeliveryGroup | None, list[DeliveryOption]]]:
        """The options under their headings, those that can serve first; options without heading stand alone."""
        found: dict[int, tuple[DeliveryGroup | None, list[DeliveryOption]]] = {}
        for option in self.options:
            group = option.mode.group
            key = group.pk if group else -option.mode.pk
            found.setdefault(key, (group, []))[1].append(option)
        return list(found.values())

    @property
    def needs_store(self) -> bool:
        """Is a store to be chosen?"""
        return self.chosen is not None and self.chosen.mode.kind in TO_STORE

    @property
    def needs_address(self) -> bool:
        """Is a delivery address to be given?"""
        return self.chosen is not None and self.chosen.mode.kind not in TO_STORE


def checkout(
    basket: Basket,
    *,
    channel: SalesChannel,
    at: dt.datetime,
    mode: str = "",
    store: Store | None = None,
    country: str = "FR",
    postcode: str = "",
) -> Checkout:
    """The options of a basket; `mode` is the code of the delivery mode chosen so far.

    Without a choice the first possible option is taken.
    """
    wanted = basket.wanted
    found = delivery_options(
        wanted, channel=channel, at=at, store=store, country=country, postcode=postcode, value=basket.total
    )
    options = [option for option in found if not option.hidden]
    chosen = next((option for option in options if option.mode.code == mode), None)
    chosen = chosen or next((option for option in options if option.ok), None) or (options[0] if options else None)
    stores = stores_with(wanted, channel=channel, at=at) if any(o.mode.kind in TO_STORE for o in options) else []
    fee = chosen.fee if chosen else Decimal(0)
    total = basket.total + fee
    methods = payment_methods(channel, amount=total, kind=chosen.mode.kind, store=store) if chosen else []
    seen = rules.fingerprint(((line.product.pk, line.quantity, line.price.unit) for line in basket.lines), fee)
    return Checkout(basket, options, chosen, stores, store, methods, fee, total, seen)


def payment_methods(
    channel: SalesChannel, *, amount: Decimal, kind: str, store: Store | None = None
) -> list[PaymentMethod]:
    """Ways to pay `amount` (with tax) on a channel for a delivery of this kind, in their order.

    Paying in the store goes with collecting in a store that takes payment (operations-domain 2.9).
    """
    fits = Q(max_amount=None) | Q(max_amount__gte=amount)
    offered = PaymentMethod.objects.filter(fits, active=True, channels=channel, min_amount__lte=amount)
    offered = offered.exclude(kind=MethodKind.VOUCHER)  # these pay by their code
    if not (kind in TO_STORE and (store is None or store.takes_payment)):
        offered = offered.exclude(kind=MethodKind.PAY_IN_STORE)
    return list(offered.order_by("position", "name"))
