"""Files of invoices: Factur-X EN 16931, made once, kept, sent once; a machine that cannot make them says so."""

import datetime as dt
import io
import sys
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.urls import reverse

from accounting import services, tasks
from accounting.adapters.facturx import xml_of
from accounting.adapters.paper import NoPaper, checked_xml
from accounting.models import Invoice, InvoicePaper
from accounting.rules import invoices as rules
from accounting.selectors import paper_bytes
from altazion.lib.problems import NotFound, Refused
from logbook.services import deliver
from tasks_mgmt.models import Task
from tests.accounting.test_invoices import LATER, invoice, sold, told
from tests.builders import AT, Shopfront, a_colleague, a_company, a_vat_rate, an_api_key

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop():
    a_company()
    return Shopfront(units=500)


@pytest.fixture
def pango():
    try:
        import weasyprint
    except OSError:
        pytest.skip("pango is missing: no PDF can be made here")
    return weasyprint


@pytest.fixture(autouse=True)
def _store(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "raw_files": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }


def content(made):
    return rules.thawed(made.content)


def documents(shop):
    """Invoices and credit notes of all sorts: rates, discounts, a free delivery, one to a company, nothing paid."""
    book = shop.another("BOOK", "7.99", vat_rate=a_vat_rate("0.055"))
    free = shop.another("STAMP", "3.00", vat_rate=a_vat_rate("0"))
    order = sold(shop, (shop.product, 3), (book, 2), (free, 1), pickup=False)
    made = invoice(order)
    line = order.lines.get(sku="BOOK")
    services.credit_order(order, {line.pk: 1}, reason="return", note="<&> \x0b", at=LATER, actor="anna")
    yield content(made)
    yield content(Invoice.objects.get(kind="credit"))
    yield content(invoice(sold(shop)))
    fee = order.lines.get(kind="shipping")
    services.credit_order(order, {fee.pk: 1}, reason="gesture", at=LATER, actor="anna")
    yield content(Invoice.objects.filter(kind="credit").latest("pk"))
    yield rules.thawed(
        {**made.content, "paid": [], "due": made.content["total"], "iban": "FR7630006000011234567890189"}
    )
    company = {**made.content["buyer"], "siren": "732829320", "vat_number": "FR44732829320", "contact": "Léa"}
    yield rules.thawed({**made.content, "buyer": company, "exemption": "art. 293 B du CGI"})


def test_the_xml_of_every_document_is_valid_and_bears_its_amounts(shop):
    seen = list(documents(shop))
    assert len(seen) == 6
    for document in seen:
        xml = checked_xml(document).decode()
        assert f"<ram:GrandTotalAmount>{document.total}</ram:GrandTotalAmount>" in xml
        assert f"<ram:TypeCode>{'381' if document.kind == 'credit' else '380'}</ram:TypeCode>" in xml
        assert "urn:cen.eu:en16931:2017<" in xml
    assert "<ram:IssuerAssignedID>F26-000001</ram:IssuerAssignedID>" in xml_of(seen[1]).decode()


def test_what_the_schema_refuses_is_told(shop):
    made = content(invoice(sold(shop)))
    wrong = rules.thawed({**rules.frozen(made), "currency": "EURO?", "kind": "invoice", "rates": []})
    with pytest.raises(NoPaper, match="not valid"):
        checked_xml(wrong)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_file_is_made_once_kept_and_sent_once(shop, pango, language, mailoutbox):
    from facturx import get_facturx_xml_from_pdf
    from pypdf import PdfReader

    order = sold(shop, (shop.product, 2))
    type(order).objects.filter(pk=order.pk).update(language=language)
    made = invoice(order)
    assert tasks.make_paper(str(made.guid))
    assert tasks.make_paper(str(made.guid))
    paper = InvoicePaper.objects.get()
    assert paper.tries == 1
    file = paper_bytes(made)
    assert file == paper_bytes(made)
    name, xml = get_facturx_xml_from_pdf(file)
    assert name == "factur-x.xml"
    assert xml == xml_of(content(made))
    pdf = PdfReader(io.BytesIO(file))
    text = pdf.pages[0].extract_text()
    assert ("Facture" if language == "fr" else "Invoice") in text
    assert "F26-000001" in text
    assert b"pdfaid" in pdf.trailer["/Root"]["/Metadata"].get_data()
    assert pdf.trailer["/Root"]["/OutputIntents"]
    fonts = [font.get_object() for font in pdf.pages[0]["/Resources"]["/Font"].values()]
    for font in fonts:
        inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(inner["/FontDescriptor"]), "fonts lie in the file"
    assert tasks.send_invoice(str(made.guid))
    assert not tasks.send_invoice(str(made.guid))
    (mail,) = mailoutbox
    assert mail.to == ["lea@example.com"]
    assert mail.attachments[0][0] == "F26-000001.pdf"
    assert ("Facture" if language == "fr" else "Invoice") in mail.subject


def test_a_mail_that_cannot_leave_is_tried_again(shop, pango, monkeypatch, mailoutbox):
    made = invoice(sold(shop))
    services.make_paper(made, at=AT)
    paper = InvoicePaper.objects.get()
    assert services.claim_mail(paper, at=AT)
    services.give_up_mail(paper)
    assert tasks.send_invoice(str(made.guid))
    assert len(mailoutbox) == 1


def test_without_pango_the_invoice_stands_and_its_file_waits_with_a_task(shop, monkeypatch, client):
    order = sold(shop)
    told()
    made = Invoice.objects.get(order=order)
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "weasyprint", None)
        assert not tasks.make_paper(str(made.guid))
    told()
    assert "pango" in InvoicePaper.objects.get().why
    task = Task.objects.get(kind__code="invoice_waits")
    client.force_login(a_colleague(is_superuser=True, language="en"))
    client.cookies["django_language"] = "en"
    assert "pango" in client.get(task.subject_url).content.decode()
    with pytest.raises(NotFound):
        paper_bytes(made)
    file = reverse("admin:accounting_invoice_file", args=[made.pk])
    assert "not made yet" in client.get(file, follow=True).content.decode()
    monkeypatch.setattr("accounting.services.papers.paper_of", lambda _document: b"%PDF-1.7")
    again = reverse("admin:accounting_invoice_make_file", args=[made.pk])
    assert "The file is made" in client.post(again, follow=True).content.decode()
    told()
    task.refresh_from_db()
    assert task.state == "done"
    assert client.get(file).content == b"%PDF-1.7"


def test_a_file_that_was_changed_or_is_gone_is_not_handed_out(shop, monkeypatch):
    monkeypatch.setattr("accounting.services.papers.paper_of", lambda _document: b"%PDF-1.7")
    made = invoice(sold(shop))
    paper = services.make_paper(made, at=AT)
    path = storages["raw_files"].path(f"invoices/{paper.sha256[:2]}/{paper.sha256}.pdf")
    Path(path).write_bytes(b"%PDF-1.7x")
    with pytest.raises(Refused, match=r"chang|modif"):
        paper_bytes(made)
    storages["raw_files"].delete(f"invoices/{paper.sha256[:2]}/{paper.sha256}.pdf")
    with pytest.raises(NotFound):
        paper_bytes(made)


def test_a_month_leaves_as_a_zip_and_machines_fetch_files(shop, monkeypatch, client):
    monkeypatch.setattr("accounting.services.papers.paper_of", lambda document: document.number.encode())
    first, second = invoice(sold(shop)), invoice(sold(shop))
    later = services.invoice_order(sold(shop).guid, key="l", at=AT + dt.timedelta(days=60))
    for one in (first, second, later):
        services.make_paper(one, at=AT)
    client.force_login(a_colleague(is_superuser=True))
    month = reverse("admin:accounting_invoice_month")
    answer = client.get(month, {"month": "2026-03"})
    held = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert {name: held.read(name) for name in held.namelist()} == {
        f"{one.number}.pdf": one.number.encode() for one in (first, second)
    }
    for wrong in ("", "2026", "2026-13", "2025-01"):
        assert client.get(month, {"month": wrong}).status_code == 302
    head = {"Authorization": f"Bearer {an_api_key('orders:read')}"}
    answer = client.get(f"/api/v1/accounting/invoices/{first.guid}/file", headers=head)
    assert (answer.status_code, answer["Content-Type"], answer.content) == (200, "application/pdf", b"F26-000001")
    bare = invoice(sold(shop))
    assert client.get(f"/api/v1/accounting/invoices/{bare.guid}/file", headers=head).status_code == 404
    client.force_login(a_colleague("ben@shop.test"))
    assert client.get(month, {"month": "2026-03"}).status_code == 403


def test_events_ask_for_the_file_and_then_for_the_mail(shop, monkeypatch):
    asked = []
    monkeypatch.setattr("accounting.consumers.current_app.send_task", lambda name, args: asked.append((name, args)))
    made = invoice(sold(shop))
    while deliver("accounting.papers", at=AT):
        pass
    monkeypatch.setattr("accounting.services.papers.paper_of", lambda _document: b"x")
    services.make_paper(made, at=AT)
    while deliver("accounting.papers", at=AT):
        pass
    assert asked == [
        ("accounting.tasks.make_paper", [str(made.guid)]), ("accounting.tasks.send_invoice", [str(made.guid)]),
    ]  # fmt: skip


def test_amounts_of_the_xml_add_up(shop):
    from xml.etree import ElementTree as ET

    for document in documents(shop):
        tree = ET.fromstring(xml_of(document))
        found = {
            name: sum(Decimal(one.text) for one in tree.iter() if one.tag.endswith("}" + name))
            for name in ("LineTotalAmount", "TaxBasisTotalAmount", "GrandTotalAmount", "ChargeTotalAmount")
        }
        assert found["LineTotalAmount"] == 2 * (found["TaxBasisTotalAmount"] - found["ChargeTotalAmount"])
        assert found["TaxBasisTotalAmount"] == document.net
        assert found["GrandTotalAmount"] == document.total
