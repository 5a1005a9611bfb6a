"""Goods that come back: asked for, received unit by unit, paid back; never more than was handed over."""

import datetime as dt
import random
import threading
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.enums import Scope
from altazion.lib.barcodes import code128
from altazion.lib.problems import Invalid, Refused
from logbook.services import deliver
from logistics.models import StockBalance, StockMovement, StorageZone
from logistics.services import save_zone
from orders import services
from orders.models import OrderLine, Refund, Return, ReturnPolicy
from orders.selectors import returnable
from orders.services import Came, Wanted
from tasks_mgmt.models import Task
from tests.builders import AT, Shopfront, a_colleague, a_store, an_api_key

pytestmark = pytest.mark.django_db
LATER = AT + dt.timedelta(days=3)


@pytest.fixture
def shop():
    return Shopfront()


def sold(shop, *lines, **fields):
    """An order that was paid and handed over at AT."""
    order = shop.order(*(lines or [(shop.product, 3)]), **fields)
    method = shop.in_store if fields.get("pickup", True) else shop.card
    services.record_payment(order, method=method, amount=order.total, key=order.number, at=AT)
    services.mark_ready(order, AT, "anna")
    return services.hand_over(order, AT, "anna")


def ask(order, units=1, position=1, at=LATER, **more):
    return services.ask_return(order, {position: Wanted(units)}, at=at, actor="lea", **more)


def receive(asked, shop, **came):
    return services.receive_return(asked, {1: Came(**came)}, place=shop.store.place, at=LATER, actor="anna")


def left(shop):
    return StockBalance.objects.get(product=shop.product, place=shop.store.place).physical


def test_damaged_units_lie_in_the_zone_for_defects(shop):
    zone = StorageZone(place=shop.store.place, code="DEF", name="Defects", purpose="defective", counts=False)
    save_zone(zone, at=LATER, actor="anna")
    order = sold(shop)
    before, asked = left(shop), ask(order, 2)
    for _twice in range(2):
        receive(asked, shop, good=1, damaged=1)
    apart = StockBalance.objects.get(product=shop.product, place=zone.shelf)
    assert (left(shop), apart.physical) == (before + 1, 1)


def test_good_units_are_for_sale_again_and_paid_back_once(shop):
    order = sold(shop)
    before = left(shop)
    asked = ask(order, 2)
    assert asked.number == f"{order.number}-R1"
    for _twice in range(2):
        done = receive(asked, shop, good=1, damaged=1)
    assert (done.state, done.refund.amount, done.refund.reason) == ("received", Decimal("25.80"), "return")
    assert left(shop) == before + 1, "the damaged one is not for sale"
    assert StockMovement.objects.get(document=f"return:{asked.number}").kind == "return"
    assert Refund.objects.count() == 1
    order.refresh_from_db()
    assert (order.due, order.refund_due, order.credited_total) == (0, 0, Decimal("25.80"))


def test_what_did_not_come_may_be_asked_for_again_and_what_was_not_accepted_is_not_paid(shop):
    order = sold(shop)
    done = receive(ask(order, 3), shop, good=1, damaged=1, accepted=1)
    assert done.refund.amount == Decimal("12.90")
    assert OrderLine.objects.get(order=order, position=1).returned == 2
    assert ask(order, 1).number.endswith("-R2")
    with pytest.raises(Invalid) as refusal:
        ask(order, 1)
    assert refusal.value.code == "too_many"


def test_all_of_it_in_time_gives_the_fee_back_with_the_last_unit(shop):
    order = sold(shop, (shop.product, 2), pickup=False)
    assert order.total == Decimal("30.70")
    assert receive(ask(order), shop, good=1).refund.amount == Decimal("12.90")
    assert receive(ask(order), shop, good=1).refund.amount == Decimal("17.80")
    order.refresh_from_db()
    assert order.kept == 0


def test_shares_of_a_discounted_line_add_up_to_the_cent(shop):
    order = sold(shop)
    OrderLine.objects.filter(order=order, position=1).update(total=Decimal("10.00"))
    paid = [receive(ask(order), shop, good=1).refund.amount for _each in range(3)]
    assert sum(paid) == Decimal("10.00")


def test_what_can_not_come_back_is_told(shop):
    order = sold(shop)
    for wanted, code in (
        ({}, "nothing_comes_back"), ({1: Wanted(0)}, "nothing_comes_back"), ({1: Wanted(4)}, "too_many"),
        ({1: Wanted(-1)}, "too_many"), ({9: Wanted(1)}, "invalid"), ({2: Wanted(1)}, "invalid"),
        ({1: Wanted(1, "nonsense")}, "invalid"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refusal:
            services.ask_return(order, wanted, at=LATER, actor="lea")
        assert refusal.value.code == code
    with pytest.raises(Refused):
        ask(shop.order(email="other@b.fr"))
    assert not Return.objects.exists()


def test_the_period_counts_from_receipt_and_colleagues_may_later(shop):
    order = sold(shop)
    assert returnable(order, at=AT).until == AT.date() + dt.timedelta(days=14)
    ask(order, at=AT + dt.timedelta(days=14))
    with pytest.raises(Refused) as refusal:
        ask(order, at=AT + dt.timedelta(days=15))
    assert refusal.value.code == "too_late"
    ask(order, at=AT + dt.timedelta(days=99), by_staff=True)
    ReturnPolicy.objects.create(channel=shop.channel, days=30)
    ask(order, at=AT + dt.timedelta(days=30))


def test_kinds_of_product_that_do_not_come_back(shop):
    policy = ReturnPolicy.objects.create(channel=shop.channel)
    policy.excluded.add(shop.product.type)
    order = sold(shop)
    assert not returnable(order, at=LATER).open
    with pytest.raises(Invalid):
        ask(order)
    ask(order, by_staff=True)


def test_refused_with_a_reason_and_withdrawn_the_units_are_free_again(shop):
    order = sold(shop)
    asked = ask(order, 3)
    with pytest.raises(Invalid):
        services.refuse_return(asked, answer=" ", at=LATER, actor="anna")
    services.refuse_return(asked, answer="worn", at=LATER, actor="anna")
    services.refuse_return(asked, answer="worn", at=LATER, actor="anna")
    with pytest.raises(Refused):
        receive(asked, shop, good=1)
    second = ask(order, 3)
    services.withdraw_return(second, at=LATER, actor="lea")
    assert OrderLine.objects.get(order=order, position=1).returned == 0
    assert not Refund.objects.exists()


@pytest.mark.parametrize(
    "came", [{"good": 3}, {"good": -1}, {"good": 1, "accepted": 2}, {}, {"accepted": -1, "good": 1}]
)
def test_no_more_came_than_was_asked_for(shop, came):
    asked = ask(sold(shop), 2)
    with pytest.raises(Invalid):
        receive(asked, shop, **came)
    asked.refresh_from_db()
    assert (asked.state, left(shop)) == ("asked", 7)


def test_a_bundle_comes_back_as_what_lay_in_it(shop):
    book = shop.another("BOOK", "7.99")
    order = sold(shop, (shop.product, 1))
    inside = {"components": [{"product": book.pk, "quantity": 2, "name": "Book", "sku": "BOOK"}]}
    OrderLine.objects.filter(order=order, position=1).update(bundle=inside)
    receive(ask(order), shop, good=1)
    assert StockBalance.objects.get(product=book, place=shop.store.place).physical == 12


def test_another_store_receives_it(shop):
    paris = a_store("PARIS")
    asked = ask(sold(shop))
    services.receive_return(asked, {1: Came(good=1)}, place=paris.place, at=LATER, actor="paul")
    assert StockBalance.objects.get(product=shop.product, place=paris.place).physical == 1


def test_the_database_takes_no_more_back_than_was_sold(shop):
    line = sold(shop).lines.get(position=1)
    line.returned = 4
    with pytest.raises(IntegrityError), transaction.atomic():
        line.save()


def any_of(dice):
    return dice.choice(list(Return.objects.all()))


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_money_and_goods_reconcile(shop, seed):
    dice = random.Random(seed)
    order = sold(shop, pickup=False)
    start = left(shop)
    deeds = [
        lambda: ask(order, dice.randint(1, 3)),
        lambda: receive(any_of(dice), shop, good=dice.randint(0, 2), damaged=dice.randint(0, 1)),
        lambda: services.refuse_return(any_of(dice), answer="x", at=LATER, actor="x"),
        lambda: services.withdraw_return(any_of(dice), at=LATER, actor="x"),
    ]  # fmt: skip
    for _step in range(14):
        try:
            dice.choice(deeds)()
        except (Refused, IndexError):
            pass
        line = order.lines.get(position=1)
        rows = [row for back in Return.objects.prefetch_related("lines") for row in back.lines.all()]
        open_units = sum(row.quantity for row in rows if row.of_return.state == "asked")
        came = sum(row.good + row.damaged for row in rows)
        assert line.returned == open_units + came <= line.quantity
        order.refresh_from_db()
        assert order.refunded_total == sum(one.amount for one in Refund.objects.all())
        assert left(shop) == start + sum(row.good for row in rows)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_take_back_no_more_than_was_handed_over():
    shop = Shopfront()
    order, answers = sold(shop), []

    def one():
        try:
            answers.append(ask(order, 2).number)
        except Refused as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [f"{order.number}-R1", "too_many", "too_many", "too_many"]


@pytest.mark.django_db(transaction=True)
def test_a_task_waits_for_the_goods():
    shop = Shopfront()
    asked = ask(sold(shop))
    deliver("tasks_mgmt.returns", at=LATER)
    assert asked.number in Task.objects.get(kind__code="return_waits").title
    receive(asked, shop, good=1)
    deliver("tasks_mgmt.returns", at=LATER)
    assert Task.objects.get(kind__code="return_waits").state == "done"


def test_bars_of_a_number():
    bars = code128("W26-000123-R1")
    assert bars.width > 11 * len("W26-000123-R1") + 20
    assert all(width >= 1 for _left, width in bars.bars)


# The shopper


@pytest.fixture
def today(monkeypatch):
    for edge in ("returns", "order"):
        monkeypatch.setattr(f"storefront.views.{edge}.now", lambda: LATER)
    monkeypatch.setattr("orders.admin.returns.now", lambda: LATER)
    monkeypatch.setattr("orders.api.returns.now", lambda: LATER)


def test_a_guest_asks_on_the_orders_page_and_prints_the_slip(client, shop, today):
    order = sold(shop)
    page, address = reverse("storefront:order", args=[order.guid]), reverse("storefront:return_ask", args=[order.guid])
    assert address in client.get(page).content.decode()
    for bad in ({}, {"units_1": "x"}, {"units_1": "-1"}, {"units_1": "9"}, {"units_9": "1"}, {"units_": "1"}):
        answer = client.post(address, bad)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.content.decode()
    answer = client.post(address, {"units_1": "2", "reason_1": "none", "comment": "<b>thanks</b>"})
    made = Return.objects.get()
    slip = client.get(answer.url).content.decode()
    assert made.number in slip
    assert "<svg" in slip
    assert made.number in client.get(page).content.decode()
    client.post(reverse("storefront:return_withdraw", args=[made.guid]))
    made.refresh_from_db()
    assert made.state == "withdrawn"


def test_an_accounts_return_is_its_owners_alone(client, shop, today):
    order = sold(shop)
    asked = ask(order)
    order.customer.account = a_colleague("owner@shop.test")
    order.customer.save()
    assert client.post(reverse("storefront:return_ask", args=[order.guid]), {"units_1": "1"}).status_code == 404
    assert client.get(reverse("storefront:return_slip", args=[asked.guid])).status_code == 302
    assert client.post(reverse("storefront:return_withdraw", args=[asked.guid])).status_code == 404
    client.force_login(order.customer.account)
    assert client.get(reverse("storefront:return_slip", args=[asked.guid])).status_code == 200


# Office


def colleague(client, *rights, **fields):
    user = a_colleague(**fields)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(user)
    return user


def test_a_colleague_notes_and_receives_a_return(client, shop, today):
    colleague(client, "view_order", "view_return", "change_return")
    order = sold(shop)
    page = reverse("admin:orders_order_change", args=[order.pk])
    asking = reverse("admin:orders_return_ask", args=[order.pk])
    assert asking in client.get(page).content.decode()
    client.post(asking, {"units_1": "9"})
    assert not Return.objects.exists()
    client.post(asking, {"units_1": "2", "reason_1": "broken"})
    made = Return.objects.get()
    act = reverse("admin:orders_return_act", args=[made.pk])
    for bad in ({"good_1": "2"}, {"good_1": "5", "place": "LYON"}, {"good_1": "1,5", "place": "LYON"}):
        assert client.post(act, {"verb": "receive", **bad}).status_code == 422
    assert client.post(act, {"verb": "refuse", "answer": ""}).status_code == 422
    assert client.post(act, {"verb": "nonsense"}).status_code == 404
    assert client.post(act, {"verb": "receive", "good_1": "2", "damaged_1": "0", "place": "LYON"}).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.refund.amount) == ("received", Decimal("25.80"))
    shown = client.get(reverse("admin:orders_return_change", args=[made.pk])).content.decode()
    assert 'name="verb" value="receive"' not in shown
    assert made.number in client.get(page).content.decode()


def test_a_store_receives_another_stores_sale_by_the_number_on_its_slip(client, shop, today):
    user = colleague(client, "view_return", "change_return", kind="store")
    paris = a_store("PARIS")
    user.stores.add(paris)
    asked, listed = ask(sold(shop)), reverse("admin:orders_return_changelist")
    assert asked.number not in client.get(listed).content.decode()
    assert asked.number in client.get(listed, {"q": asked.number.lower()}).content.decode()
    act = reverse("admin:orders_return_act", args=[asked.pk])
    assert client.post(act, {"verb": "receive", "good_1": "1", "place": "LYON"}).status_code == 422
    client.post(act, {"verb": "receive", "good_1": "1", "place": "PARIS"})
    asked.refresh_from_db()
    assert asked.place == paris.place
    assert asked.number in client.get(listed).content.decode()


def test_looking_is_not_receiving(client, shop, today):
    colleague(client, "view_return")
    asked = ask(sold(shop))
    assert client.post(reverse("admin:orders_return_act", args=[asked.pk]), {"verb": "withdraw"}).status_code == 403
    assert client.get(reverse("admin:orders_return_act", args=[asked.pk])).status_code == 404


# Machines


def call(client, path, body, key="k", **fields):
    head = {
        "HTTP_AUTHORIZATION": f"Bearer {an_api_key(Scope.ORDERS_CHANGE, **fields)}",
        "HTTP_IDEMPOTENCY_KEY": key,
    }
    return client.post(f"/api/v1/{path}", body, "application/json", **head)


def test_a_till_asks_and_receives(client, shop, today):
    order = sold(shop)
    body = {"lines": [{"position": 1, "units": 2}]}
    made = call(client, f"orders/{order.number}/returns", body)
    assert made.status_code == 201
    number = made.json()["number"]
    for bad in (
        {},
        {"lines": []},
        {"lines": [{"position": 1, "units": 0}]},
        {"lines": "x"},
        {"lines": [{"position": 7}]},
    ):
        assert call(client, f"orders/{order.number}/returns", bad, key=str(bad)[:40]).status_code in (400, 422)
    came = {"lines": [{"position": 1, "good": 2}]}
    assert call(client, f"returns/{number}/receive", came).status_code == 422, "no place"
    for _twice in range(2):
        done = call(client, f"returns/{number}/receive", came, store=shop.store)
    assert (done.json()["state"], done.json()["place"]) == ("received", "LYON")
    assert call(client, f"returns/{number}/refuse", {"answer": "x"}).status_code == 409
    assert call(client, "returns/nonsense/receive", came).status_code == 404
    assert call(client, f"orders/{order.number}/returns", body, key="z", store=a_store("PARIS")).status_code == 404
