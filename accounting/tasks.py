"""Celery's edge of the books: files of invoices, and the mails that carry them."""

from typing import Any

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from accounting import services
from accounting.models import Invoice, InvoicePaper
from accounting.selectors import file_name, paper_bytes
from altazion.lib.clock import now


@shared_task
def make_paper(guid: str) -> bool:
    """Make the file of an invoice; True when it is there."""
    paper = services.make_paper(Invoice.objects.select_related("order").get(guid=guid), at=now())
    return bool(paper.made_at)


@shared_task(bind=True, max_retries=8)
def send_invoice(self: Any, guid: str) -> bool:
    """Send an invoice to its buyer in the order's language, at most once; True for the call that sent it."""
    paper = InvoicePaper.objects.select_related("invoice__order").get(invoice__guid=guid)
    if not services.claim_mail(paper, at=now()):
        return False
    try:
        with translation.override(paper.invoice.order.language):
            _mail(paper.invoice).send()
    except Exception as error:
        services.give_up_mail(paper)
        raise self.retry(exc=error, countdown=60 * 2**self.request.retries) from error
    return True


def _mail(invoice: Invoice) -> EmailMultiAlternatives:
    facts = {"invoice": invoice, "order": invoice.order}
    mail = EmailMultiAlternatives(
        subject=" ".join(render_to_string("accounting/mail/invoice_subject.txt", facts).split()),
        body=render_to_string("accounting/mail/invoice.txt", facts),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[invoice.order.email],
    )
    mail.attach(file_name(invoice), paper_bytes(invoice), "application/pdf")
    return mail
