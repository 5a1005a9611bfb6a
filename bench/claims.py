"""`python -m bench.claims [ROWS]`: what it costs an import that several sources speak of its products.

The same two files by the same flow: of an ERP alone; of an ERP whose every product an overlay has described before; and
the overlay's own file, with and without another source to speak against.
"""

import csv
import io
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "altazion.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from bench.import_articles import COLUMNS, load, row  # noqa: E402

OVERLAY = ["sku", "name", "description", "attr:colour"]


def erp(rows: int, word: str, price: str) -> bytes:
    """An article file in which, with another word and price, every row differs."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(COLUMNS)
    for n in range(rows):
        cells = row(n, price)
        cells[2] = f"{word} {n}"
        writer.writerow(cells)
    return text.getvalue().encode()


def overlay(rows: int, word: str) -> bytes:
    """A name, a text and an attribute for every article."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(OVERLAY)
    for n in range(rows):
        writer.writerow([f"SKU{n:07d}", f"{word} {n}", f"<p>{word}, told by hand, {n}</p>" * 4, f"{word} red"])
    return text.getvalue().encode()


def vacuum() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def timed(name: str, data: bytes, flow: str, columns: list[str], beside: float = 0) -> float:
    taken, message = load(data, flow, columns)
    vacuum()
    ratio = f"{taken / beside:5.2f} ×" if beside else "       "
    print(f"  {name:<52} {taken:7.1f} s  {ratio}  {message}", flush=True)
    return taken


def main() -> None:
    from catalog.models import Claim, Source

    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    old = setup_databases(verbosity=0, interactive=False)
    try:
        from tests.builders import a_channel, a_vat_rate

        a_channel()
        a_vat_rate("0.2")
        print(f"{rows} articles × {len(COLUMNS)} columns; the overlay names {len(OVERLAY) - 1} fields of each")
        timed("ERP, all new", erp(rows, "First", "10.00"), "bench-erp", COLUMNS)
        alone = timed("ERP alone, every row differs", erp(rows, "Second", "11.00"), "bench-erp", COLUMNS)
        one = timed("the overlay's fields, no other source", overlay(rows, "Plain"), "bench-more", OVERLAY)
        timed("ERP alone, every row differs", erp(rows, "Third", "12.00"), "bench-erp", COLUMNS)
        Source.objects.filter(code="overlay").update(flows=["bench-enrich"])
        timed("overlay, speaks for the first time", overlay(rows, "Fine"), "bench-enrich", OVERLAY, one)
        timed("overlay, every row differs", overlay(rows, "Finer"), "bench-enrich", OVERLAY, one)
        timed("ERP beside the overlay, every row differs", erp(rows, "Fourth", "13.00"), "bench-erp", COLUMNS, alone)
        timed(
            "ERP beside the overlay, nothing differs", erp(rows, "Fourth", "13.00") + b"\n", "bench-erp", COLUMNS, alone
        )
        print(f"  {Claim.objects.count()} claims")
    finally:
        teardown_databases(old, verbosity=0)


if __name__ == "__main__":
    main()
