"""Films of other houses: which house an address belongs to, and the address that plays it inside a page."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from django.conf import settings

_NAME = re.compile(r"[A-Za-z0-9_-]{3,40}")
PLAYERS = ("https://www.youtube-nocookie.com", "https://player.vimeo.com", "https://www.dailymotion.com")


def players() -> list[str]:
    """Hosts that a page may frame, and nothing else."""
    return [*PLAYERS, *(f"https://{host}" for host in settings.PEERTUBE_HOSTS)]


@dataclass(frozen=True)
class Film:
    """house: YouTube, Vimeo, Dailymotion, or a PeerTube by its host. player: for a frame. page: for a plain link."""

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
    if (server := parts.hostname or "") in settings.PEERTUBE_HOSTS and parts.netloc.lower() == server:
        return _peertube(server, steps)
    return None


def _peertube(host: str, steps: list[str]) -> Film | None:
    """https://host/w/NAME, /videos/watch/NAME, /videos/embed/NAME."""
    name = steps[-1] if steps[:1] == ["w"] or steps[:2] in (["videos", "watch"], ["videos", "embed"]) else ""
    return _film(host, name, f"https://{host}/videos/embed/{{}}?autoplay=1&p2p=0", f"https://{host}/w/{{}}")


def _film(house: str, name: str, player: str, page: str) -> Film | None:
    return Film(house, player.format(name), page.format(name)) if _NAME.fullmatch(name) else None
