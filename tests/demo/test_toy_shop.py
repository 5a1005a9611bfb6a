"""The demonstration: its files are what its words say, and the product's own flows take them."""

import csv
import html
import io
import re
from decimal import Decimal

import pytest

from accounting.models import Anomaly
from altazion.lib.clock import now
from catalog.models import Product, ProductReference
from demo import files, load
from demo.pictures import DRAWINGS, Picture, render
from demo.toys import all_toys
from discovery.models import IndexEntry
from discovery.services import reindex
from integrations.models import Run
from logistics.models import StockBalance
from orders.models import OrderHold
from tests.storefront.test_seo import Page


def test_the_committed_files_are_those_that_the_words_make():
    for name, (header, rows) in files.files().items():
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=";", lineterminator="\r\n").writerows([header, *rows])
        assert (files.FOLDER / name).read_bytes() == text.getvalue().encode(), f"run python -m demo.files ({name})"


def test_every_toy_has_words_a_price_and_a_picture_somewhere():
    toys = {toy.sku: toy for toy in all_toys()}
    assert 150 <= sum(toy.kind != "child" for toy in toys.values()) <= 250
    assert len(toys) == len(all_toys())
    for toy in toys.values():
        above = toys.get(toy.parent, toy)
        assert all([toy.name, toy.name_en])
        assert toy.price or above.price
        assert toy.image or above.image
        assert toy.drawing in DRAWINGS


@pytest.mark.parametrize("drawing", sorted(DRAWINGS))
def test_every_drawing_draws(drawing):
    image = render(Picture("x.webp", drawing, "#d8434e", "#3f7fd0", 3))

    assert image.size == (600, 600)
    assert len(image.getcolors(600 * 600)) > 100


@pytest.mark.django_db
def test_the_shop_is_loaded_through_its_flows_and_twice_is_once(client, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT, settings.FLOWS_ROOT = tmp_path / "media", tmp_path / "flows"
    monkeypatch.setattr(load, "draw_pictures", lambda: 0)
    logins = tmp_path / "logins.txt"

    load.load(at=now(), logins=logins, say=lambda line: None)
    secrets = logins.read_text()
    load.load(at=now(), logins=logins, say=lambda line: None)

    assert logins.read_text() == secrets
    assert logins.stat().st_mode & 0o777 == 0o600
    assert [run.flow.code for run in Run.objects.exclude(state="done")] == ["prix-fournisseur"], "held, as it should"
    assert list(Anomaly.objects.values_list("kind", flat=True)) == ["not_found", "not_found"]
    assert OrderHold.objects.count() == 1
    assert not Run.objects.exclude(rows_rejected=0).exists()
    avengers = Product.objects.get(sku="AVENGERS")
    assert avengers.family.name == "Super-héros"
    assert [place.segment.code for place in avengers.places.filter(is_primary=True)] == ["marvel"]
    shared = ProductReference.objects.filter(product__parent=avengers).values_list("value", flat=True)
    assert len(shared) == 8
    assert len(set(shared)) == 1
    assert avengers.publications.count() == 1
    assert not Product.objects.exclude(state="validated").exists()
    assert StockBalance.objects.filter(physical=0).exists()
    assert (tmp_path / "flows" / "stock" / "stock_news.csv").exists()
    assert told_otherwise(client, 20) == []


LEVELS = {
    "available": {"InStock"},
    "last_pieces": {"LimitedAvailability"},
    "unavailable": {"InStoreOnly", "OutOfStock"},
}


def told_otherwise(client, number):
    """What machines read otherwise than people, on the pages of so many products and of all their variants."""
    reindex(None, at=now())
    sold = sorted(set(IndexEntry.objects.values_list("listing_id", flat=True)))
    assert len(sold) > number
    found, groups = [], 0
    for pk in sold[:: len(sold) // number][:number]:
        address = client.get(f"/p/x-{pk}/").headers["Location"]
        for prefix in ("", "/en"):
            page = Page(client, client.get(prefix + address, follow=True).request["PATH_INFO"])
            whole = page.facts.get("ProductGroup") or page.facts["Product"]
            if html.unescape(re.search(r"<h1[^>]*>(.*?)</h1>", page.html)[1]) != whole["name"]:
                found.append((address, "name", whole["name"]))
            variants = whole.get("hasVariant")
            groups += bool(variants)
            if variants and {one["sku"] for one in variants} != set(
                Product.objects.filter(parent=pk, state="validated").values_list("sku", flat=True)
            ):
                found.append((address, "variants", len(variants)))
            for one in variants or [whole]:
                shown = Page(client, one["url"].removeprefix("http://testserver"))
                offer = one["offers"]
                level = re.search(r'id="how">.*?<p class="level (\w+)">', shown.html, re.DOTALL)[1]
                if Decimal(offer["price"]) != shown.shown_price():
                    found.append((one["url"], "price", offer["price"], shown.shown_price()))
                if offer["availability"].rpartition("/")[2] not in LEVELS[level]:
                    found.append((one["url"], "availability", offer["availability"], level))
                if offer["availability"].endswith("OutOfStock") == ('class="add"' in shown.html):
                    found.append((one["url"], "buying", offer["availability"]))
                if one["sku"] not in shown.html:
                    found.append((one["url"], "sku", one["sku"]))
    assert groups
    return found
