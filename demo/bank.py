"""What the bank said in the demonstration: two orders, a statement that knows one of them, a line nobody knows."""

import datetime as dt
from decimal import Decimal

from accounting.enums import CreditReason
from accounting.models import BankAccount, Company, Invoice, LineRule, Statement
from accounting.services import credit_order, invoice_order, take_statement
from catalog.enums import ProductKind
from logistics.models import StockBalance
from orders.enums import MethodKind, OrderState
from orders.models import Order, PaymentMethod
from orders.services import (
    CheckoutAnswers,
    add_to_cart,
    cancel_for,
    hand_over,
    mark_ready,
    open_cart,
    place_order,
    record_payment,
)
from stores.models import SalesChannel, Store

IBAN = "FR7630006000011234567890189"
_SIGNS = "{ABCDEFGHI", "}JKLMNOPQR"
_HEAD = "30006    00001EUR2 12345678901  "
COMPANY = {
    "name": "Jouets Étoile",
    "legal_form": "SAS au capital de 50 000 €",
    "line1": "12 rue de la République",
    "postcode": "69002",
    "city": "Lyon",
    "siren": "732829320",
    "register": "RCS Lyon 732 829 320",
    "vat_number": "FR44732829320",
    "email": "bonjour@jouets-etoile.example",
    "phone": "01 84 00 00 00",
    "iban": IBAN,
}
SHOPPERS = (("Nadia", "Lefèvre", "nadia.lefevre@example.com"), ("Paul", "Girard", "paul.girard@example.com"))


def make_bank(at: dt.datetime, actor: str) -> None:
    """An account, its monthly fees, and a statement: one order's money came, one line names an order nobody paid."""
    account, _made = BankAccount.objects.get_or_create(
        code="compte-courant",
        defaults={"name": "Compte courant", "number": IBAN, "batch_words": "REMISE CB", "days": 5},
    )
    account.methods.set(PaymentMethod.objects.filter(kind=MethodKind.CARD))
    LineRule.objects.get_or_create(
        account=account, words="FRAIS TENUE", defaults={"ledger": "627100", "label": "Frais de tenue de compte"}
    )
    if Statement.objects.exists():
        return
    paid, waiting = (_order(who, at, number) for number, who in enumerate(SHOPPERS))
    record_payment(
        paid,
        method=PaymentMethod.objects.get(code="card"),
        amount=paid.total,
        key=f"demo:{paid.number}",
        at=at,
        provider_reference="CB-7F3K2Q",
        actor=actor,
    )
    lines = [
        (paid.total, "VIR SITE WEB", f"COMMANDE {paid.number} CB-7F3K2Q"),
        (waiting.total, "VIR M GIRARD", f"CDE {waiting.number}"),
        (Decimal("184.00"), "VIR RECU SARL DUPONT", "FACTURE 2209"),
        (Decimal("-18.50"), "FRAIS TENUE DE COMPTE", ""),
    ]
    take_statement(_cfonb(lines, at.date()), f"releve-{at:%Y%m%d}.txt", at=at, actor=actor)


def make_invoices(at: dt.datetime, actor: str) -> None:
    """The company that invoices, and an order that was collected and invoiced, part of it credited."""
    company, made = Company.objects.get_or_create(code="main", defaults=COMPANY)
    if not made and not company.name:
        Company.objects.filter(pk=company.pk).update(**COMPANY)
    if Invoice.objects.exists():
        return
    order = _order(("Jeanne", "Morel", "jeanne.morel@example.com"), at, 3)
    record_payment(
        order, method=order.payment_method, amount=order.total, key=f"demo:{order.number}", at=at, actor=actor
    )
    mark_ready(order, at, actor)
    order = hand_over(order, at, actor)
    invoice_order(order.guid, key=f"done:{order.guid}", at=at, actor=actor)
    line = order.lines.get(position=1)
    credit_order(order, {line.pk: 1}, reason=CreditReason.RETURN, at=at, actor=actor)


def make_refund(at: dt.datetime, actor: str) -> None:
    """An order that was paid and then cancelled: its money waits in the refund centre."""
    if Order.objects.filter(state=OrderState.CANCELLED, paid_total__gt=0).exists():
        return
    order = _order(("Inès", "Robin", "ines.robin@example.com"), at, 2)
    card = PaymentMethod.objects.get(code="card")
    record_payment(order, method=card, amount=order.total, key=f"demo:{order.number}", at=at, actor=actor)
    cancel_for(order, "changed_mind", at=at, actor=actor, note="A appelé ce matin.")


def _order(who: tuple[str, str, str], at: dt.datetime, number: int) -> Order:
    first, last, email = who
    channel = SalesChannel.objects.get(code="web")
    there = StockBalance.objects.filter(place__store__code="LYON", physical__gte=5, product__kind=ProductKind.SIMPLE)
    toy = there.select_related("product").order_by("product__sku")[number].product
    cart = open_cart(channel, at)
    add_to_cart(cart, toy.pk, number + 1, at=at)
    answers = CheckoutAnswers(
        email=email,
        first_name=first,
        last_name=last,
        phone="",
        delivery_mode="pickup",
        payment_method="pay_in_store",
        store=Store.objects.get(code="LYON"),
    )
    return place_order(cart, answers=answers, key=f"demo-bank-{number}", at=at, language="fr")


def _cfonb(lines: list[tuple[Decimal, str, str]], day: dt.date) -> bytes:
    opening = Decimal("12480.35")
    on = f"{day:%d%m%y}"
    rows = [f"01{_HEAD}{on}{'':50}{_signed(opening)}{'':16}"]
    for number, (amount, label, more) in enumerate(lines, 1):
        rows.append(f"04{_HEAD}{on}  {on}{label:31.31}  {number:07d}  {_signed(amount)}{'':16}")
        if more:
            rows.append(f"05{_HEAD}{on}     LIB{more:70.70}  ")
    closing = opening + sum((line[0] for line in lines), Decimal(0))
    rows.append(f"07{_HEAD}{on}{'':50}{_signed(closing)}{'':16}")
    return "\r\n".join(rows).encode("cp1252") + b"\r\n"


def _signed(amount: Decimal) -> str:
    figures = f"{abs(int(amount * 100)):014d}"
    return figures[:-1] + _SIGNS[amount < 0][int(figures[-1])]
