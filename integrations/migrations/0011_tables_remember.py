"""Tables of the catalogue and of stores remember what imports change in them."""

from django.db import migrations

from altazion.lib.tracking import function_sql, track_sql, untrack_sql
from catalog.loaders.tracked import TRACKED as CATALOG
from stores.loaders import TRACKED as STORES

TABLES = (*CATALOG, *STORES)


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0010_proposals"),
        ("catalog", "0019_page_layouts"),
        ("stores", "0003_variant_tiles"),
    ]

    operations = [
        migrations.RunSQL(
            [
                function_sql(),
                *(statement for table in TABLES for statement in [*untrack_sql(table), *track_sql(table)]),
            ],
            [
                *(statement for table in TABLES for statement in untrack_sql(table)),
                "DROP FUNCTION IF EXISTS altazion_keep_change()",
            ],
        )
    ]
