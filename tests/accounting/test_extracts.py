"""Journals for the accounting software: eighteen columns, nothing twice, nothing left out."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounting import services
from accounting.models import Account, Entry, Extract
from accounting.rules import Posting, fec
from accounting.selectors import fec_lines
from accounting.services import Wanted
from altazion.lib.problems import Refused
from logbook.services import deliver
from orders import services as orders
from tests.builders import AT, Shopfront, a_colleague, a_vat_rate, an_api_key

pytestmark = pytest.mark.django_db
SIREN = "732829320"


def booked(amount="10.00", *, piece="W26-000001", journal="VT", on=None, paid=False):
    """A sale of this much; `paid`: and its receipt."""
    on, value = on or AT.date(), Decimal(amount)
    lines = [Posting("411000", piece, debit=value), Posting("707000", piece, credit=value)]
    services.book(journal, lines, key=f"{journal}{piece}", piece=piece, label=piece, on=on, at=AT)
    if paid:
        lines = [Posting("511000", piece, debit=value), Posting("411000", piece, credit=value)]
        services.book("BQ", lines, key=f"BQ{piece}", piece=piece, label=piece, on=on + dt.timedelta(1), at=AT)


def handed(*journals, **wanted):
    return services.extract_journals(Wanted(journals or ("VT", "BQ"), SIREN, **wanted), at=AT, actor="anna")


def rows(extract):
    lines = [line.removesuffix("\r\n").split(fec.SEPARATORS[extract.separator]) for line in fec_lines(extract)]
    return lines[0], [dict(zip(fec.COLUMNS, line, strict=True)) for line in lines[1:]]


def test_a_sale_and_its_receipt_in_eighteen_columns():
    booked("1234.50", paid=True)
    extract = handed(first=AT.date(), last=AT.date() + dt.timedelta(1))
    header, lines = rows(extract)
    assert header == list(fec.COLUMNS)
    assert len(header) == 18
    assert [(one["EcritureNum"], one["CompteNum"], one["Debit"], one["Credit"]) for one in lines] == [
        ("BQ00000001", "511000", "1234,50", "0,00"),
        ("BQ00000001", "411000", "0,00", "1234,50"),
        ("VT00000001", "411000", "1234,50", "0,00"),
        ("VT00000001", "707000", "0,00", "1234,50"),
    ]
    assert lines[2]["CompteLib"] == "Clients"
    assert lines[2]["EcritureDate"] == f"{AT:%Y%m%d}"
    assert extract.file_name == f"{SIREN}FEC{AT.date() + dt.timedelta(1):%Y%m%d}.txt"
    assert (extract.lines, extract.total) == (4, Decimal("2469.00"))


def test_customers_lines_are_lettered_once_the_piece_is_paid():
    booked("10.00", piece="W26-000001", paid=True)
    booked("20.00", piece="W26-000002")
    whole = handed(first=AT.date(), last=AT.date() + dt.timedelta(1))
    letters = {(one["PieceRef"], one["EcritureLet"]) for one in rows(whole)[1] if one["CompteNum"] == "411000"}
    assert letters == {("W26-000001", "W26-000001"), ("W26-000002", "")}
    before = handed("VT", first=AT.date(), last=AT.date())  # the money came a day later
    assert {one["EcritureLet"] for one in rows(before)[1]} == {""}


def test_what_is_new_is_handed_over_once_and_without_a_gap():
    booked(piece="W26-000001")
    booked(piece="W26-000002", on=AT.date() - dt.timedelta(400))  # an old day, a new number
    first = handed("VT")
    booked(piece="W26-000003")
    second = handed("VT")
    numbers = [[one["EcritureNum"] for one in rows(each)[1]] for each in (first, second)]
    assert numbers == [["VT00000001"] * 2 + ["VT00000002"] * 2, ["VT00000003"] * 2]
    assert (first.first, first.last) == (AT.date() - dt.timedelta(400), AT.date())
    with pytest.raises(Refused, match=r"Nothing|Rien"):
        handed("VT")


def test_the_file_is_the_same_whenever_it_is_asked_for():
    booked(piece="W26-000001")
    extract = handed("VT", first=AT.date(), last=AT.date())
    before = list(fec_lines(extract))
    booked(piece="W26-000002")
    assert list(fec_lines(Extract.objects.get())) == before


@pytest.mark.django_db(transaction=True)
def test_every_entry_and_the_whole_balance(shop_sale):
    extract = handed(first=AT.date(), last=AT.date())
    lines = rows(extract)[1]
    money = lambda text: Decimal(text.replace(",", "."))  # noqa: E731
    sums = {}
    for one in lines:
        sums.setdefault(one["EcritureNum"], Decimal(0))
        sums[one["EcritureNum"]] += money(one["Debit"]) - money(one["Credit"])
    assert len(sums) == Entry.objects.count() == 2
    assert set(sums.values()) == {Decimal(0)}


@pytest.fixture
def shop_sale():
    shop = Shopfront()
    book = shop.another("BOOK", "7.99", vat_rate=a_vat_rate("0.055"))
    order = shop.order((shop.product, 3), (book, 2))
    orders.record_payment(order, method=shop.in_store, amount=order.total, key=order.number, at=AT)
    orders.mark_ready(order, AT, "anna")
    orders.hand_over(order, AT, "anna")
    deliver("accounting.books", at=AT)
    return order


@given(st.text(max_size=60), st.sampled_from(["tab", "pipe"]))
def test_no_label_opens_a_column_or_a_line(label, separator):
    line = fec.Line("VT", label, 1, AT.date(), "707000", label, label, label, Decimal(1), Decimal(0), None, AT.date())
    written = fec.text(line, separator)
    assert written.count(fec.SEPARATORS[separator]) == 17
    assert len(written.splitlines()) == 1


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Wanted(["VT"], "732829321"), "siren"),
        (Wanted(["VT"], "abc"), "siren"),
        (Wanted(["VT", "XX"], SIREN), "journals"),
        (Wanted(["VT"], SIREN, first=AT.date()), "last"),
        (Wanted(["VT"], SIREN, first=AT.date(), last=AT.date() - dt.timedelta(1)), "last"),
        (Wanted(["VT"], SIREN, first=dt.date(1999, 1, 1), last=dt.date(1999, 1, 2)), "journals"),
    ],
)
def test_what_cannot_be_handed_over_is_refused_at_its_field(wanted, field):
    booked()
    with pytest.raises(Refused) as refusal:
        services.extract_journals(wanted, at=AT, actor="anna")
    assert refusal.value.field == field
    assert not Extract.objects.exists()


def test_office_makes_an_extract_and_gives_its_file(client):
    booked(paid=True)
    Account.objects.create(number="511000", name="Carte bancaire")
    client.force_login(a_colleague(is_superuser=True))
    page = reverse("admin:accounting_extract_add")
    assert client.get(page).status_code == 200
    said = {"siren": "732 829 320", "separator": "pipe", "journals": ["VT", "BQ"], "first": "", "last": ""}
    assert client.post(page, {**said, "siren": "1"}).context["errors"]
    assert client.post(page, {**said, "last": "2026-01-01"}).context["errors"]
    answer = client.post(page, said)
    assert answer.status_code == 302, answer.context["errors"]
    extract = Extract.objects.get()
    assert client.get(reverse("admin:accounting_extract_change", args=[extract.pk])).status_code == 200
    assert client.get(reverse("admin:accounting_extract_changelist")).status_code == 200
    file = client.get(reverse("admin:accounting_extract_file", args=[extract.pk]))
    assert extract.file_name in file["Content-Disposition"]
    text = b"".join(file.streaming_content).decode()
    assert "|511000|Carte bancaire|" in text
    assert text.count("\r\n") == extract.lines + 1


def test_the_file_needs_the_right_to_see_it(client):
    booked()
    extract = handed("VT")
    client.force_login(a_colleague())
    assert client.get(reverse("admin:accounting_extract_file", args=[extract.pk])).status_code == 403


def test_a_key_hands_the_books_over(client):
    booked()
    key = {"HTTP_AUTHORIZATION": f"Bearer {an_api_key('books:export')}"}
    body = {"siren": SIREN, "journals": ["VT"]}
    ask = lambda number, **said: client.post(  # noqa: E731
        "/api/v1/accounting/extracts", {**body, **said}, "application/json", HTTP_IDEMPOTENCY_KEY=number, **key
    )
    made = ask("1")
    assert made.status_code == 201, made.content
    assert ask("1").json() == made.json()
    assert Extract.objects.count() == 1
    assert ask("2").status_code == 409  # nothing new
    assert ask("3", siren="1").status_code == 422
    file = client.get(made.json()["file"], **key)
    assert b"".join(file.streaming_content).decode().startswith("JournalCode\tJournalLib\t")
    assert client.get("/api/v1/accounting/extracts", **key).json()[0]["guid"] == made.json()["guid"]
    other = {"HTTP_AUTHORIZATION": f"Bearer {an_api_key('orders:read', system='till')}"}
    assert client.get("/api/v1/accounting/extracts", **other).status_code == 403
