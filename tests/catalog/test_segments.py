import pytest

from altazion.lib.problems import Invalid, Refused
from catalog import selectors, services
from catalog.models import Segment
from tests.builders import AT, a_channel, a_product, a_segment

pytestmark = pytest.mark.django_db


def save(name, parent=None, **fields):
    return services.save_segment(None, {"code": name.lower(), "name": name, **fields}, parent=parent, at=AT)


def test_a_segment_knows_the_way_down_to_itself():
    toys = save("Toys")
    heroes = save("Heroes", toys)
    assert (heroes.level, heroes.path, heroes.slug) == (2, [toys.pk, heroes.pk], "heroes")
    assert save("Heroes 2", slug="").slug == "heroes-2"


def test_moving_a_branch_keeps_path_and_level_of_all_below():
    toys, heroes = save("Toys"), save("Heroes")
    marvel = save("Marvel", heroes)
    hulk = save("Hulk", marvel)
    services.move_segment(heroes, toys, at=AT)
    hulk.refresh_from_db()
    assert (hulk.level, hulk.path) == (4, [toys.pk, heroes.pk, marvel.pk, hulk.pk])
    services.move_segment(marvel, None, at=AT)
    hulk.refresh_from_db()
    assert (hulk.level, hulk.path) == (2, [marvel.pk, hulk.pk])


def test_the_tree_has_six_levels_at_most_and_no_ring():
    chain = [save("L1")]
    for level in range(2, 7):
        chain.append(save(f"L{level}", chain[-1]))
    with pytest.raises(Invalid):
        save("L7", chain[-1])
    with pytest.raises(Invalid):
        services.move_segment(chain[0], chain[2], at=AT)
    with pytest.raises(Invalid):
        services.move_segment(save("Other", save("Above")).parent, chain[4], at=AT)
    assert Segment.objects.filter(level=6).count() == 1


def test_removing_a_segment_moves_its_products_to_the_replacement():
    old, new, both = a_segment("Old"), a_segment("New"), a_product()
    moved = a_product(segment=old)
    both.places.create(segment=old, is_primary=True)
    both.places.create(segment=new)
    with pytest.raises(Invalid):
        services.delete_segment(old, replacement=None, at=AT)
    assert services.delete_segment(old, replacement=new, at=AT) == 2
    assert moved.places.get(is_primary=True).segment == new
    assert both.places.get(is_primary=True).segment == new
    old.refresh_from_db()
    assert old.archived


def test_a_segment_that_holds_segments_is_not_removed():
    toys = save("Toys")
    save("Heroes", toys)
    with pytest.raises(Refused):
        services.delete_segment(toys, replacement=None, at=AT)


def test_a_fed_segment_keeps_its_fed_fields():
    toys = a_segment("Toys", source="erp-categories", fed_fields=["name"])
    with pytest.raises(Refused, match="erp-categories"):
        services.save_segment(toys, {"name": "Mine"}, parent=None, at=AT)
    services.save_segment(toys, {"importance": 900}, parent=None, at=AT)


def test_the_tree_of_a_channel_leads_only_to_products_it_shows(django_assert_num_queries):
    channel = a_channel()
    toys, empty = a_segment("Toys"), a_segment("Empty")
    heroes = a_segment("Heroes", toys)
    a_segment("Nothing", toys)
    a_product(segment=heroes, channel=channel)
    a_product(segment=empty)
    with django_assert_num_queries(2):
        tree = selectors.segment_tree(channel)
    assert [(n.segment.name, [c.segment.name for c in n.children]) for n in tree] == [("Toys", ["Heroes"])]
    assert [n.segment.name for n in selectors.segment_tree(channel, root=toys.code)] == ["Heroes"]
    assert selectors.segment_tree(channel, depth=1)[0].children == []


@pytest.mark.parametrize("count", [1, 3])
def test_breadcrumbs_take_two_queries_and_variants_take_their_parents(count, django_assert_num_queries):
    toys = a_segment("Toys")
    heroes = a_segment("Heroes", toys)
    parents = [a_product(kind="parent", segment=heroes) for _ in range(count)]
    children = [a_product(parent=parent) for parent in parents]
    with django_assert_num_queries(2):
        found = selectors.breadcrumbs(children)
    assert [s.name for s in found[children[0].pk]] == ["Toys", "Heroes"]
