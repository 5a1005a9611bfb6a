"""A search engine behind an address (`SEARCH_ENGINE_URL`): it takes a search as JSON and answers SKUs, best first."""

import json
import time
from collections.abc import Sequence
from typing import IO
from urllib.request import Request, urlopen

from django.conf import settings

from discovery.ports import SearchAsked

MOST_BYTES = 1_000_000


class HttpSearch:
    """POST {"query", "channel", "language", "limit"} → {"skus": ["A", "B"]}. Anything else is a failure."""

    def search(self, asked: SearchAsked, *, seconds: float) -> Sequence[str]:
        """Ask and read; raises for any answer that is not a list of SKUs."""
        address = str(settings.SEARCH_ENGINE_URL)
        if not address.startswith(("https://", "http://")):
            raise ValueError("SEARCH_ENGINE_URL is no web address")
        body = {"query": asked.text, "channel": asked.channel, "language": asked.language, "limit": asked.limit}
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        started = time.monotonic()
        request = Request(address, json.dumps(body).encode(), headers)  # noqa: S310 - checked above
        with urlopen(request, timeout=seconds) as answer:  # noqa: S310 - checked above
            told = json.loads(_read(answer, started + seconds))
        skus = told["skus"]
        if not isinstance(skus, list):
            raise TypeError("skus is no list")
        return [str(sku) for sku in skus[: asked.limit]]


def _read(answer: IO[bytes], end: float) -> bytes:
    """The whole body; an engine that speaks slowly must not hold a thread for longer than it has."""
    parts: list[bytes] = []
    size = 0
    while part := answer.read1(65_536):  # type: ignore[attr-defined]
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES:
            raise ValueError("the answer is too long")
        if time.monotonic() > end:
            raise TimeoutError("the answer came too slowly")
    return b"".join(parts)
