"""Journals in the eighteen columns of article A47 A-1 (LPF): the text of a line, without Django."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

COLUMNS = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "CompAuxNum", "CompAuxLib",
    "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit", "EcritureLet", "DateLet", "ValidDate", "Montantdevise",
    "Idevise",
)  # fmt: skip
SEPARATORS = {"tab": "\t", "pipe": "|"}
# What the shop itself books on; the chart of accounts in Office goes first.
STANDARD_NAMES = {
    "411000": "Clients",
    "445710": "TVA collectée",
    "511000": "Valeurs à l'encaissement",
    "512000": "Banque",
    "530000": "Caisse",
    "627800": "Frais et commissions bancaires",
    "707000": "Ventes de marchandises",
    "708500": "Ports et frais accessoires facturés",
}


@dataclass(frozen=True)
class Line:
    """One line of an entry. Days without time; amounts in euros; `settled`: day on which the piece was paid in full."""

    journal: str
    journal_name: str
    number: int
    date: dt.date
    account: str
    account_name: str
    piece: str
    label: str
    debit: Decimal
    credit: Decimal
    settled: dt.date | None
    validated: dt.date
    piece_date: dt.date | None = None


def header(separator: str) -> str:
    """The names of the columns, ended as every line is."""
    return _joined(COLUMNS, separator)


def text(line: Line, separator: str) -> str:
    """The line; `separator` is tab or pipe. Currency columns stay empty: the books are in euros."""
    letters = (line.piece, day(line.settled)) if line.settled else ("", "")
    return _joined(
        (
            line.journal, line.journal_name, f"{line.journal}{line.number:08d}", day(line.date), line.account,
            line.account_name, "", "", line.piece, day(line.piece_date or line.date), line.label, amount(line.debit),
            amount(line.credit), *letters, day(line.validated), "", "",
        ),
        separator,
    )  # fmt: skip


def day(date: dt.date) -> str:
    """20261125."""
    return f"{date:%Y%m%d}"


def amount(value: Decimal) -> str:
    """1234,50: a decimal comma, nothing between thousands."""
    return f"{value:.2f}".replace(".", ",")


def _joined(cells: Iterable[str], separator: str) -> str:
    sign = SEPARATORS[separator]
    return sign.join(_clean(cell) for cell in cells) + "\r\n"


def _clean(cell: str) -> str:
    """No sign that would open a column or a line, whichever separator the reader expects."""
    return " ".join(cell.replace("|", " ").split())
