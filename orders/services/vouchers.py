"""Gift cards and vouchers: issued, redeemed with an order in one transaction, given back to the same card, blocked."""

import datetime as dt
import hashlib
import secrets
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.money import cents, display
from altazion.lib.problems import Invalid, Refused
from logbook.services import record
from orders import rules
from orders.enums import AttemptState, MethodKind, VoucherKind, VoucherMove
from orders.models import Order, Payment, PaymentMethod, RefundPart, Voucher, VoucherEntry
from orders.services.counting import count_received, lock_order
from stores.models import Store

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is mistaken for another: no 0 and O, no 1 and I
LENGTH = 16  # 80 bits
MOST = Decimal(5000)
METHOD = "gift-card"


class NoSuchVoucher(Invalid):
    """One answer for every code that pays nothing: who guesses learns nothing."""

    code = "no_such_voucher"


@transaction.atomic
def issue_voucher(
    amount: Decimal,
    *,
    reason: str,
    key: str,
    at: dt.datetime,
    actor: str,
    kind: str = VoucherKind.GIFT_CARD,
    currency: str = "EUR",
    expires_at: dt.datetime | None = None,
    single_use: bool = False,
    step: Decimal | None = None,
) -> tuple[Voucher, str]:
    """Issue a gift card or voucher; the code is told this once. The same `key` again issues nothing: "" for the code.

    Raises Invalid for an amount that is none, a step that does not divide it, an end that is over, no reason.
    """
    if known := Voucher.objects.filter(key=key).first():
        return known, ""
    _may_be_issued(amount, reason, kind, step, expires_at, at)
    code = "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))
    made = Voucher.objects.create(
        kind=kind, digest=_digest(code), ending=code[-4:], issued=amount, balance=amount, currency=currency, step=step,
        single_use=single_use, expires_at=expires_at, reason=reason.strip()[:200], key=key, issued_at=at,
        issued_by=actor[:150],
    )  # fmt: skip
    _line(made, VoucherMove.ISSUED, amount, key=f"issued:{made.pk}", at=at, actor=actor)
    _tell("orders.voucher_issued", made, at, actor, amount=str(amount))
    return made, "-".join(code[place : place + 4] for place in range(0, LENGTH, 4))


def find_voucher(code: str, *, currency: str, at: dt.datetime) -> Voucher:
    """The voucher of a code that may be used now. Raises NoSuchVoucher; only who has the code learns why."""
    found = Voucher.objects.filter(digest=_digest(_plain(code))).first()
    if found is None:
        raise NoSuchVoucher(_("This code is not known. Please check it."), field="code")
    return _usable(found, currency, at)


@transaction.atomic
def redeem_voucher(
    order: Order,
    code: str,
    *,
    key: str,
    at: dt.datetime,
    actor: str,
    amount: Decimal | None = None,
    store: Store | None = None,
    till: str = "",
) -> Payment:
    """Pay an order, or the part of it that the voucher can pay, with a code; at most `amount`. The rest stays due.

    The same `key` again returns the same payment. Raises NoSuchVoucher, Refused when nothing is due, or the voucher
    cannot pay so little: `details` then tell the nearest amounts that it can.
    """
    order = lock_order(order.pk)
    if known := Payment.objects.filter(key=key).first():
        if known.order_id != order.pk:
            raise Refused(_("This payment key was used for another payment."), code="payment_key_reused", field="key")
        return known
    found = find_voucher(code, currency=order.currency, at=at)
    voucher = _usable(Voucher.objects.select_for_update().get(pk=found.pk), order.currency, at)
    if order.due <= 0 or order.state == "cancelled":
        raise Refused(_("Nothing is left to pay for this order."), code="already_paid")
    wanted = min(order.due, amount) if amount is not None else order.due
    if wanted <= 0:
        raise Invalid(_("The amount must be above zero."), code="bad_amount", field="amount")
    part = _part(voucher, wanted, order.due)
    payment = Payment.objects.create(
        order=order, method=_method(), state=AttemptState.RECEIVED, amount=part, currency=order.currency, key=key,
        provider_reference=f"…{voucher.ending}", store=store, till=till, started_at=at, received_at=at,
    )  # fmt: skip
    _line(voucher, VoucherMove.USED, -part, key=f"used:{payment.guid}", at=at, actor=actor, payment=payment)
    if voucher.single_use and voucher.balance:
        _line(voucher, VoucherMove.LOST, -voucher.balance, key=f"lost:{payment.guid}", at=at, actor=actor)
    _tell("orders.voucher_used", voucher, at, actor, amount=str(part), order=order.number)
    count_received(order, payment, at=at, actor=actor)
    return payment


@transaction.atomic
def credit_voucher(part: RefundPart, *, at: dt.datetime, actor: str) -> str:
    """Money of a refund goes back to the card it came from, once. Raises Refused for a payment that no card made."""
    key = f"back:{part.guid}"
    if known := VoucherEntry.objects.filter(key=key).select_related("voucher").first():
        return str(known.voucher)
    entry = VoucherEntry.objects.filter(payment=part.payment, kind=VoucherMove.USED).first()
    if entry is None:
        raise Refused(_("No gift card or voucher made this payment."), code="no_voucher")
    voucher = Voucher.objects.select_for_update().get(pk=entry.voucher_id)
    if voucher.blocked_at or (voucher.expires_at and voucher.expires_at <= at):
        raise Refused(_("The card may not be used any more: give it back another way."), code="card_closed")
    _line(voucher, VoucherMove.BACK, part.amount, key=key, at=at, actor=actor, part=part)
    _tell("orders.voucher_credited", voucher, at, actor, amount=str(part.amount))
    return str(voucher)


@transaction.atomic
def block_voucher(voucher: Voucher, *, blocked: bool, at: dt.datetime, actor: str) -> Voucher:
    """Block a voucher that was lost or stolen, or free it again. Said twice, it happens once."""
    voucher = Voucher.objects.select_for_update().get(pk=voucher.pk)
    if bool(voucher.blocked_at) == blocked:
        return voucher
    voucher.blocked_at = at if blocked else None
    voucher.save(update_fields=["blocked_at"])
    _tell("orders.voucher_blocked" if blocked else "orders.voucher_freed", voucher, at, actor)
    return voucher


def _usable(voucher: Voucher, currency: str, at: dt.datetime) -> Voucher:
    if voucher.blocked_at:
        raise NoSuchVoucher(_("This card is blocked. Please ask us why."), field="code")
    if voucher.expires_at and voucher.expires_at <= at:
        raise NoSuchVoucher(_("This card is not valid any more."), field="code")
    if voucher.currency != currency:
        raise NoSuchVoucher(_("This card is for another currency."), field="code")
    if voucher.balance <= 0:
        raise NoSuchVoucher(_("Nothing is left on this card."), field="code")
    return voucher


def _part(voucher: Voucher, wanted: Decimal, due: Decimal) -> Decimal:
    """What the voucher pays of what is wanted: in steps it pays the nearest below."""
    low, high = rules.nearest(wanted, most=voucher.balance, step=voucher.step)
    if low > 0:
        return low
    text = _("This voucher pays %(least)s at least; only %(due)s are to be paid.")
    facts = {"least": display(high, voucher.currency), "due": display(due, voucher.currency)}
    raise Refused(text % facts, code="not_achievable", field="amount", details={"nearest": [str(high)]})


def _may_be_issued(
    amount: Decimal, reason: str, kind: str, step: Decimal | None, expires_at: dt.datetime | None, at: dt.datetime
) -> None:
    if not amount.is_finite() or not 0 < amount <= MOST or amount != cents(amount):
        text = _("Between 0.01 and %(most)s, in whole cents.")
        raise Invalid(text % {"most": display(MOST)}, code="bad_amount", field="amount")
    if kind not in VoucherKind.values:
        raise Invalid(_("This kind is unknown."), field="kind")
    if step is not None and (not step.is_finite() or step <= 0 or amount % step):
        raise Invalid(_("The amount is not a whole number of these steps."), code="bad_step", field="step")
    if expires_at is not None and expires_at <= at:
        raise Invalid(_("This end is over already."), code="bad_end", field="expires_at")
    if not reason.strip():
        raise Invalid(_("Say why it is issued."), field="reason")


def _line(
    voucher: Voucher, kind: str, amount: Decimal, *, key: str, at: dt.datetime, actor: str,
    payment: Payment | None = None, part: RefundPart | None = None,
) -> None:  # fmt: skip
    """Add a line to the ledger of a locked voucher, and its balance with it."""
    voucher.balance = amount if kind == VoucherMove.ISSUED else voucher.balance + amount
    voucher.save(update_fields=["balance"])
    VoucherEntry.objects.create(
        voucher=voucher, kind=kind, amount=amount, balance=voucher.balance, payment=payment, part=part, key=key, at=at,
        actor=actor[:150],
    )  # fmt: skip


def _method() -> PaymentMethod:
    """The way to pay under which gift cards are booked; made when the first is used."""
    values = {"name": _("Gift card"), "kind": MethodKind.VOUCHER, "provider": "gift_card", "accounting_code": "419100"}
    return PaymentMethod.objects.get_or_create(code=METHOD, defaults=values)[0]


def _plain(code: str) -> str:
    return "".join(sign for sign in code.upper() if sign in ALPHABET)[:64]


def _digest(code: str) -> str:
    return hashlib.sha256(f"orders.voucher:{code}".encode()).hexdigest()


def _tell(kind: str, voucher: Voucher, at: dt.datetime, actor: str, **facts: str) -> None:
    record(
        kind, at=at, subject_kind="voucher", subject_id=voucher.pk, actor=actor, ending=voucher.ending,
        balance=str(voucher.balance), **facts,
    )  # fmt: skip
