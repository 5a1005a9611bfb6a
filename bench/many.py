"""Many products by set-based SQL: rows of a template product, with what differs computed by the database."""


def rows_like(table, where, source, changes):
    """INSERT INTO table a copy of the row found by `where` per row of `source` (SQL, seen as `n`), with some columns
    changed. changes: column → SQL."""
    from django.db import connection

    with connection.cursor() as sql:
        sql.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
            " AND column_name <> 'id' AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [table],
        )
        columns = [row[0] for row in sql.fetchall()]
        changes = {"guid": "gen_random_uuid()", **changes}
        values = ", ".join(changes.get(column, f't."{column}"') for column in columns)
        names = ", ".join(f'"{column}"' for column in columns)
        sql.execute(f"INSERT INTO {table} ({names}) SELECT {values} FROM {source} n CROSS JOIN {table} t WHERE {where}")
        return sql.rowcount


def products(count, *, attributes=10, values=12, segments=300):
    """About `count` sellable products: of every 12 sellable ones, 8 are children of one parent. Returns the channel and
    the segments of three sizes: a shelf, a department, everything."""
    from django.db import connection

    from catalog.enums import AttributeType, ProductKind
    from catalog.models import Attribute, BasePrice, Brand, Product, ProductSegment, Publication
    from logistics.models import StockBalance
    from tests import builders as b

    channel, depot, store = b.a_channel(), b.a_warehouse(), b.a_store("S1")
    codes = [f"a{n}" for n in range(attributes)]
    for n, code in enumerate(codes):
        Attribute.objects.create(code=code, name=f"Attribute {n}", type=AttributeType.TEXT, is_facet=True,
                                 is_differentiating=n < 2)  # fmt: skip
    top = b.a_segment("Everything", slug="all")
    departments = [b.a_segment(f"Department {n}", parent=top, slug=f"d{n}") for n in range(10)]
    leaves = [b.a_segment(f"Shelf {n}", parent=departments[n % 10], slug=f"s{n}") for n in range(segments)]
    brands = Brand.objects.bulk_create([Brand(code=f"b{n}", name=f"Brand {n}", slug=f"b{n}") for n in range(60)])
    seed = b.a_product("SEED", price=9, channel=channel, segment=leaves[0], kind=ProductKind.SIMPLE)
    b.stock(seed, depot, 1, channel=channel)
    b.stock(seed, store, 1, channel=channel)
    table, where = Product._meta.db_table, "t.sku = 'SEED'"

    def said(of, number):
        pairs = ", ".join(f"'{code}', '{code} value ' || (hashint4({number} * 31 + {k}) & 1023) % {values}"
                          for k, code in of)  # fmt: skip
        return f"jsonb_build_object({pairs})"

    everything = list(enumerate(codes))
    listings, families = count * 5 // 12, count // 12
    common = {"slug": "'l' || n", "brand_id": f"{brands[0].pk} + n % 60"}
    source = f"generate_series(1, {listings})"
    rows_like(table, where, source, {
        **common, "sku": "'L' || n", "name": "'Product ' || n || ' of the bench'",
        "kind": f"CASE WHEN n <= {families} THEN 'parent' ELSE 'simple' END", "attributes": said(everything, "n"),
        "importance": "100 + (n % 20 = 0)::int * 400",
    })  # fmt: skip
    with connection.cursor() as sql:
        sql.execute("ANALYZE catalog_product")
    children = (f"(SELECT p.id, p.sku, k FROM {table} p CROSS JOIN generate_series(1, 8) k"
                " WHERE p.kind = 'parent' AND p.sku LIKE 'L%')")  # fmt: skip
    rows_like(table, where, children, {
        "sku": "n.sku || '-' || n.k", "slug": "''", "name": "''", "kind": "'child'", "parent_id": "n.id",
        "attributes": said(everything[:2], "(n.id * 8 + n.k)::int"),
    })  # fmt: skip
    made = f"(SELECT id FROM {table} WHERE sku LIKE 'L%' AND kind <> 'child')"
    sellable = f"(SELECT id FROM {table} WHERE sku LIKE 'L%' AND kind <> 'parent')"
    leaf = f"{leaves[0].pk} + n.id %% {segments}".replace("%%", "%")
    rows_like(ProductSegment._meta.db_table, f"t.product_id = {seed.pk}", made,
              {"product_id": "n.id", "segment_id": leaf})  # fmt: skip
    rows_like(Publication._meta.db_table, f"t.product_id = {seed.pk}", made, {"product_id": "n.id"})
    rows_like(BasePrice._meta.db_table, f"t.product_id = {seed.pk}", made,
              {"product_id": "n.id", "amount": "3 + (n.id * 7919 % 20000) / 100.0"})  # fmt: skip
    for place in (depot, store.place):
        rows_like(StockBalance._meta.db_table, f"t.product_id = {seed.pk} AND t.place_id = {place.pk}", sellable,
                  {"product_id": "n.id", "physical": f"(n.id * 13 + {place.pk}) % 9"})  # fmt: skip
    with connection.cursor() as sql:
        sql.execute("ANALYZE")
    return channel, store, {"shelf": leaves[5], "department": departments[1], "everything": top}
