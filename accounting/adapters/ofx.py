"""OFX 1 (SGML) and 2 (XML): tags whose values end at the next tag."""

import datetime as dt
import html
import re
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from accounting.rules.bank import Statement, Told
from altazion.lib.problems import Invalid

_TAG = re.compile(r"<([A-Z0-9.]+)>([^<]*)")
_BLOCK = re.compile(r"<(STMTRS|CCSTMTRS)>(.*?)(?:</\1>|$)", re.DOTALL)
_LINE = re.compile(r"<STMTTRN>(.*?)(?:</STMTTRN>|(?=<STMTTRN>)|$)", re.DOTALL)


def read(content: bytes) -> list[Statement]:
    """The statements of a file. The balance before is what its lines leave of the balance after. Raises Invalid."""
    text = _text(content)
    if "<!ENTITY" in text.upper() or "<!DOCTYPE" in text.upper():
        text = _("The file declares entities or a document type: refused, no bank does.")
        raise Invalid(text, code="entities", field="file")
    blocks = [found[2] for found in _BLOCK.finditer(text)]
    if not blocks:
        raise Invalid(_("This OFX file holds no account statement."), code="empty", field="file")
    return [_statement(block) for block in blocks]


def _text(content: bytes) -> str:
    head = content[:2000].upper()
    utf8 = b"UTF-8" in head or b"UTF8" in head or content[:3] == b"\xef\xbb\xbf" or head.lstrip().startswith(b"<?XML")
    try:
        return content.decode("utf-8-sig" if utf8 else "cp1252")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _statement(block: str) -> Statement:
    head = dict(_values(block.partition("<STMTTRN>")[0]))
    tail = dict(_values(block.partition("<LEDGERBAL>")[2]))
    number = "".join(head.get(name, "") for name in ("BANKID", "BRANCHID", "ACCTID"))
    made = Statement(number, head.get("CURDEF", ""), opened=_day(head["DTSTART"]) if head.get("DTSTART") else None)
    for found in _LINE.finditer(block):
        said = dict(_values(found[1]))
        made.lines.append(
            Told(
                _day(said.get("DTPOSTED", "")),
                _amount(said.get("TRNAMT", "")),
                " ".join(f"{said.get('NAME', '')} {said.get('MEMO', '')}".split()),
                said.get("REFNUM", "") or said.get("CHECKNUM", ""),
                said.get("FITID", ""),
            )
        )
    if tail.get("BALAMT"):
        made.closing = _amount(tail["BALAMT"])
        made.opening = made.closing - sum((line.amount for line in made.lines), Decimal(0))
        made.closed = _day(tail["DTASOF"]) if tail.get("DTASOF") else None
    return made


def _values(text: str) -> list[tuple[str, str]]:
    return [(found[1], html.unescape(found[2]).strip()) for found in _TAG.finditer(text)]


def _day(text: str) -> dt.date:
    try:
        return dt.datetime.strptime(text[:8], "%Y%m%d").date()  # noqa: DTZ007 - a day, no instant
    except ValueError:
        raise Invalid(_("“%(text)s” is no day.") % {"text": text[:30]}, code="broken", field="file") from None


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text.replace(",", "."))
        if amount.is_finite() and abs(amount) < 10**11:
            return amount
    except InvalidOperation:
        pass
    raise Invalid(_("“%(text)s” is no amount.") % {"text": text[:30]}, code="broken", field="file")
