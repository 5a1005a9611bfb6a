"""Lists as merchandisers look at them: before and after a rule, and every place with its reasons."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from altazion.lib.text import plain
from catalog.models import Segment, Selection
from discovery.enums import RulePlace, Unavailable
from discovery.models import ListingPolicy, MerchandisingRule, RuleEffect
from discovery.rules import Asked, Rule
from discovery.selectors.listing import listing
from discovery.selectors.navigation import index_version
from discovery.selectors.ranking import as_rule, decisions, ranking_of
from discovery.selectors.tiles import Tile
from discovery.selectors.why import Why, why
from stores.models import SalesChannel

SHOWN = 12
EXPLAINED = 24
ASKED_AT_MOST = 3  # of a rule's searches


@dataclass(frozen=True)
class Placed:
    """A product at its place (1 is first). moved: places gained (+) or lost (−) against the other list; None is new."""

    place: int
    tile: Tile
    why: Why | None
    moved: int | None = 0

    @property
    def steps(self) -> int:
        """How many places it moved, up or down."""
        return abs(self.moved or 0)


@dataclass(frozen=True)
class Looked:
    """A list with reasons. lane, read_as: how a search was understood."""

    label: str
    total: int
    places: list[Placed]
    lane: str = ""
    read_as: str = ""


@dataclass(frozen=True)
class Compared:
    """One list without a rule and with it. holds: whether the rule runs at that instant."""

    label: str
    before: Looked
    after: Looked
    holds: bool


def before_and_after(
    rule: MerchandisingRule, effects: Iterable[RuleEffect], *, channel: SalesChannel, at: dt.datetime, language: str
) -> list[Compared]:
    """What a rule, stored or not, does at `at` to the lists it holds for: three of its searches at most.

    After shows the rule as if it ran at that instant, even outside its dates.
    """
    draft = as_rule(rule, effects)
    always = Rule(**{**draft.__dict__, "starts": None, "ends": None})
    runs = (draft.starts is None or draft.starts <= at) and (draft.ends is None or at < draft.ends)
    queries = rule.queries[:ASKED_AT_MOST] if rule.place == RulePlace.QUERY else [""]
    found = []
    for query in queries:
        segment, selection = (None, None) if query else (rule.segment, rule.selection)
        others = [
            other for other in _rules(channel, query, segment, selection, at) if other.id != draft.id or not draft.id
        ]
        before = _look(query, segment, selection, others, channel, at, language, SHOWN)
        after = _look(query, segment, selection, [always, *others], channel, at, language, SHOWN)
        label = query or str(segment or selection)
        found.append(Compared(label, before, _compared(after, before), runs))
    return found


def explained(query: str, segment: Segment | None, *, channel: SalesChannel, at: dt.datetime, language: str) -> Looked:
    """A list as the shop shows it at `at`, each place with its reasons."""
    rules = _rules(channel, query, segment, None, at)
    return _look(query, segment, None, rules, channel, at, language, EXPLAINED)


def policies() -> list[tuple[SalesChannel, str]]:
    """Where every living channel lists what is sold out. Two queries."""
    said = dict(ListingPolicy.objects.values_list("channel", "unavailable"))
    return [(channel, said.get(channel.pk, Unavailable.MIXED)) for channel in SalesChannel.objects.filter(active=True)]


def _rules(
    channel: SalesChannel, query: str, segment: Segment | None, selection: Selection | None, at: dt.datetime
) -> list[Rule]:
    return decisions(channel).on(_asked(query, segment, selection), at=at)


def _asked(query: str, segment: Segment | None, selection: Selection | None) -> Asked:
    return Asked(plain(query), segment.pk if segment else None, selection.pk if selection else None)


def _look(
    query: str,
    segment: Segment | None,
    selection: Selection | None,
    rules: list[Rule],
    channel: SalesChannel,
    at: dt.datetime,
    language: str,
    size: int,
) -> Looked:
    version = index_version(channel)
    unavailable = decisions(channel, version=version).unavailable
    asked = _asked(query, segment, selection)
    ranking = ranking_of(channel, asked, rules, unavailable=unavailable, version=version)
    page = listing(channel=channel, at=at, language=language, segment=segment, selection=selection, query=query,
                   per_page=size, ranking=ranking, version=version)  # fmt: skip
    reasons = why([tile.id for tile in page.tiles], channel=channel, language=language, ranking=ranking, rules=rules,
                  segment=segment, selection=selection, query=query, version=version)  # fmt: skip
    places = [Placed(number, tile, reasons.get(tile.id)) for number, tile in enumerate(page.tiles, 1)]
    return Looked(query or str(segment or selection or ""), page.total, places, page.lane, page.read_as)


def _compared(after: Looked, before: Looked) -> Looked:
    stood = {placed.tile.id: placed.place for placed in before.places}
    places = [
        Placed(one.place, one.tile, one.why, stood[one.tile.id] - one.place if one.tile.id in stood else None)
        for one in after.places
    ]
    return Looked(after.label, after.total, places, after.lane, after.read_as)
