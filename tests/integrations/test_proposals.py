"""What a run changes is kept cell by cell; a run that does something unusual waits for a person."""

import datetime as dt

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.enums import Scope
from altazion.lib.problems import Refused
from catalog.enums import ProductState
from catalog.models import BasePrice, Product
from integrations.enums import RunState
from integrations.models import Change, Flow, Mapping, Run
from integrations.selectors import changes, differences, figures, moves
from integrations.services import approve, forget_changes, refuse, run_flow
from logbook.models import Event
from logistics.models import StockBalance
from tasks_mgmt.consumers import on_run
from tasks_mgmt.models import Task
from tests.builders import AT, a_colleague, a_price, a_product, a_vat_rate, a_warehouse, an_api_key, stock

pytestmark = pytest.mark.django_db


def flow_of(entity, columns, *, coverage="delta", **fields):
    mapping = Mapping.objects.create(
        code=entity, name=entity, entity=entity, columns=[{"field": name, "column": name} for name in columns]
    )
    return Flow.objects.create(
        code=entity, name=entity.title(), entity=entity, mapping=mapping, coverage=coverage, **fields
    )


def lines(header, rows):
    return "\n".join([header, *(";".join(map(str, row)) for row in rows)]) + "\n"


def kept(run, **where):
    return [(c.about, c.kind, c.label, c.field, c.old, c.new) for c in changes(run).filter(**where)]


@pytest.fixture
def articles():
    a_vat_rate()
    return flow_of("articles", ["sku", "name", "price", "brand"], coverage="full")


@pytest.fixture
def prices():
    for number in range(30):
        a_price(a_product(f"P{number}"), 100)
    return flow_of("prices", ["sku", "price"])


def test_a_run_keeps_what_it_changed_and_its_figures(articles, send):
    send(articles, lines("sku;name;price;brand", [("A", "Bear", 10, "Ours"), ("B", "Duck", 20, "Ours")]))
    run = send(articles, lines("sku;name;price;brand", [("A", "Big bear", 12, "Ours"), ("C", "Kite", 5, "Ours")]))
    assert (run.rows_new, run.rows_changed, run.rows_archived) == (1, 1, 1)
    assert kept(run, about="product", kind="changed") == [("product", "changed", "A", "name", "Bear", "Big bear")]
    assert kept(run, about="price", kind="changed") == [("price", "changed", "A", "amount", "10.00", "12.00")]
    assert kept(run, kind="archived") == [("product", "archived", "B", "state", "validated", "archived")]
    assert [row[2] for row in kept(run, about="product", kind="added")] == ["C"]
    shown = {(each.key, each.kind): (each.rows, each.up, each.down) for each in figures(run)}
    assert shown["price.amount", "changed"] == (1, 1, 0)
    assert "product.fed_fields" not in {key for key, _ in shown}
    (move,) = moves(run)
    assert [bar["rows"] for bar in move["bars"]] == [0, 0, 0, 0, 0, 1, 0, 0]


def test_nothing_is_kept_of_what_people_and_unchanged_files_do(articles, send):
    text = lines("sku;name;price;brand", [("A", "Bear", 10, "Ours")])
    send(articles, text)
    before = Change.objects.count()
    run = send(articles, text + "\n")
    Product.objects.filter(sku="A").update(name="By hand")
    assert (run.rows_unchanged, run.totals, run.first_change) == (1, {}, None)
    assert Change.objects.count() == before


def test_attributes_are_kept_key_by_key(send):
    a_vat_rate()
    flow = flow_of("articles", ["sku", "attr:SIZE", "attr:COLOUR"])
    send(flow, "sku;attr:SIZE;attr:COLOUR\nA;M;red\n")
    run = send(flow, "sku;attr:SIZE;attr:COLOUR\nA;L;red\n")
    assert [row[3:] for row in kept(run, about="product")] == [("attributes.SIZE", '"M"', '"L"')]
    assert differences(list(changes(run, key="product.attributes.SIZE")))[0].new == "L"


def test_names_stand_for_numbers(articles, send):
    send(articles, lines("sku;name;price;brand", [("A", "Bear", 10, "Ours")]))
    run = send(articles, lines("sku;name;price;brand", [("A", "Bear", 10, "Theirs")]))
    (row,) = differences(list(changes(run, key="product.brand_id")))
    assert (row.old, row.new) == ("Ours", "Theirs")


def test_the_list_asks_as_much_for_one_row_as_for_three(articles, send, django_assert_num_queries):
    send(articles, lines("sku;name;price;brand", [(s, s, 10, "Ours") for s in "ABC"]))
    run = send(articles, lines("sku;name;price;brand", [(s, s, 10, "Theirs") for s in "ABC"]))
    for most in (1, 3):
        with django_assert_num_queries(2):
            differences(list(changes(run, key="product.brand_id")[:most]))


def halve(prices, send, most=30):
    return send(prices, lines("sku;price", [(f"P{n}", 50 if n < most else 100) for n in range(30)]))


def test_prices_that_fall_much_hold_the_run_and_say_why(prices, send):
    run = halve(prices, send, 12)
    assert run.state == RunState.HELD
    assert "40 % of the prices fall by more than 30 % (12 of 30)." in run.message
    assert set(BasePrice.objects.values_list("amount", flat=True)) == {100}
    assert changes(run, key="price.amount").count() == 12
    assert Event.objects.filter(kind="integrations.run_held", subject_id=str(run.pk)).exists()
    assert not Event.objects.filter(kind="catalog.prices_changed").exists()


def test_few_falls_small_falls_or_no_brake_do_not_hold(prices, send):
    assert halve(prices, send, 5).state == RunState.DONE
    assert send(prices, lines("sku;price", [(f"P{n}", 90) for n in range(5, 30)])).state == RunState.DONE
    Flow.objects.update(brake_price_share=None)
    assert halve(Flow.objects.get(), send).state == RunState.DONE


def test_approved_whole_it_is_written(prices, send):
    run = halve(prices, send)
    approve(run, at=AT, actor="anna")
    run = run_flow(run.pk, at=AT)
    assert (run.state, run.rows_changed, run.definition["approved"]["by"]) == (RunState.DONE, 30, "anna")
    assert set(BasePrice.objects.values_list("amount", flat=True)) == {50}
    assert changes(run).count() == Change.objects.filter(run=run, field="amount").count() == 30


def test_what_is_approved_is_compared_anew(prices, send):
    run = halve(prices, send)
    BasePrice.objects.filter(product__sku="P3").update(amount=50)
    approve(run, at=AT)
    run = run_flow(run.pk, at=AT)
    assert (run.rows_changed, run.rows_unchanged, changes(run).count()) == (29, 1, 29)


def test_refused_it_writes_nothing_and_can_be_run_again(prices, send):
    run = halve(prices, send)
    refuse(run, at=AT, actor="anna")
    assert (run.state, run.finished_at) == (RunState.CANCELLED, AT)
    assert run.message.startswith("Refused; nothing was written.")
    assert set(BasePrice.objects.values_list("amount", flat=True)) == {100}
    with pytest.raises(Refused, match="not held back"):
        approve(run, at=AT)


def whole(articles, send, gone=3, price=10):
    """A first file of 30 articles, then one that archives `gone`, adds one, and changes names and prices."""
    send(articles, lines("sku;name;price;brand", [(f"A{n}", f"Name {n}", 10, "Ours") for n in range(30)]))
    rows = [(f"A{n}", f"New {n}" if n == 29 else f"Name {n}", price, "Ours") for n in range(gone, 30)]
    return send(articles, lines("sku;name;price;brand", [*rows, ("NEW", "New", 5, "Ours")]))


def test_a_whole_file_that_would_archive_many_is_held(articles, send):
    run = whole(articles, send, gone=6)
    assert "20 % of what this flow feeds would be archived (6 of 30)." in run.message
    assert not Product.objects.filter(state=ProductState.ARCHIVED).exists()
    assert not Product.objects.filter(sku="NEW").exists()


@pytest.mark.parametrize(
    ("part", "archived", "new", "name", "amount"),
    [
        ({"kinds": ["added", "changed"]}, 0, 1, "New 29", 11),
        ({"kinds": ["archived"]}, 6, 0, "Name 29", 10),
        ({"kinds": ["added", "archived"]}, 6, 1, "Name 29", 10),
        ({"without_fields": ["price.amount"]}, 6, 1, "New 29", 10),
        ({"without": ["A29", "NEW"]}, 6, 0, "Name 29", 10),
    ],
)
def test_a_part_is_approved(articles, send, part, archived, new, name, amount):
    run = whole(articles, send, gone=6, price=11)
    approve(run, **part, at=AT)
    run = run_flow(run.pk, at=AT)
    assert run.state == RunState.DONE, run.message
    assert Product.objects.filter(state=ProductState.ARCHIVED).count() == archived
    assert Product.objects.filter(sku="NEW").count() == new
    last = Product.objects.get(sku="A29")
    assert (last.name, last.prices.get().amount, last.state) == (name, amount, ProductState.VALIDATED)


def test_stock_that_goes_to_zero_holds_and_a_line_can_be_left_out(send):
    depot = a_warehouse("D1")
    for number in range(25):
        stock(a_product(f"S{number}"), depot, 9)
    flow = flow_of("stock", ["place_kind", "place_code", "sku", "quantity"], coverage="full")
    run = send(flow, lines("place_kind;place_code;sku;quantity", [("DEPOT", "D1", f"S{n}", 0) for n in range(25)]))
    assert "100 % of the stock lines go to zero (25 of 25)." in run.message
    assert StockBalance.objects.filter(physical=9).count() == 25
    approve(run, without=["S0"], at=AT)
    run = run_flow(run.pk, at=AT)
    assert (run.state, run.rows_changed) == (RunState.DONE, 24)
    assert StockBalance.objects.get(product__sku="S0").physical == 9
    assert kept(run)[0] == ("stock", "changed", "S1", "quantity", "9", "0")


def test_rejects_hold_and_are_shown(prices, send):
    rows = [(f"P{n}", "dear" if n < 12 else 100) for n in range(30)]
    run = send(prices, lines("sku;price", rows))
    assert "40 % of the rows are refused (12 of 30)." in run.message
    assert (run.rows_rejected, run.rejections.count()) == (12, 12)
    approve(run, at=AT)
    run = run_flow(run.pk, at=AT)
    assert (run.state, run.rejections.count()) == (RunState.DONE_WITH_REJECTIONS, 12)


def test_an_unusual_number_of_rows_holds_a_whole_file(articles, send):
    Flow.objects.update(brake_archived=None)
    flow = Flow.objects.get()

    def file(count, word):
        return lines("sku;name;price;brand", [(f"A{n}", word, 10, "Ours") for n in range(count)])

    for word in "abc":
        assert send(flow, file(30, word)).state == RunState.DONE
    run = send(flow, file(10, "d"))
    assert "The file has 10 rows where 30 are usual." in run.message


def test_a_newer_held_file_takes_the_place_of_the_older(prices, send):
    first, second = halve(prices, send), halve(prices, send, 29)
    first.refresh_from_db()
    assert (first.state, second.state) == (RunState.SUPERSEDED, RunState.HELD)


@pytest.fixture
def anna(client):
    client.force_login(a_colleague(is_superuser=True, language="en"))
    client.cookies["django_language"] = "en"
    return client


def test_office_shows_the_differences_and_takes_a_part(anna, articles, send, monkeypatch):
    monkeypatch.setattr("integrations.tasks.nudge", lambda pk: None)
    run = whole(articles, send, gone=6, price=11)
    page = reverse("admin:integrations_run_change", args=[run.pk])
    text = anna.get(page, {"field": "price.amount", "which": "A29"}).content.decode()
    assert "20 % of what this flow feeds would be archived (6 of 30)." in text
    assert "<del>10.00</del>" in text
    assert "<ins>11.00</ins>" in text
    assert 'value="price.amount"' in text
    assert 'value="product.name"' in text
    assert 'name="without_fields" value="product.sku"' not in text
    for query in ("?field=a'b&kind=x&which=%25&from=99999999999999999999", "?from=-1", "?field=....&from=x"):
        assert anna.get(page + query).status_code == 200
    ticked = {"part": "1", "kinds": ["changed"], "without_fields": ["price.amount"], "without": "A29"}
    assert anna.post(reverse("admin:integrations_run_approve", args=[run.pk]), ticked).status_code == 302
    run = run_flow(run.pk, at=AT)
    assert (run.state, run.rows_new, run.rows_archived, run.rows_changed) == (RunState.DONE, 0, 0, 0)
    assert "approved by" in anna.get(page).content.decode() or not run.totals


def test_office_refuses_what_is_not_offered(anna, prices, send):
    run = halve(prices, send)
    address = reverse("admin:integrations_run_approve", args=[run.pk])
    for wrong in (
        {"part": "1", "kinds": ["x"]},
        {"part": "1"},
        {"part": "1", "without_fields": ["a.b"], "kinds": "added"},
    ):
        assert anna.post(address, wrong).status_code == 302
        assert Run.objects.get(pk=run.pk).state == RunState.HELD
    anna.post(reverse("admin:integrations_run_refuse", args=[run.pk]))
    assert Run.objects.get(pk=run.pk).state == RunState.CANCELLED
    anna.post(address)
    assert Run.objects.get(pk=run.pk).state == RunState.CANCELLED


def test_who_may_not_run_flows_may_not_decide(client, prices, send):
    run = halve(prices, send)
    user = a_colleague()
    user.user_permissions.add(Permission.objects.get(codename="view_run"))
    client.force_login(user)
    assert client.post(reverse("admin:integrations_run_approve", args=[run.pk])).status_code == 403
    assert "run-decide" not in client.get(reverse("admin:integrations_run_change", args=[run.pk])).content.decode()


def test_the_api_reads_differences_and_decides(client, prices, send):
    run = halve(prices, send)
    headers = {"Authorization": f"Bearer {an_api_key(Scope.FLOWS_RUN)}"}
    address = f"/api/v1/runs/{run.guid}"
    told = client.get(address, headers=headers).json()
    assert (told["state"], told["totals"]["moves"]["price.amount"]["bars"][1]) == ("held", 30)
    assert told["trips"] == ["100 % of the prices fall by more than 30 % (30 of 30)."]
    first = client.get(f"{address}/changes?limit=20&field=price.amount", headers=headers).json()
    rest = client.get(f"{address}/changes?field=price.amount&after={first['next']}", headers=headers).json()
    assert (len(first["changes"]) + len(rest["changes"]), rest["next"]) == (30, None)
    cells = {(each["which"], each["old"], each["new"]) for each in first["changes"] + rest["changes"]}
    assert ("P0", "100.00", "50.00") in cells
    for wrong in ("?limit=0", "?kind=x", "?after=zz", "?field=%00"):
        assert client.get(f"{address}/changes{wrong}", headers=headers).status_code in (400, 422)
    post = {"content_type": "application/json", "headers": headers}
    assert client.post(f"{address}/approve", {"kinds": ["x"]}, **post).status_code == 422
    assert client.post(f"{address}/approve", {"without": ["P0"]}, **post).status_code == 202
    assert run_flow(run.pk, at=AT).rows_changed == 29
    assert client.post(f"{address}/refuse", **post).status_code == 409


def test_a_held_run_becomes_a_task_that_the_decision_closes(prices, send):
    run = halve(prices, send)
    on_run(Event.objects.get(kind="integrations.run_held"))
    task = Task.objects.get(kind__code="flow_held")
    assert "100 % of the prices fall by more than 30 %" in task.description
    approve(run, at=AT, actor="anna")
    on_run(Event.objects.get(kind="integrations.run_approved"))
    task.refresh_from_db()
    assert task.state == "done"


def test_differences_are_let_go_after_a_while_and_beyond_a_size(prices, send):
    first, second, third = (send(prices, lines("sku;price", [("P0", price)])) for price in (99, 98, 97))
    assert forget_changes(at=AT) == 0
    assert forget_changes(at=AT, most=5) == 1
    assert forget_changes(at=AT + dt.timedelta(days=31)) == 1
    assert [changes(Run.objects.get(pk=run.pk)).count() for run in (first, second, third)] == [0, 0, 1]
    assert Run.objects.get(pk=first.pk).totals["fields"]


def test_unknown_kinds_and_nothing_are_refused(prices, send):
    run = halve(prices, send)
    for kinds in (["removed"], [], ["x"]):
        with pytest.raises(Refused):
            approve(run, kinds=kinds, at=AT)
    assert Run.objects.get(pk=run.pk).state == RunState.HELD


def test_the_page_of_a_run_that_was_just_held_reloads(anna, prices, send):
    run = halve(prices, send)
    answer = anna.get(reverse("admin:integrations_run_change", args=[run.pk]), {"part": "live"})
    assert answer["HX-Refresh"] == "true"
