"""Films of other houses: which house an address belongs to, and the address that plays it inside a page."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

_NAME = re.compile(r"[A-Za-z0-9_-]{3,40}")
#: hosts that a page may frame, and nothing else
PLAYERS = ("https://www.youtube-nocookie.com", "https://player.vimeo.com", "https://www.dailymotion.com")


@dataclass(frozen=True)
class Film:
    """house: YouTube, Vimeo, Dailymotion. player: address for a frame. page: address for a plain link."""

    house: str
    player: str
    page: str


def film_at(address: str) -> Film | None:
    """The film behind an address as people copy it; None when no house that we know has it."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"}:
        return None
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    steps = [step for step in parts.path.split("/") if step]
    if host in {"youtube.com", "youtube-nocookie.com"}:
        name = parse_qs(parts.query).get("v", [""])[0] if steps[:1] == ["watch"] else (steps[1:2] or [""])[0]
        return _film("YouTube", name, PLAYERS[0] + "/embed/{}?autoplay=1", "https://www.youtube.com/watch?v={}")
    if host == "youtu.be":
        name = (steps or [""])[0]
        return _film("YouTube", name, PLAYERS[0] + "/embed/{}?autoplay=1", "https://www.youtube.com/watch?v={}")
    if host in {"vimeo.com", "player.vimeo.com"}:
        name = next((step for step in steps if step.isdecimal()), "")
        return _film("Vimeo", name, PLAYERS[1] + "/video/{}?autoplay=1&dnt=1", "https://vimeo.com/{}")
    if host in {"dailymotion.com", "dai.ly"}:
        name = (steps or [""])[-1]
        return _film(
            "Dailymotion", name, PLAYERS[2] + "/embed/video/{}?autoplay=1", "https://www.dailymotion.com/video/{}"
        )
    return None


def _film(house: str, name: str, player: str, page: str) -> Film | None:
    return Film(house, player.format(name), page.format(name)) if _NAME.fullmatch(name) else None
