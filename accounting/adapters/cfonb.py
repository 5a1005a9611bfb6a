"""CFONB 120: lines of 120 signs; 01 the balance before, 04 a movement, 05 more of its text, 07 the balance after."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _

from accounting.rules.bank import Statement, Told
from altazion.lib.problems import Invalid

_PLUS = {"{": 0} | {letter: figure for figure, letter in enumerate("ABCDEFGHI", 1)}
_MINUS = {"}": 0} | {letter: figure for figure, letter in enumerate("JKLMNOPQR", 1)}


def read(content: bytes) -> list[Statement]:
    """The statements of a file, one for each pair of balances. Raises Invalid with the line's number."""
    found: list[Statement] = []
    current: Statement | None = None
    for number, text in enumerate(content.decode("cp1252", "replace").splitlines(), 1):
        if not text.strip():
            continue
        code, line = text[:2], text.ljust(120)
        if code == "01":
            current = Statement(
                _account(line), line[16:19].strip(), opening=_amount(line, number), opened=_day(line[34:40], number)
            )
            found.append(current)
        elif code not in ("04", "05", "07"):
            raise _wrong(_("a line begins with 01, 04, 05 or 07"), number)
        elif current is None or current.closed:
            raise _wrong(_("no balance before (01) stands above it"), number)
        elif code == "04":
            current.lines.append(
                Told(
                    _day(line[34:40], number),
                    _amount(line, number),
                    " ".join(line[48:79].split()),
                    line[104:120].strip(),
                    value_date=_day(line[42:48], number) if line[42:48].strip() else None,
                )
            )
        elif code == "05":
            if not current.lines:
                raise _wrong(_("it goes on with a movement that is not there"), number)
            last = current.lines[-1]
            current.lines[-1] = replace(last, label=f"{last.label} {' '.join(line[48:118].split())}".strip())
        else:
            current.closing, current.closed = _amount(line, number), _day(line[34:40], number)
    if current is not None and not current.closed:
        raise Invalid(_("The file is cut off: its last balance (07) is missing."), code="cut_off", field="file")
    return found


def _account(line: str) -> str:
    return f"{line[2:7]}{line[11:16]}{line[21:32]}".replace(" ", "")


def _amount(line: str, number: int) -> Decimal:
    figures, sign = line[90:103], line[103]
    places = int(line[19]) if line[19].isdigit() else 2
    if not figures.strip().isdigit() or sign not in {**_PLUS, **_MINUS}:
        raise _wrong(_("the amount “%(text)s” cannot be read") % {"text": line[90:104]}, number)
    last = _PLUS.get(sign, _MINUS.get(sign, 0))
    amount = Decimal(f"{figures.strip()}{last}").scaleb(-places)
    return -amount if sign in _MINUS else amount


def _day(text: str, number: int) -> dt.date:
    try:
        return dt.datetime.strptime(text, "%d%m%y").date()  # noqa: DTZ007 - a day, no instant
    except ValueError:
        raise _wrong(_("“%(text)s” is no day") % {"text": text}, number) from None


def _wrong(why: str, number: int) -> Invalid:
    text = _("Line %(number)d: %(why)s.") % {"number": number, "why": why}
    return Invalid(text, code="broken", field="file")
