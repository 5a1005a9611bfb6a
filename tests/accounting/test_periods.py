"""Rules of accounts, credit notes, closed periods: what the books say, and what nobody can change any more."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounting import services
from accounting.models import AccountRule, Closing, CreditNote, Entry, Journal
from accounting.rules import Posting
from accounting.selectors import fec_lines, how_booked
from accounting.services import Wanted
from altazion.lib.problems import Refused
from orders import services as orders
from tests.builders import AT, Shopfront, a_colleague, a_vat_rate

pytestmark = pytest.mark.django_db
SIREN = "732829320"
LATER = AT + dt.timedelta(days=40)


@pytest.fixture(autouse=True)
def _english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def shop():
    return Shopfront(units=100)


def sold(shop, *lines):
    order = shop.order(*lines)
    orders.record_payment(order, method=shop.in_store, amount=order.total, key=order.number, at=AT)
    orders.mark_ready(order, AT, "anna")
    order = orders.hand_over(order, AT, "anna")
    services.book_sale(order.guid, at=AT)
    return order


def amounts(entry):
    return {(line.account, line.debit, line.credit) for line in entry.lines.all()}


def test_rules_say_which_account_and_the_one_that_says_most_goes_first(shop):
    low = a_vat_rate("0.055")
    book = shop.another("BOOK", "10.55", vat_rate=low)
    AccountRule.objects.create(what="vat", vat_rate=low, number="445712")
    AccountRule.objects.create(what="sales", number="707900")
    AccountRule.objects.create(what="sales", vat_rate=low, product_type=book.type, number="707055")
    AccountRule.objects.create(what="method", method=shop.in_store, number="531000")
    order = sold(shop, (book, 1), (shop.product, 1))
    sale = amounts(Entry.objects.get(journal__code="VT"))
    assert {account for account, _d, _c in sale} == {"411000", "707055", "707900", "445712", "445710"}
    services.book_receipt(order.payments.get().guid, at=AT)
    assert ("531000", order.total, Decimal(0)) in amounts(Entry.objects.get(journal__code="BQ"))
    shown = how_booked()
    assert ("445712") in {number for _what, _which, number in shown}


def test_office_shows_how_everything_is_booked_and_refuses_rules_without_sense(client, shop):
    client.force_login(a_colleague(is_superuser=True, language="en"))
    client.cookies["django_language"] = "en"
    page = client.get(reverse("admin:accounting_accountrule_changelist")).content.decode()
    assert "How everything is booked today" in page
    add = reverse("admin:accounting_accountrule_add")
    said = {"what": "vat", "number": "44 5712", "vat_rate": "", "product_type": "", "method": ""}
    assert client.post(add, {**said, "number": "x!"}).context["errors"]
    assert client.post(add, {**said, "method": shop.card.pk}).context["errors"]
    assert client.post(add, said).status_code == 302
    assert AccountRule.objects.get().number == "445712"
    assert client.post(add, said).context["errors"], "there is one for this case"


def test_a_credit_note_is_the_sale_the_other_way_round(shop, client):
    order = sold(shop, (shop.product, 3))
    line = order.lines.get(kind="product")
    first = services.credit_order(order, {line.pk: 1}, reason="return", at=AT, actor="anna")
    rest = services.credit_order(order, {line.pk: 2}, reason="return", at=AT, actor="anna")
    assert (first.number, rest.number) == ("A26-000001", "A26-000002")
    assert first.total + rest.total == order.total
    assert first.net_total + rest.net_total == order.net_total
    entries = Entry.objects.filter(journal__code="AV").order_by("number")
    assert [(one.number, one.piece) for one in entries] == [(1, first.number), (2, rest.number)]
    assert ("411000", Decimal(0), first.total) in amounts(entries[0])
    assert {account for account, debit, _c in amounts(entries[0]) if debit} == {"707000", "445710"}
    with pytest.raises(Refused, match="at most 0"):
        services.credit_order(order, {line.pk: 1}, reason="return", at=AT, actor="anna")
    for _twice in range(2):
        services.pay_back(first, at=AT, actor="anna")
    first.refresh_from_db()
    orders.send_refund(first.refund.guid, at=AT)
    part = orders.confirm_refund(first.refund.parts.get(), at=AT, actor="anna")
    services.book_refund(part.guid, at=AT)
    back = Entry.objects.get(key__startswith="refund:")
    assert amounts(back) == {("411000", first.total, Decimal(0)), ("511000", Decimal(0), first.total)}
    assert Journal.objects.get(code="AV").last_number == 2


def test_what_cannot_be_credited_is_told(shop):
    order = shop.order()
    line = order.lines.get(kind="product")
    with pytest.raises(Refused, match="handed over"):
        services.credit_order(order, {line.pk: 1}, reason="return", at=AT, actor="anna")
    done = sold(shop)
    for wanted in ({}, {0: 1}, {done.lines.get(kind="product").pk: 9}):
        with pytest.raises(Refused):
            services.credit_order(done, wanted, reason="return", at=AT, actor="anna")
    assert not CreditNote.objects.exists()


def test_office_makes_a_credit_note_from_an_orders_lines(shop, client):
    order = sold(shop, (shop.product, 2))
    line = order.lines.get(kind="product")
    client.force_login(a_colleague(is_superuser=True, language="en"))
    client.cookies["django_language"] = "en"
    new = reverse("admin:accounting_creditnote_new")
    assert "There is no order" in client.get(new, {"order": "W00-1"}).content.decode()
    assert shop.product.sku in client.get(new, {"order": order.number}).content.decode()
    said = {"order": order.number, "reason": "gesture", "note": "", f"line_{line.pk}": "5"}
    assert client.post(new, said).status_code == 200
    assert "Say how many" in client.post(new, {**said, f"line_{line.pk}": ""}).content.decode()
    answer = client.post(new, {**said, f"line_{line.pk}": "1"}, follow=True).content.decode()
    assert "is made and booked" in answer
    credit = CreditNote.objects.get()
    pay = reverse("admin:accounting_creditnote_pay", args=[credit.pk])
    assert "Give the money back" in answer
    assert "where the money is" in client.post(pay, follow=True).content.decode()
    assert credit.order.refunds.get().amount == credit.total
    assert credit.number in client.get(reverse("admin:accounting_creditnote_changelist")).content.decode()
    client.force_login(a_colleague("ben@shop.test"))
    assert client.get(new).status_code == 403
    assert client.post(pay).status_code == 403


def booked(day, key):
    lines = [Posting("1110", "x", debit=Decimal(5)), Posting("2220", "x", credit=Decimal(5))]
    return services.book("VT", lines, key=key, piece=key, label=key, on=day, at=LATER)


def test_closed_is_closed_even_for_the_database():
    entry = booked(AT.date(), "one")
    closing = services.close_period(dt.date(2026, 3, 31), at=LATER, actor="anna")
    assert (closing.entries, closing.total) == (1, Decimal("5.00"))
    for change in (
        lambda: Entry.objects.filter(pk=entry.pk).update(label="other"),
        lambda: Entry.objects.filter(pk=entry.pk).delete(),
        lambda: entry.lines.update(label="other"),
        lambda: entry.lines.create(account="x", debit=1),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_what_comes_late_is_booked_on_the_first_open_day_and_keeps_its_own_as_that_of_the_piece():
    booked(dt.date(2026, 4, 2), "open")
    services.close_period(dt.date(2026, 3, 31), at=LATER, actor="anna")
    late = booked(AT.date(), "late")
    assert (late.date, late.piece_date, late.number) == (LATER.date(), AT.date(), 2)
    extract = services.extract_journals(Wanted(["VT"], SIREN), at=LATER, actor="anna")
    row = next(line for line in fec_lines(extract) if "late" in line).split("\t")
    assert (row[3], row[9]) == ("20260419", "20260310")


def test_each_seal_covers_what_came_before():
    booked(dt.date(2026, 3, 1), "a")
    first = services.close_period(dt.date(2026, 3, 10), at=LATER, actor="anna")
    booked(dt.date(2026, 3, 20), "b")
    second = services.close_period(dt.date(2026, 3, 31), at=LATER, actor="anna")
    assert len({first.digest, second.digest}) == 2
    assert second.entries == 1
    for day, says in ((dt.date(2026, 3, 31), "already"), (LATER.date(), "not over")):
        with pytest.raises(Refused, match=says):
            services.close_period(day, at=LATER, actor="anna")


def test_office_closes_a_period_once_one_is_sure(client):
    client.force_login(a_colleague(is_superuser=True))
    add = reverse("admin:accounting_closing_add")
    assert client.get(add).status_code == 200
    assert client.post(add, {"last": "2026-01-31"}).context["errors"]
    assert client.post(add, {"last": "2999-01-31", "sure": "on"}).context["errors"]
    assert client.post(add, {"last": "2026-01-31", "sure": "on"}).status_code == 302
    assert Closing.objects.get().last == dt.date(2026, 1, 31)
    assert client.post(add, {"last": "2026-01-15", "sure": "on"}).context["errors"]
    page = reverse("admin:accounting_closing_change", args=[Closing.objects.get().pk])
    assert client.get(page).status_code == 200


def test_journals_are_numbered_without_gaps_and_balance_each_by_itself(shop):
    for _ in range(3):
        order = sold(shop, (shop.product, 2))
        services.book_receipt(order.payments.get().guid, at=AT)
        services.credit_order(order, {order.lines.get(kind="product").pk: 1}, reason="error", at=AT, actor="anna")
    for code in ("VT", "BQ", "AV"):
        extract = services.extract_journals(Wanted([code], SIREN), at=AT, actor="anna")
        rows = [line.rstrip("\r\n").split("\t") for line in fec_lines(extract)][1:]
        assert {len(row) for row in rows} == {18}
        assert sorted({int(row[2][2:]) for row in rows}) == [1, 2, 3]
        debit, credit = (sum(Decimal(row[n].replace(",", ".")) for row in rows) for n in (11, 12))
        assert debit == credit > 0
