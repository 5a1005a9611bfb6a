"""Questions about orders."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.enums import AccountKind
from accounts.models import ApiKey, User
from accounts.selectors import stores_seen_by
from altazion.lib.problems import Invalid, NotFound
from logistics.models import Parcel
from logistics.selectors.preparation import parcels_sent
from orders.enums import AttemptState, LineKind
from orders.models import Order, OrderHold, OrderLine, Payment, PaymentMethod
from orders.selectors.products import Picture, pictures

HEAD = ("channel", "store", "payment_method", "delivery_mode", "customer", "cancelled_for__parent")


@dataclass(frozen=True)
class OrderPage:
    """All that a page about an order shows."""

    order: Order
    goods: list[OrderLine]
    shipping: OrderLine | None
    payments: list[Payment]
    pictures: dict[int, Picture] = field(default_factory=dict)
    parcels: list[Parcel] = field(default_factory=list)

    @property
    def due(self) -> Any:
        """What is still to be paid, with tax; nothing on a closed order."""
        return self.order.due

    @property
    def refund_due(self) -> Any:
        """Money to give back, with tax."""
        return self.order.refund_due

    @property
    def last_attempt(self) -> Payment | None:
        """The latest attempt to pay, however it ended."""
        return self.payments[0] if self.payments else None

    @property
    def received(self) -> list[Payment]:
        """Money that came."""
        return [payment for payment in self.payments if payment.state == AttemptState.RECEIVED]


def order_page(guid: UUID | str, *, language: str) -> OrderPage:
    """An order with its lines, payments and parcels: six queries, seven once something was sent. Raises NotFound."""
    order = (
        Order.objects.filter(guid=guid)
        .select_related(*HEAD)
        .prefetch_related(
            Prefetch("lines", OrderLine.objects.select_related("product__parent").order_by("position")),
            Prefetch("payments", Payment.objects.select_related("method", "store").order_by("-id")),
        )
        .first()
    )
    if order is None:
        raise NotFound(_("There is no such order."))
    lines = list(order.lines.all())
    goods = [line for line in lines if line.kind == LineKind.PRODUCT]
    return OrderPage(
        order=order,
        goods=goods,
        shipping=next((line for line in lines if line.kind == LineKind.SHIPPING), None),
        payments=list(order.payments.all()),
        pictures=pictures([line.product for line in goods if line.product]),
        parcels=parcels_sent(order.guid),
    )


def may_read(order: Order, user: User | None) -> bool:
    """May this visitor, who knows the order's secret address, read it? A guest's order: whoever knows the address.

    An account's order: its owner alone, and colleagues who see its store.
    """
    owner = order.customer.account_id
    if owner is None:
        return True
    if user is None or not user.is_authenticated:
        return False
    return owner == user.pk


def orders_of(user: User) -> QuerySet[Order]:
    """A shopper's orders, newest first: the account's, and those given as guest under its (proven) e-mail address."""
    mine = Q(customer__account=user) | Q(customer__account=None, email__iexact=user.email)
    return Order.objects.filter(mine).select_related(*HEAD).order_by("-id")


def orders_seen_by(user: User) -> QuerySet[Order]:
    """The orders a colleague may see in Office: all, or for a store account those of its stores."""
    held = OrderHold.objects.filter(order=OuterRef("pk"), until=None)
    orders = Order.objects.select_related(*HEAD).annotate(is_held=Exists(held))
    if user.kind == AccountKind.STORE:
        return orders.filter(store__in=stores_seen_by(user))
    return orders


def orders_of_key(key: ApiKey) -> QuerySet[Order]:
    """The orders an API key reaches: all, or those of its store."""
    orders = Order.objects.select_related(*HEAD)
    return orders.filter(store_id=key.store_id) if key.store_id else orders


def find_for_key(number: str, key: ApiKey) -> Order:
    """An order by its number, if the key reaches it. Raises NotFound: a till learns nothing of other stores."""
    order = orders_of_key(key).filter(number__iexact=number).first()
    if order is None:
        raise NotFound(_("There is no such order."), code="no_such_order")
    return order


def method_for_till(code: str, order: Order) -> PaymentMethod:
    """The way to pay that a till names, or the order's own. Raises Invalid for a word we do not know."""
    if not code:
        return order.payment_method
    method = PaymentMethod.objects.filter(code=code).first()
    if method is None:
        raise Invalid(_("There is no payment method %(code)s.") % {"code": code}, field="method")
    return method
