"""A day of trading: orders, payments, cancellations, counts and refunds by many at once; then the proofs.

    .venv/bin/python -m bench.trading_day [--orders 10000] [--buyers 8] [--seed 1]

A throw-away database beside the product's own. Stock is scarce on purpose: a part of the buyers is turned away.
"""

import argparse
import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "altazion.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--buyers", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    from altazion.embedded import services
    from tests.trading import TradingDay

    services.start()
    settings.LOGBOOK_NUDGE = "bench.checkout.nobody"
    settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"] = options.buyers + 6
    setup_test_environment()
    connection.creation.create_test_db(verbosity=0)
    try:
        day = TradingDay(orders=options.orders, seed=options.seed, stores=8, products=200, units=25)
        started = time.perf_counter()
        day.run(buyers=options.buyers, clerks=2)
        seconds = time.perf_counter() - started
        day.close()
        found = day.prove()
    finally:
        for each in connections.all():
            each.close_pool()
        connection.creation.destroy_test_db(settings.DATABASES["default"]["NAME"], verbosity=0)
    print(f"{options.orders:,} baskets in {seconds:.0f} s, {60 * options.orders / seconds:,.0f} a minute")
    for what, number in sorted(day.told.items()):
        print(f"  {number:8,}  {what}")
    for sentence in [*day.faults, *found][:20]:
        print(f"  {sentence}")
    print(
        "the proofs find nothing"
        if not found and not day.faults
        else f"{len(found)} findings, {len(day.faults)} faults"
    )
    sys.exit(bool(found or day.faults))


if __name__ == "__main__":
    main()
