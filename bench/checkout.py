"""Orders through the checkout services: sixteen buyers at once, and how many a minute.

    .venv/bin/python -m bench.checkout [--orders 400] [--buyers 16] [--units 300]

A throw-away database beside the product's own. First every buyer buys whatever is there, then all of them want the
last units of one product: nothing is sold twice, nothing deadlocks. Target: 1,000 orders a minute.
"""

import argparse
import os
import queue
import statistics
import threading
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "altazion.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from altazion.lib.problems import Refused  # noqa: E402
from logistics.models import StockBalance  # noqa: E402
from logistics.selectors import prove_balances  # noqa: E402
from orders.models import Order  # noqa: E402
from orders.services import place_order  # noqa: E402
from tests.builders import AT, Shopfront, a_product, stock  # noqa: E402


def main():
    options = arguments()
    settings.LOGBOOK_NUDGE = "bench.checkout.nobody"
    settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"] = options.buyers + 4
    setup_test_environment()
    connection.creation.create_test_db(verbosity=0)
    try:
        shop = Shopfront(units=options.units)
        products = [a_product(f"B-{n}", price="9.90", channel=shop.channel) for n in range(200)]
        for product in products:
            stock(product, shop.store, 10_000)
        spread = [
            shop.cart(*[(products[(n * 7 + k * 31) % 200], 1 + k) for k in range(3)]) for n in range(options.orders)
        ]
        report("3 lines, 200 products", *race(shop, spread, options.buyers))
        hot = [shop.cart() for _ in range(options.orders)]
        report(f"1 line, all of them one product of {options.units} units", *race(shop, hot, options.buyers))
        left = StockBalance.objects.get(product=shop.product, place=shop.store.place)
        sold = Order.objects.filter(cart__in=hot).count()
        expected = min(options.units, options.orders)
        print(f"  sold {sold} of {options.units}, reserved {left.reserved}")
        assert sold == left.reserved == expected, "oversold or undersold"
        assert not [d for d in prove_balances() if d.what == "reserved"], "reservations and balances disagree"
        print("  no unit sold twice, no deadlock")
    finally:
        for each in connections.all():
            each.close_pool()
        connection.creation.destroy_test_db(settings.DATABASES["default"]["NAME"], verbosity=0)


def race(shop, carts, buyers):
    """All carts placed by so many threads: seconds of the whole, of each, refusals, errors."""
    waiting, took, refused, errors = queue.SimpleQueue(), [], [], []
    for number, cart in enumerate(carts):
        waiting.put((number, cart))

    def buy():
        while True:
            try:
                number, cart = waiting.get_nowait()
            except queue.Empty:
                break
            started = time.perf_counter()
            try:
                answers = shop.answers(email=f"buyer{number}@example.com")
                place_order(cart, answers=answers, key="bench", at=AT, language="fr")
            except Refused as refusal:
                refused.append(refusal)
            except Exception as error:
                errors.append(error)
            took.append(time.perf_counter() - started)
        connections.close_all()

    threads = [threading.Thread(target=buy) for _ in range(buyers)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(carts), time.perf_counter() - started, took, refused, errors


def report(name, count, seconds, took, refused, errors):
    """One paragraph a race."""
    placed = count - len(refused) - len(errors)
    print(
        f"{name}: {count} checkouts in {seconds:.1f} s, {placed} orders, {len(refused)} refused, {len(errors)} errors"
    )
    cut = statistics.quantiles([1000 * each for each in took], n=100)
    print(
        f"  {60 * count / seconds:,.0f} checkouts a minute; each {cut[49]:.0f} ms at the median, {cut[94]:.0f} ms p95"
    )
    assert not errors, errors[0]


def nobody():
    """Nobody reads the logbook while we measure."""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=400)
    parser.add_argument("--buyers", type=int, default=16)
    parser.add_argument("--units", type=int, default=300)
    return parser.parse_args()


if __name__ == "__main__":
    main()
