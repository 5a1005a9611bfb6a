"""A tree of five thousand segments: pages ask no more of the database than a small one, whoever looks."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import ProductSegment, Segment
from discovery.services import reindex
from tests import builders as b

pytestmark = pytest.mark.django_db
WIDE = (9, 23, 23)  # 9 departments, 23 below each, 23 below each of those: 4,977 with themselves
SOLD = 400


def grow(wide):
    """A tree of this many branches a level."""
    above = [None]
    number = 0
    for level, branches in enumerate(wide, 1):
        made = []
        for parent in above:
            for n in range(branches):
                number += 1
                made.append(Segment(code=f"s{number}", name=f"Segment {number}", slug=f"s{number}", parent=parent,
                                    level=level, position=n, translations={"en": {"slug": f"en{number}"}}))  # fmt: skip
        Segment.objects.bulk_create(made)
        for one in made:
            one.path = [*(one.parent.path if one.parent else []), one.pk]
        Segment.objects.bulk_update(made, ["path"], batch_size=1000)
        above = made
    return above


def asked(client, address):
    cache.clear()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert answer.status_code == 200
    return len(queries), body.decode()


@pytest.fixture
def tree(client):
    leaves = grow(WIDE)
    channel = b.a_channel()
    products = [b.a_product(f"P{n}", price=5, channel=channel) for n in range(3)]
    ProductSegment.objects.bulk_create(
        ProductSegment(product=products[n % 3], segment=leaf) for n, leaf in enumerate(leaves[:: len(leaves) // SOLD])
    )
    reindex(None, at=b.AT)
    return client


def test_the_shop_asks_no_more_for_a_large_tree(tree):
    queries, html = asked(tree, "/s/s1/")
    assert queries <= 25
    assert html.count("/s/s") < 200  # what lies right below, not the tree
    queries, xml = asked(tree, "/sitemap-segments.xml")
    assert xml.count("<url>") > 2 * SOLD
    assert queries <= 5
    assert asked(tree, "/s/s4977/" if Segment.objects.filter(slug="s4977").exists() else "/s/s9/")[0] <= 25


def test_office_opens_the_tree_branch_by_branch(tree):
    tree.force_login(b.a_colleague(is_superuser=True))
    queries, html = asked(tree, "/office/catalog/segment/")
    assert queries <= 25
    assert html.count("alz-branch") == WIDE[0]
    queries, html = asked(tree, "/office/catalog/segment/?q=segment+49")
    assert queries <= 25
    assert "Segment 49" in html
