"""Verbs of risk and disputes: orders are held against the rules, what is found is borne, told, held or cancelled."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, NotFound, Refused
from logbook.services import record
from orders.enums import RISK, DisputeOutcome, HoldKind, OrderState, RiskAction
from orders.models import Dispute, Order, OrderRisk, RiskRule
from orders.selectors.reasons import by_itself
from orders.selectors.risk import findings, standing
from orders.services.holding import hold_order, release_order
from orders.services.lifecycle import cancel


@transaction.atomic
def assess(order: Order, *, at: dt.datetime, actor: str = "") -> int:
    """Hold an order against the rules and act on the sum; returns its points. What is found no more goes.

    What a colleague dismissed stays dismissed. A closed order is left alone.
    """
    if order.state not in (OrderState.PLACED, OrderState.READY):
        return 0
    if not RiskRule.objects.filter(active=True).exists() and not order.risks.exists():
        return 0  # most houses: nothing is locked
    order = _lock(order)
    found = findings(order)
    known = {one.rule_id: one for one in order.risks.all()}
    if not found and not known:
        return 0
    gone = [one.pk for rule, one in known.items() if rule not in found and one.dismissed_at is None]
    OrderRisk.objects.filter(pk__in=gone).delete()
    OrderRisk.objects.bulk_create(
        OrderRisk(order=order, rule=rule, score=rule.score, sentence=sentence[:200], found_at=at)
        for pk, (rule, sentence) in found.items()
        if pk not in known
    )
    for pk, (rule, sentence) in found.items():
        if pk in known and (known[pk].score, known[pk].sentence) != (rule.score, sentence[:200]):
            OrderRisk.objects.filter(pk=known[pk].pk).update(score=rule.score, sentence=sentence[:200])
    return _act(order, at, actor)


@transaction.atomic
def dismiss_risk(risk: OrderRisk, *, explanation: str, at: dt.datetime, actor: str) -> None:
    """A colleague looked: this finding means nothing. Back under what is borne the order goes on by itself."""
    explanation = explanation.strip()[:300]
    if not explanation:
        raise Invalid(_("Explain it, for those who will ask later."), field="explanation")
    order = _lock(risk.order)
    changed = OrderRisk.objects.filter(pk=risk.pk, dismissed_at=None).update(
        dismissed_at=at, dismissed_by=actor[:150], explanation=explanation
    )
    if changed:
        _tell("orders.risk_dismissed", order, at, actor, risk=risk.sentence, reason=explanation)
        _act(order, at, actor)


@transaction.atomic
def open_dispute(order: Order, *, reason: str, at: dt.datetime, actor: str, reference: str = "") -> Dispute:
    """An order is contested: nothing of it leaves until this is closed. One at a time; the same again is that one."""
    reason = reason.strip()[:300]
    if not reason:
        raise Invalid(_("Say what the dispute is about."), field="reason")
    order = _lock(order)
    if known := Dispute.objects.filter(order=order, closed_at=None).first():
        return known
    made = Dispute.objects.create(
        order=order, reason=reason, reference=reference.strip()[:120], opened_at=at, opened_by=actor[:150]
    )
    _tell("orders.dispute_opened", order, at, actor, reason=reason, dispute=made.pk)
    hold_order(order, reason=reason, at=at, actor=actor, cause=f"dispute:{made.pk}", kind=HoldKind.DISPUTE)
    return made


@transaction.atomic
def close_dispute(order: Order, *, outcome: str, conclusion: str, at: dt.datetime, actor: str) -> Dispute:
    """The dispute is over; the order goes on where nothing else holds it. Raises NotFound, Invalid."""
    conclusion = conclusion.strip()[:300]
    if outcome not in DisputeOutcome.values:
        raise Invalid(_("Say how the dispute ended."), field="outcome")
    if not conclusion:
        raise Invalid(_("Say in a sentence how the dispute ended."), field="conclusion")
    order = _lock(order)
    open_one = Dispute.objects.filter(order=order, closed_at=None).first()
    if open_one is None:
        raise NotFound(_("Nothing is contested about this order."), code="no_dispute")
    open_one.closed_at, open_one.closed_by = at, actor[:150]
    open_one.outcome, open_one.conclusion = outcome, conclusion
    open_one.save()
    _tell("orders.dispute_closed", order, at, actor, outcome=outcome, reason=conclusion, dispute=open_one.pk)
    release_order(f"dispute:{open_one.pk}", explanation=conclusion, at=at, actor=actor)
    return open_one


def _act(order: Order, at: dt.datetime, actor: str) -> int:
    """Above what is borne: told, held or cancelled. Back under: let go."""
    stand = standing(order)
    cause = f"risk:{order.guid}"
    if stand.borne is None or stand.points <= stand.borne:
        word = _("The risk is back under what is borne.")
        if release_order(cause, explanation=word, at=at, actor=actor) or stand.action == RiskAction.TELL:
            _tell("orders.risk_settled", order, at, actor, points=stand.points)
        return stand.points
    why = _("Risk of %(points)d points: %(why)s") % {"points": stand.points, "why": " ".join(stand.sentences)}
    _tell("orders.risk_found", order, at, actor, points=stand.points, action=stand.action, reason=why[:300])
    if stand.action == RiskAction.HOLD:
        hold_order(order, reason=why, at=at, actor=actor, cause=cause, kind=HoldKind.RISK)
    if stand.action == RiskAction.CANCEL:
        _cancel(order, why, at, actor)
    return stand.points


def _cancel(order: Order, why: str, at: dt.datetime, actor: str) -> None:
    listed = by_itself(RISK)
    words = listed.shopper_words if listed else _("we could not accept it")
    try:
        cancel(order, words, at, actor, listed=listed, note=why)
    except Refused:  # further on its way than a cancellation reaches: held for a person instead
        hold_order(order, reason=why, at=at, actor=actor, cause=f"risk:{order.guid}", kind=HoldKind.RISK)


def _tell(kind: str, order: Order, at: dt.datetime, actor: str, **facts: object) -> None:
    store = order.store.code if order.store else ""
    record(
        kind, at=at, subject_kind="order", subject_id=order.guid, actor=actor, number=order.number, store=store, **facts
    )


def _lock(order: Order) -> Order:
    return Order.objects.select_for_update(of=("self",)).select_related("store", "channel", "customer").get(pk=order.pk)
