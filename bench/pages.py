"""Pages of the shop against an empty Django page and one with one query: same server, same run, in turns.

    .venv/bin/python -m bench.pages [--products 20000] [--seconds 5] [--repeat 3] [--keep]

The catalogue is generated: 1/10 parents with eight children, the rest alone, 300 segments, five facets, prices, a
campaign, stock in a warehouse and five stores. Works in a database of its own, which it makes and drops.
"""

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import threading
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "altazion.settings")
os.environ["STATICFILES_BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
PORT, CONNECTIONS, NAME = 8677, 8, "bench_pages"


def main():
    options = _options()
    import django

    django.setup()
    from django.conf import settings
    from django.test.runner import DiscoverRunner

    from altazion.embedded import services

    services.start()
    settings.DATABASES["default"]["TEST"]["NAME"] = NAME
    settings.LOGBOOK_NUDGE = "bench.pages.nothing"
    runner = DiscoverRunner(verbosity=0, interactive=False, keepdb=options.keep)
    made = runner.setup_databases()
    try:
        pages = _known() or _world(options.products)
        if options.seconds == 0:
            return
        server = _server()
        try:
            _measure(pages, options)
        finally:
            server.terminate()
            server.wait()
    finally:
        runner.teardown_databases(made)


def nothing():
    """Events are written, nobody is told."""


def _options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--products", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=5, help="of each page and turn; 0 only makes the shop")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--keep", action="store_true", help="keep the shop for the next run with --keep")
    return parser.parse_args()


def _known():
    """The pages of a shop that an earlier run left."""
    from django.core.cache import caches

    from catalog.models import Product

    return caches["shared"].get("bench.pages") if Product.objects.exists() else None


def _world(count):
    from django.core.cache import caches

    from bench import shop_of_size
    from discovery.services import reindex
    from tests.builders import AT

    started = time.monotonic()
    pages = shop_of_size.make(count)
    print(f"  {count:,} products generated in {time.monotonic() - started:.0f} s", flush=True)
    started = time.monotonic()
    changed = reindex(None, at=AT)
    print(f"  index: {changed:,} entries in {time.monotonic() - started:.1f} s", flush=True)
    started = time.monotonic()
    reindex(None, at=AT)
    print(f"  index again, nothing changed: {time.monotonic() - started:.1f} s", flush=True)
    caches["shared"].set("bench.pages", pages, None)
    return pages


def _server():
    from django.db import connection

    place = connection.settings_dict
    address = f"postgres://{place['USER']}@{place['HOST'].replace('/', '%2F')}/{place['NAME']}"
    command = ["-m", "granian", "--interface", "wsgi", "bench.one_query:application", "--port", str(PORT), "--workers"]
    server = subprocess.Popen(
        [sys.executable, *command, "2", "--blocking-threads", "4", "--no-ws", "--log-level", "error"],
        env={**os.environ, "DATABASE_URL": address},
    )
    end, last = time.monotonic() + 90, "no answer"
    while time.monotonic() < end:
        try:
            last = _get("/one-query/")
            if last == 200:
                return server
        except OSError as error:
            last = error
        time.sleep(0.5)
    server.terminate()
    server.wait()
    raise SystemExit(f"the server did not start: {last}")


def _measure(pages, options):
    for path in pages.values():
        for _each in range(8):
            assert _get(path) == 200, path
    drawn = {f"{name}, drawn": f"{pages[name]}#session" for name in ("segment", "product alone", "search")}
    asked = {"empty": "/empty/", "one query": "/one-query/", **pages, **drawn}
    found = {name: [] for name in asked}
    for _turn in range(options.repeat):
        for name, path in asked.items():
            found[name].append(_load(path, options.seconds))
    rates = {name: statistics.median(rate for rate, _times in turns) for name, turns in found.items()}
    print(f"\n{'page':28s} {'req/s':>8s} {'÷ empty':>9s} {'÷ one query':>12s} {'p50 ms':>8s} {'p95 ms':>8s}")
    for name, turns in found.items():
        times = sorted(t for _rate, each in turns for t in each)
        p50, p95 = (times[int(len(times) * share)] * 1000 for share in (0.5, 0.95))
        empty, one = rates["empty"] / rates[name], rates["one query"] / rates[name]
        print(f"{name:28s} {rates[name]:8.0f} {empty:8.1f}× {one:11.1f}× {p50:8.1f} {p95:8.1f}")
    print(json.dumps({name: round(rate, 1) for name, rate in rates.items()}))


def _load(path, seconds):
    times, lock, end = [], threading.Lock(), time.monotonic() + seconds
    path, _mark, session = path.partition("#")  # whoever has a session gets pages that are drawn for him alone
    cookies = "store=S1; sessionid=none" if session else "store=S1"

    def shopper():
        connection, mine = http.client.HTTPConnection("127.0.0.1", PORT), []
        while time.monotonic() < end:
            started = time.perf_counter()
            connection.request("GET", path, headers={"Cookie": cookies})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, (path, answer.status)
            mine.append(time.perf_counter() - started)
        with lock:
            times.extend(mine)

    threads = [threading.Thread(target=shopper) for _each in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(times) / seconds, times


def _get(path):
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    connection.request("GET", path, headers={"Cookie": "store=S1"})
    return connection.getresponse().status


if __name__ == "__main__":
    main()
