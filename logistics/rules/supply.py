"""What counts of a product's stock under the supply rules of a channel, in the order in which that is decided."""

from collections.abc import Sequence
from dataclasses import dataclass

FEW, MANY, SHARE, SUM, ORIGINS = "few", "many", "share", "sum", "origins"
NO_RULE, STORE_OFF, CENTRE_OFF = "no_rule", "store_off", "centre_off"


@dataclass(frozen=True)
class Supply:
    """A rule as a place meets it: share in percent, limits in units. `origins`: places that must hold the product."""

    id: int
    name: str
    percent: int = 100
    least: int = 0
    most: int | None = None
    threshold: int = 0
    origins: int = 1


@dataclass(frozen=True)
class Origin:
    """Free units of one product at a place, with the rule that took the place, or why none may."""

    free: int
    supply: Supply | None = None
    refused: str = ""


@dataclass(frozen=True)
class Counted:
    """Units that count, and the step that decided; empty: all of them."""

    units: int
    why: str = ""


def supplied(origins: Sequence[Origin]) -> list[Counted]:
    """What each place counts for, of one product and purpose.

    Places outside a rule's limits count for nothing; the others for their share, rounded down at each place, as
    nobody sells part of a unit; then all places of a rule fall together when their sum stays under its threshold, or
    when too few of them still hold something.
    """
    found = [_alone(each) for each in origins]
    for rule in {each.supply for each in origins if each.supply and not each.refused}:
        mine = [at for at, each in enumerate(origins) if each.supply == rule and not each.refused]
        why = ""
        if sum(found[at].units for at in mine) < rule.threshold:
            why = SUM
        elif sum(found[at].units > 0 for at in mine) < rule.origins:
            why = ORIGINS
        for at in mine if why else ():
            found[at] = Counted(0, why if found[at].units else found[at].why or why)
    return found


def _alone(origin: Origin) -> Counted:
    rule = origin.supply
    if origin.refused:
        return Counted(0, origin.refused)
    if rule is None:
        return Counted(origin.free)
    if origin.free < rule.least:
        return Counted(0, FEW)
    if rule.most is not None and origin.free > rule.most:
        return Counted(0, MANY)
    return Counted(origin.free * rule.percent // 100, SHARE if rule.percent < 100 else "")
