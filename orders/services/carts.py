"""Verbs of a basket."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from customers.models import Customer
from orders.models import Cart, CartLine
from orders.rules import MAX_QUANTITY
from orders.selectors.products import sellable
from stores.models import SalesChannel, Store


class CartIsOrdered(Refused):
    """The basket has become an order and cannot change any more."""

    code = "cart_ordered"


def open_cart(channel: SalesChannel, at: dt.datetime, *, customer: Customer | None = None) -> Cart:
    """A new empty basket."""
    return Cart.objects.create(channel=channel, customer=customer, created_at=at, updated_at=at)


@transaction.atomic
def add_to_cart(cart: Cart, product_id: int, quantity: int = 1, *, at: dt.datetime) -> CartLine:
    """Put more of a product in the basket, 999 of each at most.

    Refused for a parent (a child must be chosen), for what the channel does not sell, and for an ordered basket.
    """
    if quantity < 1:
        raise Invalid(_("The quantity must be at least 1."), code="bad_quantity", field="quantity")
    _lock_open(cart)
    if product_id not in sellable([product_id], channel=cart.channel):
        raise Refused(_("This product cannot be ordered. Choose one of its variants."), code="not_sold")
    line = cart.lines.filter(product_id=product_id).first()
    total = quantity + (line.quantity if line else 0)
    if total > MAX_QUANTITY:
        raise Invalid(
            _("At most %(most)s of one product can be ordered.") % {"most": MAX_QUANTITY},
            code="too_many",
            field="quantity",
        )
    if line is None:
        line = CartLine.objects.create(cart=cart, product_id=product_id, quantity=total, added_at=at)
    else:
        line.quantity = total
        line.save(update_fields=["quantity"])
    _touch(cart, at)
    return line


@transaction.atomic
def set_quantity(cart: Cart, product_id: int, quantity: int, *, at: dt.datetime) -> None:
    """Make a line hold this many; 0 takes it out. A product that is not in the basket is left alone."""
    if not 0 <= quantity <= MAX_QUANTITY:
        raise Invalid(
            _("The quantity must be between 0 and %(most)s.") % {"most": MAX_QUANTITY},
            code="bad_quantity",
            field="quantity",
        )
    _lock_open(cart)
    line = cart.lines.filter(product_id=product_id)
    if quantity:
        line.update(quantity=quantity)
    else:
        line.delete()
    _touch(cart, at)


@transaction.atomic
def choose_store(cart: Cart, store: Store | None, *, at: dt.datetime) -> None:
    """The store where the shopper would collect (COM-3)."""
    _lock_open(cart)
    Cart.objects.filter(pk=cart.pk).update(store=store, updated_at=at)
    cart.store = store


@transaction.atomic
def keep_answers(cart: Cart, answers: dict[str, str], *, at: dt.datetime) -> None:
    """Remember what was typed at the checkout, so that nothing is asked twice."""
    _lock_open(cart)
    Cart.objects.filter(pk=cart.pk).update(checkout=answers, updated_at=at)
    cart.checkout = answers


@transaction.atomic
def drop_unsold(cart: Cart, *, at: dt.datetime) -> list[str]:
    """Take out what the channel no longer sells; returns the names, for a word to the shopper."""
    lines = list(cart.lines.select_related("product", "product__parent"))
    sold = sellable([line.product_id for line in lines], channel=cart.channel)
    gone = [line for line in lines if line.product_id not in sold]
    if gone:
        _lock_open(cart)
        cart.lines.filter(pk__in=[line.pk for line in gone]).delete()
        _touch(cart, at)
    return [line.product.name or getattr(line.product.parent, "name", "") or line.product.sku for line in gone]


@transaction.atomic
def merge_at_login(token: UUID | None, customer: Customer, channel: SalesChannel, *, at: dt.datetime) -> Cart | None:
    """The basket of someone who has just signed in: what the browser holds joined to what the account held.

    Quantities of one product are not added up: the larger one stays. Returns None when there is neither.
    """
    living = Cart.objects.select_for_update().filter(ordered_at=None, channel=channel).order_by("pk")
    carts = list(living.filter(customer=customer))
    here = living.filter(token=token).exclude(customer=customer).first() if token else None
    if here is not None and here.customer_id is not None:
        here = None  # somebody else's
    kept = here or (carts[-1] if carts else None)
    if kept is None:
        return None
    for other in carts:
        if other.pk != kept.pk:
            _pour(other, kept, at)
    Cart.objects.filter(pk=kept.pk).update(customer=customer, updated_at=at)
    kept.customer = customer
    return kept


def _pour(source: Cart, target: Cart, at: dt.datetime) -> None:
    there = {line.product_id: line for line in target.lines.all()}
    for line in source.lines.all():
        if line.product_id in there:
            CartLine.objects.filter(pk=there[line.product_id].pk, quantity__lt=line.quantity).update(
                quantity=line.quantity
            )
        else:
            CartLine.objects.create(
                cart=target, product_id=line.product_id, quantity=line.quantity, added_at=line.added_at
            )
    source.lines.all().delete()
    if target.store_id is None and source.store_id is not None:
        Cart.objects.filter(pk=target.pk).update(store_id=source.store_id, updated_at=at)


def _lock_open(cart: Cart) -> None:
    """Hold the basket against every other tab. Refused once it is ordered."""
    locked = Cart.objects.select_for_update(of=("self",)).only("ordered_at").get(pk=cart.pk)
    if locked.ordered_at is not None:
        raise CartIsOrdered(_("This basket is ordered already."))


def _touch(cart: Cart, at: dt.datetime) -> None:
    Cart.objects.filter(pk=cart.pk).update(updated_at=at)
    cart.updated_at = at
