"""The pivot base: an outside procedure writes rows with plain SQL and reads beside them what became of them."""

import re
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from altazion.lib.problems import Refused
from catalog.models import Product, Segment
from integrations import services
from integrations.formats import pivot
from integrations.models import Flow, OrderHandover, Run
from logistics.models import StockBalance
from tests.builders import AT, a_colleague, a_vat_rate, a_warehouse
from tests.integrations.test_handover import an_order

pytestmark = pytest.mark.django_db


def sql(query, *values):
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def take(table):
    runs = services.take_now(table, at=AT, actor="anna")
    for run in runs:
        done = services.run_flow(run.pk, at=AT)
        services.answer_run(done.pk)
    return [Run.objects.get(pk=run.pk) for run in runs]


@pytest.fixture(autouse=True)
def world(_folders):
    a_vat_rate("0.2")
    services.ensure_pivot(at=AT)


def test_the_flows_are_made_once():
    assert services.ensure_pivot(at=AT) == 0
    assert Flow.objects.filter(code__startswith="pivot-").count() == len(pivot.TABLES) + 1


def test_every_table_and_column_has_a_comment():
    bare = sql(
        "SELECT c.relname, a.attname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped WHERE n.nspname = 'pivot'"
        " AND c.relkind = 'r' AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid) IS NULL)"
    )
    assert bare == []


def test_rows_go_down_and_are_answered():
    sql("INSERT INTO pivot.categories (code, name) VALUES ('toys', 'Toys')")
    take("categories")
    sql(
        "INSERT INTO pivot.articles (sku, name, price, vat_rate, segment_code, attributes, promo_price, promo_from,"
        " promo_to) VALUES ('A', 'Bear; \"big\"', 10, 0.2, 'toys', '{\"colour\": \"red\"}', 8,"
        " '2026-01-01', '2026-02-01'),"
        " ('B', 'Duck', -5, 0.2, NULL, NULL, NULL, NULL, NULL)"
    )
    [run] = take("articles")

    bear = Product.objects.get()
    assert (bear.name, bear.attributes) == ('Bear; "big"', {"colour": "red"}), run.message
    assert bear.places.get().segment == Segment.objects.get(code="toys")
    assert bear.prices.get().promo_amount == 8
    rows = sql("SELECT sku, state, message <> '', run FROM pivot.articles ORDER BY sku")
    assert rows == [("A", "taken", False, run.pk), ("B", "refused", True, run.pk)]
    assert take("articles") == []


def test_a_refused_row_that_is_corrected_is_new_again():
    sql("INSERT INTO pivot.articles (sku, name, price) VALUES ('B', 'Duck', -5)")
    take("articles")
    sql("UPDATE pivot.articles SET price = 5 WHERE sku = 'B'")
    assert sql("SELECT state, message FROM pivot.articles") == [("new", "")]
    take("articles")
    assert sql("SELECT state FROM pivot.articles") == [("taken",)]
    assert Product.objects.get().name == "Duck"


def test_stock_and_prices_go_down():
    sql("INSERT INTO pivot.articles (sku, name, price) VALUES ('A', 'Bear', 10)")
    take("articles")
    depot = a_warehouse()
    sql("INSERT INTO pivot.stock (place_kind, place_code, sku, quantity) VALUES ('DEPOT', %s, 'A', 7)", depot.code)
    sql("INSERT INTO pivot.prices (sku, price) VALUES ('A', 12)")
    [stock], [prices] = take("stock"), take("prices")
    assert StockBalance.objects.get().physical == 7, stock.message
    assert Product.objects.get().prices.get().amount == 12, prices.message


def test_a_file_that_cannot_be_taken_refuses_all_its_rows():
    flow = Flow.objects.get(code="pivot-articles")
    flow.mapping.columns = [{"field": "sku", "column": "gone"}]
    flow.mapping.save()
    sql("INSERT INTO pivot.articles (sku, name) VALUES ('A', 'Bear')")
    [run] = take("articles")
    state, message = sql("SELECT state, message FROM pivot.articles")[0]
    assert (run.state, state, message) == ("failed", "refused", run.message)


def test_rows_whose_run_was_never_made_are_offered_again():
    sql("INSERT INTO pivot.articles (sku, name, state, taken_at, file) VALUES ('A', 'Bear', 'taken', now(), 'x.csv')")
    assert take("articles") == []
    sql("UPDATE pivot.articles SET taken_at = now() - interval '1 hour'")
    assert len(take("articles")) == 1


def test_orders_go_up_once_and_answers_come_back():
    order = an_order()
    services.queue_order(order.guid, at=AT)
    take("orders")
    take("orders")
    assert sql("SELECT order_number FROM pivot.orders") == [(order.number,)]
    assert len(sql("SELECT sku FROM pivot.order_lines")) == order.lines.count()

    sql("UPDATE pivot.orders SET outside_number = 'ERP-9'")
    services.read_answers(at=AT)
    assert OrderHandover.objects.get().outside_number == "ERP-9"
    assert services.read_answers(at=AT) == 0


def test_a_folder_that_is_no_table_is_told(world):
    flow = Flow.objects.get(code="pivot-articles")
    flow.folder = "users; DROP TABLE x"
    flow.save()
    with pytest.raises(Refused, match="articles, categories"):
        services.take_now("articles", at=AT)


@pytest.mark.django_db(transaction=True)
def test_the_role_sees_nothing_else(capsys):
    call_command("pivot_role", "outsider")
    password = re.search(r"password\s+(\S+)", capsys.readouterr().out).group(1)
    settings = connection.get_connection_params()
    where = {name: settings[name] for name in ("host", "port", "dbname") if settings.get(name)}
    try:
        with psycopg.connect(**where, user="outsider", password=password, autocommit=True) as outside:
            outside.execute("INSERT INTO articles (sku, name) VALUES ('A', 'Bear')")
            assert outside.execute("SELECT state FROM pivot.articles").fetchall() == [("new",)]
            tables = sql(
                "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND n.nspname = 'public'"
            )
            assert len(tables) > 50
            for (table,) in tables:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    outside.execute(f"SELECT * FROM {table} LIMIT 1")
            for statement in (
                "CREATE TABLE public.x (a int)",
                "CREATE TABLE pivot.x (a int)",
                "INSERT INTO orders (order_guid) VALUES ('x')",
                "UPDATE orders SET order_number = 'x'",
                "DELETE FROM order_lines",
                "DROP TABLE articles",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    outside.execute(statement)
            outside.execute("UPDATE orders SET outside_number = 'x'")
    finally:
        sql("DELETE FROM pivot.articles")
        sql("DROP OWNED BY outsider")
        sql("DROP ROLE outsider")


@pytest.mark.parametrize("name", ["", "a b", "pg_x", "x" * 41, 'a"; DROP ROLE x', "é"])
def test_names_that_are_no_role(name):
    with pytest.raises(CommandError):
        call_command("pivot_role", name)


def test_an_existing_role_of_others_is_left_alone():
    with pytest.raises(Refused):
        services.make_role(sql("SELECT current_user")[0][0])


def test_the_examples_in_the_docs_run():
    text = (Path(__file__).parents[2] / "docs/integrators.md").read_text()
    chapter = text.partition("### The pivot base")[2].partition("\n### ")[0]
    examples = re.findall(r"```sql\n(.*?)```", chapter, re.DOTALL)
    assert len(examples) >= 3
    for example in examples:
        for statement in example.split(";\n"):
            if statement.strip():
                sql(statement.replace("%", "%%"))
    take("categories")
    take("articles")
    assert Product.objects.filter(sku="BEAR-30").exists()


def test_the_office_page_tells_tables_and_takes_rows(client):
    client.force_login(a_colleague(is_superuser=True))
    page = reverse("admin:integrations_pivot")
    sql("INSERT INTO pivot.articles (sku, name, price) VALUES ('A', 'Bear', 10), ('B', 'Duck', -1)")
    html = client.get(page).content.decode()
    assert "pivot.articles" in html
    assert "Our code of the article." in html
    assert client.post(page, {"table": "articles"}, follow=True).status_code == 200
    html = client.get(page).content.decode()
    assert Product.objects.filter(sku="A").exists()
    assert "B" in html
    for table in ("nothing", "\0", ""):
        assert client.post(page, {"table": table}, follow=True).status_code == 200
    client.force_login(a_colleague("none@shop.test"))
    assert client.get(page).status_code == 403
