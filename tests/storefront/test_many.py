"""Shops of many departments stay readable: menus and lists of departments fold, counts are grouped."""

import re

import pytest

from discovery.services import reindex
from storefront.templatetags.shop import grouped
from tests import builders as b

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(db):
    channel = b.a_channel()
    root = b.a_segment("Pharmacie", slug="pharmacie")
    for number in range(25):
        child = b.a_segment(f"Rayon {number:02}", parent=root, importance=900 if number == 24 else 100)
        for _unit in range(3 if number == 7 else 1):
            b.a_product(channel=channel, segment=child, price=5)
    for number in range(9):
        b.a_product(channel=channel, segment=b.a_segment(f"Autre {number}"), price=5)
    reindex(None, at=b.AT)
    return root


def test_of_very_many_departments_below_the_fullest_and_the_stars_come_first(client, root):
    text = client.get("/s/pharmacie/").content.decode()
    before, _, folded = text.partition('<details class="more-chips">')

    assert len(re.findall(r"Rayon \d\d", before)) == 12
    assert "Rayon 07" in before
    assert "Rayon 24" in before
    assert len(set(re.findall(r"Rayon \d\d", folded))) == 13
    assert "13 autres rayons" in folded


def test_few_departments_below_are_all_shown(client, root):
    root.children.filter(name__gte="Rayon 18").update(archived=True)
    reindex(None, at=b.AT)
    assert "more-chips" not in client.get("/s/pharmacie/").content.decode()


def test_many_departments_have_a_menu_with_all_of_them(client, root):
    text = client.get("/").content.decode()
    menu = re.search(r'<details class="all-departments">(.*?)</details>', text, re.DOTALL).group(1)
    assert menu.count("<li>") == 10


def test_counts_are_grouped_as_readers_write_them(settings):
    from django.utils import translation

    with translation.override("en"):
        assert grouped(44446) == "44,446"
    with translation.override("fr"):
        assert re.fullmatch(r"44\s446", grouped(44446))
