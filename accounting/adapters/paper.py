"""A frozen document as a file that people read and machines understand: PDF/A-3 with the XML of Factur-X inside."""

import datetime as dt
import io
import logging
import uuid

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounting.adapters.facturx import xml_of
from accounting.rules.invoices import Document
from altazion.lib.problems import Refused

LEVEL = "en16931"


class NoPaper(Refused):
    """The file cannot be made on this machine, or would not be what the standard wants."""

    code = "no_paper"


def paper_of(document: Document) -> bytes:
    """The PDF. Raises NoPaper, with what to do, when a library of the system is missing or the XML is not valid."""
    xml = checked_xml(document)
    return _with_xml(_page(document), xml, document)


def checked_xml(document: Document) -> bytes:
    """The XML, valid against the schema of its profile. Raises NoPaper."""
    from facturx import xml_check_xsd  # it takes a second to load: only where files are made

    xml = xml_of(document)
    try:
        xml_check_xsd(xml, flavor="factur-x", level=LEVEL)
    except Exception as error:  # it raises plain exceptions
        raise NoPaper(_("The XML of %(number)s is not valid: %(why)s") % {
            "number": document.number, "why": str(error)[:200]}) from error  # fmt: skip
    return xml


def _page(document: Document) -> bytes:
    try:
        from weasyprint import HTML  # it loads pango as it is imported, where there is one
    except (OSError, ImportError) as error:
        raise NoPaper(
            _("PDF files need the library pango, which this machine does not have (Debian: apt install libpango-1.0-0 "
              "libpangoft2-1.0-0 fonts-dejavu-core). The invoice stands; make its file afterwards.")
        ) from error  # fmt: skip
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    facts = {
        "document": document,
        "day": dt.date.fromisoformat(document.date),
        "delivered": dt.date.fromisoformat(document.delivered),
        "paid": [(one, dt.date.fromisoformat(one.date)) for one in document.paid],
        "ordered": dt.date.fromisoformat(document.ordered),
    }
    with override(document.language):
        html = render_to_string("accounting/invoice.html", facts)
    identifier = uuid.uuid5(uuid.NAMESPACE_URL, f"altazion:{document.number}").bytes
    page: bytes = HTML(string=html, url_fetcher=_nothing).write_pdf(pdf_variant="pdf/a-3b", pdf_identifier=identifier)
    return page


def _with_xml(page: bytes, xml: bytes, document: Document) -> bytes:
    from facturx import generate_from_binary
    from pypdf import PdfReader

    if not any("/Font" in (one.get("/Resources") or {}) for one in PdfReader(io.BytesIO(page)).pages):
        raise NoPaper(_("This machine has no font to write with (Debian: apt install fonts-dejavu-core)."))
    names = {
        "author": document.seller.name,
        "title": f"{document.seller.name} {document.number}",
        "subject": document.number,
        "keywords": "Factur-X",
    }
    made: bytes = generate_from_binary(
        page, xml, flavor="factur-x", level=LEVEL, check_xsd=False, pdf_metadata=names, lang=document.language
    )
    return made


def _nothing(url: str, *args: object, **kwargs: object) -> dict[str, object]:
    """Nothing is fetched: an invoice holds all that it shows."""
    raise ValueError(url)
