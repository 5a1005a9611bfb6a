"""The last-unit race: buyers on connections of their own, one hot row, against a bare `UPDATE … WHERE` in the same run.

    .venv/bin/python -m bench.reservation [--buyers 16] [--seconds 3] [--repeat 3]

Three ways take one unit each from the same balance, in turn: the bare conditional UPDATE; the statement that promises
(UPDATE + INSERT in one); the whole service (places, rules, event, promise). Then the books are proven.
Works in a database of its own, which it makes and drops.
"""

import argparse
import multiprocessing
import os
import statistics
import time
import uuid

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "altazion.settings")

BARE = (
    "UPDATE logistics_stockbalance SET incoming = incoming + 1"
    " WHERE product_id = %s AND place_id = %s AND physical - safety - incoming >= 1"
)


def main():
    options = _options()
    import django

    django.setup()
    from django.conf import settings
    from django.test.runner import DiscoverRunner

    from altazion.embedded import services

    services.start()
    settings.DATABASES["default"]["TEST"]["NAME"] = "bench_altazion"
    settings.DATABASES["default"]["OPTIONS"].pop("pool", None)  # each buyer is a process with a connection of its own
    settings.LOGBOOK_NUDGE = "bench.reservation.nothing"
    runner = DiscoverRunner(verbosity=0, interactive=False)
    made = runner.setup_databases()
    try:
        _run(options)
    finally:
        runner.teardown_databases(made)


def nothing():
    """Events are written, nobody is told."""


def _run(options):
    from django.db import connections

    from logistics.models import Reservation, StockBalance
    from logistics.selectors import prove_balances

    pair = _world()
    connections.close_all()
    results = {name: [] for name in WAYS}
    for _round in range(options.repeat):
        for name in WAYS:
            results[name].append(_race(name, pair, options))
    bare = statistics.median(rate for rate, *_ in results["bare UPDATE"])
    print(f"\n{options.buyers} buyers, one row, medians of {options.repeat} rounds")
    for name, rounds in results.items():
        rate = statistics.median(rate for rate, *_ in rounds)
        p50, p99 = (statistics.median(one[n] for one in rounds) * 1000 for n in (1, 2))
        print(f"{name:26} {rate:7.0f}/s   p50 {p50:6.1f} ms   p99 {p99:6.1f} ms   {rate / bare:5.2f} × bare UPDATE")
    sold = sum(taken for name, rounds in results.items() if name != "bare UPDATE" for *_, taken in rounds)
    reserved = StockBalance.objects.get().reserved
    assert reserved == sold == Reservation.objects.count(), (reserved, sold)
    assert prove_balances() == []
    _last_units(pair, options)


def _last_units(pair, options):
    """Fewer units than buyers want: exactly what is there is sold."""
    from django.db import connections

    from logistics.models import Reservation, StockBalance

    before = Reservation.objects.count()
    balance = StockBalance.objects.get()
    from logistics.services import count_stock
    from tests.builders import AT

    count_stock(*pair, balance.reserved + 10, at=AT, actor="bench")
    connections.close_all()
    *_, taken = _race("whole service", pair, options)
    sold = Reservation.objects.count() - before
    print(f"last 10 units, {options.buyers} buyers for {options.seconds} s: {sold} sold, {taken} told yes")
    assert sold == taken == 10


def _race(name, pair, options):
    """Tries per second, p50, p99, units taken."""
    context = multiprocessing.get_context("fork")
    gate, results = context.Barrier(options.buyers), context.Queue()
    buyers = [
        context.Process(target=_buyer, args=(name, pair, options.seconds, gate, results)) for _ in range(options.buyers)
    ]
    for buyer in buyers:
        buyer.start()
    found = [results.get() for _ in buyers]
    for buyer in buyers:
        buyer.join()
    times = sorted(one for taken, spent in found for one in spent)
    return (
        len(times) / options.seconds,
        times[len(times) // 2],
        times[int(len(times) * 0.99)],
        sum(taken for taken, _spent in found),
    )


def _buyer(name, pair, seconds, gate, results):
    from django.db import connection

    take = WAYS[name](pair)
    connection.ensure_connection()
    gate.wait(60)
    end, spent, taken = time.perf_counter() + seconds, [], 0
    while (start := time.perf_counter()) < end:
        taken += take()
        spent.append(time.perf_counter() - start)
    results.put((taken, spent))


def _bare(pair):
    from django.db import connection

    def take():
        with connection.cursor() as sql:
            sql.execute(BARE, pair)
            return sql.rowcount

    return take


def _statement(pair):
    from logistics.services import statements
    from tests.builders import AT

    return lambda: statements.take(uuid.uuid4(), "1", pair, 1, expires_at=None, at=AT) is not None


def _service(pair):
    from logistics.services import NotEnoughStock, reserve
    from stores.models import SalesChannel
    from tests.builders import AT

    channel = SalesChannel.objects.get()

    def take():
        lines = [("1", pair[0], None, 1)]
        try:
            reserve(uuid.uuid4(), lines, channel=channel, purpose="delivery", at=AT, expires_at=None)
        except NotEnoughStock:
            return 0
        return 1

    return take


def _world():
    from logistics.services import move
    from tests.builders import AT, a_channel, a_product, a_warehouse

    place, product = a_warehouse(), a_product()
    a_channel().supply.create(place=place, purpose="delivery")
    move(product.pk, place.pk, 1_000_000, kind="receipt", document="bench", at=AT, actor="bench")
    return product.pk, place.pk


def _options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--buyers", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--repeat", type=int, default=3)
    return parser.parse_args()


WAYS = {"bare UPDATE": _bare, "UPDATE + promise, one query": _statement, "whole service": _service}

if __name__ == "__main__":
    main()
