"""The real catalogues, where they are: what is read, made and refused; the same file again; a later edition."""

import os
from pathlib import Path

import pytest
from django.conf import settings

from altazion.lib.clock import now
from catalog.models import Product, ProductReference, Segment
from demo import catalogues
from integrations.models import Run

pytestmark = [
    pytest.mark.catalogues,
    pytest.mark.django_db,
    pytest.mark.skipif(
        not Path(settings.CATALOGUES_ROOT).is_dir(),
        reason=f"THE REAL CATALOGUES ARE NOT HERE: {settings.CATALOGUES_ROOT} (CATALOGUES_ROOT) does not exist",
    ),
]
HEAVY = pytest.mark.skipif(
    os.environ.get("CATALOGUES") != "all",
    reason="NOT RUN: tens of thousands of articles twice over; CATALOGUES=all ./test tests/test_catalogues.py",
)
# file → rows read, new, refused
EXPECTED = {
    "icecat": [
        (58, 58, 0),
        (120, 120, 0),
        (168, 168, 0),
        (81, 81, 0),
        (1239, 1221, 18),
    ],  # 18 name a model that the models' file lacks
    "spree": [(211, 121, 90), (37, 0, 1)],  # variants that come twice; one address of another spelling
    "food": [(6774, 6774, 0)],
    "fashion": [(44446, 44446, 0)],
    "grocery": [(92331, 92331, 0)],
    "taxonomy": [(5427, 5385, 42)],  # 42 lie on a seventh level
}
LIGHT = ("icecat", "spree")


@pytest.fixture(autouse=True)
def quiet(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(catalogues, "draw_all", lambda pictures, root: 0)


def take(name, year=""):
    return catalogues.load(name, year=year, at=now(), say=lambda line: None)


@pytest.mark.parametrize("name", [*LIGHT, *(pytest.param(each, marks=HEAVY) for each in EXPECTED if each not in LIGHT)])
def test_a_catalogue_is_taken_whole_and_changes_nothing_the_second_time(name):
    first = take(name)
    assert [(run.rows_read, run.rows_new, run.rows_rejected) for run in first] == EXPECTED[name]

    Run.objects.update(raw_file=None)  # so that the same bytes are looked at again
    again = take(name)
    if name != "spree":  # its two files both feed names, the later one wins
        assert [(run.rows_new, run.rows_changed, run.rows_archived) for run in again] == [(0, 0, 0)] * len(again)


@HEAVY
def test_medicines_of_2026_archive_what_has_gone_since_2019():
    before = take("bdpm", "2019")
    assert [(run.rows_read, run.rows_new, run.rows_rejected) for run in before] == [
        (14442, 14442, 0),
        (20083, 20080, 3),
    ]
    dear = Product.objects.filter(prices__amount__gt=2000).count()
    assert dear > 0  # 2,849,83 was understood

    after = take("bdpm", "2026")
    products, packs = after
    assert products.rows_read == 15799
    assert products.rows_archived == 4400
    assert packs.rows_archived > 6000
    assert Product.objects.filter(state="archived", source="bdpm-products").count() == 4400
    assert ProductReference.objects.filter(type="EAN13").count() > 20_000


def test_variants_of_icecat_hang_on_their_models_in_the_tree():
    take("icecat")

    assert Segment.objects.get(code="led_tvs").path[0] == Segment.objects.get(code="tvs_projectors").pk  # a department
    assert Product.objects.get(sku="tvsam32").parent.sku == "samtv"
