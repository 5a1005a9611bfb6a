"""Which products an answer speaks of: evaluators of what changes by the minute note whom they were asked about.

Whoever keeps an answer asks later whether anything about these products changed.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_NOTED: ContextVar[set[int] | None] = ContextVar("products that the answer speaks of", default=None)


@contextmanager
def noting() -> Iterator[set[int]]:
    """Whatever is asked inside ends up in the set."""
    noted: set[int] = set()
    token = _NOTED.set(noted)
    try:
        yield noted
    finally:
        _NOTED.reset(token)


def note(product_ids: Iterable[int]) -> None:
    """Said by an evaluator; costs nothing where nobody listens."""
    noted = _NOTED.get()
    if noted is not None:
        noted.update(product_ids)
