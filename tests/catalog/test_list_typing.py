"""Typing in the product list: name, importance and price in place, with and without JavaScript."""

import pytest
from django.contrib.auth.models import Permission

from catalog.enums import ProductKind
from catalog.models import BasePrice, Product
from logbook.models import Event
from tests.builders import a_colleague, a_price, a_product
from tests.pages import form_values

pytestmark = pytest.mark.django_db
LIST = "/office/catalog/product/?edit=1"


@pytest.fixture
def office(client):
    client.force_login(a_colleague(is_superuser=True, language="en"))
    return client


def typed(office, address=LIST, **cells):
    """What a browser would send for the list, with these cells typed over."""
    return {**form_values(office.get(address).content.decode(), "changelist-form"), "_save": "cells", **cells}


def cell(product, column):
    return f"v{product.pk}-{column}"


@pytest.mark.parametrize("count", [1, 3])
def test_typing_takes_the_same_queries_for_one_and_three(office, count, django_assert_max_num_queries):
    for n in range(count):
        a_product(f"P-{n}", price=3)
    with django_assert_max_num_queries(18):
        html = office.get(LIST).content.decode()
    assert html.count('class="of-cell is-price"') == count


def test_only_what_was_typed_is_written_each_line_with_its_events(office):
    toy, ball = a_product("TOY", name="Toy", price=10), a_product("BALL", name="Ball", price=5)
    before = Event.objects.count()
    data = typed(
        office, **{cell(toy, "name"): "Better toy", cell(toy, "importance"): "300", cell(toy, "price"): "12,5"}
    )
    answer = office.post(LIST, {**data, cell(toy, "price"): "12.5"})
    assert answer.status_code == 302
    assert answer["Location"] == LIST
    toy.refresh_from_db()
    assert (toy.name, toy.importance, str(toy.prices.get().amount)) == ("Better toy", 300, "12.50")
    events = list(Event.objects.order_by("id")[before:])
    assert {event.subject_id for event in events} == {str(toy.pk)}
    assert events[0].data["was"] == {"name": ["Toy", "Better toy"], "importance": [100, 300]}
    assert events[1].data["was"] == {"price": ["10.00", "12.50"]}
    ball.refresh_from_db()
    assert ball.name == "Ball"


def test_errors_stand_at_their_cells_and_the_other_lines_are_saved(office):
    toy, ball = a_product("TOY", name="Toy", price=10), a_product("BALL", name="Ball", price=5)
    changes = {cell(toy, "price"): "cheap", cell(toy, "name"): "Toy II", cell(ball, "importance"): "900"}
    html = office.post(LIST, typed(office, **changes)).content.decode()
    assert f'id="{cell(toy, "price")}-wrong">This is not a number.' in html
    assert 'value="cheap"' in html
    assert 'value="Toy II"' in html
    assert Product.objects.get(pk=ball.pk).importance == 900
    assert Product.objects.get(pk=toy.pk).name == "Toy"


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("importance", "1000"),
        ("importance", "-1"),
        ("importance", "many"),
        ("importance", ""),
        ("price", "-3"),
        ("price", "9" * 40),
        ("price", "NaN"),
        ("price", "0"),
        ("price", ""),
        ("name", ""),
        ("name", "x" * 251),
        ("name", "a\0b"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_lost(office, column, text):
    toy = a_product("TOY", name="Toy", price=10)
    html = office.post(LIST, typed(office, **{cell(toy, column): text})).content.decode()
    assert f'id="{cell(toy, column)}-wrong"' in html
    toy.refresh_from_db()
    assert (toy.name, toy.importance, str(toy.prices.get().amount)) == ("Toy", 100, "10.00")


def test_what_somebody_else_changed_meanwhile_is_said_and_may_be_written_over_knowingly(office):
    toy = a_product("TOY", name="Toy", price=10)
    data = typed(office, **{cell(toy, "price"): "12"})
    BasePrice.objects.update(amount=11)
    answer = office.post(LIST, data)
    assert "Somebody changed this meanwhile: it is now “11.00”." in answer.content.decode()
    assert str(toy.prices.get().amount) == "11.00"
    again = {**form_values(answer.content.decode(), "changelist-form"), "_save": "cells"}
    assert office.post(LIST, again).status_code == 302
    assert str(toy.prices.get().amount) == "12.00"


def test_the_script_is_told_line_by_line(office):
    toy = a_product("TOY", name="Toy", price=10)
    data = typed(office, **{cell(toy, "price"): "12"})
    answer = office.post(LIST, data, headers={"Accept": "application/json"}).json()
    assert answer["saved"] == 1
    assert answer["lines"][0]["cells"][cell(toy, "price")] == "12.00"
    wrong = office.post(LIST, typed(office, **{cell(toy, "price"): "x"}), headers={"Accept": "application/json"}).json()
    assert wrong["lines"][0]["wrong"] == {cell(toy, "price"): "This is not a number."}


def test_fed_cells_are_locked_and_variants_show_their_parents_price(office):
    parent = a_product("P", name="Parent", kind=ProductKind.PARENT, price=20, fed_fields=["name"], source="erp")
    child = a_product("C", name="", parent=parent)
    a_price(child, 7, source="erp")
    html = office.get(LIST).content.decode()
    assert f'name="{cell(parent, "name")}"' not in html
    assert f'name="{cell(child, "price")}"' not in html
    assert 'placeholder="Parent"' in html
    answer = office.post(LIST, typed(office, **{cell(parent, "name"): "Mine", cell(child, "price"): "1"}))
    assert answer.status_code == 302
    assert Product.objects.get(pk=parent.pk).name == "Parent"
    assert str(child.prices.get().amount) == "7.00"


def test_who_may_only_look_gets_no_inputs(client):
    looker = a_colleague(language="en")
    looker.user_permissions.add(Permission.objects.get(codename="view_product"))
    client.force_login(looker)
    toy = a_product("TOY", name="Toy", price=10)
    html = client.get(LIST).content.decode()
    assert "of-cell" not in html.replace("of-cellbar", "")
    assert client.post(LIST, {"_save": "cells", "line": toy.pk}).status_code == 403


def test_forged_lines_are_no_fault(office):
    a_product("TOY")
    forged = {"_save": "cells", "line": ["x", "9" * 30, "-1", "77777777"], "v1-was": "{"}
    assert office.post(LIST, forged).status_code == 302
