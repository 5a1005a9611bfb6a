"""Selections by rule follow what happens to products, keep what was pinned, and fail alone."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.management import call_command

from altazion.lib.problems import Invalid
from catalog import services
from catalog.consumers import products_changed, segments_changed
from catalog.enums import AttributeType, Membership, ProductKind, ProductState
from catalog.models import Attribute, Brand, Product, Selection
from catalog.services.selecting import RuleInvalid
from discovery.models import IndexEntry
from logbook.models import Event
from logbook.services import deliver
from tasks_mgmt.models import Task
from tasks_mgmt.services import ensure_kinds
from tests import builders as b

pytestmark = pytest.mark.django_db
AT = b.AT


def asks(what, how, *values):
    return {"what": what, "how": how, "values": list(values)}


CHEAP = [[asks("price", "below", "20")]]


def a_rule(data=CHEAP, code="cheap", **more):
    selection = Selection.objects.create(code=code, name=code.title())
    services.save_rule(selection, data, at=AT, **more)
    return Selection.objects.get(pk=selection.pk)


def skus(selection):
    return sorted(selection.items.values_list("product__sku", flat=True))


def told(kind="catalog.selection_changed"):
    return Event.objects.filter(kind=kind).order_by("pk")


def changed(product, kind="catalog.products_changed"):
    products_changed(Event(kind=kind, at=AT, data={"ids": [product.pk]}))


def test_a_rule_fills_its_selection_and_names_what_came():
    cheap, _dear = b.a_product("A", price=5), b.a_product("B", price=50)
    selection = a_rule()
    assert skus(selection) == ["A"]
    assert selection.items.get().origin == Membership.RULE
    assert told().last().data["ids"] == [cheap.pk]


def test_only_what_changed_is_followed():
    product, other = b.a_product("A", price=5), b.a_product("B", price=50)
    selection = a_rule()
    Product.objects.filter(pk=other.pk).first().prices.update(amount=3)
    changed(product, "catalog.prices_changed")
    assert skus(selection) == ["A"], "B was not named"
    changed(other, "catalog.prices_changed")
    assert skus(selection) == ["A", "B"]
    before = told().count()
    changed(other, "catalog.prices_changed")
    assert told().count() == before, "nothing changed, nothing said"
    product.prices.update(amount=30)
    changed(product, "logistics.stock_changed")
    assert skus(selection) == ["A", "B"], "this rule does not care for stock"
    changed(product, "catalog.prices_changed")
    assert skus(selection) == ["B"]


def test_stock_moves_products_in_and_out():
    product = b.a_product("A", price=5)
    b.a_product("NEVER", price=5)
    balance = b.stock(product, b.a_warehouse(), 2)
    selection = a_rule([[asks("stock", "available")]])
    assert skus(selection) == ["A"]
    balance.reserved = 2
    balance.save()
    changed(product, "logistics.stock_changed")
    assert skus(selection) == []


def test_a_parent_stands_for_its_variants_only_if_all_satisfy():
    parent = b.a_product("P", kind=ProductKind.PARENT)
    one, two = b.a_product("P-1", parent=parent, price=5), b.a_product("P-2", parent=parent, price=6)
    b.a_product("X", price=99)
    selection = a_rule()
    assert skus(selection) == ["P"]
    two.prices.update(amount=60)
    changed(two, "catalog.prices_changed")
    assert skus(selection) == ["P-1"]
    two.state = ProductState.ARCHIVED
    two.save()
    changed(two)
    assert skus(selection) == ["P"]
    one.state = ProductState.ARCHIVED
    one.save()
    changed(one)
    assert skus(selection) == []


def test_pinned_stay_excluded_never_come():
    pinned, cheap, parent = b.a_product("PIN", price=50), b.a_product("A", price=5), b.a_product("P", kind="parent")
    b.a_product("P-1", parent=parent, price=1)
    selection = a_rule()
    services.add_to_selection(selection, ["PIN", "A"], at=AT)
    services.exclude_from_selection(selection, [parent], at=AT)
    assert skus(selection) == ["A", "PIN"]
    services.follow_all(at=AT)
    assert skus(selection) == ["A", "PIN"]
    services.save_selection(selection, {pinned.pk: Decimal("2.5")}, at=AT)
    assert {i.product.sku: i.origin for i in selection.items.select_related("product")} == {"A": "R", "PIN": "H"}
    services.exclude_from_selection(selection, [cheap], at=AT)
    assert skus(selection) == ["P", "PIN"]


def test_a_rule_taken_away_leaves_what_was_picked_by_hand():
    b.a_product("A", price=5)
    b.a_product("PIN", price=50)
    selection = a_rule()
    services.add_to_selection(selection, ["PIN"], at=AT)
    services.save_rule(selection, [], at=AT)
    assert skus(selection) == ["PIN"]


def test_novelties_stop_being_new():
    b.a_product("A", price=5)
    Product.objects.filter(sku="A").update(created_at=AT - dt.timedelta(days=29))
    old = b.a_product("B", price=5)
    Product.objects.filter(pk=old.pk).update(created_at=AT - dt.timedelta(days=31))
    selection = a_rule([[asks("new", "within_days", "30")]])
    assert skus(selection) == ["A"]
    assert services.follow_all(only="time", at=AT + dt.timedelta(days=2)) == {"cheap": 1}
    assert skus(selection) == []


def test_everything_or_nothing_is_said_with_the_count_before_it_is_saved():
    b.a_product("A", price=5)
    b.a_product("B", price=6)
    for limit, word in [("20", "everything"), ("1", "nothing")]:
        with pytest.raises(Invalid) as refusal:
            a_rule([[asks("price", "below", limit)]], code=word)
        assert refusal.value.code == word
        assert "2" in refusal.value.message
    assert skus(a_rule(CHEAP, code="sure", sure=True)) == ["A", "B"]


def test_one_rule_that_fails_stops_no_other_and_becomes_a_task():
    ensure_kinds()
    attribute = Attribute.objects.create(code="age", name="Age", type=AttributeType.NUMBER)
    b.a_product("A", price=5, attributes={"age": 3})
    late = b.a_product("B", price=50)
    broken, good = a_rule([[asks("attribute:age", "at_least", "2")]], "broken"), a_rule()
    attribute.delete()
    late.prices.update(amount=4)
    changed(late)
    assert skus(good) == ["A", "B"]
    assert skus(broken) == ["A"], "it stays as it was"
    broken.refresh_from_db()
    assert "age" in broken.failure
    events = told("catalog.selection_failed").count()
    changed(late)
    assert told("catalog.selection_failed").count() == events, "said once"
    deliver("tasks_mgmt.selections", at=AT)
    Attribute.objects.create(code="age", name="Age", type=AttributeType.NUMBER)
    services.follow_all(at=AT)
    broken.refresh_from_db()
    assert broken.failure == ""
    assert told("catalog.selection_recovered").count() == 1


def test_a_failed_rule_is_a_task_that_closes_when_it_is_mended():
    ensure_kinds()
    from tasks_mgmt.consumers import on_selection

    selection = Selection.objects.create(code="s", name="Noël")
    failed = Event(kind="catalog.selection_failed", subject_id=str(selection.pk), at=AT, data={"name": "Noël"})
    on_selection(failed)
    on_selection(failed)
    task = Task.objects.get()
    assert "Noël" in task.title
    on_selection(Event(kind="catalog.selection_recovered", subject_id=str(selection.pk), at=AT))
    task.refresh_from_db()
    assert task.state != "open"


def test_a_rule_that_names_what_is_gone_says_so():
    with pytest.raises(RuleInvalid) as refusal:
        a_rule([[asks("price", "below", "5")], [asks("brand", "in", "ghost")]])
    assert "ghost" in refusal.value.message
    assert (refusal.value.group, refusal.value.condition) == (1, 0)


def test_a_segment_that_moves_changes_the_rules_that_ask_for_it():
    toys, cards = b.a_segment("Toys", code="toys"), b.a_segment("Cards")
    b.a_product("A", price=5, segment=cards)
    b.a_product("B", price=5)
    selection = a_rule([[asks("segment", "in", "toys")]], sure=True)
    assert skus(selection) == []
    services.move_segment(cards, toys, at=AT)
    segments_changed(Event(kind="catalog.segments_changed", at=AT, data={}))
    assert skus(selection) == ["A"]


def test_the_index_follows_the_products_that_came():
    channel = b.a_channel()
    brand = Brand.objects.create(code="h", slug="h", name="H")
    b.a_product("A", price=5, channel=channel, brand=brand)
    b.a_product("B", price=5, channel=channel)
    from discovery.consumers import selection_changed
    from discovery.services import reindex

    reindex(None, at=AT)
    selection = a_rule([[asks("brand", "in", "h")]])
    selection_changed(told().last())
    assert [e.product.sku for e in IndexEntry.objects.filter(selections__contains=[selection.pk])] == ["A"]


def test_hostile_words_travel_as_values():
    b.a_product("A", price=5, attributes={"note": "x'); DROP TABLE catalog_product; --"})
    b.a_product("B", price=5)
    Attribute.objects.create(code="note", name="Note", type=AttributeType.TEXT)
    selection = a_rule([[asks("attribute:note", "contains", "'); DROP TABLE")]])
    assert skus(selection) == ["A"]


def test_the_command_tells_what_came(capsys):
    b.a_product("A", price=5)
    b.a_product("B", price=50)
    selection = a_rule()
    selection.items.all().delete()
    call_command("refresh_selections")
    assert "cheap: 1" in capsys.readouterr().out
    assert skus(selection) == ["A"]
