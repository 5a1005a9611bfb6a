"""Supply rules: which places a channel may promise from, how much of them counts, and who is told why."""

from uuid import uuid4

import pytest
from django.utils import translation

from accounts.enums import Scope
from altazion.lib.problems import Invalid
from catalog.enums import ProductState
from discovery.models import IndexEntry
from discovery.services import reindex
from logbook.models import Event
from logistics.enums import Purpose
from logistics.models import SupplyRule, SupplySource
from logistics.rules import Counted, Origin, Supply, supplied
from logistics.selectors import availability
from logistics.selectors.whys import why_counted
from logistics.services import NotEnoughStock, release, reserve
from logistics.services.supply import delete_rule, save_rule
from stores.models import Zone
from tests.builders import (
    AT,
    a_channel,
    a_colleague,
    a_product,
    a_store,
    a_warehouse,
    an_api_key,
    stock,
)
from tests.logistics.test_office import with_rights

LIST = "/office/logistics/supplyrule/"
WHY = LIST + "why/"
ME = {"at": AT, "actor": "anna"}


def a_rule(name="rule", *, places=(), **fields):
    rule = SupplyRule(name=name, channel=fields.pop("channel", None) or a_channel(), **fields)
    save_rule(rule, places=places, changed=[], **ME)
    return rule


def a_sender(code=None, **fields):
    """A store that sends parcels."""
    store = a_store(code, **fields)
    SupplySource.objects.get_or_create(channel=a_channel(), place=store.place, purpose=Purpose.DELIVERY)
    return store


def ask(product, **asked):
    return availability([product.pk], channel=a_channel(), at=AT, **asked)[product.pk]


def told(product, **asked):
    """Place, units, and the word that decided."""
    return {step.place: (step.units, step.why) for step in ask(product, **asked).trace}


def test_small_stocks_then_the_share_then_the_sum_then_the_places():
    rule = Supply(1, "half", percent=50, least=2, threshold=10, origins=3)
    found = supplied([Origin(free, rule) for free in (1, 4, 5, 9, 20)])
    assert [each.units for each in found] == [0, 2, 2, 4, 10]
    assert sum(each.units for each in found) == 18
    assert found[0].why == "few"


@pytest.mark.parametrize(
    ("threshold", "origins", "units", "why"),
    [(18, 4, 18, "share"), (19, 1, 0, "sum"), (18, 5, 0, "origins")],
)
def test_a_sum_that_reaches_the_threshold_is_kept(threshold, origins, units, why):
    rule = Supply(1, "half", percent=50, least=2, threshold=threshold, origins=origins)
    found = supplied([Origin(free, rule) for free in (1, 4, 5, 9, 20)])
    assert (sum(each.units for each in found), found[-1].why) == (units, why)


def test_rules_do_not_share_their_sums_and_nobody_counts_twice():
    one, two = Supply(1, "one", threshold=5), Supply(2, "two", most=8)
    origins = [Origin(4, one), Origin(8, two), Origin(9, two), Origin(3), Origin(7, None, "no_rule")]
    assert supplied(origins) == [
        Counted(0, "sum"),
        Counted(8),
        Counted(0, "many"),
        Counted(3),
        Counted(0, "no_rule"),
    ]
    assert supplied([]) == []


@pytest.mark.django_db
def test_without_rules_all_counts_and_with_rules_the_first_takes_a_place():
    product, paris = a_product(), a_sender("PARIS", country="FR")
    stock(product, a_warehouse(), 10, channel=a_channel())
    stock(product, paris, 9)
    stock(product, a_sender("BRUSSELS", country="BE"), 8)
    assert ask(product).delivery == 27
    a_rule("depot", rank=1, percent=50)
    assert ask(product).delivery == 5  # no rule takes a store
    a_rule("rest", rank=9, kind="store")
    assert ask(product).delivery == 22
    a_rule("France", rank=2, kind="store", country="FR", percent=10)
    found = ask(product)
    assert found.delivery == 5 + 0 + 8  # taken by an earlier rank: invisible to the later
    assert {step.supply.name for step in found.trace} == {"depot", "France", "rest"}
    assert availability([product.pk], channel=a_channel("kiosk"), at=AT)[product.pk].delivery == 0


@pytest.mark.django_db
@pytest.mark.parametrize(("listing", "units"), [("only", 9), ("except", 8)])
def test_a_list_stands_in_place_of_country_and_zone(listing, units):
    product, paris, lyon = a_product(), a_sender("PARIS"), a_sender("LYON")
    stock(product, paris, 9)
    stock(product, lyon, 8)
    a_rule("rest", rank=9, kind="store", percent=0)  # passed over, so that nothing takes what is left
    a_rule("named", rank=1, kind="store", country="IT", listing=listing, places=[paris.place])
    assert ask(product).delivery == units
    assert sorted(why for _units, why in told(product).values()) == ["", "no_rule"]


@pytest.mark.django_db
def test_zones_choose_stores_for_pickup_too():
    zone = Zone.objects.create(code="north", name="North", unavailable_below=3)
    north, south = a_store("N", zone=zone), a_store("S")
    product = a_product()
    for store in (north, south):
        stock(product, store, 5, channel=a_channel())
    a_rule("rest", rank=9, kind="store", purpose="pickup")
    a_rule("north", rank=1, kind="store", purpose="pickup", zone=zone, percent=50)
    answer = ask(product, stores=[north, south])
    assert answer.pickup == {north.pk: 0, south.pk: 5}  # two of five, then the zone shows nothing below three


@pytest.mark.django_db
@pytest.mark.parametrize(("field", "word"), [("wants_parcels", "store_off"), ("may_send", "centre_off")])
def test_a_store_sends_when_it_wants_to_and_is_let(field, word):
    product, store = a_product(), a_sender("PARIS")
    stock(product, store, 4, channel=a_channel())
    assert ask(product).delivery == 4
    setattr(store.place, field, False)
    store.place.save()
    answer = ask(product, stores=[store])
    assert (answer.delivery, answer.pickup) == (0, {store.pk: 4})
    assert {step.why for step in answer.trace if step.purpose == Purpose.DELIVERY} == {word}


@pytest.mark.django_db
def test_what_does_not_count_is_not_promised_and_what_is_held_stays():
    product = a_product()
    balance = stock(product, a_warehouse(), 10, channel=a_channel())
    a_rule(percent=50)
    mine = uuid4()
    hold = {"channel": a_channel(), "purpose": Purpose.DELIVERY, "at": AT, "expires_at": None}
    with pytest.raises(NotEnoughStock) as caught:
        reserve(mine, [("1", product.pk, None, 6)], **hold)
    assert caught.value.short[0].left == 5
    reserve(mine, [("1", product.pk, None, 5)], **hold)
    assert ask(product).delivery == 2
    SupplyRule.objects.update(percent=10)
    assert ask(product).delivery == 0
    assert ask(product, for_reference=mine).delivery == 5
    reserve(mine, [("1", product.pk, None, 5)], **hold)
    balance.refresh_from_db()
    assert balance.reserved == 5
    release(mine, at=AT)
    assert ask(product).delivery == 1


@pytest.mark.django_db
def test_two_lines_share_what_counts():
    product = a_product()
    stock(product, a_warehouse(), 10, channel=a_channel())
    a_rule(percent=50)
    hold = {"channel": a_channel(), "purpose": Purpose.DELIVERY, "at": AT, "expires_at": None}
    with pytest.raises(NotEnoughStock):
        reserve(uuid4(), [("1", product.pk, None, 3), ("2", product.pk, None, 3)], **hold)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_rules_cost_no_further_query(django_assert_num_queries, count):
    products = [a_product() for _ in range(count)]
    for product in products:
        stock(product, a_warehouse(), 5, channel=a_channel())
    for number in range(count):
        a_rule(f"rule {number}", rank=number, percent=50)
    channel = a_channel()
    with django_assert_num_queries(1):
        availability([product.pk for product in products], channel=channel, at=AT)


@pytest.mark.django_db
def test_the_last_rule_for_stores_takes_the_rest():
    with pytest.raises(Invalid):
        a_rule("France", kind="store", country="FR")
    assert not SupplyRule.objects.exists()
    rest = a_rule("rest", rank=9, kind="store")
    first = a_rule("France", rank=1, kind="store", country="FR")
    with pytest.raises(Invalid):
        delete_rule(rest, **ME)
    delete_rule(first, **ME)
    delete_rule(SupplyRule.objects.get(name="rest"), **ME)
    assert [event.kind for event in Event.objects.filter(kind__startswith="logistics.supply").order_by("pk")] == [
        "logistics.supply_rule_saved",
        "logistics.supply_rule_saved",
        "logistics.supply_rule_deleted",
        "logistics.supply_rule_deleted",
    ]


@pytest.mark.django_db
def test_each_decision_has_its_sentence():
    product = a_product()
    stock(product, a_warehouse(), 3, channel=a_channel())
    rule = a_rule()
    changes = [{"least": 4}, {"least": 0, "most": 2}, {"most": None, "threshold": 9}, {"threshold": 0, "origins": 2}]
    said = []
    for change in [*changes, {"origins": 1, "percent": 40}, {"percent": 0}]:
        SupplyRule.objects.filter(pk=rule.pk).update(**change)
        with translation.override("en"):
            said.append(why_counted(ask(product).trace[0]))
    assert said == [
        "Fewer than the 4 units from which the rule counts a place.",
        "More than the 2 units up to which the rule counts a place.",
        "All places of the rule together hold fewer than 9 units.",
        "Fewer than 2 places of the rule hold it.",
        "40 % of the free units, rounded down.",
        "No rule takes this place.",
    ]


def in_stock(product):
    reindex([product.pk], at=AT)
    return IndexEntry.objects.get(product=product).in_stock


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "there"),
    [({}, True), ({"percent": 10}, False), ({"least": 6}, False), ({"threshold": 6}, False), ({"origins": 2}, False)],
)
def test_lists_agree_with_the_product_page(fields, there):
    product = a_product(channel=a_channel(), price="10.00", state=ProductState.VALIDATED)
    stock(product, a_warehouse(), 5, channel=a_channel())
    assert in_stock(product)
    a_rule(**fields)
    assert (ask(product).delivery > 0) is there
    assert in_stock(product) is there


@pytest.fixture
def anna(client):
    client.force_login(a_colleague(is_superuser=True))
    client.cookies["django_language"] = "en"
    return client


def typed(**fields):
    given = {"channel": a_channel().pk, "purpose": "delivery", "rank": 10, "name": "Rule", "kind": "warehouse"}
    return given | {"percent": 100, "least": 0, "threshold": 0, "origins": 1, "active": "on"} | fields


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": "store", "country": "FR"}, "must take all that are left"),
        ({"percent": 101}, "100"),
        ({"origins": 0}, "1"),
        ({"country": "FR"}, "a list names warehouses"),
        ({"kind": "store", "country": "F1"}, "Two letters"),
        ({"listing": "only"}, "Name the places"),
        ({"least": 5, "most": 4}, "Not less than"),
        ({"purpose": "pickup", "threshold": 3}, "served by one store"),
        ({"rank": "x"}, "number"),
        ({"places": ["999999"]}, "999999"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_at_its_field(anna, fields, said):
    answer = anna.post(LIST + "add/", typed(**fields))
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not SupplyRule.objects.exists()


@pytest.mark.django_db
def test_a_rule_is_made_changed_and_taken_away_in_office(anna):
    place = a_warehouse()
    assert anna.post(LIST + "add/", typed(listing="only", places=[place.pk])).status_code == 302
    rule = SupplyRule.objects.get()
    assert list(rule.places.all()) == [place]
    page = f"{LIST}{rule.pk}/change/"
    assert anna.post(page, typed(percent=50)).status_code == 302
    rule.refresh_from_db()
    assert (rule.percent, list(rule.places.all())) == (50, [])
    assert "Rule" in anna.get(LIST).content.decode()
    assert anna.post(f"{LIST}{rule.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not SupplyRule.objects.exists()


@pytest.mark.django_db
def test_the_rule_that_others_need_stays_and_says_why(anna):
    rest = a_rule("rest", rank=9, kind="store")
    a_rule("France", rank=1, kind="store", country="FR")
    answer = anna.post(f"{LIST}{rest.pk}/delete/", {"post": "yes"}, follow=True)
    assert "must take all that are left" in answer.content.decode()
    assert SupplyRule.objects.count() == 2


@pytest.mark.django_db
def test_office_says_why_a_product_is_available(anna):
    product, store = a_product("TOY-1"), a_sender("PARIS")
    stock(product, a_warehouse(), 10, channel=a_channel())
    stock(product, store, 3, channel=a_channel())
    a_rule("Half of the depot", percent=50)
    assert "Type a product" in anna.get(WHY).content.decode()
    html = anna.get(WHY, {"product": "TOY-1", "channel": a_channel().pk, "store": store.pk}).content.decode()
    assert "For delivery: 5." in html
    assert "Half of the depot" in html
    assert "No rule takes this place." in html
    for wrong in ({"product": "NOPE", "channel": a_channel().pk}, {"product": "TOY-1", "channel": "x'"}):
        assert anna.get(WHY, wrong).status_code == 422


@pytest.mark.django_db
def test_the_page_is_for_those_who_see_rules(client):
    client.force_login(with_rights(a_colleague(), "view_stockbalance"))
    assert client.get(WHY).status_code == 403
    assert client.post(LIST + "add/", typed()).status_code == 403


@pytest.mark.django_db
def test_the_store_s_part_is_set_at_its_place(anna):
    place = a_store("PARIS").place
    page = f"/office/logistics/place/{place.pk}/change/"
    inlines = {f"{name}-{what}": 0 for name in ("serves", "planning") for what in ("TOTAL_FORMS", "INITIAL_FORMS")}
    given = {"name": place.name, "active": "on", "wants_parcels": "on", "prepares_on": ["1"], "preparation_days": 0,
             "priority": 50, "parcel_cost": 0}  # fmt: skip
    assert anna.post(page, {**given, **inlines}).status_code == 302
    place.refresh_from_db()
    assert (place.wants_parcels, place.may_send) == (True, False)
    assert "may_send" in Event.objects.get(kind="logistics.place_changed").data["changed"]


@pytest.mark.django_db
def test_the_index_hears_of_what_a_place_serves(anna):
    """From its own list, moved to another place, and from the place's form."""
    depot, other, channel = a_warehouse(), a_warehouse("DEPOT-2"), a_channel()

    def heard():
        told = list(Event.objects.filter(kind="logistics.place_changed").order_by("id"))
        Event.objects.all().delete()
        return {int(each.subject_id) for each in told}

    add = "/office/logistics/supplysource/add/"
    given = {"channel": channel.pk, "purpose": "delivery", "place": depot.pk, "rank": 1}
    assert anna.post(add, given).status_code == 302
    assert heard() == {depot.pk}
    source = SupplySource.objects.get()
    page = f"/office/logistics/supplysource/{source.pk}/"
    assert anna.post(f"{page}change/", {**given, "place": other.pk}).status_code == 302
    assert heard() == {depot.pk, other.pk}
    assert anna.post(f"{page}delete/", {"post": "yes"}).status_code == 302
    assert heard() == {other.pk}
    inlines = {f"{name}-{what}": 0 for name in ("serves", "planning") for what in ("TOTAL_FORMS", "INITIAL_FORMS")}
    row = {"serves-TOTAL_FORMS": 1, **{f"serves-0-{name}": value for name, value in given.items() if name != "place"}}
    place = {"name": depot.name, "active": "on", "wants_parcels": "on", "may_send": "on", "prepares_on": ["1"],
             "preparation_days": 0, "priority": 50, "parcel_cost": 0}  # fmt: skip
    answer = anna.post(f"/office/logistics/place/{depot.pk}/change/", {**place, **inlines, **row})
    assert answer.status_code == 302
    assert SupplySource.objects.get().place == depot
    assert depot.pk in heard()


@pytest.mark.django_db
def test_the_trace_of_the_api_names_rule_and_reason(client):
    product = a_product("TOY-1")
    stock(product, a_warehouse(), 10, channel=a_channel())
    a_rule("Half", percent=50)
    key = an_api_key(Scope.AVAILABILITY_READ)
    answer = client.get("/api/v1/availability?sku=TOY-1&trace=1", headers={"Authorization": f"Bearer {key}"}).json()
    (row,) = answer["items"][0]["trace"]
    assert (row["units"], row["rule"], row["why"]) == (5, "Half", "share")
    assert "50" in row["reason"]
