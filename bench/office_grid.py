"""Office's product list and its search at a million SKUs: time of the whole answer, and how much of it is the database.

    .venv/bin/python -m bench.office_grid [--products 1000000] [--rounds 15]

The reference of the same run is the list of sales channels, drawn by the same machinery.

At 1,000,000 SKUs (2 shared cores; made in 91 s), median ms, and how often the reference (33 to 40 ms) fits into it:

    grid 144 (3.6x), page 40 149 (3.7x), page 1000 118, by name 150 (4.5x), by name from the end 151 (4.6x)
    search: a SKU 73 (2.2x), a rare word 75 (2.3x), two words 190 (5.8x), a common word 274, nothing 61 (1.5x)
    filter: segment 128, state 166 (4.2x), brand 207, brand and segment 177 (5.4x)

Those without a ratio were timed one by one after rows came to be found by their keys first (before: page 1000 261, a
common word 362, brand 449). Products in no segment, where none is, take about a second: all of them are looked at.
"""

import argparse
import os
import statistics
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "altazion.settings")
PAGES = {
    "reference: sales channels": "/office/stores/saleschannel/",
    "grid": "/office/catalog/product/",
    "grid, page 40": "/office/catalog/product/?p=39",
    "grid, page 1000": "/office/catalog/product/?p=1000",
    "grid by name": "/office/catalog/product/?o=2",
    "grid by name, from the end": "/office/catalog/product/?o=-2",
    "search: a SKU": "/office/catalog/product/?q=L123456",
    "search: a rare word": "/office/catalog/product/?q=123457",
    "search: a common word": "/office/catalog/product/?q=bench",
    "search: two words": "/office/catalog/product/?q=product+4567",
    "search: nothing": "/office/catalog/product/?q=zzzzzz",
    "filter: segment": "/office/catalog/product/?segment={segment}",
    "filter: state": "/office/catalog/product/?state=validated",
    "filter: state, none": "/office/catalog/product/?state=archived",
    "filter: brand": "/office/catalog/product/?brand__id__exact={brand}",
    "filter: brand and segment": "/office/catalog/product/?brand__id__exact={brand}&segment={segment}",
    "filter: in no segment": "/office/catalog/product/?placed=none",
    "typing in the list": "/office/catalog/product/?edit=1",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--products", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--keep", action="store_true", help="keep the products for the next run with --keep")
    options = parser.parse_args()
    import django

    django.setup()
    from django.conf import settings
    from django.test.runner import DiscoverRunner

    from altazion.embedded import services

    services.start()
    settings.DATABASES["default"]["TEST"]["NAME"] = "bench_office"
    settings.LOGBOOK_NUDGE = "bench.pages.nothing"
    settings.ALLOWED_HOSTS = ["*"]
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    runner = DiscoverRunner(verbosity=0, interactive=False, keepdb=options.keep)
    made = runner.setup_databases(serialized_aliases=set())
    try:
        _run(options)
    finally:
        runner.teardown_databases(made)


def _run(options):
    from accounts.models import User
    from bench import many
    from catalog.models import Brand, Product, Segment
    from tests import builders as b

    started = time.monotonic()
    if not Product.objects.filter(sku="SEED").exists():
        many.products(options.products, attributes=4)
        b.a_colleague(is_superuser=True)
        print(f"  {options.products:,} SKUs made in {time.monotonic() - started:.0f} s", flush=True)
    known = {"segment": Segment.objects.get(slug="s5").pk, "brand": Brand.objects.get(slug="b7").pk}
    from django.test import Client

    client = Client()
    client.force_login(User.objects.filter(is_superuser=True).get())
    print(f"\n{'page':28s} {'p50 ms':>8s} {'p95 ms':>8s} {'database ms':>12s} {'queries':>8s} {'÷ reference':>12s}")
    reference = 0.0
    for name, address in PAGES.items():
        path = address.format(**known)
        times, spent, asked = [], [], 0
        for _round in range(options.rounds + 1):
            took, in_database, asked = _timed(client, path)
            times.append(took)
            spent.append(in_database)
        times, spent = sorted(times[1:]), spent[1:]
        middle, p95 = statistics.median(times), times[int(len(times) * 0.95)]
        reference = reference or middle
        print(f"{name:28s} {middle:8.0f} {p95:8.0f} {statistics.median(spent):12.0f} {asked:8d}"
              f" {middle / reference:11.1f}×", flush=True)  # fmt: skip


def _timed(client, path):
    from django.db import connection

    spent = []

    def measured(execute, sql, params, many, context):
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent.append(time.perf_counter() - started)

    started = time.perf_counter()
    with connection.execute_wrapper(measured):
        answer = client.get(path)
    took = (time.perf_counter() - started) * 1000
    assert answer.status_code == 200, (path, answer.status_code)
    return took, sum(spent) * 1000, len(spent)


if __name__ == "__main__":
    main()
