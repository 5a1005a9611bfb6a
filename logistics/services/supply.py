"""Supply rules, and who takes part: saved with a line in the journal, which the product index follows."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid
from logbook.services import record
from logistics.enums import PlaceKind
from logistics.models import Place, SupplyRule, SupplySource
from stores.models import SalesChannel

OF_SUPPLY = frozenset({"active", "wants_parcels", "may_send"})


@transaction.atomic
def save_rule(rule: SupplyRule, *, places: Iterable[Place], changed: list[str], at: dt.datetime, actor: str) -> None:
    """Keep a rule with its list of places. Raises Invalid when store rules would stand without one for the rest."""
    _alone_on(rule.channel_id)
    rule.save()
    rule.places.set(places)
    _rest_is_taken(rule.channel_id, rule.purpose)
    _told(rule, "saved", at, actor, changed=changed)


@transaction.atomic
def delete_rule(rule: SupplyRule, *, at: dt.datetime, actor: str) -> None:
    """Take a rule away. Raises Invalid when store rules would stand without one for the rest."""
    _alone_on(rule.channel_id)
    _told(rule, "deleted", at, actor)
    channel, purpose = rule.channel_id, rule.purpose
    rule.delete()
    _rest_is_taken(channel, purpose)


@transaction.atomic
def save_place(place: Place, *, changed: list[str], at: dt.datetime, actor: str) -> None:
    """Keep a place; the index hears of it where the place's part in supply changed."""
    place.save()
    if not OF_SUPPLY.isdisjoint(changed):
        _place_told(place, changed, at, actor)


@transaction.atomic
def save_source(source: SupplySource, *, at: dt.datetime, actor: str) -> None:
    """Let a place feed a channel, or another place in its stead; the index hears of each of them."""
    before = SupplySource.objects.select_related("place").filter(pk=source.pk).first()
    source.save()
    for place in {source.place, *([before.place] if before else [])}:
        _place_told(place, ["serves"], at, actor)


@transaction.atomic
def delete_source(source: SupplySource, *, at: dt.datetime, actor: str) -> None:
    """The place feeds the channel no longer."""
    _place_told(source.place, ["serves"], at, actor)
    source.delete()


def rest_is_taken(found: Iterable[SupplyRule]) -> bool:
    """True when the last active rule for stores, if there is any, takes all that are left."""
    stores = [rule for rule in found if rule.active and rule.kind == PlaceKind.STORE]
    last = max(stores, key=lambda rule: (rule.rank, rule.pk or float("inf")), default=None)
    return last is None or last.takes_the_rest


def _rest_is_taken(channel_id: int, purpose: str) -> None:
    if not rest_is_taken(SupplyRule.objects.filter(channel=channel_id, purpose=purpose)):
        raise Invalid(no_rest(), code="no_rule_for_the_rest", field="rank")


def no_rest() -> str:
    """What is said when nothing takes the stores that are left."""
    return _(
        "The last rule for stores must take all that are left: no country, zone or list. "
        "Give it the highest rank; at 0 % these stores count for nothing."
    )


def _alone_on(channel_id: int) -> None:
    """Two people who change rules of a channel at once do so one after the other."""
    SalesChannel.objects.select_for_update().get(pk=channel_id)


def _place_told(place: Place, changed: list[str], at: dt.datetime, actor: str) -> None:
    record(
        "logistics.place_changed",
        at=at,
        actor=actor,
        subject_kind="place",
        subject_id=place.pk,
        name=place.name,
        changed=changed,
    )


def _told(rule: SupplyRule, verb: str, at: dt.datetime, actor: str, **facts: object) -> None:
    record(
        f"logistics.supply_rule_{verb}",
        at=at,
        actor=actor,
        subject_kind="supplyrule",
        subject_id=rule.pk,
        name=rule.name,
        channel=rule.channel_id,
        **facts,
    )
