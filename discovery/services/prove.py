"""Do the sets of listings say what the entries say? And if not: made anew."""

from django.db import connection, transaction

from discovery.services import merge_statements as m
from discovery.services import sets
from discovery.services.reindex import TEMPORARY, hold_index

_ALL = """
CREATE TEMPORARY TABLE reindex_touched ON COMMIT DROP AS
SELECT DISTINCT channel_id, listing_id FROM discovery_indexentry
"""
_NOTHING_HELD = "CREATE TEMPORARY TABLE reindex_held (channel_id bigint, kind text, number bigint) ON COMMIT DROP"


def prove_sets(*, repair: bool) -> dict[int, int]:
    """Compare every set with the entries, as SQL reads them: channel → rows that differ. Repaired only if asked.

    Entries that vanished with their product are found, too.
    """
    with transaction.atomic():
        versions = {channel: number + 1 for channel, number in hold_index().items()}
        with connection.cursor() as sql:
            sql.execute(f"DROP TABLE IF EXISTS {TEMPORARY}")
            sql.execute(_ALL)
            sql.execute(_NOTHING_HELD)
            sql.execute("ANALYZE reindex_touched")
        wanted = sets.wanted_sets()
        found = {}
        for channel, version in versions.items():
            rows = sets.rows_that_differ(channel, wanted.get(channel, {}))
            found[channel] = len(rows)
            if repair:
                sets.write(channel, rows, version)
        with connection.cursor() as sql:
            sql.execute(f"DROP TABLE IF EXISTS {TEMPORARY}")
            if repair:
                wrong = [channel for channel, number in found.items() if number]
                sql.execute(m.BUMP, {"channels": wrong, "named": 0})
    return found
