"""Words that find each other's products, kept per version of the index."""

from collections.abc import Mapping, Sequence

from django.core.cache import cache

from discovery.enums import SynonymKind
from discovery.models import SynonymSet
from discovery.selectors.navigation import KEEP_SECONDS, index_version
from stores.models import SalesChannel

LONGEST = 4  # words of one synonym
Synonyms = Mapping[str, tuple[str, ...]]  # plain words → what they also mean


def synonyms_of(channel: SalesChannel, language: str, version: str = "") -> Synonyms:
    """What every word or phrase of a language also means. No query while the index has the same version."""
    key = f"synonyms:{version or index_version(channel)}:{language}"
    kept: dict[str, tuple[str, ...]] | None = cache.get(key)
    if kept is None:
        found: dict[str, list[str]] = {}
        for kind, plain in SynonymSet.objects.filter(language=language, active=True).values_list("kind", "plain"):
            sources = plain[:1] if kind == SynonymKind.EXPANSION else plain
            for source in sources:
                found.setdefault(source, []).extend(other for other in plain if other != source)
        kept = {source: tuple(dict.fromkeys(others)) for source, others in found.items()}
        cache.set(key, kept, KEEP_SECONDS)
    return kept


def term(words: Sequence[str], known: Synonyms) -> tuple[str, tuple[str, ...]]:
    """A text-search term of all words, each with what it also means, and the synonyms that were used.

    words are letters and digits only, so nothing in them can act: ["jeu", "video"] → "((jeu & video) | console)".
    """
    parts: list[str] = []
    used: list[str] = []
    place = 0
    while place < len(words):
        for size in range(min(LONGEST, len(words) - place), 0, -1):
            said = words[place : place + size]
            others = known.get(" ".join(said), ())
            if others or size == 1:
                ways = [" & ".join(way) for way in (list(said), *(other.split() for other in others))]
                parts.append(ways[0] if len(ways) == 1 else "(" + " | ".join(f"({way})" for way in ways) + ")")
                used += others
                place += size
                break
    return " & ".join(parts), tuple(used)
