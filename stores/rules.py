"""Opening hours in plain Python: `{"1": [["09:30", "12:30"], ["14:00", "19:00"]]}`, days by ISO number (1 Monday),
and addresses of the shop."""

import datetime as dt
import itertools
import re
from collections.abc import Collection
from typing import Any
from urllib.parse import unquote, urlsplit

Spans = list[tuple[dt.time, dt.time]]
_SPAN = re.compile(r"^\s*(\d{1,2})[:hH](\d{2})?\s*[-–—]\s*(\d{1,2})[:hH](\d{2})?\s*$")


def read_hours(hours: Any) -> dict[int, Spans]:
    """Stored hours by day. Raises ValueError ("shape", "time", "order", "overlap" and the day) when they are wrong."""
    if not isinstance(hours, dict):
        raise ValueError("shape", 0)  # noqa: TRY004 - one kind of error for whoever types hours
    week = {}
    for key, spans in hours.items():
        if str(key) not in {"1", "2", "3", "4", "5", "6", "7"} or not isinstance(spans, list):
            raise ValueError("shape", key)
        week[int(key)] = _spans(int(key), spans)
    return week


def write_hours(week: dict[int, Spans]) -> dict[str, list[list[str]]]:
    """The form in which hours are stored; days without opening are left out."""
    return {
        str(day): [[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in spans]
        for day, spans in sorted(week.items())
        if spans
    }


def parse_day(text: str) -> list[list[str]]:
    """What a person types for a day: "9:30-12:30, 14h-19h". Raises ValueError ("time") when it cannot be read."""
    spans = []
    for part in filter(str.strip, re.split(r"[,;/+]| et | and ", text)):
        found = _SPAN.match(part)
        if found is None:
            raise ValueError("time", part.strip())
        h1, m1, h2, m2 = found.groups()
        spans.append([f"{int(h1):02}:{m1 or '00'}", f"{int(h2):02}:{m2 or '00'}"])
    return spans


def is_open(hours: Any, local: dt.datetime) -> bool:
    """True if a store with these hours is open at this local time; unreadable hours count as closed."""
    return any(start <= local.time() < end for start, end in _day(hours, local.isoweekday()))


def next_opening(hours: Any, local: dt.datetime) -> dt.datetime | None:
    """The next local instant at which a closed store opens, within a week; None when it never does."""
    for ahead in range(8):
        day = local + dt.timedelta(days=ahead)
        for start, _end in _day(hours, day.isoweekday()):
            opens = day.replace(hour=start.hour, minute=start.minute, second=0, microsecond=0)
            if opens > local:
                return opens
    return None


def closing(hours: Any, local: dt.datetime) -> dt.time | None:
    """When an open store closes; None when it is closed."""
    return next((end for start, end in _day(hours, local.isoweekday()) if start <= local.time() < end), None)


def _day(hours: Any, day: int) -> Spans:
    try:
        return read_hours(hours).get(day, [])
    except ValueError:
        return []


def _spans(day: int, spans: list[Any]) -> Spans:
    found = []
    for span in spans:
        try:
            start, end = (dt.time.fromisoformat(str(text).zfill(5)) for text in span)
        except (ValueError, TypeError):
            raise ValueError("time", day) from None
        if start >= end:
            raise ValueError("order", day)
        found.append((start, end))
    found.sort()
    if any(later[0] < earlier[1] for earlier, later in itertools.pairwise(found)):
        raise ValueError("overlap", day)
    return found


LONGEST_ADDRESS = 300
SHOWN_TITLE = 60  # characters of a title that search engines show
_ROBOTS = re.compile(
    r"^\s*(#.*|(user-agent|allow|disallow|crawl-delay|sitemap|host|clean-param)\s*:.*)$", re.IGNORECASE
)
TITLE_WORDS = ("name", "brand", "site", "sku")
_GAP = re.compile(r"\{(\w*)\}")
_JOINTS = " \u00a0–—|·:,-"


def fill_title(pattern: str, facts: dict[str, str]) -> str:
    """A title from its pattern: "{name} – {brand} | {site}" without a brand is "Hulk | Toys"."""
    pieces = re.split(r"(\{\w*\})", pattern)
    said: list[str] = []
    joint = ""
    for piece in pieces:
        if match := _GAP.fullmatch(piece):
            if text := facts.get(match[1], ""):
                said.append((joint if said or joint.strip(_JOINTS) else "") + text)
                joint = ""
        elif not joint or piece.strip(_JOINTS):
            joint += piece
        else:
            joint = piece  # what stood between was empty: one joint is enough
    return "".join([*said, joint if joint.strip(_JOINTS) else ""]).strip()


def is_robots_line(line: str) -> bool:
    """True for a line that robots.txt may hold."""
    return _ROBOTS.match(line) is not None


def unknown_words(pattern: str) -> list[str]:
    """Names in braces that no title knows."""
    return [word for word in _GAP.findall(pattern) if word not in TITLE_WORDS]


def bare_path(path: str) -> str:
    """An old address as it is kept and looked for: no slash around it, case does not matter."""
    return path.strip("/").lower()


def split_address(address: str, languages: Collection[str]) -> tuple[str, str]:
    """A typed address as (path without slashes around it, language or "").

    "https://shop.test/en/s/heroes/?page=2" is ("s/heroes", "en"). Raises ValueError: empty, too_long, unreadable.
    """
    address = address.strip()
    if not address:
        raise ValueError("empty")
    try:
        path = unquote(urlsplit(address).path).strip("/")
    except ValueError:
        raise ValueError("unreadable") from None
    if len(path) > LONGEST_ADDRESS:
        raise ValueError("too_long")
    if any(ord(letter) < 32 or letter == "\ufffd" for letter in path):
        raise ValueError("unreadable")
    first, _slash, rest = path.partition("/")
    return (rest, first) if first in languages else (path, "")
