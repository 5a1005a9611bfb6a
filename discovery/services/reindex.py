"""Rebuilding index entries from what the rooms below say: all of them, or some products with their families."""

import datetime as dt
from collections.abc import Iterable

from django.db import connection, transaction

from campaigns.selectors import prices
from discovery.services import merge_statements as m
from discovery.services import sets
from discovery.services import statements as s
from discovery.services.common_words import learn_common_words
from discovery.services.word_statements import wanted_statement
from stores.models import SalesChannel

PRICES_AT_ONCE = 2000
TEMPORARY = (
    "reindex_listing, reindex_sold, reindex_value, reindex_keyword, reindex_facet, reindex_wanted, reindex_word,"
    " reindex_gone, reindex_differs, reindex_added, reindex_touched, reindex_held, reindex_withdrawn"
)

MANY_FACETS = 100
INDEX_LOCK = 0x1DE7  # any number that nobody else in this database uses


def reindex(product_ids: Iterable[int] | None, *, at: dt.datetime) -> int:
    """Make the index say what is sold at `at`: for these products (and their parents and children), or for all.

    Only what differs is written, so doing it twice changes nothing. Returns how many entries were added, changed or
    removed.
    """
    ids = None if product_ids is None else sorted(set(product_ids))
    if ids == []:
        return 0
    with transaction.atomic():
        versions = {channel: number + 1 for channel, number in hold_index().items()}
        named = _collect(ids, at)
        _price(at)
        changed = _merge(ids)
        sets.follow(versions)
        _learn_words(everything=ids is None)
        if ids is None:
            learn_common_words(versions)
        with connection.cursor() as sql:
            sql.execute("SELECT DISTINCT channel_id FROM reindex_touched")
            channels = {row[0] for row in sql.fetchall()}
            if ids is not None:  # pages show more of a product than the index holds: pictures, documents
                sql.execute("SELECT DISTINCT channel_id FROM reindex_wanted")
                channels.update(row[0] for row in sql.fetchall())
            sql.execute(f"DROP TABLE IF EXISTS {TEMPORARY}")
            sql.execute(m.BUMP, {"channels": sorted(channels), "named": int(named)})
    return changed


def hold_index() -> dict[int, int]:
    """Wait until nobody else writes the index, and keep it until the transaction ends; returns channel → version.

    A transaction may rebuild for many events one after the other; two of them would take the rows of facet values and
    versions in different orders and end each other.
    """
    with connection.cursor() as sql:
        sql.execute("SELECT pg_advisory_xact_lock(%s)", [INDEX_LOCK])
        sql.execute(m.NEW_VERSIONS)
        sql.execute(m.LOCK_VERSIONS)
        return dict(sql.fetchall())


def _collect(ids: list[int] | None, at: dt.datetime) -> bool:
    """What should be indexed, without prices; returns whether facet values are new or named otherwise."""
    with connection.cursor() as sql:
        sql.execute(f"DROP TABLE IF EXISTS {TEMPORARY}")
        sql.execute(s.FAMILY, {"ids": ids})
        sql.execute(s.SOLD)
        sql.execute("CREATE INDEX ON reindex_sold (product_id)")
        sql.execute(s.VALUES)
        sql.execute("ANALYZE reindex_listing, reindex_sold, reindex_value")
        sql.execute(s.KEYWORDS)
        sql.execute(s.FACETS)
        sql.execute(s.LABELS, {"at": at, "reduced": []})
        sql.execute("ANALYZE reindex_facet")
        sql.execute(s.NEW_FACETS)
        named: int = sql.rowcount
        if named > MANY_FACETS:  # the next statement joins on them: the planner must know how many there are
            sql.execute("ANALYZE discovery_facetvalue")
        sql.execute(s.WITHDRAWN, {"at": at})
        sql.execute("CREATE UNIQUE INDEX ON reindex_withdrawn (product_id, place_id)")
        sql.execute(wanted_statement())
        sql.execute("CREATE UNIQUE INDEX ON reindex_wanted (product_id, channel_id)")
    return named > 0


def _price(at: dt.datetime) -> None:
    """What each product costs at `at`, from the one evaluator of prices."""
    with connection.cursor() as sql:
        sql.execute("SELECT channel_id, array_agg(product_id ORDER BY product_id) FROM reindex_wanted GROUP BY 1")
        sold = dict(sql.fetchall())
    for channel in SalesChannel.objects.filter(pk__in=sold):
        products = sold[channel.pk]
        for start in range(0, len(products), PRICES_AT_ONCE):
            found = prices(products[start : start + PRICES_AT_ONCE], channel=channel, at=at)
            amounts = [price.unit for price in found.values()]
            reduced = [pk for pk, price in found.items() if price.is_reduced]
            with connection.cursor() as sql:
                sql.execute(s.PRICED, {"products": list(found), "amounts": amounts, "channel": channel.pk})
                if reduced:
                    sql.execute(s.PROMOTED, {"reduced": reduced, "channel": channel.pk, "at": at})


def _merge(ids: list[int] | None) -> int:
    """Write the differences; returns how many entries were touched."""
    changed = 0
    with connection.cursor() as sql:
        sql.execute("DELETE FROM reindex_wanted WHERE list_price IS NULL")  # what has no price cannot be sold
        sql.execute("CREATE INDEX ON reindex_wanted (listing_id) WHERE in_stock")
        sql.execute("ANALYZE reindex_wanted")
        sql.execute(m.NOT_OFFERED)
        for statement in (m.GONE, m.DIFFERS, m.ADDED):
            sql.execute(statement, {"ids": ids})
            changed += sql.rowcount
        sql.execute(m.TOUCHED, {"ids": ids})
        sql.execute("ANALYZE reindex_gone, reindex_differs, reindex_added, reindex_touched")
        sets.remember_held()
        sql.execute(m.REMOVE)
        sql.execute(m.CHANGE)
        sql.execute(m.ADD)
    return changed


def _learn_words(*, everything: bool) -> None:
    with connection.cursor() as sql:
        sql.execute(s.WORDS)
        if everything:
            sql.execute(s.FORGET)
        sql.execute(s.LEARN_ALL if everything else s.LEARN_SOME)
