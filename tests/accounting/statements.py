"""Statements as banks write them, for tests."""

PLUS, MINUS = "{ABCDEFGHI", "}JKLMNOPQR"
IBAN = "FR7630006000011234567890189"  # bank 30006, branch 00001, account 12345678901


def signed(amount):
    """1234.5 as CFONB writes it: fourteen signs, the last one tells figure and sign."""
    figures = f"{abs(round(amount * 100)):014d}"
    return figures[:-1] + (MINUS if amount < 0 else PLUS)[int(figures[-1])]


def cfonb(lines, *, opening=1000.0, closing=None, first="010326", last="100326", account="12345678901"):
    """lines: (day as 100326, amount, label, reference[, more])."""
    head = f"30006    00001EUR2 {account}  "

    def balance(code, day, amount):
        return f"{code}{head}{day}{'':50}{signed(amount)}{'':16}"

    rows = [balance("01", first, opening)]
    for number, (day, amount, label, reference, *more) in enumerate(lines, 1):
        rows.append(
            f"0430006    00001EUR2 {account}  {day}  {day}{label:31.31}  {number:07d}  "
            f"{signed(amount)}{reference:16.16}"
        )
        rows += [f"0530006    00001EUR2 {account}  {day}     LIB{text:70.70}  " for text in more]
    rows.append(balance("07", last, opening + sum(line[1] for line in lines) if closing is None else closing))
    assert {len(row) for row in rows} == {120}
    return "\r\n".join(rows).encode("cp1252") + b"\r\n"


def camt(entries, *, opening="1000.00", closing="1000.00", iban=IBAN, head=""):
    """entries: (day, amount, text, end-to-end id)."""
    rows = "".join(
        f"""<Ntry><Amt Ccy="EUR">{amount.lstrip("-")}</Amt>
        <CdtDbtInd>{"DBIT" if amount[0] == "-" else "CRDT"}</CdtDbtInd>
        <Sts>BOOK</Sts><BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>R{n}-{day}</AcctSvcrRef><NtryDtls><TxDtls>
        <Refs><EndToEndId>{end}</EndToEndId></Refs><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"""
        for n, (day, amount, text, end) in enumerate(entries)
    )

    def balance(code, amount, day):
        return (
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{amount}</Amt>"
            f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
        )

    return f"""<?xml version="1.0" encoding="UTF-8"?>{head}
    <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>S1</Id>
    <Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>
    {balance("OPBD", opening, "2026-03-01")}{balance("CLBD", closing, "2026-03-10")}{rows}</Stmt></BkToCstmrStmt>
    </Document>""".encode()


def ofx(lines, *, closing="1010.00"):
    """lines: (day as 20260310, amount, name, id)."""
    rows = "".join(
        f"<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>{day}120000<TRNAMT>{amount}<FITID>{key}<NAME>{name}</STMTTRN>"
        for day, amount, name, key in lines
    )
    return f"""OFXHEADER:100\r\nDATA:OFXSGML\r\nENCODING:USASCII\r\nCHARSET:1252\r\n\r\n<OFX><BANKMSGSRSV1><STMTTRNRS>
<STMTRS><CURDEF>EUR<BANKACCTFROM><BANKID>30006<BRANCHID>00001<ACCTID>12345678901<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20260301<DTEND>20260310{rows}</BANKTRANLIST>
<LEDGERBAL><BALAMT>{closing}<DTASOF>20260310</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>""".encode("cp1252")
