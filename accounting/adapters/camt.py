"""CAMT.053 (ISO 20022): any version. Entities and document types are refused: they could make a bomb of it."""

import datetime as dt
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from accounting.rules.bank import Statement, Told
from altazion.lib.problems import Invalid


def read(content: bytes) -> list[Statement]:
    """The statements of a document. Raises Invalid."""
    try:
        root = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        text = _("The file declares entities or a document type: refused, no bank does.")
        raise Invalid(text, code="entities", field="file") from None
    except (ParseError, ValueError, LookupError) as error:
        raise Invalid(_("The XML is broken: %(why)s.") % {"why": error}, code="broken", field="file") from None
    for part in root.iter():
        part.tag = part.tag.rpartition("}")[2] if isinstance(part.tag, str) else ""
    if not root.findall(".//BkToCstmrStmt"):
        raise Invalid(_("This XML is no account statement (CAMT.053)."), code="not_camt", field="file")
    return [_statement(one) for one in root.iterfind(".//Stmt")]


def _statement(node: Element) -> Statement:
    account = _said(node, "Acct/Id/IBAN") or _said(node, "Acct/Id/Othr/Id")
    made = Statement(account, _said(node, "Acct/Ccy"), _said(node, "ElctrncSeqNb") or _said(node, "Id"))
    for balance in node.iterfind("Bal"):
        kind = _said(balance, "Tp/CdOrPrtry/Cd")
        amount, on = _amount(balance), _day(balance.find("Dt"))
        if kind in ("OPBD", "PRCD") and made.opening is None:
            made.opening, made.opened = amount, on
        elif kind == "CLBD":
            made.closing, made.closed = amount, on
    for entry in node.iterfind("Ntry"):
        if (_said(entry, "Sts/Cd") or _said(entry, "Sts") or "BOOK") == "BOOK":
            made.lines.append(_line(entry))
    return made


def _line(entry: Element) -> Told:
    texts = [_said(entry, "AddtlNtryInf")]
    references = []
    for details in entry.iterfind(".//TxDtls"):
        texts += [(one.text or "").strip() for one in details.iterfind("RmtInf/Ustrd")]
        references += [_said(details, "Refs/EndToEndId"), _said(details, "RmtInf/Strd/CdtrRefInf/Ref")]
        texts.append(_said(details, "RltdPties/Dbtr/Nm") or _said(details, "RltdPties/Dbtr/Pty/Nm"))
    date = _day(entry.find("BookgDt")) or _day(entry.find("ValDt"))
    if date is None:
        raise Invalid(_("An entry has no day on which it was booked."), code="broken", field="file")
    return Told(
        date,
        _amount(entry),
        " ".join(dict.fromkeys(text for text in texts if text)),
        " ".join(dict.fromkeys(word for word in references if word and word != "NOTPROVIDED")),
        _said(entry, "AcctSvcrRef"),
        _day(entry.find("ValDt")),
    )


def _amount(node: Element) -> Decimal:
    text = _said(node, "Amt")
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise Invalid(_("“%(text)s” is no amount.") % {"text": text[:30]}, code="broken", field="file") from None
    if not amount.is_finite() or abs(amount) >= 10**11:
        raise Invalid(_("“%(text)s” is no amount.") % {"text": text[:30]}, code="broken", field="file")
    debit = _said(node, "CdtDbtInd") == "DBIT"
    return -amount if debit else amount


def _day(node: Element | None) -> dt.date | None:
    text = (_said(node, "Dt") or _said(node, "DtTm")) if node is not None else ""
    try:
        return dt.date.fromisoformat(text[:10]) if text else None
    except ValueError:
        raise Invalid(_("“%(text)s” is no day.") % {"text": text[:30]}, code="broken", field="file") from None


def _said(node: Element, path: str) -> str:
    found = node.find(path)
    return (found.text or "").strip() if found is not None else ""
