"""Doors of the logbook: how rooms above register to read it, and who is told that something new stands in it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from logbook.models import Event

Handler = Callable[[Event], None]


@dataclass(frozen=True)
class Consumer:
    """Someone who reads events of some kinds, in order, each at least once; `handle` must bear seeing one again."""

    name: str
    kinds: frozenset[str]
    handle: Handler


CONSUMERS: dict[str, Consumer] = {}


def consumer(name: str, kinds: Iterable[str]) -> Callable[[Handler], Handler]:
    """Register a function of a room's `consumers.py` as reader of these kinds of event.

    The function runs in a transaction of its own savepoint; what it writes commits together with the reading
    position. Work outside the database belongs in a Celery task that it starts on commit.
    """

    def register(handle: Handler) -> Handler:
        if name in CONSUMERS and CONSUMERS[name].handle is not handle:
            raise ValueError(f"two consumers are called {name}")
        CONSUMERS[name] = Consumer(name, frozenset(kinds), handle)
        return handle

    return register
