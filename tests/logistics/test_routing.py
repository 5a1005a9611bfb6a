"""Routing (ORC-5): which places prepare an order, why every other solution lost, promises carried between places."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from altazion.lib.problems import Invalid
from logbook.models import Event
from logistics.enums import Purpose
from logistics.models import Place, Reservation, RoutingPolicy, RoutingRule, StockBalance, SupplySource
from logistics.rules import routing
from logistics.rules.geo import km_between, middle_of
from logistics.rules.routing import Limits, Need, Rule, Sender, route
from logistics.selectors.routing import routing_of, spot_of
from logistics.services import NotEnoughStock, rearrange, reserve
from tests.builders import AT, a_channel, a_colleague, a_product, a_store, a_warehouse, stock
from tests.logistics.test_office import with_rights

PARIS, LYON, LILLE = (48.86, 2.35), (45.76, 4.84), (50.63, 3.06)
TRIAL = "/office/logistics/routingrule/trial/"


def sender(place, units, **fields):
    return Sender(place, f"place {place}", units, **fields)


def chosen(found):
    return {place: dict(lines) for place, lines in found.chosen.shares.items()}


def test_the_worked_example_weighs_priority_by_distinct_articles():
    needs = [Need("a", 1, 2), Need("b", 2, 1), Need("c", 3, 1)]
    found = route(needs, [sender(1, {1: 5, 2: 5, 3: 5}, priority=50)])
    assert found.chosen.scores["priority"] == 150, "50 × 3 distinct articles, not × 4 units"
    assert chosen(found) == {1: {"a": 2, "b": 1, "c": 1}}


def test_fewest_shipments_then_priority_then_distance():
    needs = [Need("a", 1, 1), Need("b", 2, 1)]
    two = [sender(1, {1: 1}, priority=99), sender(2, {2: 1}, priority=99)]
    both = [sender(3, {1: 1, 2: 1}, spot=LILLE), sender(4, {1: 1, 2: 1}, spot=LYON)]
    found = route(needs, [*two, *both], target=PARIS)
    assert chosen(found) == {3: {"a": 1, "b": 1}}, "Lille is nearer to Paris than Lyon"
    whys = {lost.candidate.places: lost.score for lost in found.lost}
    assert whys[4,] == "distance"
    assert whys[1, 2] == "parcels"
    assert chosen(route(needs, [*two, both[0], sender(4, {1: 1, 2: 1}, priority=51, spot=LYON)], target=PARIS)) == {
        4: {"a": 1, "b": 1}
    }


def test_a_tolerance_lets_the_next_rule_choose():
    needs = [Need("a", 1, 1), Need("b", 2, 1)]
    senders = [
        sender(1, {1: 1, 2: 1}, cost=Decimal(20)),
        sender(2, {1: 1}, cost=Decimal(3)),
        sender(3, {2: 1}, cost=Decimal(4)),
    ]
    assert route(needs, senders, rules=[Rule("parcels"), Rule("cost")]).chosen.places == (1,)
    loose = route(needs, senders, rules=[Rule("parcels", Decimal(1)), Rule("cost")])
    assert loose.chosen.places == (2, 3)
    assert loose.lost[0].score == "cost"
    assert (loose.lost[0].had, loose.lost[0].best) == (20, 7)


@pytest.mark.parametrize(
    ("score", "place"),
    [("stores", 1), ("warehouses", 2), ("stock", 3), ("delay", 2), ("cost", 3), ("margin", 3)],
)
def test_preferences(score, place):
    senders = [
        sender(1, {1: 2}, is_store=True, cost=Decimal(5), days=2),
        sender(2, {1: 3}, cost=Decimal(6), days=0),
        sender(3, {1: 9}, is_store=True, cost=Decimal(1), days=3),
    ]
    rules = [Rule(score)] if score != "stores" else [Rule(score), Rule("delay")]
    assert route([Need("a", 1, 1)], senders, rules=rules).chosen.places == (place,)


def test_an_origin_without_coordinates_is_left_out_of_the_mean():
    needs = [Need("a", 1, 1), Need("b", 2, 1)]
    found = route(needs, [sender(1, {1: 1}, spot=LYON), sender(2, {2: 1})], target=PARIS)
    assert 380 < found.chosen.scores["distance"] < 400


def test_what_nobody_can_send_is_named_and_leaves_the_whole_unrouted():
    needs = [Need("a", 1, 3), Need("b", 2, 1), Need("c", 9, 4)]
    senders = [sender(1, {1: 2, 2: 5})]
    found = route(needs, senders)
    assert (found.chosen, found.unshippable, found.why) == (None, {"a": 1, "c": 4}, "nothing")
    part = route(needs, senders, limits=Limits(partial=True))
    assert chosen(part) == {1: {"a": 2, "b": 1}}
    assert part.unshippable == {"a": 1, "c": 4}


def test_split_may_be_forbidden_or_limited():
    needs = [Need("a", 1, 1), Need("b", 2, 1), Need("c", 3, 1)]
    senders = [sender(1, {1: 1}), sender(2, {2: 1}), sender(3, {3: 1})]
    assert len(route(needs, senders).chosen.shares) == 3
    assert route(needs, senders, limits=Limits(split=False)).why == "no_split"
    found = route(needs, senders, limits=Limits(shipments=2))
    assert (found.why, set(found.unshippable)) == ("too_many", {"a", "b", "c"})


def test_a_line_larger_than_any_place_is_shared():
    found = route([Need("a", 1, 7)], [sender(1, {1: 4}), sender(2, {1: 4}), sender(3, {1: 1})])
    assert len(found.chosen.shares) == 2
    assert sum(units for lines in found.chosen.shares.values() for units in lines.values()) == 7


def test_many_places_are_answered_in_bounded_time():
    needs = [Need(str(line), line, 1) for line in range(12)]
    senders = [sender(place, {place % 12: 1}) for place in range(200)]
    assert len(route(needs, senders).chosen.shares) == 12
    alone = sender(999, dict.fromkeys(range(12), 1), priority=0)
    assert route(needs, [*senders, alone]).chosen.places == (999,)


units = st.dictionaries(st.integers(1, 4), st.integers(0, 4), max_size=4)


@given(st.lists(units, max_size=6), st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=5))
def test_nobody_sends_more_than_there_is_and_all_that_is_asked_is_sent(held, asked):
    needs = [Need(str(at), product, wanted) for at, (product, wanted) in enumerate(asked)]
    senders = [sender(at, each) for at, each in enumerate(held)]
    found = route(needs, senders, limits=Limits(partial=True))
    sent = {need.line: 0 for need in needs}
    if found.chosen is not None:
        for place, lines in found.chosen.shares.items():
            by_product = {}
            for line, given_units in lines.items():
                assert given_units > 0
                sent[line] += given_units
                product = needs[int(line)].product
                by_product[product] = by_product.get(product, 0) + given_units
            assert all(taken <= held[place].get(product, 0) for product, taken in by_product.items())
    for need in needs:
        missing = found.unshippable.get(need.line, 0)
        assert sent[need.line] + missing == need.units or (found.chosen is None and sent[need.line] == 0)


def test_postcodes_say_roughly_where():
    assert middle_of("FR", "69001") == (45.9, 4.6)
    assert middle_of("FR", "97400") == (-21.1, 55.5)
    assert middle_of("BE", "69001") is None
    assert middle_of("FR", "'; --") is None
    assert 380 < km_between(PARIS, LYON) < 400
    assert spot_of({"latitude": "45.1", "longitude": "x", "postcode": "75001"}) == (48.9, 2.3)
    assert spot_of({"latitude": "450", "longitude": "2"}) is None


@pytest.fixture
def world(db):
    channel = a_channel()
    depot, paris = a_warehouse(), a_store("PARIS", postcode="75011")
    lyon = a_store("LYON", postcode="69001")
    for rank, place in enumerate((depot, paris.place, lyon.place), 1):
        SupplySource.objects.create(channel=channel, place=place, purpose=Purpose.DELIVERY, rank=rank)
    return channel, depot, paris.place, lyon.place


def ask(channel, *needs, postcode="69003", **more):
    target = spot_of({"country": "FR", "postcode": postcode})
    return routing_of(
        [Need(str(at), product.pk, wanted) for at, (product, wanted) in enumerate(needs, 1)],
        channel=channel,
        at=AT,
        target=target,
        **more,
    )


def test_stock_and_supply_rules_say_who_may_send(world):
    channel, _depot, paris, lyon = world
    toy = a_product("TOY")
    for place in (paris, lyon):
        stock(toy, place, 3)
    assert ask(channel, (toy, 1)).routed.chosen.places == (lyon.pk,)
    assert ask(channel, (toy, 1), postcode="75001").routed.chosen.places == (paris.pk,)
    Place.objects.filter(pk=lyon.pk).update(wants_parcels=False)
    assert ask(channel, (toy, 1)).routed.chosen.places == (paris.pk,)
    Place.objects.filter(pk=lyon.pk).update(wants_parcels=True, latitude=48, longitude=2, priority=40)
    assert ask(channel, (toy, 1)).routed.chosen.places == (paris.pk,)
    assert ask(channel, (toy, 1), without={(toy.pk, paris.pk)}).routed.chosen.places == (lyon.pk,)


def test_a_channels_rules_and_policy_hold(world):
    channel, depot, paris, lyon = world
    toy, box = a_product("TOY"), a_product("BOX")
    stock(toy, paris, 3)
    stock(box, lyon, 3)
    RoutingPolicy.objects.create(channel=channel, split=False)
    assert ask(channel, (toy, 1), (box, 1)).routed.why == "no_split"
    RoutingPolicy.objects.update(split=True)
    assert len(ask(channel, (toy, 1), (box, 1)).routed.chosen.shares) == 2
    stock(toy, depot, 1)
    RoutingRule.objects.create(channel=channel, score="stores")
    assert ask(channel, (toy, 1)).routed.chosen.places == (paris.pk,)


def test_it_takes_as_many_queries_for_one_line_as_for_three(world):
    channel, depot, _paris, lyon = world
    goods = [a_product() for _each in range(3)]
    for product in goods:
        stock(product, lyon, 3)
        stock(product, depot, 3)
    with CaptureQueriesContext(connection) as one:
        ask(channel, (goods[0], 1))
    with CaptureQueriesContext(connection) as three:
        ask(channel, *[(product, 1) for product in goods])
    assert len(one) == len(three) <= 6


def held(reference):
    rows = Reservation.objects.filter(reference=reference, state="held").order_by("line", "place_id")
    return [(row.line, row.place_id, row.quantity) for row in rows]


def test_promises_are_carried_all_or_nothing(world):
    channel, depot, _paris, lyon = world
    toy, box, reference = a_product("TOY"), a_product("BOX"), uuid4()
    for product in (toy, box):
        stock(product, depot, 5)
    stock(toy, lyon, 4)
    stock(box, lyon, 1)
    lines = [("1", toy.pk, depot.pk, 4), ("2.7", box.pk, depot.pk, 2)]
    reserve(reference, lines, channel=channel, purpose="delivery", at=AT, expires_at=None)
    with pytest.raises(NotEnoughStock) as short:
        rearrange(reference, {"1": {lyon.pk: 4}, "2.7": {lyon.pk: 2}}, at=AT)
    assert short.value.short[0].line == "2.7"
    assert held(reference) == [("1", depot.pk, 4), ("2.7", depot.pk, 2)]
    rearrange(reference, {"1": {lyon.pk: 4}, "2.7": {lyon.pk: 1, depot.pk: 1}}, at=AT)
    assert held(reference) == [("1", lyon.pk, 4), ("2.7", depot.pk, 1), ("2.7", lyon.pk, 1)]
    reserved = {(b.product_id, b.place_id): b.reserved for b in StockBalance.objects.all()}
    assert reserved == {(toy.pk, depot.pk): 0, (toy.pk, lyon.pk): 4, (box.pk, depot.pk): 1, (box.pk, lyon.pk): 1}
    rearrange(reference, {"1": {}}, at=AT)
    assert held(reference) == [("2.7", depot.pk, 1), ("2.7", lyon.pk, 1)]
    rearrange(reference, {"2.7": {depot.pk: 1, lyon.pk: 1}}, at=AT)
    with pytest.raises(Invalid):
        rearrange(reference, {"2.7": {depot.pk: 3}}, at=AT)


@pytest.fixture
def anna(client, db):
    client.force_login(with_rights(a_colleague(), "view_routingrule", "change_routingrule", "add_routingrule",
                                   "delete_routingrule", "view_routingpolicy", "add_routingpolicy"))  # fmt: skip
    return client


def test_the_trial_tells_who_sends_and_why_the_others_lost(anna, world):
    channel, _depot, paris, lyon = world
    toy = a_product("TOY")
    stock(toy, paris, 3)
    stock(toy, lyon, 3)
    asked = {"items": "TOY 2", "channel": channel.pk, "country": "FR", "postcode": "69001"}
    text = anna.get(TRIAL, asked).content.decode()
    assert "2 × TOY" in text
    assert "Store LYON" in text
    assert "le trajet le plus court" in text
    text = anna.get(TRIAL, {**asked, "items": "TOY 20"}).content.decode()
    assert "14 unités ne peuvent pas partir" in text
    assert anna.get(TRIAL, {**asked, "items": "TOY x y"}).status_code == 422
    assert anna.get(TRIAL, {**asked, "latitude": "north"}).status_code == 422
    assert not Reservation.objects.exists()


def test_rules_are_kept_with_a_line_in_the_journal(anna, world):
    channel = world[0]
    new = {"channel": channel.pk, "score": "cost", "rank": 5, "tolerance": "1.50", "active": "on"}
    anna.post("/office/logistics/routingrule/add/", new)
    assert RoutingRule.objects.get().tolerance == Decimal("1.50")
    assert Event.objects.get(kind="logistics.routing_rule_saved").data["score"] == "cost"
    again = anna.post("/office/logistics/routingrule/add/", new)
    assert "a déjà une règle avec cette préférence" in again.content.decode()
    below = anna.post("/office/logistics/routingrule/add/", {**new, "score": "delay", "tolerance": "-1"})
    assert RoutingRule.objects.count() == 1
    assert below.status_code == 200
    anna.post(f"/office/logistics/routingrule/{RoutingRule.objects.get().pk}/delete/", {"post": "yes"})
    assert not RoutingRule.objects.exists()
    policy = {"channel": channel.pk, "split": "on", "hours_to_prepare": 24, "claim_minutes": 60, "shipments": "0"}
    anna.post("/office/logistics/routingpolicy/add/", policy)
    assert not RoutingPolicy.objects.exists(), "no shipment at all is no policy"
    anna.post("/office/logistics/routingpolicy/add/", {**policy, "shipments": ""})
    assert RoutingPolicy.objects.get().split


def test_without_the_right_nobody_tries(client, world):
    client.force_login(a_colleague())
    assert client.get(TRIAL).status_code == 403
    assert routing.DEFAULT_RULES[0].score == "parcels"
