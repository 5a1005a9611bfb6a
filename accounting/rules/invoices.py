"""What stands on an invoice, and its arithmetic: lines, rates and totals agree to the cent. Without Django."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from altazion.lib.money import ZERO, cents, net_of, share_out

NEEDED = ("name", "line1", "postcode", "city", "country", "siren", "vat_number")


@dataclass(frozen=True)
class Party:
    """Who sells, buys or receives."""

    name: str
    line1: str = ""
    line2: str = ""
    postcode: str = ""
    city: str = ""
    country: str = "FR"
    siren: str = ""
    vat_number: str = ""
    email: str = ""
    phone: str = ""
    legal_form: str = ""
    register: str = ""
    contact: str = ""


@dataclass(frozen=True)
class Line:
    """Goods or a fee. Amounts with tax, but `net`; `base_unit` is the unit price before its discount."""

    position: int
    kind: str
    sku: str
    name: str
    quantity: int
    base_unit: Decimal
    unit: Decimal
    rate: Decimal
    total: Decimal
    net: Decimal


@dataclass(frozen=True)
class Rate:
    """All at one VAT rate (0.2 means 20 %)."""

    rate: Decimal
    net: Decimal
    tax: Decimal
    total: Decimal


@dataclass(frozen=True)
class Paid:
    """Money that was there when the document was made."""

    way: str
    kind: str
    amount: Decimal
    date: str


@dataclass(frozen=True)
class Reference:
    """An invoice that a credit note corrects."""

    number: str
    date: str


@dataclass(frozen=True)
class Document:
    """All that stands on an invoice or a credit note. Days as ISO 8601; amounts in `currency`."""

    kind: str
    number: str
    date: str
    language: str
    currency: str
    order: str
    ordered: str
    delivered: str
    seller: Party
    buyer: Party
    delivery: Party | None
    lines: list[Line]
    rates: list[Rate]
    total: Decimal
    net: Decimal
    tax: Decimal
    discount: Decimal = ZERO
    paid: list[Paid] = field(default_factory=list)
    due: Decimal = ZERO
    refers: list[Reference] = field(default_factory=list)
    reason: str = ""
    terms: str = ""
    penalties: str = ""
    exemption: str = ""
    iban: str = ""
    mentions: str = ""


@dataclass(frozen=True)
class Left:
    """What of an order's line is not invoiced yet."""

    quantity: int
    total: Decimal


def number(prefix: str, year: int, sequence: int) -> str:
    """The number people quote: F26-000123."""
    return f"{prefix}{year % 100:02d}-{sequence:06d}"


def share(units: int, left: Left) -> Decimal:
    """What some units of what is left come to; the last ones take what rounding left."""
    if units >= left.quantity:
        return left.total
    return min(cents(left.total * units / left.quantity), left.total)


def by_rate(
    parts: Sequence[tuple[Decimal, Decimal]], left: Mapping[Decimal, tuple[Decimal, Decimal]]
) -> tuple[list[Rate], list[Decimal]]:
    """VAT of (rate, amount with tax) lines, and their amounts without tax.

    `left`: by rate, the amounts with and without tax of the order that are not invoiced yet. Where the lines take all
    of it they take its tax, too: the invoices of an order together bear the order's tax to the cent.
    """
    nets = [ZERO] * len(parts)
    rates = []
    for rate in sorted({rate for rate, _total in parts}, reverse=True):
        places = [index for index, (one, _total) in enumerate(parts) if one == rate]
        total = sum((parts[index][1] for index in places), ZERO)
        of_total, of_net = left.get(rate, (ZERO, ZERO))
        net = of_net if total == of_total else net_of(total, rate)
        for index, part in zip(places, share_out(net, [parts[index][1] for index in places]), strict=True):
            nets[index] = part
        rates.append(Rate(rate, net, total - net, total))
    return rates, nets


def unsound(document: Document) -> str:
    """What does not add up; empty when everything does."""
    lines, rates = document.lines, document.rates
    sums = {
        "lines": sum((one.total for one in lines), ZERO) == document.total,
        "nets": sum((one.net for one in lines), ZERO) == document.net,
        "rates": sum((one.net + one.tax for one in rates), ZERO) == document.total,
        "tax": sum((one.tax for one in rates), ZERO) == document.tax == document.total - document.net,
        "due": document.due == document.total - sum((one.amount for one in document.paid), ZERO),
        "lines by rate": all(
            sum((line.net for line in lines if line.rate == one.rate), ZERO) == one.net for one in rates
        ),
    }
    return ", ".join(name for name, holds in sums.items() if not holds)


def missing_of(seller: Party) -> list[str]:
    """Names of what the law wants of a seller and is not there. The SIREN is wanted in France only."""
    wanted = [name for name in NEEDED if name != "siren" or seller.country == "FR"]
    return [name for name in wanted if not getattr(seller, name)]


def frozen(document: Document) -> dict[str, Any]:
    """A document as it is kept: amounts as text."""
    kept: dict[str, Any] = json.loads(json.dumps(asdict(document), default=str))
    return kept


def thawed(kept: Mapping[str, Any]) -> Document:
    """The document that was kept."""
    made = dict(kept)
    for name in ("total", "net", "tax", "discount", "due"):
        made[name] = Decimal(made[name])
    made["seller"], made["buyer"] = Party(**made["seller"]), Party(**made["buyer"])
    made["delivery"] = Party(**made["delivery"]) if made["delivery"] else None
    made["lines"] = [Line(**_decimals(one, ("base_unit", "unit", "rate", "total", "net"))) for one in made["lines"]]
    made["rates"] = [Rate(**_decimals(one, ("rate", "net", "tax", "total"))) for one in made["rates"]]
    made["paid"] = [Paid(**_decimals(one, ("amount",))) for one in made["paid"]]
    made["refers"] = [Reference(**one) for one in made["refers"]]
    return Document(**made)


def seal(before: str, content: Mapping[str, Any]) -> str:
    """SHA-256 of a document's content and the seal before it: nothing can be changed or left out unseen."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def prepaid(receipts: Iterable[tuple[str, str, Decimal, dt.date]], used: Decimal, total: Decimal) -> list[Paid]:
    """What of the money received pays a document: after what earlier documents `used`, and no more than `total`."""
    found = []
    for way, kind, amount, day in receipts:
        skipped = min(amount, used)
        used -= skipped
        part = min(amount - skipped, total)
        if part > 0:
            found.append(Paid(way, kind, part, day.isoformat()))
            total -= part
    return found


def _decimals(row: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {**row, **{name: Decimal(row[name]) for name in names}}
