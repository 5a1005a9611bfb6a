"""`python -m bench.import_articles [ROWS]`: articles of 30 columns through the engine: new, 1 % changed, unchanged.

Beside it, in the same run: the raw COPY of the same file into one text table and a plain INSERT from there.
"""

import csv
import io
import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "altazion.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402

COLUMNS = [
    *("sku", "external_id", "name", "description", "short_description", "meta_description", "brand", "family"),
    *("subfamily", "vat_rate", "price", "promo_price", "segment_1", "segment_2", "segment_3", "importance"),
    *("stock_type", "weight_g", "image", "images", "name@en", "description@en", "ref:EAN13", "attr:colour"),
    *("attr:size", "attr:material", "attr:pieces", "attr:age", "attr:origin", "attr:season"),
]
COLOURS = ("red", "blue", "green", "black", "white", "yellow", "pink", "grey")


def row(n: int, price: str) -> list[str]:
    """An article; `price` tells one version of the file from another."""
    digits = f"20{n:010d}"
    check = (10 - sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits)) % 10) % 10
    return [
        *(f"SKU{n:07d}", f"EXT{n}", f"Product number {n}", f"<p>Described at length, {n}.</p>" * 4),
        *(f"Short words about {n}", f"For engines: {n}", f"Brand {n % 300}", f"Family {n % 20}", f"Sub {n % 100}"),
        *("0.2", price, "", f"Level {n % 10}", f"Level {n % 10}.{n % 70}", f"Level {n % 10}.{n % 70}.{n % 140}"),
        *("100", "3", str(100 + n % 900), f"img/{n}.webp", f"img/{n}-2.webp|img/{n}-3.webp", f"Article {n}"),
        *(f"English words {n}", f"{digits}{check}", COLOURS[n % 8], "SML"[n % 3], f"material {n % 12}"),
        *(str(n % 500), str(n % 12), f"country {n % 40}", f"season {n % 4}"),
    ]


def make_file(rows: int, changed_every: int = 0) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(COLUMNS)
    for n in range(rows):
        writer.writerow(row(n, "12.50" if changed_every and n % changed_every == 0 else "10.00"))
    return text.getvalue().encode()


def raw(data: bytes) -> float:
    """COPY into a text table, then insert into an indexed one: what the database alone takes for new rows."""
    names = ", ".join(f'"{name}" text' for name in COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS bench_text, bench_rows; CREATE UNLOGGED TABLE bench_text ({names})")
        cursor.execute(f"CREATE TABLE bench_rows (id bigserial PRIMARY KEY, {names}, UNIQUE (sku))")
        started = time.perf_counter()
        with cursor.copy("COPY bench_text FROM STDIN WITH (FORMAT csv, DELIMITER ';', HEADER)") as copy:
            copy.write(data)
        quoted = ", ".join(f'"{name}"' for name in COLUMNS)
        cursor.execute(f"INSERT INTO bench_rows ({quoted}) SELECT * FROM bench_text ON CONFLICT DO NOTHING")
        taken = time.perf_counter() - started
        cursor.execute("DROP TABLE bench_text, bench_rows")
    return taken


def load(data: bytes, code: str = "bench", names: list[str] = COLUMNS) -> tuple[float, str]:
    from altazion.lib.clock import now
    from integrations.enums import Trigger
    from integrations.models import Flow, Mapping
    from integrations.services import receive_file, run_flow

    columns = [{"field": name, "column": name} for name in names]
    mapping, _ = Mapping.objects.get_or_create(
        code=code, defaults={"name": code, "entity": "articles", "columns": columns}
    )
    flow, _ = Flow.objects.get_or_create(
        code=code,
        defaults={"name": code, "entity": "articles", "mapping": mapping, "brake_price_share": None},
    )
    run = receive_file(flow, "bench.csv", io.BytesIO(data), trigger=Trigger.HAND, at=now())
    started = time.perf_counter()
    done = run_flow(run.pk, at=now())
    return time.perf_counter() - started, f"{done.state}: {done.message}"


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    old = setup_databases(verbosity=0, interactive=False)
    try:
        from tests.builders import a_channel, a_vat_rate

        a_channel()
        a_vat_rate("0.2")
        first, second = make_file(rows), make_file(rows, changed_every=100)
        print(f"{rows} articles × {len(COLUMNS)} columns, {len(first) / 1e6:.0f} MB")
        reference = raw(first)
        print(f"  raw COPY + INSERT   {reference:7.1f} s  {rows / reference:9.0f} rows/s")
        for name, data in (("all new", first), ("1 % changed", second), ("unchanged", second + b"\r\n")):
            taken, message = load(data)
            print(
                f"  {name:<18}  {taken:7.1f} s  {rows / taken:9.0f} rows/s  {taken / reference:5.1f} × raw   {message}"
            )
    finally:
        teardown_databases(old, verbosity=0)


if __name__ == "__main__":
    main()
