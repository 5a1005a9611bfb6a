"""The books: balanced, without gaps, each thing once."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from accounting import rules, services
from accounting.models import Entry, EntryLine, Journal
from accounting.selectors import lines_of
from altazion.lib.problems import Refused
from logbook.services import deliver
from orders import services as orders
from tests.builders import AT, Shopfront, a_vat_rate

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop():
    return Shopfront()


def sell(shop, **fields):
    book = shop.another("BOOK", "7.99", vat_rate=a_vat_rate("0.055"))
    order = shop.order((shop.product, 3), (book, 2), **fields)
    orders.record_payment(order, method=shop.in_store, amount=order.total, key=order.number, at=AT)
    orders.mark_ready(order, AT, "anna")
    return orders.hand_over(order, AT, "anna")


def amounts(entry):
    return {(line.account, line.debit, line.credit) for line in entry.lines.all()}


def test_a_handed_over_order_is_a_sale_by_vat_rate_and_its_payment_a_receipt(shop):
    order = sell(shop)
    deliver("accounting.books", at=AT)
    sale, receipt = Entry.objects.get(journal__code="VT"), Entry.objects.get(journal__code="BQ")
    taxes = {Decimal(rate["rate"]): Decimal(rate["tax"]) for rate in order.vat}
    assert ("411000", order.total, Decimal("0.00")) in amounts(sale)
    for tax in taxes.values():
        assert ("445710", Decimal("0.00"), tax) in amounts(sale)
    assert amounts(receipt) == {
        ("511000", order.total, Decimal("0.00")),
        ("411000", Decimal("0.00"), order.total),
    }
    assert sum(line.debit - line.credit for line in EntryLine.objects.all()) == 0


def test_telling_twice_books_once(shop):
    order = sell(shop)
    for _twice in range(2):
        services.book_sale(order.guid, at=AT)
        services.book_receipt(order.payments.get().guid, at=AT)
    assert Entry.objects.count() == 2


def test_an_order_that_is_not_handed_over_is_no_sale(shop):
    shop.order()
    deliver("accounting.books", at=AT)
    assert not Entry.objects.exists()


def test_numbers_have_no_gap_even_after_a_refusal():
    line = [rules.Posting("1", "x", debit=Decimal(5)), rules.Posting("2", "x", credit=Decimal(5))]
    day = dt.date(2026, 3, 10)
    for n in (1, 2):
        services.book("VT", line, key=f"k{n}", piece="p", label="l", on=day, at=AT)
        with pytest.raises(Refused):
            services.book("VT", line[:1], key=f"bad{n}", piece="p", label="l", on=day, at=AT)
        with pytest.raises(RuntimeError), transaction.atomic():
            services.book("VT", line, key=f"lost{n}", piece="p", label="l", on=day, at=AT)
            raise RuntimeError
    assert list(Entry.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert lines_of("VT", first=day, last=day).count() == 4


def test_the_database_itself_refuses_an_entry_that_does_not_balance():
    journal = Journal.objects.get_or_create(code="XX", defaults={"name": "XX"})[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        entry = Entry.objects.create(
            journal=journal, number=1, date=AT.date(), piece="p", label="l", key="k", booked_at=AT
        )
        EntryLine.objects.create(entry=entry, account="1", label="l", debit=5)
    assert not Entry.objects.exists()
    assert connection.is_usable()
