"""Exports as runs: how far they are, what vanished, taken up again; journals; the address of a feed."""

import csv
import io
import time

import pytest
from celery.contrib.testing.worker import start_worker
from django.urls import reverse

from accounting import services as books
from accounting.models import Extract
from accounting.rules import Posting
from altazion.celery import app
from altazion.lib.clock import now
from altazion.lib.problems import Refused
from catalog.models import BasePrice, Brand, Media
from integrations import services
from integrations.enums import Coverage, Direction, RunState
from integrations.models import Export, Flow, Run
from integrations.services import save_export, writing
from integrations.services.receiving import open_raw
from logbook.models import Event
from tests.builders import AT, Shopfront, a_colleague, a_product, an_api_key

pytestmark = pytest.mark.django_db
SIREN = "732829320"


@pytest.fixture
def shop():
    front = Shopfront()
    front.product.description = "A good toy"
    front.product.brand = Brand.objects.create(code="acme", slug="acme", name="Acme")
    front.product.save()
    Media.objects.create(product=front.product, location="https://img.test/a.jpg")
    return front


def an_export(kind, channel=None, coverage=Coverage.FULL, **fields):
    flow = Flow.objects.create(
        code=f"out-{kind}", name=kind, direction=Direction.OUT, entity="articles", coverage=coverage
    )
    save_export(Export(flow=flow, kind=kind, channel=channel, **fields), at=AT)
    return flow


def rows(run):
    return list(csv.DictReader(io.StringIO(open_raw(run.raw_file).read().decode()), delimiter=";"))


def test_a_delta_tells_what_is_no_more_once_by_its_key(shop):
    flow = an_export("prices", coverage=Coverage.DELTA)
    other = a_product("OTHER", price=5)
    assert {row["state"] for row in rows(services.write_export(flow, at=AT))} == {"new"}
    BasePrice.objects.filter(product=other).delete()
    BasePrice.objects.filter(product=shop.product).update(amount="9.90")
    found = {row["art_reference"]: row for row in rows(services.write_export(flow, at=AT))}
    # a price is known by all its columns: another amount is another row, and the one before is no more
    assert found["OTHER"]["state"] == "deleted"
    assert services.write_export(flow, at=AT) is None
    last = Run.objects.latest("pk")
    assert (last.state, last.raw_file) == ("done", None)


def test_a_delta_of_stock_says_deleted_with_place_and_article(shop):
    flow = an_export("stock", coverage=Coverage.DELTA)
    services.write_export(flow, at=AT)
    from logistics.models import StockBalance

    StockBalance.objects.filter(product=shop.product, place=shop.warehouse).delete()
    (row,) = rows(services.write_export(flow, at=AT))
    assert (row["depot_type"], row["depot_code"], row["art_ref"], row["qte"], row["state"]) == (
        "DEPOT", "DEPOT", "TOY-1", "", "deleted",
    )  # fmt: skip


def test_its_page_tells_how_far_it_is_and_what_died_is_taken_up_again(shop, monkeypatch, client):
    flow = an_export("stock")
    told = []
    monkeypatch.setattr(writing, "HANDFUL", 1)
    real = writing.write_file
    monkeypatch.setattr(
        "integrations.services.running.write_file",
        lambda run, tell, at: real(run, lambda stage, count: told.append((stage, count)), at=at),
    )
    run = services.write_export(flow, at=AT)
    assert told == [("writing", 1), ("writing", 2)]
    assert run.state == "done"
    dead = Run.objects.create(flow=flow, trigger="hand", queued_at=AT, state=RunState.WAITING)
    assert services.run_flow(dead.pk, at=AT).state == "done"
    client.force_login(a_colleague(is_superuser=True))
    assert client.get(reverse("admin:integrations_run_change", args=[dead.pk])).status_code == 200


def test_what_fails_while_writing_is_a_failed_run_with_its_reason(shop, monkeypatch):
    flow = an_export("stock")
    monkeypatch.setattr("integrations.services.writing.keep_file", lambda *args, **more: 1 / 0)
    run = services.write_export(flow, at=AT)
    assert run.state == "failed"
    assert "ZeroDivision" in run.message


def test_journals_go_out_as_a_flow_each_entry_once(shop):
    with pytest.raises(Refused, match="SIREN"):
        an_export("journals")
    flow = Flow.objects.create(code="books", name="Books", direction=Direction.OUT, entity="articles")
    save_export(Export(flow=flow, kind="journals", siren=SIREN), at=AT)
    assert services.write_export(flow, at=AT) is None
    lines = [Posting("411000", "x", debit=5), Posting("707000", "x", credit=5)]
    books.book("VT", lines, key="a", piece="W1", label="x", on=AT.date(), at=AT)
    run = services.write_export(flow, at=AT)
    text = open_raw(run.raw_file).read().decode()
    assert run.raw_file.name == Extract.objects.get().file_name == "732829320FEC20260310.txt"
    assert text.splitlines()[0].count("\t") == 17
    assert len(text.splitlines()) == 3
    assert services.write_export(flow, at=AT) is None


def test_a_feed_is_served_at_its_secret_address(shop, client):
    flow = an_export("google", shop.channel, origin="https://shop.test", public=True)
    address = reverse("feed_file", args=[flow.export.token])
    assert client.get(address).status_code == 404, "not written yet"
    services.write_export(flow, at=AT)
    answer = client.get(address)
    assert b"TOY-1" in b"".join(answer.streaming_content)
    assert client.get(address, HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304
    Export.objects.update(public=False)
    assert client.get(address).status_code == 404
    with pytest.raises(Refused, match="feeds"):
        an_export("orders", public=True)


def test_the_product_page_says_off_since_when_and_by_whom(shop, client):
    an_export("google", shop.channel, origin="https://shop.test")
    client.force_login(a_colleague(is_superuser=True, language="en"))
    client.cookies["django_language"] = "en"
    page = reverse("admin:catalog_product_change", args=[shop.product.pk])
    assert "Off the shopping feeds now" in client.get(page).content.decode()
    said = {"sku": "TOY-1", "reason": "recalled", "next": page}
    answer = client.post(reverse("admin:integrations_feedstop_pull"), said)
    assert answer["Location"] == page
    text = client.get(page).content.decode()
    for word in ("off the shopping feeds", "by anna@shop.test", "recalled", "Back into the feeds"):
        assert word in text
    event = Event.objects.get(kind="integrations.product_off_feeds")
    assert (event.actor, event.data["reason"]) == ("anna@shop.test", "recalled")
    evil = client.post(reverse("admin:integrations_feedstop_back"), {"sku": "TOY-1", "next": "https://evil.test/"})
    assert evil["Location"] == reverse("admin:integrations_feedstop_changelist")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("by", ["office", "api"])
def test_from_the_click_to_the_file_that_is_served_less_than_a_minute(shop, client, by, record_property):
    """With a real worker behind a real broker; the file is fetched at its address as Google does."""
    flow = an_export("google", shop.channel, origin="https://shop.test", public=True)
    services.write_export(flow, at=now())
    address = reverse("feed_file", args=[flow.export.token])
    assert b"TOY-1" in b"".join(client.get(address).streaming_content)
    client.force_login(a_colleague(is_superuser=True))
    with start_worker(app, perform_ping_check=False, pool="solo", loglevel="WARNING", shutdown_timeout=30):
        begun = time.monotonic()
        if by == "office":
            client.post(reverse("admin:integrations_feedstop_pull"), {"sku": "TOY-1", "reason": "recalled"})
        else:
            key = {"HTTP_AUTHORIZATION": f"Bearer {an_api_key('flows:run')}"}
            client.post("/api/v1/feeds/pull", {"sku": "TOY-1"}, content_type="application/json", **key)
        while b"TOY-1" in b"".join(client.get(address).streaming_content):
            assert time.monotonic() - begun < 60
            time.sleep(0.1)
        took = time.monotonic() - begun
    record_property("seconds_from_click_to_file", round(took, 2))
    print(f"from click to file ({by}): {took:.2f} s")
    assert took < 60
