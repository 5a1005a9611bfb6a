"""Questions about invoices."""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounting.models import CreditNote, Invoice, SeriesYear, WaitingInvoice
from accounting.rules import invoices as rules
from accounts.models import ApiKey, User
from altazion.lib.problems import NotFound
from orders.models import Order
from orders.selectors import orders_of, orders_of_key, orders_seen_by

CHUNK = 500


def invoices_seen_by(user: User) -> QuerySet[Invoice]:
    """Those of the orders that a colleague sees."""
    return Invoice.objects.filter(order__in=orders_seen_by(user).order_by().values("pk"))


def invoices_of_key(key: ApiKey) -> QuerySet[Invoice]:
    """Those of the orders that an API key reaches."""
    return Invoice.objects.filter(order__in=orders_of_key(key).order_by().values("pk"))


def invoice_of_key(guid: UUID, key: ApiKey) -> Invoice:
    """One of them. Raises NotFound."""
    found = invoices_of_key(key).select_related("order", "corrects").filter(guid=guid).first()
    if found is None:
        raise NotFound(_("There is no such invoice."), code="no_such_invoice")
    return found


def invoices_of_order(order: Order) -> list[Invoice]:
    """An order's invoices and credit notes, oldest first."""
    return list(Invoice.objects.filter(order=order).select_related("order").defer("content").order_by("pk"))


def invoice_of_order(guid: UUID, order: Order) -> Invoice:
    """One of an order's. Raises NotFound for another order's."""
    found = Invoice.objects.filter(guid=guid, order=order).first()
    if found is None:
        raise NotFound(_("There is no such invoice."), code="no_such_invoice")
    return found


def invoices_of(user: User) -> QuerySet[Invoice]:
    """A shopper's own, newest first."""
    return (
        Invoice.objects.filter(order__in=orders_of(user).order_by().values("pk"))
        .select_related("order")
        .defer("content")
    )


def waiting_invoices(user: User) -> QuerySet[WaitingInvoice]:
    """Those that could not be made yet, of the orders that a colleague sees, oldest first."""
    seen = orders_seen_by(user).order_by().values("pk")
    return WaitingInvoice.objects.filter(made_at=None, order__in=seen).select_related("order").order_by("pk")


def invoices_at_fault() -> Iterator[str]:
    """A sentence for each missing number, broken seal or wrong sum. Reads all of them, a few hundred at a time."""
    for counter in SeriesYear.objects.select_related("series").order_by("series__prefix", "year"):
        head = rules.number(counter.series.prefix, counter.year, 0)[:-6]
        here = Q(number__startswith=head)
        numbers = set(Invoice.objects.filter(here).values_list("number", flat=True))
        numbers |= set(CreditNote.objects.filter(here).values_list("number", flat=True))
        wanted = [rules.number(counter.series.prefix, counter.year, n) for n in range(1, counter.last_number + 1)]
        yield from (f"{number}: this number is missing" for number in wanted if number not in numbers)
        yield from (f"{number}: this number was never given" for number in sorted(numbers.difference(wanted)))
        before = ""
        for one in Invoice.objects.filter(here).order_by("pk").iterator(CHUNK):
            if one.seal != rules.seal(before, one.content):
                yield f"{one.number}: its content, or the one before, is not what was sealed"
            document = rules.thawed(one.content)
            if (wrong := rules.unsound(document)) or document.total != one.total or document.number != one.number:
                yield f"{one.number}: it does not add up ({wrong or 'columns'})"
            before = one.seal
