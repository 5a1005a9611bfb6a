"""What merchandisers decide about one listing's order: pins lead, the hidden are gone, multipliers lift and bury."""

import pytest

from catalog.models import Brand
from discovery.models import FacetValue
from discovery.rules import Lever, Ranking
from discovery.selectors import listing
from discovery.services import reindex
from tests import builders as b

pytestmark = pytest.mark.django_db


@pytest.fixture
def robots():
    """Three robots, C B A by themselves; B is of the brand Acme."""
    channel, acme = b.a_channel(), Brand.objects.create(code="acme", name="Acme", slug="acme")
    segment = b.a_segment("Robots")
    made = {
        sku: b.a_product(sku, name=f"Robot {sku}", price=n + 5, channel=channel, segment=segment,
                         brand=acme if sku == "B" else None)
        for n, sku in enumerate("ABC")
    }  # fmt: skip
    reindex(None, at=b.AT)
    return channel, segment, {sku: product.pk for sku, product in made.items()}


def order(channel, *, ranking, **asked):
    page = listing(channel=channel, at=b.AT, language="fr", ranking=ranking, **asked)
    assert page.total == len(page.tiles)
    return "".join(tile.sku for tile in page.tiles)


@pytest.mark.parametrize("asked", [{}, {"query": "robot"}])
def test_pins_lead_in_their_order(robots, asked):
    channel, _segment, ids = robots
    assert order(channel, ranking=Ranking(), **asked) == "CBA"
    assert order(channel, ranking=Ranking(pins=(ids["A"], ids["B"])), **asked) == "ABC"
    assert order(channel, ranking=Ranking(pins=(ids["A"],)), sort="price_desc", **asked) == "CBA"


@pytest.mark.parametrize("asked", [{}, {"query": "robot"}])
def test_a_pin_that_filters_do_not_let_through_stays_out(robots, asked):
    channel, _segment, ids = robots
    assert order(channel, ranking=Ranking(pins=(ids["A"],)), filters={"brand": ["acme"]}, **asked) == "B"


@pytest.mark.parametrize("asked", [{}, {"query": "robot"}, {"sort": "price"}])
def test_the_hidden_are_neither_shown_nor_counted(robots, asked):
    channel, segment, ids = robots
    ranking = Ranking(hidden=frozenset([ids["B"]]))
    assert sorted(order(channel, ranking=ranking, **asked)) == ["A", "C"]
    page = listing(channel=channel, at=b.AT, language="fr", ranking=ranking, segments_asked=(segment.pk,), **asked)
    assert page.segments == {segment.pk: 2}


@pytest.mark.parametrize("asked", [{}, {"query": "robot"}])
def test_multipliers_lift_and_bury(robots, asked):
    channel, segment, ids = robots
    acme = FacetValue.objects.get(attribute="brand").pk
    assert order(channel, ranking=Ranking(factors={(Lever.LISTING, ids["A"]): 1.5}), **asked) == "ACB"
    assert order(channel, ranking=Ranking(factors={(Lever.FACET, acme): 0.5}), **asked) == "CAB"
    everything = {(Lever.SEGMENT, segment.pk): 3.0, (Lever.LISTING, ids["B"]): 1.2}
    assert order(channel, ranking=Ranking(factors=everything), **asked) == "BCA"
