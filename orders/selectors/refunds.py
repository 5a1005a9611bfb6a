"""Questions about money that goes back."""

from decimal import Decimal
from uuid import UUID

from django.db.models import Case, DecimalField, F, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from accounts.models import ApiKey, User
from altazion.lib.problems import NotFound
from orders.enums import OrderState, PartState
from orders.models import Order, RefundPart
from orders.selectors.orders import orders_of_key, orders_seen_by


def orders_to_refund(user: User) -> QuerySet[Order]:
    """Orders that kept more than is owed, as this colleague sees them: cancelled ones, late and double payments."""
    owed = Case(
        When(state=OrderState.CANCELLED, then=Value(Decimal(0))),
        default=F("total") - F("credited_total"),
        output_field=DecimalField(max_digits=12, decimal_places=2),
    )
    kept = Q(paid_total__gt=F("refunded_total") + owed)
    return orders_seen_by(user).filter(kept, paid_total__gt=0).order_by("pk")


def nothing_to_give_back(guid: UUID | str) -> bool:
    """Is all that is due to an order's shopper given back, and nothing on its way?"""
    order = Order.objects.filter(guid=guid).first()
    if order is None:
        return True
    return order.refund_due <= 0 and not (
        RefundPart.objects.filter(refund__order=order).exclude(state__in=[PartState.DONE, PartState.ABANDONED]).exists()
    )


def refund_for_key(number: str, guid: UUID, key: ApiKey) -> RefundPart:
    """A part of a refund, if the API key reaches its order. Raises NotFound."""
    reached = orders_of_key(key).filter(number__iexact=number).values("pk")
    part = RefundPart.objects.filter(guid=guid, refund__order__in=reached).first()
    if part is None:
        raise NotFound(_("There is no such refund."), code="no_such_refund")
    return part
