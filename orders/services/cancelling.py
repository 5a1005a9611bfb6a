"""Cancellations that a person asks for: with a reason of the list, as a colleague, a machine or the shopper."""

import datetime as dt

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from logistics.enums import SlipState
from logistics.models import Preparation
from orders.enums import OrderState
from orders.models import CancelReason, Order
from orders.rules.reasons import REASONS
from orders.selectors.reasons import reasons_to_choose
from orders.services.lifecycle import cancel
from orders.services.refunds import give_back_due

SHOPPER = "shopper"


def ensure_reasons() -> None:
    """Make the reasons that a house starts with, where they are missing; those it has stay as they are."""
    headings: dict[str, CancelReason] = {}
    for number, (path, name, english, words, english_words, for_shoppers, by_itself) in enumerate(REASONS, 1):
        above, _slash, code = path.rpartition("/")
        texts = {"name": english, "description": english_words} if english_words else {"name": english}
        headings[code] = CancelReason.objects.get_or_create(
            code=code,
            defaults={
                "parent": headings.get(above), "name": name, "description": words, "translations": {"en": texts},
                "for_shoppers": for_shoppers, "by_itself": by_itself, "position": number * 10,
            },
        )[0]  # fmt: skip


def cancel_for(order: Order, code: str, *, at: dt.datetime, actor: str, note: str = "", words: str = "") -> Order:
    """Cancel for a reason of the list; its shopper reads `words`, or what the list has for them.

    Raises Invalid for a reason that is not on the list, or not exact enough, or kept for what happens by itself.
    """
    reason = _chosen(code, reasons_to_choose())
    with translation.override(order.language):
        said = words.strip() or reason.shopper_words
    return cancel(order, said, at, actor, listed=reason, note=note)


@transaction.atomic
def cancel_own(order: Order, code: str, *, at: dt.datetime) -> Order:
    """The shopper changes their mind while nothing is prepared; what they paid goes back by itself.

    Raises Refused once it is prepared, Invalid for a reason that shoppers are not offered. Said twice, it happens once.
    """
    reason = _chosen(code, reasons_to_choose(shopper=True))
    order = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
    if order.state == OrderState.CANCELLED:
        return order
    if not may_cancel_own(order):
        raise Refused(_("Your order is being prepared already: it cannot be cancelled any more."), code="too_late")
    with translation.override(order.language):
        words = reason.shopper_words
    order = cancel(order, words, at, SHOPPER, listed=reason)
    if order.refund_due > 0:
        give_back_due(order, key=f"cancelled:{order.guid}", at=at, actor=SHOPPER)
        order.refresh_from_db()
    return order


def may_cancel_own(order: Order) -> bool:
    """May its shopper still cancel it? Nobody gathers it yet, and nothing of it is gathered."""
    if order.state != OrderState.PLACED:
        return False
    begun = (SlipState.CLAIMED, SlipState.PREPARED, SlipState.SENT)
    return not Preparation.objects.filter(reference=order.guid, state__in=begun).exists()


def _chosen(code: str, offered: list[CancelReason]) -> CancelReason:
    found = next((one for one in offered if one.code == code.strip()), None)
    if found is not None:
        return found
    if not code.strip():
        raise Invalid(_("Say why the order is cancelled."), code="no_reason", field="reason")
    if CancelReason.objects.filter(code=code.strip(), active=True, children__active=True).exists():
        raise Invalid(_("Choose a more exact reason below this one."), code="inexact_reason", field="reason")
    raise Invalid(_("This reason is not on the list."), code="unknown_reason", field="reason")
