"""A run is undone later: what is still as it left it comes back, what was edited since stays and is listed."""

import pytest
from django.urls import reverse

from accounts.enums import Scope
from altazion.lib.problems import Refused
from catalog.enums import ProductState
from catalog.models import BasePrice, Product
from integrations.enums import RunState
from integrations.models import Run
from integrations.selectors import changes, reject_lines
from integrations.services import run_flow, undo_run
from logbook.models import Event
from logistics.models import StockBalance, StockMovement
from logistics.services import count_stock, move, prove_stock
from stores.models import Store
from tests.builders import AT, a_colleague, a_price, a_product, a_vat_rate, a_warehouse, an_api_key
from tests.integrations.test_proposals import flow_of, lines

pytestmark = pytest.mark.django_db
HEAD = "sku;name;price;promo_price;promo_from;promo_to;brand;image;attr:SIZE"
COLUMNS = HEAD.split(";")


def undone(run):
    return run_flow(undo_run(run, at=AT, actor="anna").pk, at=AT)


def row(sku, name, price, image="a.jpg", size="M", promo=""):
    dates = ("2026-01-01", "2026-02-01") if promo else ("", "")
    return (sku, name, price, promo, *dates, "Ours", image, size)


@pytest.fixture
def articles():
    a_vat_rate()
    return flow_of("articles", COLUMNS, coverage="full", brake_archived=None)


@pytest.fixture
def changed(articles, send):
    """Three articles; then one is changed in everything, one goes, one comes."""
    send(articles, lines(HEAD, [row("A", "Bear", 10), row("B", "Duck", 20), row("D", "Dog", 30)]))
    new = [row("A", "Big bear", 12, "b.jpg", "L", 11), row("D", "Dog", 31), row("C", "Kite", 5)]
    return send(articles, lines(HEAD, new))


def state():
    return {
        p.sku: (
            p.name,
            p.attributes,
            p.state,
            [(x.amount, x.promo_amount, x.promo_during) for x in p.prices.all()],
            [m.location for m in p.media.all()],
        )
        for p in Product.objects.order_by("sku")
    }


def test_everything_is_as_before_and_what_was_made_is_archived(articles, send, changed):
    run = undone(changed)
    assert (run.state, run.trigger, run.undo_of) == (RunState.DONE, "undo", changed)
    now = state()
    assert now["A"] == ("Bear", {"SIZE": "M"}, "validated", [(10, None, None)], ["a.jpg"])
    assert (now["B"][2], now["D"][3]) == ("validated", [(30, None, None)])
    assert now["C"][2] == ProductState.ARCHIVED
    assert run.message.startswith(f"Run {changed.pk} is undone:")
    event = Event.objects.filter(kind="catalog.products_changed", data__change="undo").get()
    assert set(Product.objects.filter(sku__in="ABCD").values_list("pk", flat=True)) <= set(event.data["ids"])


def test_what_was_edited_since_stays_and_is_listed(changed):
    Product.objects.filter(sku="A").update(name="By hand")
    BasePrice.objects.filter(product__sku="D").update(amount=99)
    run = undone(changed)
    assert (run.state, run.rows_rejected) == (RunState.DONE_WITH_REJECTIONS, 2)
    now = state()
    assert (now["A"][0], now["A"][1], now["D"][3][0][0]) == ("By hand", {"SIZE": "M"}, 99)
    found = [(r.raw["which"], r.raw["before"], r.raw["after"], r.raw["now"]) for r in run.rejections.all()]
    assert found == [("A", "Bear", "Big bear", "By hand"), ("D", "30.00", "31.00", "99.00")]
    assert "It was edited since and stays: “By hand”." in b"".join(reject_lines(run)).decode("utf-8-sig")


def test_the_halves_of_a_promotion_stay_together(changed):
    BasePrice.objects.filter(product__sku="A").update(promo_amount=9)
    run = undone(changed)
    price = BasePrice.objects.get(product__sku="A")
    assert (price.amount, price.promo_amount, price.promo_during is None) == (10, 9, False)
    assert run.rows_rejected == 2


def test_the_undo_is_undone_and_the_same_file_is_taken_again(articles, send, changed):
    after = state()
    back = undone(changed)
    again = undone(back)
    assert again.state == RunState.DONE
    assert {k: v[:2] + v[3:] for k, v in state().items()} == {k: v[:2] + v[3:] for k, v in after.items()}
    undone(again)
    new = [row("A", "Big bear", 12, "b.jpg", "L", 11), row("D", "Dog", 31), row("C", "Kite", 5)]
    run = send(articles, lines(HEAD, new))
    assert (run.state, state()) == (RunState.DONE, after)


def test_what_cannot_be_undone_says_why(articles, send, changed):
    nothing = send(articles, lines(HEAD, [row("A", "Big bear", 12, "b.jpg", "L", 11)])[:-1], partial=True)
    with pytest.raises(Refused, match="changed nothing"):
        undo_run(nothing, at=AT)
    undone(changed)
    with pytest.raises(Refused, match="undone already"):
        undo_run(changed, at=AT)
    Run.objects.filter(pk=changed.pk).update(first_change=None, last_change=None)
    with pytest.raises(Refused, match="no longer kept"):
        undo_run(changed, at=AT)


def test_stock_goes_back_beside_what_was_sold_since(send):
    depot = a_warehouse("D1")
    for sku in ("S0", "S1", "S2"):
        move(a_product(sku).pk, depot.pk, 10, kind="receipt", document=f"in {sku}", at=AT, actor="x")
    flow = flow_of("stock", ["place_kind", "place_code", "sku", "quantity"])
    run = send(flow, lines("place_kind;place_code;sku;quantity", [("DEPOT", "D1", f"S{n}", 100) for n in range(3)]))
    sold, counted = Product.objects.get(sku="S1"), Product.objects.get(sku="S2")
    move(sold.pk, depot.pk, -5, kind="shipment", document="parcel 1", at=AT, actor="x")
    count_stock(counted.pk, depot.pk, 42, document="count 1", at=AT, actor="x")
    back = undone(run)
    assert dict(StockBalance.objects.values_list("product__sku", "physical")) == {"S0": 10, "S1": 5, "S2": 42}
    assert StockMovement.objects.filter(document=f"run:{back.pk}").count() == 2
    assert (back.rows_changed, back.rows_rejected, changes(back).count()) == (2, 1, 2)
    assert prove_stock(at=AT) == []


def test_stores_come_back(send):
    flow = flow_of("stores", ["code", "name", "city"])
    send(flow, "code;name;city\nL;Lyon;Lyon\n")
    run = send(flow, "code;name;city\nL;Lyon Nord;Lyon\nP;Paris;Paris\n")
    undone(run)
    assert dict(Store.objects.values_list("name", "archived")) == {"Lyon": False, "Paris": True}


def test_prices_of_a_price_file_come_back(send):
    a_price(a_product("P0"), 100)
    a_product("P1")
    flow = flow_of("prices", ["sku", "price"])
    run = send(flow, lines("sku;price", [("P0", 90), ("P1", 80)]))
    undone(run)
    assert list(BasePrice.objects.values_list("product__sku", "amount", "source")) == [("P0", 100, "")]


def test_office_and_api_undo(client, changed, monkeypatch):
    monkeypatch.setattr("integrations.tasks.nudge", lambda pk: None)
    client.force_login(a_colleague(is_superuser=True, language="en"))
    client.cookies["django_language"] = "en"
    page = reverse("admin:integrations_run_change", args=[changed.pk])
    assert "Undo this run" in client.get(page).content.decode()
    answer = client.post(reverse("admin:integrations_run_undo", args=[changed.pk]))
    new = Run.objects.get(undo_of=changed)
    assert answer["Location"].endswith(f"/{new.pk}/change/")
    Product.objects.filter(sku="A").update(name="<b>By hand</b>")
    run_flow(new.pk, at=AT)
    text = client.get(answer["Location"]).content.decode()
    assert "Edited since, and left alone" in text
    assert "&lt;b&gt;By hand" in text
    assert "Undo this run" not in client.get(page).content.decode()
    headers = {"Authorization": f"Bearer {an_api_key(Scope.FLOWS_RUN)}"}
    again = client.post(f"/api/v1/runs/{new.guid}/undo", headers=headers, content_type="application/json")
    assert (again.status_code, again.json()["undo_of"]) == (202, str(new.guid))
    twice = client.post(f"/api/v1/runs/{new.guid}/undo", headers=headers, content_type="application/json")
    assert twice.status_code == 409
