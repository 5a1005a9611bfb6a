"""One contract for every card provider: what it must do, whatever the order and number in which it is told."""

import datetime as dt
import itertools
from decimal import Decimal

import pytest

from altazion.lib.problems import NotFound, Refused
from integrations.payments.minor_units import from_minor, to_minor
from orders import services
from orders.models import Order
from orders.ports import Call
from tests.builders import AT, Shopfront
from tests.payments.benches import Sandbox, StripeLocal, StripeStrict, open_account
from tests.payments.strict_bank import signed_call

pytestmark = pytest.mark.django_db
LATER = AT + dt.timedelta(minutes=5)


@pytest.fixture(scope="module", params=[Sandbox, StripeStrict, StripeLocal])
def bank(request, tmp_path_factory):
    made = request.param(*([tmp_path_factory.mktemp("localstripe")] if request.param is StripeLocal else []))
    yield made
    made.close()


@pytest.fixture
def shop(bank, settings):
    made = Shopfront()
    made.card.provider = bank.provider
    made.card.save()
    open_account(bank, settings)
    return made


@pytest.fixture
def later(shop):
    shop.card.capture_when = "prepared"
    shop.card.save()
    return shop


def start(bank, order):
    """An attempt; at a bank without pages it is opened without them."""
    if "pages" not in bank.lacks:
        return attempt(order)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("integrations.payments.stripe_card.StripeCard.start", lambda *_, **__: None)
        return attempt(order)


def attempt(order):
    services.start_payment(order, return_url="https://x/back", callback_url="https://x/", at=AT)
    return order.payments.order_by("-pk").first()


def tell(bank, call):
    return services.take_call(bank.provider, call, at=LATER)


def ask(order, at=LATER):
    for guid in order.payments.filter(state__in=["capturing", "voiding"]).values_list("guid", flat=True):
        services.send_payment(guid, at=at)
    return again(order)


def again(order):
    return Order.objects.get(pk=order.pk)


def authorised(bank, shop):
    order = shop.order((shop.product, 3), pickup=False)
    tell(bank, bank.pay(start(bank, order)))
    assert again(order).payment_state == "authorised"
    return again(order)


def paid(bank, shop):
    order = shop.order((shop.product, 3), pickup=False)
    tell(bank, bank.pay(start(bank, order)))
    return again(order)


def test_a_second_click_leads_to_the_same_page(bank, shop):
    bank.needs("pages")
    order = shop.order(pickup=False)
    pages = [
        services.start_payment(
            order, return_url="https://x/", callback_url="https://x/", at=AT + dt.timedelta(minutes=n)
        )
        for n in range(2)
    ]
    assert pages[0] == pages[1]
    assert order.payments.count() == 1


def test_paid_at_once_and_told_twice_it_counts_once(bank, shop):
    order = shop.order(pickup=False)
    call = bank.pay(start(bank, order))
    for _twice in range(2):
        tell(bank, call)
    order = again(order)
    assert (order.payment_state, order.paid_total) == ("paid", order.total)
    assert order.payments.get().provider_reference


def test_what_is_not_signed_proves_nothing(bank, shop):
    order = shop.order(pickup=False)
    call = bank.pay(start(bank, order))
    for forged in (
        Call(call.body, {}),
        Call(call.body + b" ", call.headers),
        Call(call.body, dict.fromkeys(call.headers, "t=1,v1=00")),
    ):
        with pytest.raises(Refused) as refusal:
            tell(bank, forged)
        assert refusal.value.status == 401
    assert again(order).paid_total == 0


def test_a_card_that_is_declined_leaves_the_order_due_and_may_be_tried_again(bank, shop):
    order = shop.order(pickup=False)
    tell(bank, bank.decline(start(bank, order)))
    attempt = order.payments.get()
    assert attempt.state == "refused"
    assert attempt.message
    tell(bank, bank.pay(start(bank, order)))
    assert again(order).payment_state == "paid"


def test_a_page_that_was_left_is_no_payment(bank, shop):
    order = shop.order(pickup=False)
    tell(bank, bank.expire(start(bank, order)))
    assert order.payments.get().state == "cancelled"


def test_what_is_due_is_taken_and_no_more(bank, later):
    order = authorised(bank, later)
    services.settle_prepared(order, {1: 1}, at=LATER, actor="anna")
    order = ask(order)
    assert (order.payment_state, order.paid_total, order.authorised_total) == ("paid", order.total, 0)
    assert order.payments.get().amount == Decimal("30.70")


def test_asked_twice_it_is_taken_once(bank, later):
    bank.needs("two captures")
    before = bank.taken()
    order = authorised(bank, later)
    services.mark_ready(order, LATER, "anna")
    bank.bank.silent = 5  # done, but the answers are lost, the client's own tries too
    assert ask(order).payment_state == "authorised"
    bank.bank.silent = 0
    order = ask(order, LATER + dt.timedelta(minutes=5))
    assert order.payment_state == "paid"
    assert bank.taken() - before == order.total


def test_a_bank_that_will_not_pay_holds_the_order_until_it_does(bank, later):
    order = authorised(bank, later)
    services.mark_ready(order, LATER, "anna")
    with bank.declining():
        ask(order)
    payment = order.payments.get()
    assert (payment.state, payment.message) == ("failed", "Your card has insufficient funds.")
    services.try_capture_again(payment, at=LATER, actor="anna")
    assert ask(order).payment_state == "paid"


def test_a_cancelled_order_lets_the_money_go(bank, later):
    order = authorised(bank, later)
    services.cancel(order, "no", LATER, "anna")
    assert ask(order).authorised_total == 0
    assert order.payments.get().state == "voided"


def test_an_authorisation_that_ends_is_lost(bank, later):
    order = authorised(bank, later)
    tell(bank, bank.end(order.payments.get()))
    assert (again(order).payment_state, again(order).authorised_total) == ("due", 0)


def test_money_goes_back_in_parts_each_once(bank, shop):
    order = paid(bank, shop)
    for key, amount in (("a", "10.00"), ("b", "5.50")):
        made = services.refund(order, Decimal(amount), reason="gesture", key=key, at=LATER, actor="anna")
        for _twice in range(2):
            services.send_refund(made.guid, at=LATER)
        assert (made.parts.get().state, bool(made.parts.get().provider_reference)) == ("done", True)
    assert again(order).refunded_total == Decimal("15.50")


def test_a_refund_whose_answer_was_lost_goes_back_once(bank, shop):
    bank.needs("silence")
    before = bank.back()
    order = paid(bank, shop)
    made = services.refund(order, Decimal("10.00"), reason="gesture", key="k", at=LATER, actor="anna")
    bank.bank.silent = 5
    services.send_refund(made.guid, at=LATER)
    bank.bank.silent = 0
    assert made.parts.get().state == "asked"
    services.send_refund(made.guid, at=LATER + dt.timedelta(minutes=5))
    assert made.parts.get().state == "done"
    assert bank.back() - before == Decimal("10.00")


def test_a_silence_so_long_that_keys_are_forgotten_gives_nothing_back_twice(bank, shop):
    bank.needs("silence")
    before = bank.back()
    order = paid(bank, shop)
    made = services.refund(order, Decimal("10.00"), reason="gesture", key="k", at=LATER, actor="anna")
    for hours in (0, 21):
        bank.bank.silent = 5
        services.send_refund(made.guid, at=LATER + dt.timedelta(hours=hours))
    bank.bank.silent = 0
    bank.bank.answers.clear()
    part = made.parts.get()
    assert part.state == "failed"
    services.try_again(part, at=LATER + dt.timedelta(hours=30), actor="anna")
    assert made.parts.get().state == "done"
    assert bank.back() - before == Decimal("10.00")


def test_more_than_was_taken_is_refused_by_the_bank_itself(bank, shop):
    bank.needs("refund limits")
    order = paid(bank, shop)
    made = services.refund(order, order.total, reason="gesture", key="k", at=LATER, actor="anna")
    outside = bank.bank.refund(
        {"payment_intent": order.payments.get().provider_reference, "amount": "100", "metadata[part]": "outside"}
    )
    assert outside["status"] == "succeeded"
    services.send_refund(made.guid, at=LATER)
    part = made.parts.get()
    assert (part.state, part.message) == ("failed", "More than was taken cannot be refunded.")


@pytest.mark.parametrize("other", [{"amount": 99}, {"currency": "usd"}])
def test_other_money_than_was_asked_is_not_counted(bank, shop, other):
    order = shop.order(pickup=False)
    with pytest.raises(Refused) as refusal:
        tell(bank, bank.pay(start(bank, order), **other))
    assert (refusal.value.status, again(order).paid_total) == (422, 0)


@pytest.mark.parametrize("turn", range(6))
def test_words_in_any_order_and_twice_come_to_the_same(bank, later, turn):
    order = later.order(pickup=False)
    payment = start(bank, order)
    refused, promised = bank.decline(payment), bank.pay(payment)
    words = list(itertools.permutations([refused, promised, promised]))[turn]
    for word in words:
        tell(bank, word)
    order = again(order)
    assert (order.payment_state, order.authorised_total) == ("authorised", order.total)
    services.mark_ready(order, LATER, "anna")
    order = ask(order)
    for word in words:
        tell(bank, word)
    assert (again(order).payment_state, again(order).paid_total) == ("paid", order.total)


def test_a_word_that_comes_after_the_cancellation_is_money_to_give_back(bank, shop):
    order = shop.order(pickup=False)
    call = bank.pay(start(bank, order))
    services.cancel(order, "no", LATER, "anna")
    for _twice in range(2):
        tell(bank, call)
    order = again(order)
    assert (order.state, order.refund_due) == ("cancelled", order.total)
    made = services.give_back_due(order, key="k", at=LATER, actor="anna")
    services.send_refund(made.guid, at=LATER)
    assert again(order).payment_state == "refunded"


def test_words_about_other_matters_are_taken_and_do_nothing(bank, shop):
    if bank.provider != "stripe_card":
        pytest.skip("the sandbox speaks of payments only")
    for kind, told in (
        ("customer.created", {"id": "cus_1"}),
        ("payment_intent.succeeded", {"id": "pi_of_another_shop", "metadata": {}}),
    ):
        assert tell(bank, signed_call(kind, told, bank.proof)) is None
    stranger = {"id": "pi_1", "metadata": {"payment": "no guid"}, "currency": "eur", "amount_received": 1}
    with pytest.raises(NotFound):
        tell(bank, signed_call("payment_intent.succeeded", stranger, bank.proof))
    for torn in ({"id": "pi_1", "metadata": {"payment": "x"}, "currency": "eur", "amount_received": "many"}, [], None):
        with pytest.raises(Refused) as refusal:
            tell(bank, signed_call("payment_intent.succeeded", torn, bank.proof))
        assert refusal.value.status in (404, 422)
    with pytest.raises(Refused) as refusal:
        tell(bank, signed_call("payment_intent.succeeded", stranger, bank.proof, at=AT.timestamp()))
    assert refusal.value.status == 401


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("12.50", "EUR", 1250), ("1250.00", "JPY", 1250), ("1.50", "KWD", 1500), ("0.01", "usd", 1)],
)
def test_amounts_in_the_smallest_unit_of_each_currency(amount, currency, minor):
    assert to_minor(Decimal(amount), currency) == minor
    assert from_minor(minor, currency) == Decimal(amount)


def test_a_fraction_that_a_currency_has_not_is_refused():
    with pytest.raises(Refused):
        to_minor(Decimal("12.50"), "JPY")
