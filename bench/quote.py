"""Prices and promises of a basket, against one plain query for the same rows in the same run.

    .venv/bin/python -m bench.quote [--rules 1000] [--stores 200] [--repeat 200]

A basket of 30 lines among 1,000 products, with running campaigns whose selections hold 40 products each; then the
availability of 10 lines in all stores. Works in a database of its own, which it makes and drops.
"""

import argparse
import datetime as dt
import os
import random
import statistics
import time
from decimal import Decimal

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "altazion.settings")

PRODUCTS, PER_SELECTION = 1000, 40


def main():
    options = _options()
    import django

    django.setup()
    from django.conf import settings
    from django.test.runner import DiscoverRunner

    from altazion.embedded import services

    services.start()
    settings.DATABASES["default"]["TEST"]["NAME"] = "bench_altazion"
    settings.LOGBOOK_NUDGE = "bench.quote.nothing"
    runner = DiscoverRunner(verbosity=0, interactive=False)
    made = runner.setup_databases()
    try:
        _run(options)
    finally:
        runner.teardown_databases(made)


def nothing():
    """Events are written, nobody is told."""


def _run(options):
    from campaigns.selectors import quote
    from catalog.models import BasePrice
    from logistics.selectors import availability, stores_with
    from tests.builders import AT

    channel, products, stores = _world(options)
    chance = random.Random(7)
    cases = {
        "one query, 30 price rows": lambda ids: list(BasePrice.objects.filter(product__in=ids[:30]).values_list()),
        "quote of 30 lines": lambda ids: quote([(pk, 2) for pk in ids[:30]], channel=channel, at=AT),
        f"availability, 10 lines × {options.stores} stores": lambda ids: availability(
            ids[:10], channel=channel, at=AT, stores=stores
        ),
        f"stores that can serve 10 lines ({options.stores})": lambda ids: stores_with(
            [(pk, 1) for pk in ids[:10]], channel=channel, at=AT
        ),
    }
    times = {name: [] for name in cases}
    for _round in range(options.repeat):
        ids = chance.sample(products, 30)
        for name, ask in cases.items():
            start = time.perf_counter()
            ask(ids)
            times[name].append((time.perf_counter() - start) * 1000)
    asked = f"availability, 10 lines × {options.stores} stores"
    _supply_rules(channel)
    ruled = times[f"{asked}, 3 supply rules"] = []
    for _round in range(options.repeat):
        ids = chance.sample(products, 30)
        start = time.perf_counter()
        cases[asked](ids)
        ruled.append((time.perf_counter() - start) * 1000)
    reference = statistics.median(times["one query, 30 price rows"])
    print(f"\n{options.rules} running campaigns, {PRODUCTS} products, {options.repeat} baskets")
    for name, spent in times.items():
        p50, p95 = statistics.median(spent), sorted(spent)[int(len(spent) * 0.95)]
        print(f"{name:54} p50 {p50:6.2f} ms   p95 {p95:6.2f} ms   {p50 / reference:5.1f} × one query")


def _supply_rules(channel):
    from logistics.models import SupplyRule

    for rank, more in enumerate(({"country": "BE"}, {"country": "FR", "percent": 50, "least": 2}, {})):
        SupplyRule.objects.create(
            channel=channel, purpose="pickup", kind="store", rank=rank, name=f"rule {rank}", **more
        )


def _world(options):
    from django.db import connection
    from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

    from campaigns.models import Campaign
    from catalog.models import BasePrice, Product, ProductType, Selection, SelectionItem
    from logistics.models import Place, StockBalance, SupplySource
    from stores.models import Store
    from tests.builders import AT, a_channel, a_vat_rate

    channel, rate, chance = a_channel(), a_vat_rate(), random.Random(3)
    goods = ProductType.objects.create(code="goods", name="Goods")
    products = Product.objects.bulk_create(
        Product(sku=f"P{n}", type=goods, vat_rate=rate, state="validated", created_at=AT, updated_at=AT)
        for n in range(PRODUCTS)
    )
    BasePrice.objects.bulk_create(BasePrice(product=product, amount=Decimal(10)) for product in products)
    selections = Selection.objects.bulk_create(Selection(code=f"s{n}", name=f"s{n}") for n in range(options.rules))
    SelectionItem.objects.bulk_create(
        SelectionItem(selection=selection, product=product)
        for selection in selections
        for product in chance.sample(products, PER_SELECTION)
    )
    day = dt.timedelta(days=1)
    campaigns = Campaign.objects.bulk_create(
        Campaign(
            code=f"c{n}",
            name=f"c{n}",
            selection=selection,
            percent_off=Decimal(n % 60 + 1),
            approved=True,
            during=DateTimeTZRange(AT - day, AT + day),
        )
        for n, selection in enumerate(selections)
    )
    Campaign.channels.through.objects.bulk_create(
        Campaign.channels.through(campaign=campaign, saleschannel=channel) for campaign in campaigns
    )
    stores = Store.objects.bulk_create(Store(code=f"S{n}", name=f"S{n}") for n in range(options.stores))
    places = Place.objects.bulk_create(Place(kind="store", code=s.code, name=s.name, store=s) for s in stores)
    SupplySource.objects.bulk_create(SupplySource(channel=channel, place=p, purpose="pickup") for p in places)
    StockBalance.objects.bulk_create(
        (StockBalance(product=product, place=place, physical=3) for product in products for place in places),
        batch_size=20_000,
    )
    with connection.cursor() as sql:
        sql.execute("ANALYZE")
    return channel, [product.pk for product in products], stores


def _options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rules", type=int, default=1000)
    parser.add_argument("--stores", type=int, default=200)
    parser.add_argument("--repeat", type=int, default=200)
    return parser.parse_args()


if __name__ == "__main__":
    main()
