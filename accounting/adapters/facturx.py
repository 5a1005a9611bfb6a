"""A frozen document as the XML of Factur-X, profile EN 16931 (UN/CEFACT Cross Industry Invoice)."""

from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from accounting.rules.invoices import Document, Line, Party, Rate
from altazion.lib.money import ZERO

PROFILE = "urn:cen.eu:en16931:2017"
_SPACES = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
}
INVOICE, CREDIT = "380", "381"  # UNTDID 1001
MEANS = {"card": "48", "pay_in_store": "10"}  # UNTDID 4461: bank card, cash desk
OTHER_MEANS = "ZZZ"
SHIPPING = "shipping"
PIECE = "C62"
PRICE = Decimal("0.000001")
for _prefix, _space in _SPACES.items():
    register_namespace(_prefix, _space)


def xml_of(document: Document) -> bytes:
    """The XML of an invoice or credit note, in UTF-8."""
    root = Element(_name("rsm:CrossIndustryInvoice"))
    context = _in(root, "rsm:ExchangedDocumentContext")
    _text(_in(context, "ram:GuidelineSpecifiedDocumentContextParameter"), "ram:ID", PROFILE)
    _head(_in(root, "rsm:ExchangedDocument"), document)
    deal = _in(root, "rsm:SupplyChainTradeTransaction")
    goods = [one for one in document.lines if one.kind != SHIPPING]
    fees = [one for one in document.lines if one.kind == SHIPPING] if goods else []
    for line in goods or document.lines:
        _line(_in(deal, "ram:IncludedSupplyChainTradeLineItem"), line, document)
    _agreement(_in(deal, "ram:ApplicableHeaderTradeAgreement"), document)
    _delivery(_in(deal, "ram:ApplicableHeaderTradeDelivery"), document)
    _settlement(_in(deal, "ram:ApplicableHeaderTradeSettlement"), document, fees)
    made: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return made


def _head(head: Element, document: Document) -> None:
    _text(head, "ram:ID", document.number)
    _text(head, "ram:TypeCode", CREDIT if document.kind == "credit" else INVOICE)
    _day(_in(head, "ram:IssueDateTime"), document.date)
    seller = document.seller
    notes = (
        ("AAB", document.terms),
        ("PMD", document.penalties),
        ("PMT", document.penalties),
        ("REG", " ".join(part for part in (seller.legal_form, seller.register) if part)),
        ("AAI", " ".join(part for part in (document.reason, document.mentions) if part)),
    )
    for code, text in notes:
        if text:
            note = _in(head, "ram:IncludedNote")
            _text(note, "ram:Content", text)
            _text(note, "ram:SubjectCode", code)


def _line(item: Element, line: Line, document: Document) -> None:
    _text(_in(item, "ram:AssociatedDocumentLineDocument"), "ram:LineID", str(line.position))
    product = _in(item, "ram:SpecifiedTradeProduct")
    _text(product, "ram:SellerAssignedID", line.sku)
    _text(product, "ram:Name", line.name)
    agreement = _in(item, "ram:SpecifiedLineTradeAgreement")
    net = (line.net / line.quantity).quantize(PRICE)
    before = (line.base_unit / (1 + line.rate)).quantize(PRICE)
    if line.base_unit > line.unit and before > net:
        gross = _in(agreement, "ram:GrossPriceProductTradePrice")
        _text(gross, "ram:ChargeAmount", f"{before}")
        off = _in(gross, "ram:AppliedTradeAllowanceCharge")
        _text(_in(off, "ram:ChargeIndicator"), "udt:Indicator", "false")
        _text(off, "ram:ActualAmount", f"{before - net}")
    _text(_in(agreement, "ram:NetPriceProductTradePrice"), "ram:ChargeAmount", f"{net}")
    billed = _text(_in(item, "ram:SpecifiedLineTradeDelivery"), "ram:BilledQuantity", str(line.quantity))
    billed.set("unitCode", PIECE)
    settlement = _in(item, "ram:SpecifiedLineTradeSettlement")
    _tax(_in(settlement, "ram:ApplicableTradeTax"), line.rate, document)
    _text(_in(settlement, "ram:SpecifiedTradeSettlementLineMonetarySummation"), "ram:LineTotalAmount", f"{line.net}")


def _agreement(agreement: Element, document: Document) -> None:
    _party(_in(agreement, "ram:SellerTradeParty"), document.seller)
    _party(_in(agreement, "ram:BuyerTradeParty"), document.buyer)
    _text(_in(agreement, "ram:SellerOrderReferencedDocument"), "ram:IssuerAssignedID", document.order)


def _delivery(delivery: Element, document: Document) -> None:
    if document.delivery:
        place = _in(delivery, "ram:ShipToTradeParty")
        _text(place, "ram:Name", document.delivery.name)
        _address(place, document.delivery)
    _day(_in(_in(delivery, "ram:ActualDeliverySupplyChainEvent"), "ram:OccurrenceDateTime"), document.delivered)


def _settlement(settlement: Element, document: Document, fees: list[Line]) -> None:
    _text(settlement, "ram:InvoiceCurrencyCode", document.currency)
    _means(settlement, document)
    for rate in document.rates:
        _rate(_in(settlement, "ram:ApplicableTradeTax"), rate, document)
    for fee in fees:
        charge = _in(settlement, "ram:SpecifiedTradeAllowanceCharge")
        _text(_in(charge, "ram:ChargeIndicator"), "udt:Indicator", "true")
        _text(charge, "ram:ActualAmount", f"{fee.net}")
        _text(charge, "ram:ReasonCode", "FC")
        _text(charge, "ram:Reason", fee.name)
        _tax(_in(charge, "ram:CategoryTradeTax"), fee.rate, document)
    terms = _in(settlement, "ram:SpecifiedTradePaymentTerms")
    _text(terms, "ram:Description", document.terms or document.date)
    if document.due:
        _day(_in(terms, "ram:DueDateDateTime"), document.date)
    charged = sum((fee.net for fee in fees), ZERO)
    sums = _in(settlement, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    _text(sums, "ram:LineTotalAmount", f"{document.net - charged}")
    _text(sums, "ram:ChargeTotalAmount", f"{charged}")
    _text(sums, "ram:TaxBasisTotalAmount", f"{document.net}")
    _text(sums, "ram:TaxTotalAmount", f"{document.tax}").set("currencyID", document.currency)
    _text(sums, "ram:GrandTotalAmount", f"{document.total}")
    _text(sums, "ram:TotalPrepaidAmount", f"{document.total - document.due}")
    _text(sums, "ram:DuePayableAmount", f"{document.due}")
    for one in document.refers:
        before = _in(settlement, "ram:InvoiceReferencedDocument")
        _text(before, "ram:IssuerAssignedID", one.number)
        _day(_in(before, "ram:FormattedIssueDateTime"), one.date, "qdt")


def _means(settlement: Element, document: Document) -> None:
    for kind, ways in {one.kind: one.way for one in document.paid}.items():
        means = _in(settlement, "ram:SpecifiedTradeSettlementPaymentMeans")
        _text(means, "ram:TypeCode", MEANS.get(kind, OTHER_MEANS))
        _text(means, "ram:Information", ways)
    if document.due and document.iban and document.kind != "credit":
        means = _in(settlement, "ram:SpecifiedTradeSettlementPaymentMeans")
        _text(means, "ram:TypeCode", "58")  # SEPA transfer
        _text(_in(means, "ram:PayeePartyCreditorFinancialAccount"), "ram:IBANID", document.iban)


def _rate(tax: Element, rate: Rate, document: Document) -> None:
    _text(tax, "ram:CalculatedAmount", f"{rate.tax}")
    _text(tax, "ram:TypeCode", "VAT")
    if _category(rate.rate, document) == "E":
        _text(tax, "ram:ExemptionReason", document.exemption)
    _text(tax, "ram:BasisAmount", f"{rate.net}")
    _text(tax, "ram:CategoryCode", _category(rate.rate, document))
    _text(tax, "ram:RateApplicablePercent", _percent(rate.rate))


def _tax(tax: Element, rate: Decimal, document: Document) -> None:
    _text(tax, "ram:TypeCode", "VAT")
    _text(tax, "ram:CategoryCode", _category(rate, document))
    _text(tax, "ram:RateApplicablePercent", _percent(rate))


def _category(rate: Decimal, document: Document) -> str:
    if rate:
        return "S"
    return "E" if document.exemption else "Z"


def _percent(rate: Decimal) -> str:
    return f"{(rate * 100).normalize():f}"


def _party(place: Element, party: Party) -> None:
    _text(place, "ram:Name", party.name)
    if party.siren:
        _text(_in(place, "ram:SpecifiedLegalOrganization"), "ram:ID", party.siren).set("schemeID", "0002")
    if party.contact:
        _text(_in(place, "ram:DefinedTradeContact"), "ram:PersonName", party.contact)
    _address(place, party)
    if party.email:
        _text(_in(place, "ram:URIUniversalCommunication"), "ram:URIID", party.email).set("schemeID", "EM")
    if party.vat_number:
        _text(_in(place, "ram:SpecifiedTaxRegistration"), "ram:ID", party.vat_number).set("schemeID", "VA")


def _address(place: Element, party: Party) -> None:
    address = _in(place, "ram:PostalTradeAddress")
    for name, text in (
        ("PostcodeCode", party.postcode), ("LineOne", party.line1), ("LineTwo", party.line2),
        ("CityName", party.city), ("CountryID", party.country),
    ):  # fmt: skip
        if text:
            _text(address, f"ram:{name}", text)


def _day(parent: Element, day: str, space: str = "udt") -> None:
    _text(parent, f"{space}:DateTimeString", day.replace("-", "")).set("format", "102")


def _in(parent: Element, name: str) -> Element:
    return SubElement(parent, _name(name))


def _text(parent: Element, name: str, text: str) -> Element:
    made = _in(parent, name)
    made.text = "".join(sign for sign in text if sign.isprintable() or sign in "\n\t")
    return made


def _name(name: str) -> str:
    space, local = name.split(":")
    return f"{{{_SPACES[space]}}}{local}"
