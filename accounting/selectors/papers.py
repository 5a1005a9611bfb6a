"""The files of invoices, as they were kept."""

import hashlib
from collections.abc import Iterator

from django.core.files.storage import storages
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounting.models import Invoice, InvoicePaper
from altazion.lib.problems import NotFound, Refused

CHUNK = 200


def path_of(sha256: str) -> str:
    """Where a file is kept."""
    return f"invoices/{sha256[:2]}/{sha256}.pdf"


def file_name(invoice: Invoice) -> str:
    """What the file is called by those who keep it."""
    return f"{invoice.number}.pdf"


def paper_bytes(invoice: Invoice) -> bytes:
    """The file, as it was made. Raises NotFound while there is none, Refused when it is not what was kept."""
    paper = InvoicePaper.objects.filter(invoice=invoice, made_at__isnull=False).first()
    if paper is None:
        raise NotFound(_("The file of this invoice is not made yet."), code="no_file_yet")
    storage = storages["raw_files"]
    try:
        with storage.open(path_of(paper.sha256)) as file:
            content: bytes = file.read()
    except FileNotFoundError as error:
        raise NotFound(_("The file of this invoice is gone from the store."), code="file_gone") from error
    if hashlib.sha256(content).hexdigest() != paper.sha256:
        raise Refused(_("The file of this invoice was changed in the store."), code="file_changed")
    return content


def with_papers(invoices: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """Those whose file is made, with it, oldest first."""
    return invoices.filter(paper__made_at__isnull=False).select_related("paper").order_by("date", "pk")


def files_of(invoices: QuerySet[Invoice]) -> Iterator[tuple[str, bytes]]:
    """(name, content) of each file, one at a time."""
    for invoice in with_papers(invoices).defer("content").iterator(CHUNK):
        yield file_name(invoice), paper_bytes(invoice)
