"""Invoices: each sale once, without gaps, to the cent, for good; credit notes and refunds agree with them."""

import datetime as dt
import random
import threading
import uuid
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounting import services
from accounting.models import Company, CreditNote, Entry, EntryLine, Invoice, InvoiceSeries, WaitingInvoice
from accounting.rules import invoices as rules
from accounting.selectors import invoices_at_fault
from altazion.lib.problems import Invalid, Refused
from logbook.services import deliver, record
from orders import services as orders
from orders.models import Order
from tasks_mgmt.models import Task
from tests.builders import AT, Shopfront, a_channel, a_colleague, a_company, a_store, a_vat_rate, an_api_key

pytestmark = pytest.mark.django_db(transaction=True)
LATER = AT + dt.timedelta(days=2)


@pytest.fixture(autouse=True)
def _english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def shop():
    a_company()
    return Shopfront(units=500)


def placed(shop, *lines, **fields):
    order = shop.order(*lines, **fields)
    orders.record_payment(order, method=shop.in_store, amount=order.total, key=order.number, at=AT)
    return order


def sold(shop, *lines, **fields):
    order = placed(shop, *lines, **fields)
    orders.mark_ready(order, AT, "anna")
    return orders.hand_over(order, AT, "anna")


def told(at=LATER):
    for name in ("accounting.books", "accounting.invoices", "tasks_mgmt.invoices"):
        while deliver(name, at=at):
            pass


def invoice(order, key="done"):
    return services.invoice_order(order.guid, key=f"{key}:{order.guid}", at=AT)


def back(credit):
    """Give a credit note's money back, till and all."""
    services.pay_back(credit, at=LATER, actor="anna")
    credit.refresh_from_db()
    orders.send_refund(credit.refund.guid, at=LATER)
    for part in credit.refund.parts.exclude(state="done"):
        orders.confirm_refund(part, at=LATER, actor="anna")


def test_what_was_handed_over_is_invoiced_once_with_all_the_law_wants(shop):
    book = shop.another("BOOK", "7.99", vat_rate=a_vat_rate("0.055"))
    order = sold(shop, (shop.product, 3), (book, 2), pickup=False)
    told()
    told()
    made = Invoice.objects.get()
    assert (made.number, made.total, made.net_total) == ("F26-000001", order.total, order.net_total)
    document = rules.thawed(made.content)
    assert rules.unsound(document) == ""
    assert [(str(one.rate), str(one.net), str(one.tax)) for one in document.rates] == [
        (one["rate"], one["net"], one["tax"]) for one in order.vat
    ]
    assert (document.seller.siren, document.seller.vat_number) == ("732829320", "FR44732829320")
    assert (document.buyer.name, document.buyer.city, document.delivered) == ("Léa Petit", "Lyon", "2026-03-10")
    assert [one.kind for one in document.lines] == ["product", "product", "shipping"]
    assert document.due == 0
    assert document.terms
    assert list(invoices_at_fault()) == []
    call_command("prove_invoices")


def test_shipments_are_invoiced_each_by_itself_and_together_are_the_order(shop):
    book = shop.another("BOOK", "3.33", vat_rate=a_vat_rate("0.055"))
    order = placed(shop, (shop.product, 7), (book, 5), pickup=False)
    for shipment, lines in (("a", {"1": 2, "2": 1}), ("b", {"1": 3}), ("b", {"1": 3}), ("c", {"1": 1, "2": 9})):
        facts = {"number": order.number, "shipment": shipment, "lines": lines}
        record("orders.order_shipped", at=AT, subject_kind="order", subject_id=order.guid, **facts)
    told()
    orders.mark_ready(order, AT, "anna")
    orders.hand_over(order, AT, "anna")
    told()
    made = list(Invoice.objects.order_by("number"))
    assert [one.number for one in made] == [f"F26-00000{n}" for n in (1, 2, 3, 4)]
    documents = [rules.thawed(one.content) for one in made]
    assert sum(one.total for one in documents) == order.total
    for rate in order.vat:
        same = [one for document in documents for one in document.rates if str(one.rate) == rate["rate"]]
        assert sum(one.tax for one in same) == Decimal(rate["tax"])
    assert sum(one.amount for document in documents for one in document.paid) == order.total
    assert [sum(line.kind == "shipping" for line in one.lines) for one in documents] == [1, 0, 0, 0]
    assert list(invoices_at_fault()) == []


def test_any_way_of_shipping_adds_up(shop):
    chance = random.Random(7)
    prices = [shop.another(f"R{n}", f"{chance.randint(1, 4000) / 100:.2f}", units=900, vat_rate=a_vat_rate(rate))
              for n, rate in enumerate(("0.2", "0.2", "0.055", "0.1", "0.021"))]  # fmt: skip
    for _once in range(8):
        order = placed(shop, *((one, chance.randint(1, 9)) for one in prices), pickup=False)
        lines = {line.position: line.quantity for line in order.lines.filter(kind="product")}
        while any(lines.values()):
            units = {position: chance.randint(0, left) for position, left in lines.items()}
            services.invoice_order(order.guid, key=uuid.uuid4().hex, units=units, at=AT)
            lines = {position: left - units[position] for position, left in lines.items()}
        made = Invoice.objects.filter(order=order).aggregate(total=Sum("total"), net=Sum("net_total"))
        assert (made["total"], made["net"]) == (order.total, order.net_total)
        assert invoice(order) is None
    assert list(invoices_at_fault()) == []


def test_numbers_have_no_gap_under_threads_and_rollbacks(shop):
    made = [sold(shop) for _n in range(8)]
    a_round = threading.Barrier(4)

    def work(mine, number):
        a_round.wait()
        try:
            for order in mine:
                try:
                    with transaction.atomic():
                        invoice(order)
                        if (number + order.pk) % 2:
                            raise RuntimeError
                except RuntimeError:
                    invoice(order)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(made[n % 2 :: 2] if n < 2 else made, n)) for n in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(Invoice.objects.values_list("number", flat=True)) == [f"F26-{n:06d}" for n in range(1, 9)]
    assert list(invoices_at_fault()) == []


def test_the_database_refuses_to_change_an_invoice_and_the_proof_sees_what_got_past_it(shop):
    made = invoice(sold(shop))
    for change in (
        lambda: Invoice.objects.filter(pk=made.pk).update(buyer="other"),
        lambda: Invoice.objects.filter(pk=made.pk).delete(),
        lambda: made.lines.update(quantity=9),
        lambda: made.lines.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    with connection.cursor() as sql:
        sql.execute("ALTER TABLE accounting_invoice DISABLE TRIGGER ALL")
        sql.execute(
            "UPDATE accounting_invoice SET content = jsonb_set(content, '{buyer,name}', '\"x\"'), number='F26-7'"
        )
        sql.execute("ALTER TABLE accounting_invoice ENABLE TRIGGER ALL")
    assert len(list(invoices_at_fault())) == 4
    with pytest.raises(SystemExit):
        call_command("prove_invoices")


def test_a_channel_may_have_its_own_series_and_each_year_begins_anew(shop):
    company = Company.objects.get()
    InvoiceSeries.objects.create(company=company, channel=a_channel(), kind="invoice", prefix="WEB-")
    first, second = sold(shop), sold(shop)
    new_year = AT.replace(year=2027)
    assert services.invoice_order(first.guid, key="1", at=AT).number == "WEB-26-000001"
    assert services.invoice_order(second.guid, key="2", at=new_year).number == "WEB-27-000001"
    third = sold(shop)
    earlier = services.invoice_order(third.guid, key="3", at=new_year - dt.timedelta(days=0, hours=3))
    assert earlier.number == "WEB-27-000002"


def test_what_cannot_be_made_waits_with_a_task_and_a_button(shop, client):
    a_company(siren="", vat_number="")
    order = sold(shop)
    told()
    told()
    assert not Invoice.objects.exists()
    assert "SIREN" in WaitingInvoice.objects.get().why
    task = Task.objects.get(kind__code="invoice_waits")
    client.force_login(a_colleague(is_superuser=True, language="en"))
    client.cookies["django_language"] = "en"
    page = client.get(task.subject_url)
    assert order.number in page.content.decode()
    again = reverse("admin:accounting_invoice_waiting")
    assert client.get(again).status_code == 404
    client.post(again)
    assert WaitingInvoice.objects.get().tries == 2
    a_company()
    assert "1 invoice is made" in client.post(again, follow=True).content.decode()
    told()
    task.refresh_from_db()
    assert task.state == "done"
    client.force_login(a_colleague("ben@shop.test"))
    assert client.post(again).status_code == 403


def test_a_credit_note_refers_to_its_invoice_and_its_money_goes_back_once(shop):
    order = sold(shop, (shop.product, 3))
    told()
    line = order.lines.get(kind="product")
    credit = services.credit_order(order, {line.pk: 1}, reason="return", at=LATER, actor="anna")
    document = rules.thawed(credit.document.content)
    assert (credit.number, document.number, document.kind) == ("A26-000001", "A26-000001", "credit")
    assert [one.number for one in document.refers] == ["F26-000001"]
    assert (document.total, document.lines[0].quantity) == (credit.total, 1)
    back(credit)
    back(credit)
    told()
    order.refresh_from_db()
    assert order.refunded_total == order.credited_total == credit.total
    assert CreditNote.objects.count() == 1, "its own refund makes no second note"
    assert reconciled()


def reconciled():
    """Nobody owes anything: what was sold and credited is what was received and given back."""
    sums = EntryLine.objects.filter(account="411000").aggregate(d=Sum("debit"), c=Sum("credit"))
    refunded = Order.objects.aggregate(n=Sum("refunded_total"))["n"]
    went = EntryLine.objects.filter(account="511000").aggregate(n=Sum("credit"))["n"] or 0
    assert went == refunded
    return sums["d"] == sums["c"]


def test_what_a_return_brought_back_is_credited_at_its_own_rate(shop):
    book = shop.another("BOOK", "10.55", vat_rate=a_vat_rate("0.055"))
    order = sold(shop, (shop.product, 2), (book, 2))
    told()
    place = shop.store.place
    for came, rates in (({"BOOK": 1}, ["0.0550"]), ({"BOOK": 1, "TOY-1": 1}, ["0.2000", "0.0550"])):
        wanted = {order.lines.get(sku=sku).position: units for sku, units in came.items()}
        asked = orders.ask_return(
            order, {position: orders.Wanted(units) for position, units in wanted.items()}, at=LATER, actor="lea"
        )
        orders.receive_return(
            asked,
            {position: orders.Came(units) for position, units in wanted.items()},
            place=place,
            at=LATER,
            actor="a",
        )
        told()
        credit = CreditNote.objects.latest("pk")
        assert [one["rate"] for one in credit.vat] == rates
        assert {one.line.sku: one.quantity for one in credit.lines.select_related("line")} == came
        assert credit.total == sum(order.lines.get(sku=sku).unit * units for sku, units in came.items())
    left = services.creditable(order)
    assert left[order.lines.get(sku="BOOK").pk] == 0, "what came back is not credited once more"
    assert left[order.lines.get(sku="TOY-1").pk] == 1


def test_a_refund_of_a_sale_is_credited_by_itself_and_the_books_reconcile(shop):
    book = shop.another("BOOK", "7.99", vat_rate=a_vat_rate("0.055"))
    order = sold(shop, (shop.product, 2), (book, 1))
    told()
    made = orders.refund(order, Decimal("5.01"), reason="gesture", key="g", at=LATER, actor="anna")
    told()
    told()
    credit = CreditNote.objects.get()
    assert (credit.total, credit.reason, credit.refund) == (Decimal("5.01"), "gesture", made)
    assert credit.document.number == credit.number
    line = order.lines.get(sku="BOOK")
    rest = services.credit_order(order, {line.pk: 1}, reason="return", at=LATER, actor="anna")
    assert rest.total < line.total, "what was lowered before is not given back twice"
    back(rest)
    order.refresh_from_db()
    made = orders.refund(order, order.kept, reason="return", key="all", at=LATER, actor="anna")
    told()
    for one in order.refunds.all():
        orders.send_refund(one.guid, at=LATER)
        for part in one.parts.exclude(state="done"):
            orders.confirm_refund(part, at=LATER, actor="anna")
    told()
    assert CreditNote.objects.aggregate(n=Sum("total"), net=Sum("net_total")) == {
        "n": order.total, "net": order.net_total,
    }  # fmt: skip
    assert reconciled()
    assert list(invoices_at_fault()) == []


def test_a_refund_takes_the_credit_note_that_waits_for_it_and_too_much_is_refused(shop):
    order = sold(shop, (shop.product, 2))
    told()
    line = order.lines.get(kind="product")
    credit = services.credit_order(order, {line.pk: 1}, reason="return", at=LATER, actor="anna")
    orders.refund(order, credit.total, reason="return", key="elsewhere", at=LATER, actor="ben")
    told()
    assert CreditNote.objects.get().refund.key == "elsewhere"
    other = services.credit_order(order, {line.pk: 1}, reason="return", at=LATER, actor="anna")
    orders.refund(Order.objects.get(pk=order.pk), Decimal("1.00"), reason="gesture", key="x", at=LATER, actor="ben")
    with pytest.raises(Refused, match="can be given back"):
        services.pay_back(other, at=LATER, actor="anna")
    other.refresh_from_db()
    assert other.refunded_at is None


def test_money_of_cancelled_orders_and_what_came_too_much_is_no_credit(shop):
    order = placed(shop)
    orders.cancel(order, "no", AT, "anna")
    orders.give_back_due(order, key="k", at=AT, actor="anna")
    told()
    assert not CreditNote.objects.exists()
    assert not Invoice.objects.exists()


def test_a_credit_note_that_came_before_its_invoice_gets_its_document_with_it(shop):
    order = sold(shop, (shop.product, 2))
    credit = services.credit_order(order, {order.lines.get(kind="product").pk: 1}, reason="error", at=AT, actor="anna")
    assert not hasattr(credit, "document")
    told()
    assert Invoice.objects.get(credit=credit).content["refers"][0]["number"] == "F26-000001"
    assert list(invoices_at_fault()) == []


def test_a_wrong_invoice_is_credited_and_made_anew(shop, client):
    order = sold(shop, (shop.product, 2))
    told()
    old = Invoice.objects.get()
    client.force_login(a_colleague(is_superuser=True, language="en"))
    client.cookies["django_language"] = "en"
    page = reverse("admin:accounting_invoice_change", args=[old.pk])
    assert "make it anew" in client.get(page).content.decode()
    anew = reverse("admin:accounting_invoice_anew", args=[old.pk])
    said = {"name": "Crèche SARL", "country": "fr", "city": "Lyon", "vat_number": "FR00123", "reason": "company"}
    assert client.post(anew, said).context["form"].errors["vat_number"]
    assert client.post(anew, {**said, "vat_number": "", "reason": ""}).context["form"].errors["reason"]
    for _twice in range(2):
        client.post(anew, {**said, "vat_number": "FR44 732829320"}, follow=True)
    new = Invoice.objects.get(number="F26-000002")
    credit = Invoice.objects.get(kind="credit")
    assert (credit.corrects, credit.number, credit.total, new.total) == (old, "A26-000001", old.total, old.total)
    assert (new.buyer, new.content["buyer"]["vat_number"]) == ("Crèche SARL", "FR44732829320")
    assert list(services.standing_invoices(order)) == [new]
    assert invoice(order, "again") is None
    assert sorted(Entry.objects.exclude(piece=order.number).values_list("piece", flat=True)) == [
        "A26-000001", "F26-000002",
    ]  # fmt: skip
    assert "make it anew" not in client.get(page).content.decode()
    with pytest.raises(Refused):
        services.make_anew(credit, rules.Party("x"), reason="y", at=AT, actor="anna")
    with pytest.raises(Invalid):
        services.make_anew(new, rules.Party(" "), reason="y", at=AT, actor="anna")
    assert list(invoices_at_fault()) == []


def test_the_list_asks_the_same_number_of_questions_for_one_and_for_three(shop, client):
    client.force_login(a_colleague(is_superuser=True))
    counts = []
    for more in (1, 2):
        for _n in range(more):
            invoice(sold(shop))
        client.get(reverse("admin:accounting_invoice_changelist"))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(reverse("admin:accounting_invoice_changelist")).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_office_checks_the_numbers_of_a_company_and_keeps_series_that_were_used(shop, client):
    invoice(sold(shop))
    client.force_login(a_colleague(is_superuser=True, language="en"))
    client.cookies["django_language"] = "en"
    company = Company.objects.get()
    page = reverse("admin:accounting_company_change", args=[company.pk])
    assert client.get(page).status_code == 200
    series = InvoiceSeries.objects.get(kind="invoice")
    names = ("name", "code", "line1", "postcode", "city", "country", "siren", "vat_number")
    said = {
        **{name: getattr(company, name) for name in names},
        "series-TOTAL_FORMS": 2, "series-INITIAL_FORMS": 1, "series-0-id": series.pk, "series-0-company": company.pk,
        "series-0-kind": "credit", "series-0-prefix": "Z", "series-1-company": company.pk,
        "series-1-kind": "credit", "series-1-prefix": "AV", "series-1-channel": "",
    }  # fmt: skip
    for field, wrong in (("siren", "732829321"), ("vat_number", "FR1"), ("iban", "FR76"), ("country", "F1")):
        assert field in client.post(page, {**said, field: wrong}).context["adminform"].form.errors
    assert client.post(page, {**said, "series-1-prefix": "9 9"}).status_code == 200
    assert client.post(page, said).status_code == 302
    series.refresh_from_db()
    assert (series.kind, series.prefix) == ("invoice", "F")
    assert InvoiceSeries.objects.filter(prefix="AV").exists()
    assert "Étoile" in client.get(reverse("admin:accounting_company_changelist")).content.decode()


def test_machines_read_the_invoices_of_orders_that_they_reach(shop, client):
    order = sold(shop, (shop.product, 2))
    made = invoice(order)
    services.credit_order(order, {order.lines.get(kind="product").pk: 1}, reason="return", at=LATER, actor="anna")

    def ask(scope, query="", **key):
        head = {"Authorization": f"Bearer {an_api_key(scope, system=uuid.uuid4().hex[:8], **key)}"}
        return client.get(f"/api/v1/accounting/invoices{query}", headers=head)

    found = ask("books:export").json()
    assert [one["kind"] for one in found["results"]] == ["credit", "invoice"]
    assert found["results"][0]["corrects"] == made.number
    assert len(ask("orders:read", "?kind=invoice&since=2026-03-10&until=2026-03-10").json()["results"]) == 1
    assert ask("orders:read", f"?order={order.number}&since=2026-04-01").json()["results"] == []
    assert ask("orders:read", "?since=soon").status_code == 422
    assert ask("orders:read", "?cursor=x").status_code in (400, 404, 422)
    assert ask("catalog:read").status_code == 403
    assert ask("orders:read", f"/{made.guid}").json()["content"]["buyer"]["name"] == "Léa Petit"
    other = a_store("BREST")
    assert ask("orders:read", store=other).json()["results"] == []
    assert ask("orders:read", f"/{made.guid}", store=other).status_code == 404
