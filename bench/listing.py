"""Facet counts and pages of lists: bitmaps against the same counts in SQL, in one run.

    .venv/bin/python -m bench.listing [--products 200000] [--rounds 40] [--growth] [--explain]

Scopes of three sizes, none to three filters. "counts" is the time for all facets from the process's sets, "page" the
whole question with its tiles (prices and stock live), "sql" the same counts by the database. Then pages of the whole
catalogue in every order. --growth: the same at half the size first, and how much the p95 of pages grow when it doubles.
--explain: how the database finds the rows of a page.
"""

import argparse
import os
import statistics
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "altazion.settings")
FILTERS = [{}, {"a0": ["a0 value 1", "a0 value 2"]}, {"a1": ["a1 value 3"]}, {"a5": ["a5 value 4", "a5 value 7"]}]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--products", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--explain", action="store_true")
    options = parser.parse_args()
    import django

    django.setup()
    from django.conf import settings
    from django.test.runner import DiscoverRunner

    from altazion.embedded import services

    services.start()
    settings.DATABASES["default"]["TEST"]["NAME"] = "bench_listing"
    settings.LOGBOOK_NUDGE = "bench.pages.nothing"
    sizes = [options.products // 2, options.products] if options.growth else [options.products]
    found = []
    for count in sizes:
        runner = DiscoverRunner(verbosity=0, interactive=False)
        made = runner.setup_databases()
        try:
            found.append(_run(count, options))
        finally:
            _forget()
            runner.teardown_databases(made)
    if options.growth:
        _grown(sizes, *found)


def _run(count, options):
    from bench import many
    from discovery.models import IndexEntry, ListingSet
    from discovery.selectors import index_version
    from discovery.selectors.snapshot import Snapshot, _next
    from discovery.services import reindex
    from tests.builders import AT

    channel, store, scopes = _timed(f"{count:,} products made", lambda: many.products(count))
    _timed("index", lambda: reindex(None, at=AT))
    if not options.growth:
        _timed("index again, nothing changed", lambda: reindex(None, at=AT))
    some = list(IndexEntry.objects.values_list("product_id", flat=True)[:1])
    _timed("one product followed", lambda: reindex(some, at=AT))
    rows = ListingSet.objects.extra(select={"size": "octet_length(ids)"}).values_list("size", flat=True)
    sizes = list(rows)
    print(f"  {len(sizes):,} rows of sets, {sum(sizes) / 1e6:.1f} MB")
    version = index_version(channel)
    parts = version.split(".")
    _timed("a process reads all sets", lambda: _next(Snapshot(), channel.pk, int(parts[1]), int(parts[2]), parts[3]))
    if not options.growth:
        _measure(channel, store, scopes, version, options.rounds)
    found = _orders(channel, store, scopes, version, options.rounds)
    if options.explain:
        _explain(channel, store, scopes, version)
    return found


def _orders(channel, store, scopes, version, rounds):
    """p50 and p95 of pages by name: every scope by our choice, the whole catalogue in every order, searches.

    No page is asked twice: what a process keeps of the question itself is taken away each time.
    """
    from django.core.cache import cache

    from discovery.selectors import listing
    from tests.builders import AT

    asked = {}
    for name, segment in scopes.items():
        for sort in ("rank", "price", "price_desc", "new") if name == "everything" else ("rank",):
            chosen = {}
            for number, more in enumerate(FILTERS):
                chosen = {**chosen, **more}
                asked[f"{name}, {number} filters, {sort}"] = {"segment": segment, "filters": chosen, "sort": sort}
    asked["everything, 1 filter, page 100"] = {"segment": scopes["everything"], "filters": FILTERS[1], "page": 100}
    for query in ("product 1200", "bench", "prodct"):
        asked[f"search: {query}"] = {"query": query}
    found = {}
    print(f"\n{'page':40s} {'p50 ms':>8s} {'p95 ms':>8s}")
    for name, question in asked.items():

        def page(question=question):
            if "query" in question:
                cache.clear()
            return listing(channel=channel, at=AT, language="fr", store=store, version=version, **question)

        times = _times(page, rounds)
        found[name] = statistics.median(times), _p95(times)
        print(f"{name:40s} {found[name][0]:8.1f} {found[name][1]:8.1f}", flush=True)
    return found


def _grown(sizes, half, whole):
    print(f"\ngrowth of p50 and p95 from {sizes[0]:,} to {sizes[1]:,} products")
    for name, (middle, slow) in whole.items():
        before, slow_before = half[name]
        print(f"{name:40s} {middle / before:6.2f}× {slow / slow_before:6.2f}×")


def _forget():
    """The next database has other products under the same numbers."""
    from django.core.cache import cache

    from discovery.selectors import shown, snapshot

    cache.clear()
    snapshot._KEPT.clear()
    shown._KEPT.clear()


def _explain(channel, store, scopes, version):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from discovery.selectors import listing
    from tests.builders import AT

    for question in ({"segment": scopes["everything"], "filters": FILTERS[1]}, {"query": "product 1200"}):
        _forget()
        with CaptureQueriesContext(connection) as asked:
            listing(channel=channel, at=AT, language="fr", store=store, version=version, **question)
        for one in asked.captured_queries:
            with connection.cursor() as sql:
                sql.execute("EXPLAIN " + one["sql"].replace("%", "%%"))
                plan = [row[0].strip() for row in sql.fetchall()]
            print("\n" + " ".join(one["sql"].split())[:110])
            print("\n".join(f"    {line}" for line in plan if "Scan" in line or "Index Cond" in line))


def _measure(channel, store, scopes, version, rounds):
    from discovery.rules import UNTOUCHED, Kind
    from discovery.selectors import listing, sets
    from discovery.selectors.listing import _Asked, _scope
    from discovery.selectors.scope import with_filters
    from discovery.selectors.snapshot import snapshot
    from discovery.selectors.sql_counts import count_by_sql
    from tests.builders import AT

    place = store.place.pk
    snap = snapshot(version)
    print("\nscope        filters  listings  counts p50     p95  page p50     p95       sql  sql ÷ counts")
    for name, segment in scopes.items():
        chosen = {}
        for number, more in enumerate(FILTERS):
            chosen = {**chosen, **more}

            def counts(segment=segment, chosen=chosen):
                question = sets.ask(snap, channel=channel.pk, within=[snap.entries(Kind.SEGMENT, segment.pk)],
                                    chosen=chosen, place=place, in_store_only=False, ranking=UNTOUCHED)  # fmt: skip
                return sets.count(snap, question, version=version, place=place, segments=[])

            def page(segment=segment, chosen=chosen):
                return listing(channel=channel, at=AT, language="fr", segment=segment, filters=chosen, store=store,
                               version=version)  # fmt: skip

            def by_sql(segment=segment, chosen=chosen):
                asked = _Asked(channel, "fr", segment.pk, None, None, chosen, place, False, UNTOUCHED)
                scope = with_filters(_scope(asked, "", version)[0], chosen, place_id=place, in_store_only=False)
                return count_by_sql(scope, place_id=place, segments=())

            assert counts().total == by_sql().total == page().total
            ours, whole = _times(counts, rounds), _times(page, rounds)
            theirs = _times(by_sql, 3)
            middle = statistics.median
            print(f"{name:12s} {number:7d} {counts().total:9,d} {middle(ours):11.2f} {_p95(ours):7.2f}"
                  f" {middle(whole):9.1f} {_p95(whole):7.1f} {middle(theirs):9.0f}"
                  f" {middle(theirs) / middle(ours):12.0f}×", flush=True)  # fmt: skip


def _times(what, rounds):
    what()
    found = []
    for _round in range(rounds):
        started = time.perf_counter()
        what()
        found.append((time.perf_counter() - started) * 1000)
    return found


def _p95(times):
    return sorted(times)[int(len(times) * 0.95)]


def _timed(what, do):
    started = time.monotonic()
    result = do()
    print(f"  {what}: {time.monotonic() - started:.2f} s", flush=True)
    return result


if __name__ == "__main__":
    main()
