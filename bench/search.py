"""Search at size: every lane and suggestions against plain full text in SQL, at two sizes of catalogue, in one run.

    .venv/bin/python -m bench.search [--products 100000 200000] [--rounds 60] [--explain] [--keep]

Names and descriptions are drawn from 30,000 words as language is (the n-th word once for every n of the first), so
there are rare, middling and common ones; 60 keywords, rules with pins, one product in twenty a star, synonyms.
"search" is the whole question with its counts, page of 24 tiles, prices and stock, of words not asked for before; "sql"
the first 24 listings by `ts_rank` of the same words, all hits ranked, nothing counted.
"""

import argparse
import itertools
import os
import random
import statistics
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "altazion.settings")
WORDS, IN_NAME, IN_TEXT = 30_000, 5, 20


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--products", type=int, nargs="+", default=[100_000, 200_000])
    parser.add_argument("--rounds", type=int, default=60, help="searches of a lane; 0 only makes the catalogues")
    parser.add_argument("--keep", action="store_true", help="keep the catalogues for the next run with --keep")
    parser.add_argument("--explain", action="store_true")
    options = parser.parse_args()
    import django

    django.setup()
    from django.conf import settings
    from django.test.runner import DiscoverRunner

    from altazion.embedded import services

    services.start()
    settings.LOGBOOK_NUDGE = "bench.pages.nothing"
    figures = []
    for count in options.products:
        settings.DATABASES["default"]["TEST"]["NAME"] = f"bench_search_{count}"
        runner = DiscoverRunner(verbosity=0, interactive=False, keepdb=options.keep)
        made = runner.setup_databases()
        try:
            figures += [made_of] if (made_of := _run(count, options)) else []
        finally:
            runner.teardown_databases(made)
    for fewer, more in itertools.pairwise(figures):
        print("\ngrowth of p95: " + ", ".join(f"{name} {more[name] / fewer[name]:.2f}×" for name in more))


def vocabulary():
    """Words that look like words, the most frequent first, all different."""
    dice, found = random.Random(7), {}
    begin, middle = ["b", "ch", "d", "f", "gr", "l", "m", "n", "p", "r", "s", "t", "v", "tr", "pl"], "aeiou"
    close = ["l", "n", "r", "s", "t", "x", "nd", "rt", "lin", "ton"]
    while len(found) < WORDS:
        parts = dice.choice([1, 2, 2, 3])
        found["".join(dice.choice(begin) + dice.choice(middle) for _n in range(parts)) + dice.choice(close)] = True
    return [word for word in found if len(word) > 2]


def _run(count, options):
    words = vocabulary()
    channel, keywords = _known() or _made(count, words)
    return _measure(channel, words, keywords, options) if options.rounds else None


def _known():
    """The catalogue that an earlier run left."""
    from catalog.models import Keyword
    from discovery.models import IndexEntry
    from stores.models import SalesChannel

    if not IndexEntry.objects.exists():
        return None
    return SalesChannel.objects.get(), list(Keyword.objects.order_by("pk").values_list("name", flat=True))


def _made(count, words):
    from django.db import connection

    from bench import many
    from bench.listing import _timed
    from discovery.services import reindex
    from tests.builders import AT

    channel, _store, _scopes = _timed(f"{count:,} products made", lambda: many.products(count))
    _timed("named and described", lambda: _name(words))
    keywords = _timed("keywords, pins, synonyms", lambda: _decide(words))
    _timed("index", lambda: reindex(None, at=AT))
    with connection.cursor() as sql:
        sql.execute("VACUUM ANALYZE")
    return channel, keywords


def _name(words):
    """Names of five words and texts of twenty, each drawn anew with a frequency of 1/n."""
    from django.db import connection

    def drawn(size, salt):
        place = (
            f"1 + floor(exp(ln({len(words)}) * ((hashint8(p.id * 64 + k + {salt}) & 1048575) / 1048576.0)))::int - 1"
        )
        return f"(SELECT string_agg(v.w[{place}], ' ') FROM generate_series(1, {size}) k)"

    with connection.cursor() as sql:
        sql.execute(
            "WITH v AS MATERIALIZED (SELECT %s::text[] AS w)"
            f" UPDATE catalog_product p SET name = initcap({drawn(IN_NAME, 0)}), description = {drawn(IN_TEXT, 32)}"
            "   FROM v WHERE p.kind IN ('simple', 'parent')",
            [words],
        )


def _decide(words):
    """Sixty keywords of forty products each, a pin for every tenth, synonyms."""
    from catalog.models import Keyword, KeywordCategory, Product, ProductKeyword
    from catalog.services.keywords import forms_of
    from discovery.enums import EffectKind
    from discovery.models import MerchandisingRule, RuleEffect, SynonymSet

    category = KeywordCategory.objects.create(code="heroes", name="Heroes", is_facet=True)
    ids = list(Product.objects.filter(kind__in=["simple", "parent"]).order_by("pk").values_list("pk", flat=True)[:2400])
    names = []
    for number in range(60):
        keyword = Keyword(category=category, code=f"k{number}", name=f"Hero {words[5000 + number]}")
        keyword.forms = forms_of(keyword)
        keyword.save()
        names.append(keyword.name)
        ProductKeyword.objects.bulk_create(
            [ProductKeyword(product_id=pk, keyword=keyword) for pk in ids[number * 40 : number * 40 + 40]]
        )
        if number % 10 == 0:
            rule = MerchandisingRule.objects.create(name=keyword.name, queries=[keyword.name.lower()])
            RuleEffect.objects.create(rule=rule, kind=EffectKind.PIN, product_id=ids[-1], position=1)
    SynonymSet.objects.bulk_create(
        [
            SynonymSet(language="fr", words=[words[800 + n], words[1800 + n]], plain=[words[800 + n], words[1800 + n]])
            for n in range(100)
        ]
    )
    return names


def _measure(channel, words, keywords, options):
    from django.core.cache import cache

    from discovery.models import IndexEntry
    from discovery.selectors import index_version, listing, suggest
    from tests.builders import AT

    dice, rounds = random.Random(11), options.rounds
    pairs = [f"{words[n % 60 + 5]} {words[(n * 7) % 400 + 60]}" for n in range(rounds)]
    skus = list(IndexEntry.objects.order_by("pk").values_list("product__sku", flat=True)[: rounds * 50 : 50])
    long = [word for word in words if len(word) > 6]
    lanes = {
        "rare word": words[6000 : 6000 + rounds],
        "middling word": words[100 : 100 + rounds],
        "common word": words[: min(rounds, 60)],
        "two words": pairs,
        "reference": skus,
        "keyword": keywords[:rounds],
        "synonym": words[800 : 800 + rounds],
        "beginning": [word[:-2] for word in long[2000 : 2000 + rounds]],
        "mistake": [_mistyped(word, dice) for word in long[200 : 200 + rounds]],
        "two, one mistyped": [
            f"{words[n]} {_mistyped(word, dice)}" for n, word in enumerate(long[100 : 100 + rounds], 20)
        ],
        "common, filtered": words[: min(rounds, 60)],
    }
    filters = {"common, filtered": {"a0": ["a0 value 1", "a0 value 2"], "a1": ["a1 value 3"]}}
    version = index_version(channel)
    listing(channel=channel, at=AT, language="fr", version=version)  # sets are read, connections open
    figures, reference = {}, {}
    head = f"{'lane':20s} {'hits':>8s} {'search p50':>11s} {'p95':>7s} {'sql p50':>9s} {'p95':>7s} {'÷ sql':>6s}"
    print(f"\n{IndexEntry.objects.count():,} entries\n{head}")
    for name, texts in lanes.items():
        ours, theirs, hits, understood = [], [], [], set()
        for text in texts:
            started = time.perf_counter()
            page = listing(channel=channel, at=AT, language="fr", query=text, version=version,
                           filters=filters.get(name))  # fmt: skip
            ours.append((time.perf_counter() - started) * 1000)
            hits.append(page.total)
            understood.add(page.lane)
            started = time.perf_counter()
            _by_sql(channel, text)
            theirs.append((time.perf_counter() - started) * 1000)
            cache.clear()
            listing(channel=channel, at=AT, language="fr", version=version)
        figures[name], reference[name] = _p95(ours), _p95(theirs)
        middle = statistics.median
        print(f"{name:20s} {middle(hits):8,.0f} {middle(ours):11.1f} {_p95(ours):7.1f} {middle(theirs):9.1f}"
              f" {_p95(theirs):7.1f} {middle(ours) / middle(theirs):6.1f}  {', '.join(sorted(understood))}",
              flush=True)  # fmt: skip
    begun = [word[: dice.choice([2, 3, 4])] for word in words[:rounds] + words[3000 : 3000 + rounds]]
    for name, texts in {
        "suggestions": begun,
        "suggestions, two words": [f"{words[9]} {each}" for each in begun],
    }.items():
        ours = []
        for text in texts:
            started = time.perf_counter()
            suggest(text, channel=channel, language="fr")
            ours.append((time.perf_counter() - started) * 1000)
        figures[name] = _p95(ours)
        print(f"{name:29s} {statistics.median(ours):11.1f} {_p95(ours):7.1f}", flush=True)
    if options.explain:
        _explain(channel, words)
    return figures


_REFERENCE = """
SELECT e.listing_id FROM discovery_indexentry e, plainto_tsquery('altazion_fr', %(text)s) q
 WHERE e.channel_id = %(channel)s AND e.words_fr @@ q
 GROUP BY e.listing_id ORDER BY max(ts_rank(e.words_fr, q)) DESC, e.listing_id DESC LIMIT 24"""


def _by_sql(channel, text):
    from django.db import connection

    with connection.cursor() as sql:
        sql.execute(_REFERENCE, {"channel": channel.pk, "text": text})
        return sql.fetchall()


def _explain(channel, words):
    """The plan of every statement of one search per kind."""
    from django.db import connection

    from discovery.selectors import index_version, listing, suggest
    from tests.builders import AT

    asked = []

    def keep(execute, statement, parameters, many, context):
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            asked.append((statement, parameters))
        return execute(statement, parameters, many, context)

    version = index_version(channel)
    with connection.execute_wrapper(keep):
        for text in (words[1], words[1] + "x", words[9000]):
            listing(channel=channel, at=AT, language="fr", query=text, version=version)
        suggest(words[1][:3], channel=channel, language="fr")
    with connection.cursor() as sql:
        for statement, parameters in asked:
            sql.execute("EXPLAIN (ANALYZE, BUFFERS) " + statement, parameters)
            print("\n" + " ".join(statement.split())[:300])
            print("\n".join(row[0][:200] for row in sql.fetchall()))


def _mistyped(word, dice):
    """Two neighbours changed places, or a letter is missing."""
    at = dice.randrange(1, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :] if dice.random() < 0.5 else word[:at] + word[at + 1 :]


def _p95(times):
    return sorted(times)[int(len(times) * 0.95)]


if __name__ == "__main__":
    main()
