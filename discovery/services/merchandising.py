"""What merchandisers decide: rules of merchandising, and where sold-out products stand."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid
from altazion.lib.text import plain
from discovery.enums import EffectKind, RulePlace
from discovery.models import ListingPolicy, MerchandisingRule, RuleEffect
from discovery.models.merchandising import MOST_EFFECTS
from discovery.services.causes import decided
from logbook.services import record
from stores.models import SalesChannel

CHANGED = "discovery.merchandising_changed"
MOST_QUERIES = 50


@transaction.atomic
def save_rule(
    rule: MerchandisingRule,
    effects: Sequence[RuleEffect] | None = None,
    removed: Iterable[RuleEffect] = (),
    *,
    at: dt.datetime,
    actor: str = "",
) -> MerchandisingRule:
    """Write a new or changed rule and the effects given; others stay unless `removed` names them.

    Lists obey from the next request on, within the rule's dates. Invalid, with the field, for a rule that holds for
    nothing or an effect that aims at nothing.
    """
    check_rule(rule)
    for effect in effects or ():
        check_effect(effect)
    rule.save()
    rule.effects.filter(pk__in=[effect.pk for effect in removed]).delete()
    for effect in effects or ():
        effect.rule = rule
        effect.save()
    if rule.effects.count() > MOST_EFFECTS:
        raise Invalid(
            _("A rule has at most %(most)d effects: pin some products and boost a selection.") % {"most": MOST_EFFECTS},
            field="effects",
        )
    _tell(rule, "saved", at, actor)
    return rule


@transaction.atomic
def delete_rule(rule: MerchandisingRule, *, at: dt.datetime, actor: str = "") -> None:
    """Lists are as if the rule had never been."""
    _tell(rule, "deleted", at, actor)
    rule.delete()


@transaction.atomic
def set_policy(channel: SalesChannel, unavailable: str, *, at: dt.datetime, actor: str = "") -> None:
    """Say where a channel lists what is sold out."""
    ListingPolicy.objects.update_or_create(channel=channel, defaults={"unavailable": unavailable})
    decided()
    record(CHANGED, at=at, subject_kind="listing_policy", subject_id=channel.pk, actor=actor, unavailable=unavailable)


def check_rule(rule: MerchandisingRule) -> None:
    """Say what the rule holds for, plainly. Invalid when that is nothing, or two things."""
    rule.queries = sorted({query for query in map(plain, rule.queries) if query})
    named = [bool(rule.queries), rule.segment_id is not None, rule.selection_id is not None]
    if sum(named) != 1:
        raise Invalid(_("Name searches, or a segment, or a selection: one of them."), field="queries")
    if len(rule.queries) > MOST_QUERIES:
        raise Invalid(_("At most %(most)d searches in one rule.") % {"most": MOST_QUERIES}, field="queries")
    rule.place = (RulePlace.QUERY, RulePlace.SEGMENT, RulePlace.SELECTION)[named.index(True)]
    during = rule.during
    if during and during.lower and during.upper and during.lower >= during.upper:
        raise Invalid(_("The end must come after the start."), field="ends")


def check_effect(effect: RuleEffect) -> None:
    """Invalid unless the effect aims at exactly one thing, and a pin says where."""
    aims = (effect.product_id, effect.selection_id, effect.brand_id, effect.attribute, effect.stock)
    if sum(bool(aim) for aim in aims) != 1:
        raise Invalid(
            _("An effect aims at one thing: a product, a selection, a brand, a facet or stock."), field="kind"
        )
    if effect.kind == EffectKind.PIN and not effect.product_id:
        raise Invalid(_("Only a product can be pinned; boost the others."), field="product")
    if effect.kind == EffectKind.PIN and not effect.position:
        raise Invalid(_("Say at which position it is pinned."), field="position")
    if effect.attribute and not effect.value:
        raise Invalid(_("Say which value of this facet."), field="value")


def _tell(rule: MerchandisingRule, change: str, at: dt.datetime, actor: str) -> None:
    decided()
    record(CHANGED, at=at, subject_kind="rule", subject_id=rule.pk, actor=actor, name=rule.name, change=change)
