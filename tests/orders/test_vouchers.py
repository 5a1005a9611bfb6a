"""Gift cards and vouchers: a code is shown once, pays once, goes back to the card; the ledger always sums."""

import datetime as dt
import random
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.db.models import Sum
from django.urls import reverse

from altazion.lib.problems import Invalid, Refused
from logbook.models import Event
from orders import rules, services
from orders.models import Order, Payment, Refund, Voucher, VoucherEntry
from tests.builders import AT, Shopfront, a_colleague, an_api_key

pytestmark = pytest.mark.django_db
LATER = AT + dt.timedelta(minutes=5)


@pytest.fixture
def shop():
    cache.clear()
    return Shopfront()


def card(amount="50.00", key="c", **fields):
    return services.issue_voucher(Decimal(amount), reason="sold", key=key, at=AT, actor="anna", **fields)


def use(order, code, key="u", at=LATER, **fields):
    return services.redeem_voucher(order, code, key=key, at=at, actor="x", **fields)


def again(thing):
    return type(thing).objects.get(pk=thing.pk)


def sums():
    for voucher in Voucher.objects.annotate(n=Sum("entries__amount")):
        assert voucher.balance == voucher.n >= 0


def test_a_code_is_told_once_and_kept_as_a_hash_alone():
    voucher, code = card()
    assert len(code.replace("-", "")) == 16
    assert card() == (voucher, "")
    assert code.replace("-", "") not in str(Voucher.objects.values().get())
    assert services.find_voucher(f" {code.lower()} ", currency="EUR", at=AT) == voucher


def test_a_card_pays_what_is_due_and_keeps_the_rest(shop):
    order = shop.order()
    _voucher, code = card()
    payment = use(order, code)
    assert use(order, code) == payment, "the same key again"
    assert (again(order).payment_state, Voucher.objects.get().balance) == ("paid", Decimal("37.10"))
    assert Event.objects.filter(kind="orders.payment_received").count() == 1
    with pytest.raises(Refused):
        use(order, code, "other")
    sums()


def test_a_card_and_another_way_pay_together_and_each_gets_its_own_back(shop):
    order = shop.order()
    _voucher, code = card("5.00")
    use(order, code)
    order = again(order)
    assert (order.payment_state, order.due) == ("part", Decimal("7.90"))
    services.record_payment(order, method=shop.in_store, amount=order.due, key="t", at=LATER)
    services.cancel(order, "no", LATER, "anna")
    made = services.give_back_due(again(order), key="k", at=LATER, actor="anna")
    for _twice in range(2):
        services.send_refund(made.guid, at=LATER)
    states = dict(made.parts.values_list("payment__method__code", "state"))
    assert states == {"gift-card": "done", "store": "waits"}
    assert Voucher.objects.get().balance == Decimal("5.00")
    sums()


@pytest.mark.parametrize("fields", [{"expires_at": AT + dt.timedelta(minutes=1)}, {"currency": "CHF"}])
def test_what_is_over_or_of_another_currency_pays_nothing(shop, fields):
    _voucher, code = card(**fields)
    with pytest.raises(services.NoSuchVoucher):
        use(shop.order(), code)


def test_a_blocked_card_pays_nothing_until_it_is_freed(shop):
    voucher, code = card()
    for _twice in range(2):
        services.block_voucher(voucher, blocked=True, at=AT, actor="anna")
    with pytest.raises(services.NoSuchVoucher):
        use(shop.order(), code)
    services.block_voucher(voucher, blocked=False, at=AT, actor="anna")
    use(shop.order(), code)


def test_what_cannot_go_back_to_its_card_waits_for_a_person(shop):
    voucher, code = card()
    order = shop.order()
    use(order, code)
    services.block_voucher(voucher, blocked=True, at=AT, actor="anna")
    services.cancel(order, "no", LATER, "anna")
    made = services.give_back_due(again(order), key="k", at=LATER, actor="anna")
    services.send_refund(made.guid, at=LATER)
    assert made.parts.get().state == "failed"


def test_used_once_what_is_left_is_lost(shop):
    _voucher, code = card(single_use=True)
    use(shop.order(), code)
    assert list(VoucherEntry.objects.values_list("kind", "amount")) == [
        ("issued", Decimal("50.00")),
        ("used", Decimal("-12.90")),
        ("lost", Decimal("-37.10")),
    ]


@pytest.mark.parametrize(
    ("asked", "most", "step", "pair"),
    [
        ("55", "80", "20", ("40", "60")),
        ("80", "80", "20", ("80", "80")),
        ("55", "40", "20", ("40", "40")),
        ("5", "40", "20", ("0", "20")),
        ("55", "80", None, ("55", "55")),
        ("55", "50", None, ("50", "50")),
    ],
)
def test_the_nearest_amounts_that_can_be_had(asked, most, step, pair):
    found = rules.nearest(Decimal(asked), most=Decimal(most), step=Decimal(step) if step else None)
    assert found == tuple(Decimal(one) for one in pair)


def test_vouchers_in_steps_pay_the_nearest_below_or_say_the_least(shop):
    _voucher, code = card("80.00", step=Decimal(20))
    order = shop.order((shop.product, 4))
    assert use(order, code).amount == Decimal(40)
    with pytest.raises(Refused) as refusal:
        use(again(order), code, "again")
    assert refusal.value.details == {"nearest": ["20.00"]}


@pytest.mark.parametrize(
    "wrong",
    [{"amount": "0"}, {"amount": "NaN"}, {"amount": "1.001"}, {"amount": "5001"}, {"step": Decimal(7)}, {"kind": "x"}],
)
def test_what_cannot_be_issued_is_refused(wrong):
    with pytest.raises(Invalid):
        card(**wrong)


def test_an_order_not_paid_in_time_gives_the_card_back_by_itself(shop):
    order = shop.order(pickup=False)
    _voucher, code = card("5.00")
    use(order, code)
    assert services.expire_unpaid(at=AT + dt.timedelta(hours=1)) == 1
    made = Refund.objects.get()
    services.send_refund(made.guid, at=LATER)
    assert Voucher.objects.get().balance == Decimal("5.00")


def test_a_till_cannot_claim_a_gift_card_without_its_code(shop):
    order = shop.order()
    _voucher, code = card("5.00")
    method = use(order, code).method
    with pytest.raises(Refused):
        services.record_payment(again(order), method=method, amount=Decimal(1), key="t", at=LATER)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_happens_cards_and_orders_reconcile(shop, seed):
    dice = random.Random(seed)
    codes = [card("20.00", key=f"c{n}", single_use=n == 2, step=Decimal(5) if n == 1 else None)[1] for n in range(3)]
    order = shop.order((shop.product, 3))
    deeds = [
        lambda: use(order, dice.choice(codes), f"k{dice.randint(1, 5)}"),
        lambda: services.settle_prepared(order, {1: dice.randint(0, 3)}, at=LATER, actor="x"),
        lambda: services.record_payment(
            order, method=shop.in_store, amount=Decimal(4), key=f"t{dice.randint(1, 3)}", at=LATER
        ),
        lambda: services.cancel(order, "x", LATER, "x"),
        lambda: services.give_back_due(order, key=f"d{dice.randint(1, 3)}", at=LATER, actor="x"),
        lambda: [services.send_refund(one, at=LATER) for one in Refund.objects.values_list("guid", flat=True)],
    ]
    for _step in range(25):
        try:
            dice.choices(deeds, weights=[4, 1, 1, 0.4, 2, 2])[0]()
        except Refused:
            pass
        sums()
        order.refresh_from_db()
        received = Payment.objects.filter(state="received").aggregate(n=Sum("amount"))["n"] or 0
        used = -(VoucherEntry.objects.filter(kind="used").aggregate(n=Sum("amount"))["n"] or 0)
        cards = Payment.objects.filter(method__code="gift-card").aggregate(n=Sum("amount"))["n"] or 0
        assert (order.paid_total, used) == (received, cards)
        assert order.kept >= 0


def colleague(client, *rights):
    user = a_colleague()
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(user)


def test_office_issues_shows_the_code_once_and_blocks(client):
    colleague(client, "add_voucher", "change_voucher", "view_voucher", "view_voucherentry")
    url = reverse("admin:orders_voucher_add")
    said = {"kind": "gift_card", "issued": "30", "currency": "EUR", "reason": "gesture", "once": "one"}
    assert client.post(url, said | {"issued": "-1"}).status_code == 200
    shown = client.post(url, said, follow=True).content.decode()
    voucher = Voucher.objects.get()
    assert f"-{voucher.ending}" in shown
    client.post(url, said, follow=True)
    assert Voucher.objects.count() == 1
    page = client.get(reverse("admin:orders_voucher_change", args=[voucher.pk])).content.decode()
    assert "30,00" in page
    client.post(reverse("admin:orders_voucher_block", args=[voucher.pk]), {"verb": "block"})
    assert again(voucher).blocked_at
    assert client.get(reverse("admin:orders_voucher_changelist")).status_code == 200


def test_a_till_looks_and_pays_with_a_code(client, shop):
    order = shop.order()
    _voucher, code = card("80.00", step=Decimal(5))
    headers = {"authorization": f"Bearer {an_api_key('orders:pay', store=shop.store)}"}
    json = {"content_type": "application/json"}
    look = client.post("/api/v1/vouchers/look", {"code": code, "amount": "12"}, headers=headers, **json)
    assert (look.json()["balance"], look.json()["nearest"]) == ("80.00", ["10.00", "15.00"])
    assert client.post("/api/v1/vouchers/look", {"code": "nonsense"}, headers=headers, **json).status_code == 422
    url = f"/api/v1/orders/{order.number}/vouchers"
    for _twice in range(2):
        paid = client.post(url, {"code": code, "till": "1"}, headers={**headers, "Idempotency-Key": "a"}, **json)
        assert (paid.status_code, paid.json()["amount"]) == (201, "10.00")
    assert again(order).due == Decimal("2.90")
    torn = client.post(url, {"till": "1"}, headers={**headers, "Idempotency-Key": "b"}, **json)
    assert torn.status_code in (400, 422)


def test_a_shopper_pays_with_a_card_on_the_page_of_the_order(client, shop):
    order = shop.order()
    _voucher, code = card("5.00")
    url = reverse("storefront:order_voucher", args=[order.guid])
    assert 'name="gift_code"' in client.get(reverse("storefront:order", args=[order.guid])).content.decode()
    assert client.post(url, {"gift_code": "WRONG"}, follow=True).status_code == 200
    for _twice in range(2):
        client.post(url, {"gift_code": code})
    assert again(order).due == Decimal("7.90")


def test_who_guesses_codes_is_made_to_wait(client, shop):
    order = shop.order()
    _voucher, code = card("5.00")
    url = reverse("storefront:order_voucher", args=[order.guid])
    for n in range(7):
        client.post(url, {"gift_code": f"GUESS{n}"})
    client.post(url, {"gift_code": code})
    assert Order.objects.get().paid_total == 0
