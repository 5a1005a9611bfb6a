"""Which payments a line of the bank is, without Django: by reference, as a provider's batch, by its amount alone."""

import datetime as dt
import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

ZERO = Decimal(0)
SHORTEST = 6  # of a reference that is looked for in a text; shorter ones stand everywhere
MOST_DAYS = 5  # of payments that a provider sends together: a long weekend
ORDER_NUMBER = re.compile(r"W[\s_-]*(\d\d)[\s_./-]*(\d{6})(?!\d)", re.IGNORECASE)


@dataclass(frozen=True)
class Told:
    """A line as the file tells it; money that came is above zero."""

    date: dt.date
    amount: Decimal
    label: str
    reference: str = ""
    key: str = ""
    value_date: dt.date | None = None


@dataclass
class Statement:
    """A statement as the file tells it. `account`: IBAN or number as it stands there, empty where none stands."""

    account: str
    currency: str = ""
    number: str = ""
    opening: Decimal | None = None
    closing: Decimal | None = None
    opened: dt.date | None = None
    closed: dt.date | None = None
    lines: list[Told] = field(default_factory=list)

    @property
    def first(self) -> dt.date | None:
        """First day."""
        return min((line.date for line in self.lines), default=self.opened or self.closed)

    @property
    def last(self) -> dt.date | None:
        """Last day."""
        return max([line.date for line in self.lines] + ([self.closed] if self.closed else []), default=self.opened)

    @property
    def adds_up(self) -> bool:
        """Opening and lines make the closing; true where one of them is not told."""
        if self.opening is None or self.closing is None:
            return True
        return self.opening + sum((line.amount for line in self.lines), ZERO) == self.closing


@dataclass(frozen=True)
class Movement:
    """Money that came: `text` is all that the line says, as `bare` leaves it; `words` those that may be references."""

    id: int
    amount: Decimal
    on: dt.date
    text: str
    words: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Receipt:
    """A payment that should come: `words` are the references it may be known by, as `bare` leaves them."""

    id: int
    amount: Decimal
    on: dt.date
    words: tuple[str, ...]
    method: int = 0


@dataclass(frozen=True)
class Terms:
    """days: from payment to line. fee: share of the sum that a provider may keep (0.02 is 2 %). batch: words, bare."""

    days: int = 5
    fee: Decimal = Decimal("0.02")
    batch: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pair:
    """A line and the payments it is. `how`: reference, batch, amount. `fits` is false when the amounts differ."""

    movement: Movement
    receipts: tuple[Receipt, ...]
    fee: Decimal
    how: str
    fits: bool = True


def movement(number: int, amount: Decimal, on: dt.date, text: str) -> Movement:
    """A movement from what a line says."""
    tokens = {bare(token) for token in re.findall(r"[\w-]+", text)}
    tokens |= {part for token in re.findall(r"\w+", text) for part in [bare(token), *map(bare, token.split("_"))]}
    tokens |= {f"W{year}{rest}" for year, rest in ORDER_NUMBER.findall(text)}
    return Movement(number, amount, on, bare(text), frozenset(token for token in tokens if len(token) >= SHORTEST))


def bare(text: str) -> str:
    """Letters and figures alone, in capitals: banks put blanks and dashes where they like."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def order_number(text: str) -> str:
    """The number of an order of ours that the text names, or nothing: "cde w26 000123" says W26-000123."""
    found = ORDER_NUMBER.search(text)
    return f"W{found[1]}-{found[2]}" if found else ""


def pair(movements: Iterable[Movement], receipts: Iterable[Receipt], terms: Terms) -> list[Pair]:
    """What can be told with certainty, each line and each payment once; what could be two things is left out."""
    days: dict[dt.date, dict[int, Receipt]] = defaultdict(dict)
    named: dict[str, dict[int, Receipt]] = defaultdict(dict)
    for one in receipts:
        days[one.on][one.id] = one
        for word in one.words:
            if len(word) >= SHORTEST:
                named[word][one.id] = one
    waiting = [one for one in movements if one.amount > 0]
    found: list[Pair] = []
    for way in (_by_reference, _as_batch, _by_amount):
        still = []
        for line in waiting:
            if way is _by_reference:
                choice = {key: one for word in line.words for key, one in named.get(word, {}).items()}
            else:
                span = range(-1, terms.days + 1)
                choice = {k: one for back in span for k, one in days.get(_days_before(line.on, back), {}).items()}
            told = way(line, sorted(choice.values(), key=lambda one: one.id), terms) if choice else None
            if told is None:
                still.append(line)
                continue
            found.append(told)
            for one in told.receipts if told.fits else ():
                days[one.on].pop(one.id, None)
                for word in one.words:
                    named.get(word, {}).pop(one.id, None)
        waiting = still
    return found


def _days_before(day: dt.date, days: int) -> dt.date:
    """A day of grace after the line (time zones), and as many before it as money may take."""
    return day - dt.timedelta(days=days)


def _by_reference(line: Movement, named: Sequence[Receipt], terms: Terms) -> Pair | None:
    for one in named:
        if one.amount == line.amount:
            return Pair(line, (one,), ZERO, "reference")
    fee = sum((one.amount for one in named), ZERO) - line.amount
    return Pair(line, tuple(named), fee, "reference", fits=fee == 0 or _is_fee(fee, line.amount + fee, terms))


def _as_batch(line: Movement, near: Sequence[Receipt], terms: Terms) -> Pair | None:
    if not any(word in line.text for word in terms.batch):
        return None
    fitting = []
    order = sorted(near, key=lambda one: (one.method, one.on, one.id))
    for _method, group in itertools.groupby(order, lambda one: one.method):
        days = [list(day) for _on, day in itertools.groupby(group, lambda one: one.on)]
        for start in range(len(days)):
            for end in range(start + 1, min(start + MOST_DAYS, len(days)) + 1):
                together = tuple(itertools.chain.from_iterable(days[start:end]))
                fee = sum((one.amount for one in together), ZERO) - line.amount
                if fee == 0 or _is_fee(fee, line.amount + fee, terms):
                    fitting.append(Pair(line, together, fee, "batch"))
    exact = [one for one in fitting if one.fee == 0]
    sure = exact or fitting
    return sure[0] if len(sure) == 1 else None


def _by_amount(line: Movement, near: Sequence[Receipt], terms: Terms) -> Pair | None:
    same = [one for one in near if one.amount == line.amount]
    return Pair(line, (same[0],), ZERO, "amount") if len(same) == 1 else None


def _is_fee(fee: Decimal, gross: Decimal, terms: Terms) -> bool:
    return 0 < fee <= gross * terms.fee
