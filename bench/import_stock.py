"""Stock lines through the import engine against raw COPY + `INSERT … ON CONFLICT` of the same lines, in one run.

    .venv/bin/python -m bench.import_stock [--lines 200000] [--repeat 3]

The engine's time holds everything: keeping the file by hash, mapping, checks, duplicate keys, references to ids,
balances, ledger lines, events, counts. The reference only copies the lines and upserts them into a table keyed by text.
Works in a database of its own, which it makes and drops.
"""

import argparse
import io
import os
import resource
import statistics
import tempfile
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "altazion.settings")

PLACES = 20
HEADER = "depot_type;depot_code;art_ref;type_ref;qte\n"


def main():
    options = _options()
    import django

    django.setup()
    from django.conf import settings
    from django.test.runner import DiscoverRunner

    from altazion.embedded import services

    services.start()
    settings.DATABASES["default"]["TEST"]["NAME"] = "bench_altazion"
    scratch = tempfile.mkdtemp(prefix="bench-")
    settings.STORAGES["raw_files"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": scratch},
    }
    settings.LOGBOOK_NUDGE = "bench.import_stock.nothing"
    runner = DiscoverRunner(verbosity=0, interactive=False)
    made = runner.setup_databases()
    try:
        _run(options)
    finally:
        runner.teardown_databases(made)


def nothing():
    """Events are written, nobody is told."""


def _run(options):
    products = max(options.lines // PLACES, 1)
    _world(products)
    cases = ["all new"] + ["unchanged file", "unchanged rows", "1 % changed", "all changed"] * options.repeat
    times = {}
    quantities = lambda line: line % 90  # noqa: E731
    text = _file(options.lines, quantities)
    for name in cases:
        if name == "unchanged rows":
            text += "\n"  # other bytes, same rows
        elif name == "1 % changed":
            quantities = _changed(quantities, every=100)
            text = _file(options.lines, quantities)
        elif name == "all changed":
            quantities = _changed(quantities, every=1)
            text = _file(options.lines, quantities)
        engine, reference = _engine(text), _reference(text)
        times.setdefault(name, []).append((engine, reference))
        print(f"  {name:16s} engine {engine:6.2f} s   raw {reference:6.2f} s", flush=True)
    print(f"\n{options.lines:,} lines, medians of {options.repeat}")
    print(f"{'case':16s} {'engine rows/s':>14s} {'raw rows/s':>14s} {'engine ÷ raw time':>18s}")
    for name, pairs in times.items():
        engine, raw = (statistics.median(column) for column in zip(*pairs, strict=True))
        print(f"{name:16s} {options.lines / engine:14,.0f} {options.lines / raw:14,.0f} {engine / raw:18.2f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory peak of this process, the generated file of {len(text) / 1e6:.0f} MB included: {peak:.0f} MB")


def _options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=200_000)
    parser.add_argument("--repeat", type=int, default=3)
    return parser.parse_args()


def _world(products):
    from catalog.models import Product
    from integrations.models import Flow
    from tests.builders import AT, a_product, a_warehouse

    first = a_product("SKU0")
    Product.objects.bulk_create(
        [
            Product(
                sku=f"SKU{n}",
                name=f"Product {n}",
                slug=f"sku{n}",
                state=first.state,
                kind=first.kind,
                type=first.type,
                vat_rate=first.vat_rate,
                created_at=AT,
                updated_at=AT,
            )
            for n in range(1, products)
        ],
        batch_size=5000,
    )
    for place in range(PLACES):
        a_warehouse(f"D{place}")
    Flow.objects.create(code="stock", name="Stock", entity="stock")
    _sql("CREATE TABLE raw_stock (sku text, place text, quantity int NOT NULL, PRIMARY KEY (sku, place))")
    _sql("CREATE UNLOGGED TABLE raw_stage (kind text, place text, sku text, type text, quantity int)")
    _sql("ANALYZE")


def _file(lines, quantity):
    rows = (f"DEPOT;D{n % PLACES};SKU{n // PLACES};;{quantity(n)}\n" for n in range(lines))
    return HEADER + "".join(rows)


def _changed(before, *, every):
    return lambda line: (before(line) + 1) if line % every == 0 else before(line)


def _engine(text):
    from altazion.lib.clock import now
    from integrations.models import Flow
    from integrations.services import receive_file, run_flow

    stream = io.BytesIO(text.encode())
    start = time.perf_counter()
    run = receive_file(Flow.objects.get(), "stock.csv", stream, trigger="hand", at=now())
    run = run_flow(run.pk, at=now())
    took = time.perf_counter() - start
    assert run.state == "done", run.message
    return took


def _reference(text):
    from django.db import connection, transaction

    data = text.encode()
    start = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE raw_stage")
        with cursor.copy("COPY raw_stage FROM STDIN WITH (FORMAT csv, DELIMITER ';', HEADER)") as copy:
            for at in range(0, len(data), 1 << 18):
                copy.write(data[at : at + (1 << 18)].replace(b"\n\n", b"\n"))
        cursor.execute(
            "INSERT INTO raw_stock SELECT sku, place, quantity FROM raw_stage"
            " ON CONFLICT (sku, place) DO UPDATE SET quantity = excluded.quantity"
        )
    return time.perf_counter() - start


def _sql(statement):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)


if __name__ == "__main__":
    main()
