"""What this room asks of the face that shoppers see, without knowing it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Target:
    """What an address stands for: a thing by number, or (kind `path`) a page of the shop that is always there."""

    kind: str
    id: int | None = None
    path: str = ""


@dataclass(frozen=True)
class Found:
    """How a search engine may show a page in a language."""

    language: str
    address: str
    title: str
    description: str


class AddressBook(Protocol):
    """The shop's addresses. Paths stand without the language's prefix and without the first slash."""

    def target_at(self, path: str, language: str) -> Target | None:
        """What lives at a path now; None for nothing."""
        ...

    def paths_of(self, targets: Iterable[Target], language: str) -> dict[Target, str | None]:
        """Where things live now; None when one has no page any more. One query for each kind."""
        ...

    def found_as(self, target: Target) -> list[Found]:
        """How search engines may show a thing, language by language; [] without a site."""
        ...

    def serves(self, path: str) -> bool:
        """True for a path of the shop's own pages (basket, stores…), which can never be an old address."""
        ...


def address_book() -> AddressBook:
    """The book that `ADDRESS_BOOK` names."""
    book: AddressBook = import_string(settings.ADDRESS_BOOK)()
    return book
