"""Files of invoices: made once from the frozen content, kept by hash; a failure waits with its reason."""

import datetime as dt
import hashlib
import io

from django.core.files import File
from django.core.files.storage import storages
from django.db import transaction

from accounting.adapters.paper import NoPaper, paper_of
from accounting.models import Invoice, InvoicePaper
from accounting.rules.invoices import thawed
from accounting.selectors.papers import path_of
from logbook.services import record


def make_paper(invoice: Invoice, *, at: dt.datetime, actor: str = "") -> InvoicePaper:
    """Make an invoice's file; made already, nothing happens. What stands in the way is kept and told."""
    InvoicePaper.objects.get_or_create(invoice=invoice)
    with transaction.atomic():
        paper = InvoicePaper.objects.select_for_update().get(invoice=invoice)
        if paper.made_at:
            return paper
        paper.tries += 1
        try:
            content = paper_of(thawed(invoice.content))
        except NoPaper as refusal:
            paper.why = refusal.message[:300]
            paper.save()
            _tell("accounting.paper_waits", invoice, at, actor, why=paper.why)
            return paper
        paper.sha256, paper.size, paper.made_at, paper.why = hashlib.sha256(content).hexdigest(), len(content), at, ""
        storage, path = storages["raw_files"], path_of(paper.sha256)
        if not storage.exists(path):
            storage.save(path, File(io.BytesIO(content)))
        paper.save()
        _tell("accounting.paper_made", invoice, at, actor)
    return paper


def claim_mail(paper: InvoicePaper, *, at: dt.datetime) -> bool:
    """True for the one who may send the file to the buyer; everyone after gets False."""
    return InvoicePaper.objects.filter(pk=paper.pk, mailed_at=None, made_at__isnull=False).update(mailed_at=at) == 1


def give_up_mail(paper: InvoicePaper) -> None:
    """Sending failed before the mail left: the next try may claim it again."""
    InvoicePaper.objects.filter(pk=paper.pk).update(mailed_at=None)


def _tell(kind: str, invoice: Invoice, at: dt.datetime, actor: str, **facts: str) -> None:
    record(
        kind, at=at, actor=actor, subject_kind="order", subject_id=invoice.order.guid, number=invoice.order.number,
        document=invoice.number, invoice=str(invoice.guid), pk=invoice.pk, **facts,
    )  # fmt: skip
