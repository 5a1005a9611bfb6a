"""CSV as the account's settings say: names of columns, marks, dates."""

import codecs
import csv
import datetime as dt
import io
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from accounting.rules.bank import Statement, Told
from altazion.lib.problems import Invalid

USUAL = {"separator": ";", "encoding": "utf-8-sig", "decimal": ",", "date_format": "%d/%m/%Y"}
COLUMNS = ("date", "label", "amount", "debit", "credit", "reference", "balance")


def check(said: Mapping[str, Any]) -> None:
    """Raises Invalid when the settings cannot read any file."""
    if not said.get("date") or not said.get("label") or not (said.get("amount") or said.get("credit")):
        text = _("To read CSV, say which columns hold the day, the label, and the amount (or debit and credit).")
        raise Invalid(text, code="no_columns", field="csv")
    try:
        codecs.lookup(str(said.get("encoding") or USUAL["encoding"]))
    except LookupError:
        raise Invalid(_("There is no encoding %(name)s.") % {"name": said["encoding"]}, field="csv") from None
    if len(str(said.get("separator") or ";").replace("\\t", "\t")) != 1:
        raise Invalid(_("A separator is one sign."), field="csv")


def read(content: bytes, said: Mapping[str, Any]) -> list[Statement]:
    """One statement; its balances from the column of balances, if there is one. Raises Invalid with the line."""
    check(said)
    said = {**USUAL, **{key: value for key, value in said.items() if value}}
    separator = str(said["separator"]).replace("\\t", "\t")
    try:
        text = content.decode(str(said["encoding"]))
    except UnicodeDecodeError:
        text = _("It is not written in %(encoding)s, as the account's settings say.")
        raise Invalid(text % {"encoding": said["encoding"]}, code="encoding", field="file") from None
    reader = csv.DictReader(io.StringIO(text), delimiter=separator)
    try:
        names = [name.strip() for name in reader.fieldnames or []]
        reader.fieldnames = names
        wanted = {str(said[key]) for key in COLUMNS if said.get(key)}
        if missing := sorted(wanted - set(names)):
            text = _("It has no column %(names)s; it has %(there)s.")
            shown = {"names": ", ".join(missing), "there": ", ".join(names[:20])}
            raise Invalid(text % shown, code="no_columns", field="file")
        rows = [(number, row) for number, row in enumerate(reader, 2) if any(v for v in row.values() if v)]
    except csv.Error as error:
        raise Invalid(_("The CSV is broken: %(why)s.") % {"why": error}, code="broken", field="file") from None
    made = Statement("")
    balances = []
    for number, row in rows:
        made.lines.append(_line(row, said, number))
        if said.get("balance") and (row.get(said["balance"]) or "").strip():
            balances.append((len(made.lines), _number(row[said["balance"]], said, number)))
    if balances and len(balances) == len(made.lines):
        _balances(made, [balance for _at, balance in balances])
    return [made]


def _balances(made: Statement, balances: list[Decimal]) -> None:
    """Balances after each line; banks write the newest line first or last."""
    lines = [line.amount for line in made.lines]
    rising = all(a + line == b for a, b, line in zip(balances, balances[1:], lines[1:], strict=False))
    if not rising:
        made.lines.reverse()
        balances.reverse()
    made.opening, made.closing = balances[0] - made.lines[0].amount, balances[-1]


def _line(row: Mapping[str, Any], said: Mapping[str, Any], number: int) -> Told:
    def cell(key: str) -> str:
        return (row.get(said[key]) or "").strip() if said.get(key) else ""

    if cell("amount"):
        amount = _number(cell("amount"), said, number)
    else:
        into = _number(cell("credit"), said, number) if cell("credit") else Decimal(0)
        out = _number(cell("debit"), said, number) if cell("debit") else Decimal(0)
        amount = into - abs(out)
    try:
        day = dt.datetime.strptime(cell("date"), str(said["date_format"])).date()  # noqa: DTZ007 - a day, no instant
    except ValueError:
        raise _wrong(_("“%(text)s” is no day") % {"text": cell("date")[:30]}, number) from None
    return Told(day, amount, " ".join(cell("label").split())[:500], cell("reference")[:140])


def _number(text: str, said: Mapping[str, Any], number: int) -> Decimal:
    mark = str(said["decimal"])
    plain = "".join(text.split()).replace("'", "")
    plain = plain.replace("." if mark == "," else ",", "").replace(mark, ".").replace("€", "")
    try:
        amount = Decimal(plain)
        if amount.is_finite() and abs(amount) < 10**11:
            return amount
    except InvalidOperation:
        pass
    raise _wrong(_("“%(text)s” is no amount") % {"text": text[:30]}, number)


def _wrong(why: str, number: int) -> Invalid:
    text = _("Line %(number)d: %(why)s.") % {"number": number, "why": why}
    return Invalid(text, code="broken", field="file")
