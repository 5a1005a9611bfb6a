"""Why is this product here? What the evaluator of lists knew of each product, in the terms of those who decide.

The numbers come from the very expressions that order the list; only their parts are named beside them.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.utils.translation import gettext as _

from altazion.lib.text import plain
from catalog.models import Product, Segment, Selection
from discovery.models import IndexEntry
from discovery.rules import Asked, Effect, Lever, Ranking, Rule
from discovery.selectors.listing import scope_of
from discovery.selectors.navigation import STAR, index_version
from discovery.selectors.ranking import decisions, ranking_of
from discovery.selectors.text import TextMatch
from stores.models import SalesChannel

PLACES = "abcd"  # weights of a word: name; brand, segment or keyword; references and attributes; description


@dataclass(frozen=True)
class Why:
    """A product of a list. score: what orders it; words: each word with where it stands ("a" name … "d" description).

    effects: (rule, effect) that reached it. by_hand: its place, from 1, in the segment's own order if it has one.
    importance: its own; star: the best segment above it, if that is a star.
    """

    listing_id: int
    lane: str = ""
    is_exact: bool = False
    is_keyword: bool = False
    words: tuple[tuple[str, str], ...] = ()
    keywords: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    importance: int = 100
    star: str = ""
    relevance: float = 1.0
    in_stock: bool = True
    score: float = 0.0
    effects: tuple[tuple[str, Effect], ...] = field(default=())
    by_hand: int = 0

    def sentences(self) -> list[str]:
        """The reasons in words, the strongest first."""
        found = [_effect_words(name, effect) for name, effect in self.effects]
        if self.by_hand:
            found.append(_("Placed by hand at position %(position)d.") % {"position": self.by_hand})
        found += self._about_words()
        if self.importance >= STAR:
            found.append(_("It is a star (importance %(number)d).") % {"number": self.importance})
        elif self.importance != 100:
            found.append(_("Importance %(number)d.") % {"number": self.importance})
        if self.star:
            found.append(_("It stands in the star segment %(name)s.") % {"name": self.star})
        if self.relevance != 1:
            found.append(_("Relevance %(number)s in the segment.") % {"number": f"{self.relevance:g}"})
        if not self.in_stock:
            found.append(_("Sold out: lower by half an importance point."))
        return found

    def _about_words(self) -> list[str]:
        found = []
        if self.is_exact:
            found.append(_("The search is its reference."))
        if self.is_keyword:
            found.append(_("The search is its keyword: %(words)s.") % {"words": ", ".join(self.keywords)})
        elif self.keywords and self.lane:
            found.append(_("The search holds a keyword: %(words)s.") % {"words": ", ".join(self.keywords)})
        found += [_("“%(word)s” stands in: %(place)s.") % {"word": w, "place": _place(p)} for w, p in self.words if p]
        missing = [word for word, place in self.words if not place]
        if missing and not self.is_exact and not self.is_keyword and len(missing) < len(self.words):
            found.append(_("Not in it: %(words)s.") % {"words": ", ".join(missing)})
        return found


def why(
    listing_ids: Sequence[int],
    *,
    channel: SalesChannel,
    language: str,
    ranking: Ranking,
    rules: Iterable[Rule] = (),
    segment: Segment | None = None,
    selection: Selection | None = None,
    query: str = "",
    version: str = "",
) -> dict[int, Why]:
    """The trace of listings of one list. `ranking` and the `rules` it came from are those the list was made with.

    At most five queries.
    """
    if not listing_ids:
        return {}
    version = version or index_version(channel)
    scope, text = scope_of(channel, language, segment.pk if segment else None, selection, query, ranking, version)
    found: dict[int, Why] = {}
    pinned = {listing_id: place for place, listing_id in ranking.places}
    facts = _facts(listing_ids, channel)
    terms = text.terms if text else ()
    columns = ", ".join(
        f"max(CASE WHEN ts_filter(w.{text.column}, '{{{weight}}}') @@ to_tsquery('{text.config}', %(term_{n})s)"
        " THEN 1 ELSE 0 END)"
        for n in range(len(terms))
        for weight in PLACES
        if text
    )
    own = "bool_or(e.facets && %(own)s::int[])" if "own" in scope.parameters else "false"
    statement = f"""
        SELECT e.listing_id, max({scope.lead}), max({scope.score}), max({scope.weight}), bool_or(e.in_stock), {own}
               {"," if columns else ""} {columns}
          FROM discovery_indexentry e JOIN discovery_indexentry w ON w.id = e.id
         WHERE e.listing_id = ANY(%(asked)s) AND e.channel_id = %(channel)s GROUP BY e.listing_id"""  # noqa: S608 - ours
    parameters = {**scope.all_parameters(), **{f"term_{n}": term for n, (_word, term) in enumerate(terms)}}
    with connection.cursor() as sql:
        sql.execute(statement, {**parameters, "asked": list(listing_ids), "channel": channel.pk})
        for listing_id, lead, score, weight, in_stock, is_keyword, *places in sql.fetchall():
            entries, importance, star, relevance = facts[listing_id]
            found[listing_id] = Why(
                listing_id=listing_id,
                lane=text.lane if text else "",
                is_exact=bool(text and text.lane == "reference" and lead >= 2),
                is_keyword=bool(is_keyword),
                words=_words(text, places),
                keywords=text.keywords if text and is_keyword else (),
                synonyms=text.synonyms if text else (),
                importance=importance,
                star=star,
                relevance=relevance.get(segment.pk, 1.0) if segment else 1.0,
                in_stock=in_stock,
                score=float(score if query else weight),
                effects=(effects := tuple(_reaching(rules, entries))),
                by_hand=0 if any(effect.kind == "pin" for _name, effect in effects) else pinned.get(listing_id, 0),
            )
    return found


def why_now(
    listing_ids: Sequence[int], *, channel: SalesChannel, at: dt.datetime, language: str, query: str = "",
    segment: Segment | None = None, selection: Selection | None = None,
) -> dict[int, Why]:  # fmt: skip
    """The trace of listings as the shop shows them at `at`."""
    version = index_version(channel)
    made = decisions(channel, version=version)
    asked = Asked(plain(query), segment.pk if segment else None, selection.pk if selection else None)
    rules = made.on(asked, at=at)
    ranking = ranking_of(channel, asked, rules, unavailable=made.unavailable, version=version)
    return why(listing_ids, channel=channel, language=language, ranking=ranking, rules=rules, segment=segment,
               selection=selection, query=query, version=version)  # fmt: skip


Facts = tuple[list[IndexEntry], int, str, dict[int, float]]


def _facts(listing_ids: Sequence[int], channel: SalesChannel) -> dict[int, Facts]:
    entries: dict[int, list[IndexEntry]] = {pk: [] for pk in listing_ids}
    for entry in IndexEntry.objects.filter(channel=channel, listing__in=listing_ids).defer("words_fr", "words_en"):
        entries[entry.listing_id].append(entry)
    above = {pk for each in entries.values() for entry in each for pk in entry.segments}
    stars = dict(Segment.objects.filter(pk__in=above, importance__gte=STAR).values_list("pk", "name"))
    products = Product.objects.filter(pk__in=listing_ids).prefetch_related("places")
    return {
        product.pk: (
            entries[product.pk],
            product.importance,
            next((stars[pk] for entry in entries[product.pk] for pk in entry.segments if pk in stars), ""),
            {place.segment_id: float(place.relevance) for place in product.places.all()},
        )
        for product in products
    }


def _words(text: TextMatch | None, places: Sequence[int]) -> tuple[tuple[str, str], ...]:
    if text is None:
        return ()
    found = []
    for number, (word, _term) in enumerate(text.terms):
        here = places[number * len(PLACES) : (number + 1) * len(PLACES)]
        found.append((word, next((weight for weight, there in zip(PLACES, here, strict=True) if there), "")))
    return tuple(found)


def _reaching(rules: Iterable[Rule], entries: Sequence[IndexEntry]) -> list[tuple[str, Effect]]:
    return [
        (rule.name, effect)
        for rule in rules
        for effect in rule.effects
        if any(_reaches(effect, entry) for entry in entries)
    ]


def _reaches(effect: Effect, entry: IndexEntry) -> bool:
    return {
        Lever.LISTING: entry.listing_id == effect.number,
        Lever.FACET: effect.number in entry.facets,
        Lever.SEGMENT: effect.number in entry.segments,
        Lever.SELECTION: effect.number in entry.selections,
        Lever.STOCK: entry.in_stock == bool(effect.number),
    }[effect.lever]


def _place(weight: str) -> str:
    return {
        "a": _("its name"),
        "b": _("its brand, segment or keyword"),
        "c": _("its references or attributes"),
        "d": _("its description"),
    }[weight]


def _effect_words(name: str, effect: Effect) -> str:
    words = {
        "pin": _("Pinned at position %(position)d by “%(rule)s”."),
        "boost": _("Boosted × %(factor)s by “%(rule)s”."),
        "bury": _("Buried ÷ %(factor)s by “%(rule)s”."),
        "hide": _("Hidden by “%(rule)s”."),
    }[effect.kind]
    return words % {"position": effect.position, "factor": f"{effect.factor:g}", "rule": name}
