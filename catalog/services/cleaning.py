"""Files that nothing names any more, taken away after a while; what history or anything else still names stays."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.files.storage import Storage, default_storage, storages
from django.db import connection
from psycopg import sql

from catalog.models import Media
from logbook.services import record

KEPT_FOR = dt.timedelta(days=30)
_NAME = re.compile(r"^([0-9a-f]{64})(-\d+)?\.\w{2,4}$")
_ANYWHERE = "[0-9a-f]{64}"
_COLUMNS = """
SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
 WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND NOT c.relispartition
   AND c.relname NOT LIKE 'staging%%' AND a.attnum > 0 AND NOT a.attisdropped
   AND (a.atttypid IN ('text'::regtype, 'jsonb'::regtype) OR a.atttypid = 'varchar'::regtype
        AND (a.atttypmod = -1 OR a.atttypmod >= 76))
 ORDER BY c.relname = 'catalog_media' DESC, 1, 2
"""


@dataclass(frozen=True)
class Cleaned:
    """What was taken away, or would be. found: files kept by their content, of which so many are young or named."""

    found: int
    young: int
    named: int
    removed: int
    bytes: int


def clean_files(*, at: dt.datetime, dry_run: bool = False, actor: str = "") -> Cleaned:
    """Take away files named by their content that nothing in the database names, older than thirty days.

    Every text of the database may name one: products, pages, blocks, the logbook. Other paths are never touched.
    """
    young = removed = size = 0
    unknown: dict[tuple[str, str], tuple[Storage, str]] = {}
    for label, store in (("default", default_storage), ("raw_files", storages["raw_files"])):
        for path, digest in _kept(store):
            unknown[label, path] = (store, digest)
    found = len(unknown)
    wanted = {digest for _store, digest in unknown.values()}
    named = _named(wanted) if wanted else set()
    spared = 0
    named |= set(Media.objects.filter(digest__in=wanted - named).values_list("digest", flat=True))  # sent meanwhile
    for (_label, path), (store, digest) in unknown.items():
        if digest in named:
            spared += 1
        elif at - store.get_modified_time(path) < KEPT_FOR:
            young += 1
        else:
            size += store.size(path)
            removed += 1
            if not dry_run:
                store.delete(path)
    told = Cleaned(found, young, spared, removed, size)
    if removed and not dry_run:
        record(
            "catalog.files_cleaned", at=at, subject_kind="media", actor=actor, removed=removed, bytes=size, kept=spared
        )
    return told


def _kept(store: Storage) -> Iterator[tuple[str, str]]:
    """(path, digest) of the files that are named by their content."""
    try:
        folders, _files = store.listdir("files")
    except FileNotFoundError:
        return
    for folder in folders:
        if re.fullmatch("[0-9a-f]{2}", folder):
            for name in store.listdir(f"files/{folder}")[1]:
                if match := _NAME.match(name):
                    yield f"files/{folder}/{name}", match[1]


def _named(digests: set[str]) -> set[str]:
    """Which of these digests any text of the database holds; the tables of media first, then whatever else."""
    left, named = set(digests), set()
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        columns = cursor.fetchall()
        for table, column in columns:
            if not left:
                break
            cursor.execute(
                sql.SQL(
                    "SELECT DISTINCT m.found[1] FROM {table} t, regexp_matches(t.{column}::text, %s, 'g') m (found)"
                    " WHERE t.{column}::text LIKE '%%files/%%'"
                ).format(table=sql.Identifier(table), column=sql.Identifier(column)),
                [_ANYWHERE],
            )
            here = {row[0] for row in cursor.fetchall()} & left
            named |= here
            left -= here
    return named
