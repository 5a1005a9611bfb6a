"""A day of trading, made up: buyers, tills, a provider who calls twice, clerks who count, all at once.

Whatever each of them does, in whatever order, the proofs at closing time must find nothing. Used by a test with a few
hundred orders and by `bench.trading_day` with ten thousand.
"""

import collections
import datetime as dt
import queue
import random
import threading
import traceback
from decimal import Decimal

from django.db import connections
from django.db.models import Sum

from altazion.lib.problems import Refused
from logbook.models import FailedDelivery
from logbook.services import deliver
from logistics.models import Reservation, StockBalance, StockMovement
from logistics.selectors import prove_balances
from logistics.services import count_stock, move, transfer
from orders import services
from orders.models import Order, Payment, Refund, RefundPart
from orders.ports import provider
from orders.services import CheckoutAnswers
from tests import builders as b

LINKS = {"return_url": "https://shop.example/return", "callback_url": "https://shop.example/call"}


class TradingDay:
    """A shop of some stores, warehouses and products, and what people do in it. `told` counts what happened."""

    def __init__(self, *, orders, seed=1, stores=4, products=40, units=12):
        self.orders, self.seed = orders, seed
        self.told = collections.Counter()
        self.faults = []
        self.clock = b.AT
        self.channel = b.a_channel()
        self.stores = [b.a_store(f"ST-{n}") for n in range(stores)]
        self.places = [b.a_warehouse("DEPOT-1"), b.a_warehouse("DEPOT-2"), *(store.place for store in self.stores)]
        self.products = [
            b.a_product(f"DAY-{n}", price=f"{3 + n % 37}.90", channel=self.channel) for n in range(products)
        ]
        b.a_delivery_mode(self.channel)
        b.a_delivery_mode(self.channel, "pickup", "RETR", "0")
        self.till = b.a_payment_method(self.channel)
        b.a_payment_method(self.channel, "card", "card", hold_minutes=30)
        for product in self.products:
            for place in self.places:
                b.stock(product, place, 0, channel=self.channel)
                move(product.pk, place.pk, units, kind="receipt", document="morning", at=b.AT, actor="clerk")

    def run(self, *, buyers=8, clerks=1):
        """Everybody at once, until all orders were tried."""
        waiting = queue.SimpleQueue()
        for number in range(self.orders):
            waiting.put(number)
        over = threading.Event()
        clerks = [threading.Thread(target=self._clerk, args=(number, over)) for number in range(clerks)]
        buying = [threading.Thread(target=self._buyers, args=(waiting,)) for _ in range(buyers)]
        for thread in [*clerks, *buying]:
            thread.start()
        for thread in buying:
            thread.join()
        over.set()
        for thread in clerks:
            thread.join()

    def close(self):
        """What is still on its way arrives: refunds are sent, the books read what happened."""
        for guid in Refund.objects.values_list("guid", flat=True):
            services.send_refund(guid, at=self.clock)
        while deliver("accounting.books", at=self.clock):
            pass

    # -- what people do -------------------------------------------------------------------------------------------

    def _buyers(self, waiting):
        try:
            while True:
                number = waiting.get_nowait()
                try:
                    self._story(random.Random(self.seed * 1_000_003 + number), number)
                except Refused as refusal:
                    self.told[f"refused: {refusal.code}"] += 1
        except queue.Empty:
            pass
        except Exception:
            self.faults.append(traceback.format_exc())
        finally:
            connections.close_all()

    def _story(self, dice, number):
        """One shopper from basket to the end of what he does today."""
        at = self.clock + dt.timedelta(seconds=number)
        cart = services.open_cart(self.channel, at)
        for product in dice.sample(self.products, dice.randint(1, 4)):
            services.add_to_cart(cart, product.pk, dice.randint(1, 3), at=at)
        pickup = dice.random() < 0.5
        answers = self._answers(dice, number, pickup)
        tries = 2 if dice.random() < 0.2 else 1  # a double click
        for _click in range(tries):
            order = services.place_order(cart, answers=answers, key=f"day-{number}", at=at, language="fr")
        self.told["placed"] += 1
        if answers.payment_method == "card":
            self._card(dice, order, at)
        if dice.random() < 0.12:
            services.cancel(order, "changed my mind", at, "shopper")
            self.told["cancelled"] += 1
            order.refresh_from_db()
            if order.refund_due > 0 and dice.random() < 0.9:
                for _twice in range(tries):
                    services.give_back_due(order, key=f"back-{number}", at=at, actor="anna")
            return
        if dice.random() < 0.1:
            return  # left for tomorrow
        self._finish(dice, order, at, tries)

    def _finish(self, dice, order, at, tries):
        order.refresh_from_db()
        if order.payment_method.kind != "pay_in_store" and order.payment_state != "paid":
            return
        services.mark_ready(order, at, "clerk")
        if order.due > 0:
            parts = [order.due] if dice.random() < 0.8 else [Decimal("1.00"), order.due - 1]
            for part, amount in enumerate(parts):
                for _twice in range(tries):
                    services.record_payment(
                        order, method=self.till, amount=amount, key=f"till-{order.number}-{part}", at=at
                    )
        for _twice in range(tries):
            services.hand_over(order, at, "clerk")
        self.told["handed over"] += 1
        if dice.random() < 0.08:
            amount = min(order.total, Decimal(dice.choice(["1.00", "3.90", "500.00"])))
            services.refund(order, amount, reason="gesture", key=f"gesture-{order.number}", at=at, actor="anna")
            self.told["gestures"] += 1

    def _card(self, dice, order, at):
        services.start_payment(order, **LINKS, at=at)
        attempt = order.payments.get()
        calls = dice.choices(
            [["paid"], ["paid", "paid"], ["refused", "paid"], ["refused"], ["paid", "refused"], []],
            weights=[70, 10, 5, 5, 5, 5],
        )[0]
        if dice.random() < 0.03:  # the call comes after the shopper gave up
            services.cancel(order, "too slow", at, "shopper")
        for outcome in calls:
            services.take_call("sandbox_card", provider("sandbox_card").answer(attempt, outcome), at=at)
        self.told["card payments"] += "paid" in calls

    def _answers(self, dice, number, pickup):
        who = {"email": f"buyer{number}@example.com", "first_name": "Léa", "last_name": "Petit", "phone": ""}
        if pickup:
            return CheckoutAnswers(
                **who, delivery_mode="pickup", payment_method=dice.choice(["store", "card"]),
                store=dice.choice(self.stores),
            )  # fmt: skip
        return CheckoutAnswers(
            **who, delivery_mode="home", payment_method="card",
            address={"line1": "1 rue Haute", "postcode": "69001", "city": "Lyon", "country": "FR"},
        )  # fmt: skip

    def _clerk(self, number, over):
        """Counts, receives and carries units for as long as people buy."""
        dice, step = random.Random(-self.seed - number), 0
        try:
            while not over.wait(0.002):
                step += 1
                product, place = dice.choice(self.products).pk, dice.choice(self.places).pk
                deed = dice.choices(["receive", "count", "carry", "again"], weights=[5, 3, 2, 1])[0]
                document = f"clerk-{number}-{step - (deed == 'again')}"
                try:
                    if deed == "count":
                        counted = max(0, StockBalance.objects.get(product=product, place=place).physical
                                      + dice.randint(-3, 2))  # fmt: skip
                        count_stock(product, place, counted, at=self.clock, actor="clerk")
                    elif deed == "carry":
                        other = dice.choice([one.pk for one in self.places if one.pk != place])
                        transfer(product, place, other, 2, document=document, at=self.clock, actor="clerk")
                    else:
                        move(product, place, dice.randint(1, 6), kind="receipt", document=document, at=self.clock,
                             actor="clerk")  # fmt: skip
                    self.told[f"clerk: {deed}"] += 1
                except Refused as refusal:
                    self.told[f"clerk refused: {refusal.code}"] += 1
        except Exception:
            self.faults.append(traceback.format_exc())
        finally:
            connections.close_all()

    # -- the proofs -----------------------------------------------------------------------------------------------

    def prove(self):
        """Sentences of whatever does not add up; none after a good day."""
        return [*self._stock(), *self._money(), *self._books()]

    def _stock(self):
        yield from (each.sentence for each in prove_balances())
        for order in Order.objects.filter(state__in=["done", "cancelled"]):
            if Reservation.objects.filter(reference=order.guid, state="held").exists():
                yield f"{order} is closed and holds stock"
        gone = StockMovement.objects.filter(kind__in=["shipment", "collection"]).aggregate(n=Sum("quantity"))["n"] or 0
        sold = Order.objects.filter(state="done", lines__kind="product").aggregate(n=Sum("lines__quantity"))["n"] or 0
        if gone != -sold:
            yield f"{-gone} units left the shelves, {sold} were sold"

    def _money(self):
        for order in Order.objects.prefetch_related("payments", "lines"):
            received = sum(one.amount for one in order.payments.all() if one.state == "received")
            back = RefundPart.objects.filter(refund__order=order).aggregate(n=Sum("amount"))["n"] or 0
            if (received, back) != (order.paid_total, order.refunded_total):
                said = f"{order.paid_total} and {order.refunded_total}"
                yield f"{order} says that {said} came and went, {received} and {back} did"
            if order.kept != order.owed - order.due + order.refund_due:
                yield f"{order}: kept {order.kept}, owed {order.owed}"
            if sum(line.total for line in order.lines.all()) != order.total:
                yield f"{order}: its lines are not its total"
            if order.state == "done" and order.due:
                yield f"{order} left unpaid"
        for payment in Payment.objects.annotate(back=Sum("refund_parts__amount")):
            if (payment.back or 0) > payment.amount:
                yield f"{payment.back} of {payment.amount} went back"

    def _books(self):
        from accounting.models import EntryLine

        sums = EntryLine.objects.aggregate(debit=Sum("debit"), credit=Sum("credit"))
        if sums["debit"] != sums["credit"]:
            yield f"the books hold {sums['debit']} against {sums['credit']}"
        bank = EntryLine.objects.filter(account="511000").aggregate(debit=Sum("debit"), credit=Sum("credit"))
        received = Payment.objects.filter(state="received").aggregate(n=Sum("amount"))["n"] or 0
        sent = RefundPart.objects.filter(state="done").aggregate(n=Sum("amount"))["n"] or 0
        if ((bank["debit"] or 0), (bank["credit"] or 0)) != (received, sent):
            yield f"the bank's account says {bank}, payments {received}, refunds {sent}"
        yield from (f"not delivered: {each}" for each in FailedDelivery.objects.filter(resolved_at=None))
