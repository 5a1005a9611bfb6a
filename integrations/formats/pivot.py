"""The pivot base: plain tables that any outside procedure may fill, and those that it may read orders from.

Their columns are the fields of files, under the same names, so that a CSV file with these columns is their twin.
Schema, comments, right and documentation are all written from here.
"""

from dataclasses import dataclass

from integrations.enums import Entity

SCHEMA = "pivot"
NEW, TAKEN, REFUSED = "new", "taken", "refused"


@dataclass(frozen=True)
class Column:
    """A column: its SQL type and what is told of it."""

    name: str
    kind: str
    comment: str


@dataclass(frozen=True)
class Table:
    """A table of the schema. entity: what its rows become; empty for what goes up. key: what must be given."""

    name: str
    comment: str
    columns: tuple[Column, ...]
    entity: str = ""
    key: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


STATE = (
    Column("row_id", "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "Number of the row; the platform gives it."),
    Column(
        "state",
        "text NOT NULL DEFAULT 'new'",
        "new, taken, or refused (see message). A row that is changed is new again.",
    ),
    Column("message", "text NOT NULL DEFAULT ''", "Why the row was refused, in a sentence."),
    Column("written_at", "timestamptz NOT NULL DEFAULT now()", "When the row was written."),
    Column("taken_at", "timestamptz", "When the platform took it."),
    Column("file", "text NOT NULL DEFAULT ''", "Name under which the platform keeps the rows that it took together."),
    Column("run", "bigint", "Number of the run that read it, as Office shows it."),
)
_PROMO = (
    Column("promo_price", "numeric", "Promotional price with tax."),
    Column("promo_from", "timestamptz", "From when it holds."),
    Column("promo_to", "timestamptz", "Until when it holds."),
)
_SKU = Column("sku", "text NOT NULL", "Our code of the article.")
TABLES: tuple[Table, ...] = (
    Table(
        "articles",
        "Articles: a row makes or changes the article of this code; empty columns leave what is there.",
        (
            _SKU,
            Column("parent_sku", "text", "Code of the parent, for a variant."),
            Column("name", "text", "Name, 250 characters."),
            Column("short_description", "text", "One or two sentences."),
            Column("description", "text", "Description; simple HTML."),
            Column("brand", "text", "Brand by name; made when it does not exist."),
            Column("family", "text", "Family by name; made when it does not exist."),
            Column("vat_rate", "numeric", "VAT rate as a fraction: 0.2 is 20 %."),
            Column("price", "numeric", "Price with tax."),
            *_PROMO,
            Column("segment_code", "text", "Code of its category (pivot.categories)."),
            Column("weight_g", "integer", "Weight in grams."),
            Column("image", "text", "Main picture: a web address, or a path below the media folder."),
            Column("attributes", "jsonb", 'Any complementary field: {"colour": "red", "pieces": 320}.'),
            Column("validated", "boolean", "false keeps it in preparation."),
        ),
        Entity.ARTICLES.value,
        ("sku",),
    ),
    Table(
        "categories",
        "Categories (departments) of the shop, as a tree.",
        (
            Column("code", "text NOT NULL", "Code of the category."),
            Column("parent_code", "text", "Code of the one above; empty at the top."),
            Column("name", "text", "Name."),
            Column("importance", "integer", "0 to 999; 100 is normal."),
            Column("image", "text", "Picture: a web address or a path."),
        ),
        Entity.CATEGORIES.value,
        ("code",),
    ),
    Table(
        "prices",
        "Prices of articles that exist.",
        (
            _SKU,
            Column("price", "numeric", "Price with tax."),
            *_PROMO,
            Column("layer", "text", "BASE (default), MAGASIN for one store, GRILLETARIF for a price list."),
            Column("destination", "text", "Code of the store or of the price list."),
        ),
        Entity.PRICES.value,
        ("sku",),
    ),
    Table(
        "stock",
        "What is there: a row sets the quantity of an article at a place.",
        (
            Column("place_kind", "text NOT NULL", "DEPOT or MAG (store)."),
            Column("place_code", "text", "Code of the place."),
            _SKU,
            Column("quantity", "integer NOT NULL", "Units that lie there."),
        ),
        Entity.STOCK.value,
        ("place_kind", "sku", "quantity"),
    ),
    Table(
        "media",
        "Pictures, films and documents of articles.",
        (
            _SKU,
            Column("url", "text NOT NULL", "A web address, or a path below the media folder."),
            Column("kind", "text", "image, video or document."),
            Column("title", "text", "Title."),
            Column("is_main", "boolean", "Whether it is the main picture."),
        ),
        Entity.MEDIA.value,
        ("sku", "url"),
    ),
)
_LINES = (
    "line",
    "line_kind",
    "sku",
    "name",
    "quantity",
    "base_unit",
    "unit",
    "vat_rate",
    "line_total",
    "line_net_total",
)
_HEAD = {
    "order_number": "Number that the customer sees.",
    "order_guid": "Number that never changes and names the order once.",
    "placed_at": "When it was placed.",
    "channel": "Sales channel.",
    "currency": "Currency.",
    "order_total": "Total with tax.",
    "order_net_total": "Total without tax.",
    "discount_total": "Discounts and promotions, with tax.",
    "payment_method": "How it is paid.",
    "payment_state": "Whether it is paid.",
    "paid_total": "What is paid so far.",
    "delivery_mode": "How it is delivered.",
    "store_code": "Store of a pickup.",
    "customer_guid": "Number of the customer that never changes.",
    "customer_erp_code": "Code of the customer in the ERP, where known.",
    "email": "E-mail.",
    "phone": "Telephone.",
    "first_name": "First name.",
    "last_name": "Last name.",
    "company": "Company.",
    **{
        f"delivery_{part}": f"Delivery address: {part}."
        for part in ("recipient", "line1", "line2", "postcode", "city", "country")
    },
}
_LINE = {
    "line": "Number of the line within the order.",
    "line_kind": "Kind of the line: article, delivery, discount.",
    "sku": "Code of the article.",
    "name": "Name of the article.",
    "quantity": "Units.",
    "base_unit": "Unit price with tax before discounts.",
    "unit": "Unit price with tax after discounts.",
    "vat_rate": "VAT rate as a fraction.",
    "line_total": "Total of the line with tax, after discounts.",
    "line_net_total": "Total of the line without tax.",
    "discount_reasons": "Discounts and promotions of the line, for the invoice.",
}
ORDERS = Table(
    "orders",
    "Orders of the shop, going up: each stands here once. Fill outside_number or refusal to answer.",
    tuple(Column(name, "text NOT NULL DEFAULT ''", comment) for name, comment in _HEAD.items()),
)
LINES = Table(
    "order_lines",
    "Lines of the orders in pivot.orders, discounts and promotions included.",
    (
        Column("order_guid", "text NOT NULL", "The order (pivot.orders)."),
        *(Column(name, "text NOT NULL DEFAULT ''", comment) for name, comment in _LINE.items()),
    ),
)
ANSWERS = (
    Column(
        "outside_number",
        "text NOT NULL DEFAULT ''",
        "Number of the order outside, written there.",
    ),
    Column(
        "refusal",
        "text NOT NULL DEFAULT ''",
        "Why it cannot be taken, instead of a number, written there.",
    ),
    Column("answered_at", "timestamptz", "When the platform read the answer."),
    Column("written_at", "timestamptz NOT NULL DEFAULT now()", "When the order was put here."),
)
UP = (ORDERS, LINES)
BY_NAME = {table.name: table for table in TABLES}


def create_sql() -> list[str]:
    """The schema as it is first made."""
    found = [
        f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}",
        f"COMMENT ON SCHEMA {SCHEMA} IS 'Plain tables for outside procedures.'",
        _TOUCH,
    ]
    for table in TABLES:
        found += _table(table, [*table.columns, *STATE])
        name = f"{SCHEMA}.{table.name}"
        found += [
            f"ALTER TABLE {name} ADD CONSTRAINT {table.name}_state CHECK (state IN ('{NEW}', '{TAKEN}', '{REFUSED}'))",
            f"CREATE INDEX {table.name}_waiting ON {name} (row_id) WHERE state = '{NEW}'",
            f"CREATE INDEX {table.name}_file ON {name} (file) WHERE file <> ''",
            f"CREATE TRIGGER touch BEFORE UPDATE ON {name} FOR EACH ROW EXECUTE FUNCTION {SCHEMA}.touch()",
        ]
    found += _table(ORDERS, [*ORDERS.columns, *ANSWERS])
    found += _table(LINES, [*LINES.columns])
    found += [
        f"ALTER TABLE {SCHEMA}.orders ADD PRIMARY KEY (order_guid)",
        f"ALTER TABLE {SCHEMA}.order_lines ADD PRIMARY KEY (order_guid, line)",
        f"ALTER TABLE {SCHEMA}.order_lines ADD FOREIGN KEY (order_guid) REFERENCES {SCHEMA}.orders ON DELETE CASCADE",
    ]
    return found


def drop_sql() -> list[str]:
    """The way back."""
    return [f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"]


def _table(table: Table, columns: list[Column]) -> list[str]:
    name = f"{SCHEMA}.{table.name}"
    body = ", ".join(f'"{column.name}" {column.kind}' for column in columns)
    comments = [f'COMMENT ON COLUMN {name}."{c.name}" IS {_quoted(c.comment)}' for c in columns]
    return [f"CREATE TABLE {name} ({body})", f"COMMENT ON TABLE {name} IS {_quoted(table.comment)}", *comments]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


# Who changes what a row says need not think of its state.
_TOUCH = f"""
CREATE OR REPLACE FUNCTION {SCHEMA}.touch() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE own text[] := ARRAY['state', 'message', 'taken_at', 'file', 'run', 'written_at'];
BEGIN
    IF NEW.state = OLD.state AND (to_jsonb(NEW) - own) IS DISTINCT FROM (to_jsonb(OLD) - own) THEN
        NEW.state := '{NEW}'; NEW.message := ''; NEW.taken_at := NULL; NEW.written_at := now();
    END IF;
    RETURN NEW;
END $body$
"""
