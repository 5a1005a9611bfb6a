"""Export of a big catalogue: rows a second, memory, against PostgreSQL's own COPY of the same table in the same run.

python -m bench.export_catalogue [rows]   (default 200,000; in a database of its own, rolled back at the end)
"""

import io
import os
import resource
import sys
import tempfile
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "altazion.settings")


def main(count: int) -> None:
    import django

    django.setup()
    from django.db import connection, transaction

    from altazion.lib.clock import now
    from catalog.models import ProductType, VatRate
    from integrations.exports import Wish, content_of, write
    from integrations.models import Export

    with transaction.atomic():
        kind, _ = ProductType.objects.get_or_create(code="bench", defaults={"name": "Bench"})
        rate, _ = VatRate.objects.get_or_create(code="bench", defaults={"name": "20", "rate": "0.2"})
        with connection.cursor() as sql:
            sql.execute(
                "INSERT INTO catalog_product (guid, sku, kind, type_id, vat_rate_id, name, slug, short_description,"
                " description, meta_description, attributes, translations, state, stock_type, importance, source,"
                " fed_fields, created_at, updated_at, flags)"
                " SELECT gen_random_uuid(), 'BENCH' || n, 'simple', %s, %s, 'Product ' || n, 'p' || n, '',"
                " repeat('words of its description ', 12), '', '{}', '{}', 'validated', 1, 100, '', '{}',"
                " now(), now(), 0"
                " FROM generate_series(1, %s) AS n",
                [kind.pk, rate.pk, count],
            )
            started = time.perf_counter()
            with sql.copy("COPY (SELECT * FROM catalog_product ORDER BY id) TO STDOUT") as copy:
                size = sum(len(block) for block in copy)
            limit = time.perf_counter() - started
        for form in ("csv", "json", "xlsx"):
            export = Export(kind="catalogue", file_format=form)
            wish = Wish(at=now())
            with tempfile.TemporaryFile() as file:
                started = time.perf_counter()
                content = content_of(export, wish)
                rows = write(content, content.rows, form, file)  # type: ignore[arg-type]
                took = time.perf_counter() - started
                file.seek(0, io.SEEK_END)
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
                print(
                    f"{form}: {rows:,} rows in {took:.1f} s ({rows / took:,.0f}/s), {file.tell() >> 20} MB, "
                    f"peak memory {peak} MB; COPY {limit:.1f} s for {size >> 20} MB: ratio {took / limit:.1f}"
                )
        transaction.set_rollback(True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
