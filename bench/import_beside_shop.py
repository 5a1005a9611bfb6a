"""The shop's pages and its buyers while a large stock file comes in, against the same without; memory of the worker.

    .venv/bin/python -m bench.import_beside_shop [--lines 1000000] [--products 2000] [--seconds 15] [--nice 10]

Two shoppers ask for segment, product and search pages, with a breath between; two buyers reserve units of balances that
the file writes. All lines of the file change. The worker is a process of its own, run as `./run` runs it. Works in a
database of its own, which it makes and drops.
"""

import argparse
import http.client
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "altazion.settings")
os.environ["STATICFILES_BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
PLACES, SHOPPERS, BUYERS, BREATH = 20, 2, 2, 0.05


def main():
    if sys.argv[1:2] == ["--worker"]:
        worker(sys.argv[2])
        return
    options = _options()
    import django

    django.setup()
    from django.conf import settings
    from django.test.runner import DiscoverRunner

    from altazion.embedded import services
    from bench import pages

    services.start()
    settings.DATABASES["default"]["TEST"]["NAME"] = "bench_beside"
    settings.LOGBOOK_NUDGE = "bench.pages.nothing"
    runner = DiscoverRunner(verbosity=0, interactive=False)
    made = runner.setup_databases()
    try:
        addresses = list(pages._world(options.products).values())
        skus = _world(options.lines)
        server = pages._server()
        try:
            _measure(options, addresses, skus)
        finally:
            server.terminate()
            server.wait()
    finally:
        runner.teardown_databases(made)


def worker(path):
    """Take the file in, and say how long that took and how much memory it was."""
    import django

    django.setup()
    from django.conf import settings

    from altazion.lib.clock import now
    from integrations.models import Flow
    from integrations.services import receive_file, run_flow

    settings.LOGBOOK_NUDGE = "bench.pages.nothing"
    started = time.perf_counter()
    with open(path, "rb") as stream:  # noqa: PTH123
        run = receive_file(Flow.objects.get(code="stock"), "stock.csv", stream, trigger="hand", at=now())
    run = run_flow(run.pk, at=now())
    assert run.state == "done", run.message
    took = time.perf_counter() - started
    print(f"{took:.2f} {_peak():.0f}")


def _peak():
    """MB that this process held at most; `getrusage` would count the parent's as well."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _world(lines):
    """Articles that only have stock, beside those that the pages show."""
    from django.db import connection

    from catalog.models import Product
    from integrations.models import Flow
    from tests.builders import AT, a_product, a_warehouse

    first = a_product("LINE-0")
    same = {"state": first.state, "kind": first.kind, "type": first.type, "vat_rate": first.vat_rate}
    rows = [
        Product(sku=f"LINE-{n}", name=f"Line {n}", slug=f"line-{n}", created_at=AT, updated_at=AT, **same)
        for n in range(1, max(lines // PLACES, 1))
    ]
    Product.objects.bulk_create(rows, batch_size=5000)
    for place in range(PLACES):
        a_warehouse(f"D{place}")
    brakes = {f"brake_{name}": None for name in ("price_share", "archived", "rows", "zero", "rejected")}
    Flow.objects.create(code="stock", name="Stock", entity="stock", **brakes)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO logistics_stockbalance (product_id, place_id, physical, reserved, safety, incoming, shortage)"
            " SELECT p.id, l.id, 50, 0, 0, 0, 0 FROM catalog_product p CROSS JOIN logistics_place l"
            " WHERE p.sku LIKE 'LINE-%' AND l.code ~ '^D[0-9]+$'"
        )
        cursor.execute("ANALYZE")
    return len(rows) + 1


def _measure(options, addresses, skus):
    from django.db import connection

    place = connection.settings_dict
    database = f"postgres://{place['USER']}@{place['HOST'].replace('/', '%2F')}/{place['NAME']}"
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        file.write("depot_type;depot_code;art_ref;type_ref;qte\n")
        file.writelines(f"DEPOT;D{n % PLACES};LINE-{n // PLACES};;{60 + n % 30}\n" for n in range(options.lines))
        file.flush()
        _during(addresses, skus, lambda: time.sleep(3))  # everything once
        quiet = _during(addresses, skus, lambda: time.sleep(options.seconds))
        said = []
        command = ["nice", "-n", str(options.nice), sys.executable, "-m", "bench.import_beside_shop", "--worker"]

        def load():
            done = subprocess.run(
                [*command, file.name],
                env={**os.environ, "DATABASE_URL": database},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr[-2000:]
            said.append(done.stdout.split())

        busy = _during(addresses, skus, load)
        size = Path(file.name).stat().st_size
    seconds, memory = said[0]
    print(f"\n{options.lines:,} lines ({size / 1e6:.0f} MB), all changed, in {seconds} s; memory peak {memory} MB")
    print(f"{'':10s} {'without p50':>12s} {'p95':>8s} {'with p50':>10s} {'p95':>8s} {'max':>9s} {'p95 ratio':>10s}")
    for name in ("pages", "buying"):
        before, during = sorted(quiet[name]), sorted(busy[name])
        a, b = _at(before, 0.95), _at(during, 0.95)
        print(
            f"{name:10s} {_at(before, 0.5):12.1f} {a:8.1f} {_at(during, 0.5):10.1f} {b:8.1f} {during[-1] * 1000:9.1f}"
            f" {b / a:9.2f}×   n={len(before)}/{len(during)}"
        )
    print(f"  buyers refused or in error: {busy['refused']}; mean {statistics.mean(busy['buying']) * 1000:.1f} ms")


def _at(times, share):
    return times[min(int(len(times) * share), len(times) - 1)] * 1000


def _during(addresses, skus, work):
    found = {"pages": [], "buying": [], "refused": 0}
    stop = threading.Event()
    threads = [threading.Thread(target=_shopper, args=(addresses, found, stop, n)) for n in range(SHOPPERS)]
    threads += [threading.Thread(target=_buyer, args=(skus, found, stop, n)) for n in range(BUYERS)]
    for thread in threads:
        thread.start()
    try:
        work()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    return found


def _shopper(addresses, found, stop, number):
    from bench.pages import PORT

    connection, dice = http.client.HTTPConnection("127.0.0.1", PORT, timeout=120), random.Random(number)
    while not stop.is_set():
        started = time.perf_counter()
        connection.request("GET", dice.choice(addresses), headers={"Cookie": "store=S1"})
        answer = connection.getresponse()
        answer.read()
        found["pages"].append(time.perf_counter() - started)
        time.sleep(BREATH)


def _buyer(skus, found, stop, number):
    """One unit of one balance, as `reserve` holds it: the conditional update of the row itself."""
    from django.db import connection, transaction

    dice = random.Random(number)
    try:
        while not stop.is_set():
            started = time.perf_counter()
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    "WITH held AS (UPDATE logistics_stockbalance b SET reserved = reserved + 1 FROM catalog_product p,"
                    " logistics_place l WHERE p.sku = %s AND l.code = %s AND b.product_id = p.id AND b.place_id = l.id"
                    " AND b.physical + b.shortage - b.safety - b.reserved >= 1 RETURNING b.product_id, b.place_id)"
                    " INSERT INTO logistics_reservation (reference, line, product_id, place_id, quantity, state,"
                    " expires_at, created_at)"
                    " SELECT %s, '1', product_id, place_id, 1, 'held', now() + interval '1 hour', now() FROM held",
                    [f"LINE-{dice.randrange(skus)}", f"D{dice.randrange(PLACES)}", uuid.uuid4()],
                )
                found["refused"] += cursor.rowcount != 1
            found["buying"].append(time.perf_counter() - started)
            time.sleep(BREATH)
    finally:
        connection.close()


def _options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--products", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--nice", type=int, default=10)
    return parser.parse_args()


if __name__ == "__main__":
    main()
