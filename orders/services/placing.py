"""From basket to order: one transaction, one order for each basket, content frozen with its reasons."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from altazion.lib.written import written
from campaigns.selectors import Quote, quote
from catalog.selectors.channel_text import speak_for
from customers.models import Customer
from customers.services import guest_customer
from logbook.services import record
from logistics.enums import DeliveryKind
from logistics.selectors import DeliveryOption, delivery_options
from logistics.services import take_delivery
from orders import rules
from orders.enums import LineKind, MethodKind
from orders.models import Cart, Order, OrderLine, PaymentMethod
from orders.rules.risk import an_address
from orders.selectors.checkout import payment_methods
from orders.selectors.products import sellable
from orders.services.risk import assess
from orders.services.sold import SoldLine, sold_lines
from orders.services.stock import hold
from stores.models import Store


@dataclass(frozen=True)
class CheckoutAnswers:
    """What a shopper said at the checkout.

    seen: fingerprint of the lines and the fee that were on the page (`orders.rules.fingerprint`); empty trusts ours.
    origin: address of the shop, for links in mails. customer: of the account; None for a guest.
    company, vat_number: whom the invoice is for, if it is not the person who orders.
    ip: where on the Internet the order was given, for its risk; forgotten when it is closed.
    """

    email: str
    first_name: str
    last_name: str
    phone: str
    delivery_mode: str
    payment_method: str
    store: Store | None = None
    address: dict[str, str] = field(default_factory=dict)
    customer: Customer | None = None
    seen: str = ""
    origin: str = ""
    company: str = ""
    vat_number: str = ""
    ip: str = ""


class Changed(Refused):
    """What was shown is not what holds now; the shopper must see it again."""

    code = "changed"


def place_order(cart: Cart, *, answers: CheckoutAnswers, key: str, at: dt.datetime, language: str) -> Order:
    """Turn a basket into an order. The same basket again, from any tab, gives the same order (COM-5).

    Prices, delivery and stock are asked anew at `at`. Raises Refused with the field at fault: `Changed` when the
    shopper saw other amounts, NotEnoughStock when units have gone, Invalid for answers that do not go together.
    """
    with transaction.atomic():
        locked = Cart.objects.select_for_update(of=("self",)).select_related("channel").get(pk=cart.pk)
        if locked.ordered_at is not None:
            return Order.objects.get(cart=locked)
        return _place(locked, answers, key, at, language)


def _place(cart: Cart, answers: CheckoutAnswers, key: str, at: dt.datetime, language: str) -> Order:
    wanted = list(cart.lines.order_by("id").values_list("product_id", "quantity"))
    if not wanted:
        raise Refused(_("The basket is empty."), code="empty_cart")
    products = sellable([product for product, _quantity in wanted], channel=cart.channel)
    speak_for(products.values(), cart.channel)
    if len(products) < len(wanted):
        raise Changed(_("A product of your basket is no longer sold. Please look at your basket again."))
    priced = quote(wanted, channel=cart.channel, at=at, store=answers.store)
    if len(priced.lines) < len(wanted):
        raise Changed(_("A product of your basket has no price at the moment. Please look at your basket again."))
    option = _delivery(cart, wanted, answers, priced.total, at)
    _same_as_seen(priced, option.fee, answers.seen)
    method = _method(cart, answers, option, priced.total + option.fee)
    sold = sold_lines(priced, products, channel=cart.channel, store=answers.store, at=at, language=language)
    sums = rules.totals([*(rules.Amount(line.total, line.vat_rate) for line in sold),
                         rules.Amount(option.fee, option.vat_rate)])  # fmt: skip
    order = _write(cart, answers, priced, option, method, sums, at, language)
    _write_lines(order, sold, option, sums)
    Cart.objects.filter(pk=cart.pk).update(ordered_at=at, updated_at=at)
    record(
        "orders.order_placed",
        at=at,
        subject_kind="order",
        subject_id=order.guid,
        actor=order.email,
        number=order.number,
        store=order.store.code if order.store else "",
        total=str(order.total),
        key=key,
    )
    take_delivery(option.mode, at.astimezone(ZoneInfo(cart.channel.time_zone)).date())
    hold(order, at=at)  # last: others may want the same rows
    if assess(order, at=at):
        order.refresh_from_db(fields=["state", "cancelled_at", "cancel_reason", "hold_until"])
    return order


def _delivery(
    cart: Cart, wanted: list[tuple[int, int]], answers: CheckoutAnswers, value: Decimal, at: dt.datetime
) -> DeliveryOption:
    """The delivery option that was chosen, if it holds now."""
    options = delivery_options(
        wanted,
        channel=cart.channel,
        at=at,
        store=answers.store,
        country=answers.address.get("country", "FR"),
        postcode=answers.address.get("postcode", ""),
        value=value,
    )
    option = next((option for option in options if option.mode.code == answers.delivery_mode), None)
    if option is None:
        raise Invalid(_("Choose how you would like to receive your order."), field="delivery_mode")
    to_store = option.mode.kind in {DeliveryKind.PICKUP, DeliveryKind.STORE_DELIVERY}
    if to_store and answers.store is None:
        raise Invalid(_("Choose the store where you will collect your order."), field="store")
    if not option.ok:
        raise Refused(str(option.reason), code="delivery_not_possible", field="store" if to_store else "delivery_mode")
    if not to_store and not (answers.address.get("line1") and answers.address.get("city")):
        raise Invalid(_("Say where the order should be delivered."), field="line1")
    return option


def _same_as_seen(priced: Quote, fee: Decimal, seen: str) -> None:
    now = rules.fingerprint(((line.product_id, line.quantity, line.price.unit) for line in priced.lines), fee)
    if seen and seen != now:
        raise Changed(_("Prices, quantities or fees have changed since you opened this page. Please check them."))


def _method(cart: Cart, answers: CheckoutAnswers, option: DeliveryOption, total: Decimal) -> PaymentMethod:
    offered = payment_methods(cart.channel, amount=total, kind=option.mode.kind, store=answers.store)
    method = next((method for method in offered if method.code == answers.payment_method), None)
    if method is None:
        raise Invalid(_("Choose a way to pay that goes with this delivery."), field="payment_method")
    return method


def _write(
    cart: Cart,
    answers: CheckoutAnswers,
    priced: Quote,
    option: DeliveryOption,
    method: PaymentMethod,
    sums: rules.Totals,
    at: dt.datetime,
    language: str,
) -> Order:
    customer = answers.customer or guest_customer(
        answers.email, at=at, first_name=answers.first_name, last_name=answers.last_name, phone=answers.phone
    )
    to_store = option.mode.kind in {DeliveryKind.PICKUP, DeliveryKind.STORE_DELIVERY}
    held = dt.timedelta(minutes=method.hold_minutes)
    return Order.objects.create(
        guid=cart.guid,
        number=_next_number(at, cart.channel.time_zone),
        cart=cart,
        channel=cart.channel,
        customer=customer,
        language=language,
        email=answers.email,
        phone=answers.phone,
        payment_state=rules.payment_state(sums.gross, Decimal(0)),
        payment_method=method,
        delivery_mode=option.mode,
        store=answers.store if to_store else None,
        recipient=f"{answers.first_name} {answers.last_name}".strip(),
        address=({} if to_store else answers.address) | _invoiced(answers),
        promised_from=option.from_date,
        promised_to=option.to_date,
        currency=cart.channel.currency,
        total=sums.gross,
        net_total=sums.net,
        vat=rules.vat_words(sums),
        discount_total=priced.discount_total,
        placed_at=at,
        hold_until=at + held if method.kind == MethodKind.CARD and sums.gross else None,
        origin=answers.origin,
        client_ip=an_address(answers.ip),
    )


def _invoiced(answers: CheckoutAnswers) -> dict[str, str]:
    """The company that the invoice is for stands with the address."""
    told = {"company": answers.company.strip()[:120], "vat_number": answers.vat_number.strip()[:20]}
    return {name: text for name, text in told.items() if text}


def _write_lines(order: Order, sold: list[SoldLine], option: DeliveryOption, sums: rules.Totals) -> None:
    lines = [
        OrderLine(
            order=order,
            position=position,
            product=line.product,
            sku=line.product.sku,
            name=line.name,
            quantity=line.quantity,
            base_unit=line.base_unit,
            unit=line.unit,
            vat_rate=line.vat_rate,
            total=line.total,
            net_total=net,
            reasons=line.reasons,
            bundle=line.bundle,
        )
        for position, (line, net) in enumerate(zip(sold, sums.nets, strict=False), start=1)
    ]
    lines.append(
        OrderLine(
            order=order,
            position=len(lines) + 1,
            kind=LineKind.SHIPPING,
            sku=option.mode.code,
            name=written(option.mode.translations, order.language, "name", option.mode.name),
            quantity=1,
            base_unit=option.fee,
            unit=option.fee,
            vat_rate=option.vat_rate,
            total=option.fee,
            net_total=sums.nets[-1],
        )
    )
    OrderLine.objects.bulk_create(lines)


def _next_number(at: dt.datetime, time_zone: str) -> str:
    with connection.cursor() as sql:
        sql.execute("SELECT nextval('orders_number')")
        sequence = sql.fetchone()[0]
    return rules.order_number(at.astimezone(ZoneInfo(time_zone)).year, sequence)
