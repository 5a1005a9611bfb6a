"""Bank statements: read in four forms, matched, and what nothing explains holds the orders concerned."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounting import services
from accounting.models import Anomaly, BankAccount, Entry, LineRule, Match, Statement, StatementLine
from accounting.selectors import statements_with_gaps
from altazion.lib.problems import Refused
from logbook.services import deliver
from orders import services as orders
from tasks_mgmt.models import Task
from tasks_mgmt.services import ensure_kinds
from tests.accounting.statements import IBAN, camt, cfonb, ofx
from tests.builders import AT, Shopfront, a_colleague, an_api_key

pytestmark = pytest.mark.django_db
CSV = {
    "separator": ";", "date": "Date", "label": "Libellé", "debit": "Débit", "credit": "Crédit", "balance": "Solde",
    "encoding": "utf-8",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _kept(settings, tmp_path):
    storages = {**settings.STORAGES}
    storages["raw_files"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "raw"), "base_url": None},
    }
    settings.STORAGES = storages
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def shop():
    return Shopfront(units=100)


@pytest.fixture
def account(shop):
    made = BankAccount.objects.create(code="bnp", name="BNP", number=IBAN, batch_words="REMISE CB", csv=CSV)
    made.methods.set([shop.card, shop.in_store])
    return made


def paid(shop, quantity=1, *, at=AT, reference="", method=None):
    """An order wholly paid; (order, payment)."""
    order = shop.order((shop.product, quantity), at=at)
    payment = orders.record_payment(
        order, method=method or shop.card, amount=order.total, key=order.number, at=at, provider_reference=reference
    )
    order.refresh_from_db()
    return order, payment


def take(content, name="releve.txt", **options):
    return services.take_statement(content, name, at=AT, actor="anna", **options)


def states(statement):
    return list(StatementLine.objects.filter(statement=statement).values_list("state", "how"))


def held(order):
    return order.holds.filter(until=None).exists()


def test_a_line_that_names_its_order_is_its_payment_and_is_booked(shop, account):
    order, payment = paid(shop, 2)
    (statement,) = take(cfonb([("100326", 25.8, "VIR WEB", "", f"CDE {order.number.replace('-', ' ')}")]))
    assert (statement.opening, statement.closing) == (Decimal("1000.00"), Decimal("1025.80"))
    assert states(statement) == [("matched", "reference")]
    assert Match.objects.get().payment == payment
    entry = Entry.objects.get(key__startswith="bank:")
    assert {(x.account, x.debit, x.credit) for x in entry.lines.all()} == {
        ("512000", Decimal("25.80"), Decimal(0)),
        ("511000", Decimal(0), Decimal("25.80")),
    }
    assert not Anomaly.objects.exists()


def test_a_providers_batch_is_its_payments_less_fees(shop, account):
    days = [AT - dt.timedelta(days=2), AT - dt.timedelta(days=2), AT - dt.timedelta(days=1)]
    payments = [paid(shop, count, at=at)[1] for count, at in zip((1, 2, 3), days, strict=True)]
    gross = sum(one.amount for one in payments)
    (statement,) = take(cfonb([("100326", float(gross - 1), "REMISE CB 0903", "")]))
    line = StatementLine.objects.get(statement=statement)
    assert (line.state, line.how, line.fee) == ("matched", "batch", Decimal("1.00"))
    assert line.matches.count() == 3
    booked = {(x.account, x.debit, x.credit) for x in Entry.objects.get(key__startswith="bank:").lines.all()}
    assert ("627800", Decimal("1.00"), Decimal(0)) in booked


def test_an_amount_alone_is_enough_while_only_one_payment_is_like_it(shop, account):
    paid(shop, 1)
    paid(shop, 2)
    paid(shop, 2)
    (statement,) = take(cfonb([("100326", 12.9, "VIREMENT", ""), ("100326", 25.8, "VIREMENT", "")]))
    assert states(statement) == [("matched", "amount"), ("not_found", "")]


@pytest.mark.django_db(transaction=True)
def test_a_line_without_payment_holds_the_order_it_names_until_it_is_explained(shop, account, client):
    ensure_kinds()
    order = shop.order()
    take(cfonb([("100326", 50, f"VIR {order.number}", "")]))
    odd = Anomaly.objects.get()
    assert (odd.kind, odd.order) == ("not_found", order)
    with pytest.raises(Refused, match="held"):
        orders.mark_ready(order, AT, "anna")
    deliver("tasks_mgmt.order_holds", at=AT)
    deliver("tasks_mgmt.bank", at=AT)
    assert Task.objects.filter(kind__code__in=["order_held", "bank_anomaly"], closed_at=None).count() == 2
    client.force_login(a_colleague(is_superuser=True, language="en"))
    client.cookies["django_language"] = "en"
    page = client.get(reverse("admin:orders_order_change", args=[order.pk])).content.decode()
    assert "no payment of ours is like" in page
    answer = client.get(reverse("admin:orders_order_changelist") + "?held=yes").content.decode()
    assert order.number in answer
    settle = reverse("admin:accounting_anomaly_settle", args=[odd.pk])
    assert "Explain it" in client.post(settle, {"text": " "}, follow=True).content.decode()
    client.post(settle, {"text": "paid by another shop, sent back", "ledger": "471000"})
    odd.refresh_from_db()
    assert odd.settled_at
    assert not held(order)
    assert orders.mark_ready(order, AT, "anna").state == "ready"
    assert {x.account for x in Entry.objects.get(key__startswith="bank:").lines.all()} == {"512000", "471000"}
    deliver("tasks_mgmt.order_holds", at=AT)
    deliver("tasks_mgmt.bank", at=AT)
    assert not Task.objects.filter(kind__code__in=["order_held", "bank_anomaly"], closed_at=None).exists()


def test_another_amount_than_was_paid_holds_the_order(shop, account):
    order, _payment = paid(shop, 2)
    take(cfonb([("100326", 10, f"VIR {order.number}", "")]))
    assert Anomaly.objects.get().kind == "amount"
    assert held(order)


def test_a_payment_that_never_comes_holds_its_order_and_a_later_statement_frees_it(shop, account):
    order, payment = paid(shop, 1)
    take(cfonb([("010326", 5, "AUTRE", "")], last="110326"))
    assert not held(order), "it may still come"
    take(cfonb([("200326", 5, "AUTRE", "")], opening=1005, first="110326", last="200326"))
    assert held(order)
    odd = Anomaly.objects.get(kind="missing")
    assert odd.payment == payment
    take(cfonb([("210326", 12.9, f"VIR {order.number}", "")], opening=1010, first="210326", last="210326"))
    odd.refresh_from_db()
    assert odd.settled_at
    assert not held(order)


def test_hand_matching_takes_several_payments_and_counts_the_fee_once(shop, account, client):
    first, second = paid(shop, 2), paid(shop, 2)
    gross = first[1].amount + second[1].amount
    (statement,) = take(cfonb([("100326", float(gross) - 2, "STRIPE PAYOUT", "")]))
    odd = Anomaly.objects.get()
    client.force_login(a_colleague(is_superuser=True, language="en"))
    client.cookies["django_language"] = "en"
    settle = reverse("admin:accounting_anomaly_settle", args=[odd.pk])
    page = client.get(reverse("admin:accounting_anomaly_change", args=[odd.pk]), {"word": first[0].number})
    assert first[0].number in page.content.decode()
    bad = client.post(settle, {"verb": "match", "payment": [first[1].pk]}, follow=True).content.decode()
    assert "that is no fee" in bad
    assert "Choose the payments" in client.post(settle, {"verb": "match"}, follow=True).content.decode()
    client.post(settle, {"verb": "match", "payment": [first[1].pk, second[1].pk, "x"]})
    line = StatementLine.objects.get()
    assert (line.state, line.how, line.fee) == ("matched", "hand", Decimal("2.00"))
    client.post(reverse("admin:accounting_line_apart", args=[line.pk]))
    line.refresh_from_db()
    assert line.state == "not_found"
    assert Match.objects.count() == 0
    sums = {}
    for entry in Entry.objects.filter(journal__code="BQ").exclude(key__startswith="receipt"):
        for row in entry.lines.all():
            sums[row.account] = sums.get(row.account, 0) + row.debit - row.credit
    assert set(sums.values()) == {Decimal(0)}, "the reversal leaves nothing behind"
    services.match_by_hand(line, [first[1], second[1]], at=AT, actor="anna")
    assert StatementLine.objects.get().state == "matched"
    for url in ("statement", "anomaly", "bankaccount"):
        assert client.get(reverse(f"admin:accounting_{url}_changelist")).status_code == 200
    text = client.get(reverse("admin:accounting_statement_change", args=[statement.pk])).content.decode()
    assert first[0].number in text


def test_known_lines_are_booked_by_themselves(shop, account):
    LineRule.objects.create(account=account, words="FRAIS TENUE", ledger="627100", label="Frais de tenue de compte")
    (statement,) = take(cfonb([("100326", -7.5, "FRAIS TENUE COMPTE", "")]))
    assert states(statement) == [("explained", "rule")]
    assert {(x.account, x.debit) for x in Entry.objects.get().lines.all()} == {
        ("627100", Decimal("7.50")),
        ("512000", Decimal(0)),
    }


def test_the_same_statement_comes_once_whatever_its_form(shop, account):
    content = cfonb([("100326", 5, "X", "REF")])
    take(content)
    with pytest.raises(Refused, match="taken already"):
        take(content)
    with pytest.raises(Refused, match="taken already"):
        take(content.replace(b"\r\n", b"\n"))
    lines = [("20260310", "5.00", "A", "F1"), ("20260310", "5.00", "B", "F2")]
    take(ofx(lines[:1]))
    (longer,) = take(ofx(lines, closing="1015.00"))
    assert (longer.known_lines, longer.lines.count()) == (1, 1)


def test_a_missing_statement_shows_as_a_gap_until_it_comes(shop, account):
    take(cfonb([("100326", 5, "X", "")]))
    (third,) = take(cfonb([("300326", 5, "Z", "")], opening=1020, first="200326", last="300326"))
    gap = lambda: statements_with_gaps().get(pk=third.pk).gap  # noqa: E731
    assert gap() == Decimal("15.00")
    take(cfonb([("150326", 15, "Y", "")], opening=1005, first="110326", last="190326"))
    assert gap() == 0


def test_camt_ofx_and_csv_say_the_same(shop, account):
    order, _payment = paid(shop, 1)
    (one,) = take(camt([("2026-03-10", "12.90", "Commande", order.number)], closing="1012.90"))
    assert states(one) == [("matched", "reference")]
    (two,) = take(ofx([("20260310", "10.00", "VIR &amp; CO", "K1")]))
    assert (two.opening, two.closing) == (Decimal("1000.00"), Decimal("1010.00"))
    assert two.lines.get().label == "VIR & CO"
    text = "Date;Libellé;Débit;Crédit;Solde\n10/03/2026;Vir;;1 234,50;2 234,50\n11/03/2026;Frais;-4,50;;2 230,00\n"
    (three,) = take(text.encode(), "x.csv", account=account)
    assert (three.opening, three.closing) == (Decimal("1000.00"), Decimal("2230.00"))
    assert [line.amount for line in three.lines.all()] == [Decimal("1234.50"), Decimal("-4.50")]
    newest_first = "\n".join([text.splitlines()[0], *reversed(text.splitlines()[1:])]).replace("Vir", "Vir2")
    (four,) = take(newest_first.replace("Frais", "Frais2").encode(), "y.csv", account=account)
    assert four.opening == Decimal("1000.00")


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa">]>'


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"%PDF-1.4 x", "for machines"),
        (b"PK\x03\x04zip", "for machines"),
        (camt([], head=BOMB), "entities"),
        (b"<?xml version='1.0'?><Document><Stmt>", "broken"),
        (b"<html><body>login</body></html>", "no account statement"),
        (camt([("2026-03-10", "1.00", "x", "y")], closing="5.00"), "does not add up"),
        (camt([("2026-13-10", "1.00", "x", "y")]), "no day"),
        (camt([("2026-03-10", "NaN", "x", "y")]), "no amount"),
        (camt([("2026-03-10", "1.00", "x", "y")], closing="1001.00", iban="DE89370400440532013000"), "none of ours"),
        (camt([("2026-03-10", "1.00", "x", "y")], closing="1001.00").replace(b"<Ccy>EUR", b"<Ccy>USD"), "in USD"),
        (cfonb([("100326", 5, "X", "")], closing=2000), "does not add up"),
        (cfonb([("100326", 5, "X", "")])[:244], "cut off"),
        (cfonb([("320326", 5, "X", "")]), "no day"),
        (cfonb([("100326", 5, "X", "")]).replace(b"0000000000050{", b"00000000000X0{"), "cannot be read"),
        (cfonb([])[122:], "no balance before"),
        (b"OFXHEADER:100\n<OFX></OFX>", "no account statement"),
        (ofx([("2026xx10", "1", "x", "k")]), "no day"),
        (ofx([("20260310", "abc", "x", "k")]), "no amount"),
        (b"<!DOCTYPE a><OFX><STMTRS></STMTRS></OFX>", "entities"),
        (b"Date;Libell\xe9\n", "utf-8"),
        ("Date;Libellé;Débit;Crédit\n".encode(), "no column Solde"),
        ("Date;Libellé;Débit;Crédit;Solde\n31/02/2026;x;;5;5\n".encode(), "Line 2: “31/02/2026” is no day"),
        ("Date;Libellé;Débit;Crédit;Solde\n01/02/2026;x;;5x;5\n".encode(), "Line 2: “5x” is no amount"),
        ("Date;Libellé;Débit;Crédit;Solde\n".encode(), "no statement"),
    ],
)
def test_what_is_no_statement_is_told_in_a_sentence(shop, account, content, says, settings):
    settings.LANGUAGE_CODE = "en"
    with pytest.raises(Refused) as problem:
        take(content, account=account)
    assert says in problem.value.message
    assert not Statement.objects.exists()


def test_csv_needs_its_account_and_how_it_is_written(shop, account):
    text = "Date;Libellé;Débit;Crédit;Solde\n10/03/2026;Vir;;5,00;5,00\n".encode()
    with pytest.raises(Refused):
        take(text)
    BankAccount.objects.update(csv={})
    account.refresh_from_db()
    with pytest.raises(Refused, match="which columns"):
        take(text, account=account)


def test_office_takes_a_file_and_says_what_is_wrong_with_another(shop, account, client):
    client.force_login(a_colleague(is_superuser=True, language="en"))
    client.cookies["django_language"] = "en"
    url = reverse("admin:accounting_statement_take")
    send = lambda content: client.post(url, {"file": SimpleUploadedFile("r.txt", content)}, follow=True)  # noqa: E731
    content = cfonb([("100326", 5, "X", "")])
    page = send(content).content.decode()
    assert "1 statement was taken" in page
    assert "needs you" in page
    assert "taken already" in send(content).content.decode()
    statement = Statement.objects.get()
    file = client.get(reverse("admin:accounting_statement_file", args=[statement.pk]))
    assert b"".join(file.streaming_content) == content
    assert client.post(url, {}, follow=True).status_code == 200
    client.force_login(a_colleague("ben@shop.test"))
    assert client.post(url, {"file": SimpleUploadedFile("r.txt", content)}).status_code == 403
    assert client.get(reverse("admin:accounting_statement_change", args=[statement.pk])).status_code == 403


def test_a_machine_sends_a_statement_and_asks_what_is_odd(shop, account, client):
    order = shop.order()
    key = {"HTTP_AUTHORIZATION": f"Bearer {an_api_key('books:import')}"}
    content = cfonb([("100326", 5, f"VIR {order.number}", "")])
    send = lambda **more: client.post(  # noqa: E731
        "/api/v1/accounting/statements", {"file": SimpleUploadedFile("r.txt", content), **more}, **key
    )
    made = send()
    assert made.status_code == 201, made.content
    assert made.json()[0]["to_explain"] == 1
    assert send().status_code == 409
    assert send(account="nope").status_code == 404
    assert client.post("/api/v1/accounting/statements", {}, **key).status_code == 422
    (odd,) = client.get("/api/v1/accounting/anomalies", {"order": order.number}, **key).json()
    assert (odd["kind"], odd["order"]) == ("not_found", order.number)
    assert client.get("/api/v1/accounting/statements", **key).json()[0]["account"] == "bnp"
    other = {"HTTP_AUTHORIZATION": f"Bearer {an_api_key('orders:read', system='till')}"}
    assert client.get("/api/v1/accounting/anomalies", **other).status_code == 403
    told = client.get(f"/api/v1/orders/{order.number}", **other).json()
    assert len(told["held"]) == 1


def test_questions_of_the_lists_do_not_grow(shop, account, client, django_assert_max_num_queries):
    client.force_login(a_colleague(is_superuser=True))
    day = 1
    for count in (1, 3):
        for _ in range(count):
            order = shop.order()
            taken = take(cfonb([(f"{day:02d}0326", 5, f"VIR {order.number}", "")], last=f"{day:02d}0326"))
            day += 1
        for url in ("statement", "anomaly"):
            with django_assert_max_num_queries(25):
                client.get(reverse(f"admin:accounting_{url}_changelist"))
        with django_assert_max_num_queries(25):
            client.get(reverse("admin:accounting_statement_change", args=[taken[0].pk]))


def test_an_order_is_held_and_let_go_by_hand(shop, client):
    order = shop.order()
    client.force_login(a_colleague(is_superuser=True, language="en"))
    client.cookies["django_language"] = "en"
    act = lambda **said: client.post(  # noqa: E731
        reverse("admin:orders_order_act", args=[order.pk]), said, follow=True
    ).content.decode()
    assert "Say why" in act(verb="hold", reason=" ")
    assert "call before sending" in act(verb="hold", reason="call before sending")
    assert "held" in act(verb="ready")
    assert "Explain it" in act(verb="release", explanation="")
    act(verb="release", explanation="called")
    assert not held(order)
    assert "Nobody holds" in act(verb="release", explanation="again")
