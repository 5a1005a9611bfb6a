"""The rule builder without JavaScript: rows come and go by buttons, nothing is written before it is saved."""

import pytest

from catalog import services
from catalog.enums import AttributeType
from catalog.models import Attribute, Brand, Selection
from tests import builders as b
from tests.pages import form_values

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client):
    client.force_login(b.a_colleague(is_superuser=True))
    return client


@pytest.fixture
def selection():
    return Selection.objects.create(code="cheap", name="Petits prix")


def address(selection, tail="rule/"):
    return f"/office/catalog/selection/{selection.pk}/{tail}"


def row(number, group, what, how, *values):
    return {"row": [str(number)], f"group-{number}": group, f"what-{number}": what, f"how-{number}": how,
            f"values-{number}": list(values)}  # fmt: skip


def posted(*rows, **more):
    sent = {"row": []}
    for one in rows:
        sent["row"] += one["row"]
        sent |= {name: value for name, value in one.items() if name != "row"}
    return {**sent, **more}


def test_an_empty_page_teaches_and_a_row_comes_by_a_button(office, selection):
    html = office.get(address(selection)).content.decode()
    assert "subject-new" in html
    answer = office.post(address(selection), {"do": "add:new", "subject-new": "price"})
    assert answer.status_code == 200
    assert 'name="what-0" value="price"' in answer.content.decode()
    selection.refresh_from_db()
    assert selection.rule == []


def test_rows_and_groups_are_added_and_removed(office, selection):
    Brand.objects.create(code="hasbro", slug="hasbro", name="Hasbro")
    first = row(0, 0, "price", "below", "20")
    html = office.post(address(selection), posted(first, do="add:0", **{"subject-0": "brand"})).content.decode()
    assert "Hasbro" in html
    assert 'name="group-1" value="0"' in html
    assert "aria-invalid" not in html, "a new row is not wrong yet"
    html = office.post(address(selection), posted(first, do="add:new", **{"subject-new": "stock"})).content.decode()
    assert 'name="group-1" value="1"' in html
    html = office.post(address(selection), posted(first, row(1, 1, "new", "within_days", "3"), do="remove:0"))
    assert 'name="what-0" value="new"' in html.content.decode()


def test_counting_shows_the_first_products_and_writes_nothing(office, selection):
    b.a_product("A", price=5, name="Robot bleu")
    b.a_product("B", price=50, name="Château")
    answer = office.post(address(selection), posted(row(0, 0, "price", "below", "20"), do="count"))
    assert answer.context["found"].listings == 1
    html = answer.content.decode()
    assert "Robot bleu" in html
    assert "Château" not in html
    assert not selection.items.exists()


def test_saving_fills_the_list_and_the_selection_tells_its_rule(office, selection):
    b.a_product("A", price=5, name="Robot bleu")
    b.a_product("B", price=50)
    answer = office.post(address(selection), posted(row(0, 0, "price", "below", "20"), do="save"))
    assert answer.status_code == 302
    assert [i.product.sku for i in selection.items.all()] == ["A"]
    html = office.get(address(selection, "change/")).content.decode()
    assert "Robot bleu" in html
    html = office.get(address(selection)).content.decode()
    assert 'value="20"' in html
    assert office.post(address(selection, "follow/")).status_code == 302
    assert office.get(address(selection, "follow/")).status_code == 405


def test_a_rule_that_takes_everything_is_saved_only_when_one_is_sure(office, selection):
    b.a_product("A", price=5)
    sent = posted(row(0, 0, "price", "below", "20"), do="save")
    answer = office.post(address(selection), sent)
    assert answer.status_code == 422
    assert 'name="sure"' in answer.content.decode()
    assert not selection.items.exists()
    assert office.post(address(selection), {**sent, "sure": "1"}).status_code == 302
    assert selection.items.count() == 1


@pytest.mark.parametrize(
    ("what", "how", "value"),
    [
        ("price", "below", "cheap"),
        ("price", "below", ""),
        ("price", "explodes", "3"),
        ("password", "in", "x"),
        ("attribute:gone", "in", "x"),
        ("brand", "in", "ghost"),
        ("new", "within_days", "99999999"),
        ("attribute:note\0", "contains", "x"),
        ("attribute:note", "contains", "x" * 10_000),
        ("sku", "in", "'; DROP TABLE catalog_product; --\0"),
    ],
)
def test_hostile_rows_get_a_sentence_at_the_row(office, selection, what, how, value):
    Attribute.objects.create(code="note", name="Note", type=AttributeType.TEXT)
    for do in ("save", "count"):
        answer = office.post(address(selection), posted(row(0, 0, what, how, value), do=do))
        assert answer.status_code == 200
        assert answer.context["draft"].rows[0].error
    selection.refresh_from_db()
    assert selection.rule == []


@pytest.mark.parametrize(
    "junk", [{"row": ["x"]}, {"row": ["0"], "group-0": "-1"}, {"do": "add:99999"}, {"do": "remove:"}]
)
def test_junk_is_passed_over(office, selection, junk):
    assert office.post(address(selection), junk).status_code == 200


def test_who_may_only_look_may_not_change_rules(client, selection):
    from django.contrib.auth.models import Permission

    colleague = b.a_colleague("look@shop.test")
    colleague.user_permissions.add(Permission.objects.get(codename="view_selection"))
    client.force_login(colleague)
    assert client.get(address(selection)).status_code == 403
    assert client.get(address(selection, "change/")).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_builder_takes_the_same_queries_for_one_and_three(office, selection, count, django_assert_max_num_queries):
    for number in range(3):
        Brand.objects.create(code=f"b{number}", slug=f"b{number}", name=f"B{number}")
        b.a_product(price=5 + number)
    b.a_product(price=99)
    cheap = {"what": "price", "how": "below", "values": ["20"]}
    rows = [[{"what": "brand", "how": "not_in", "values": [f"b{n}"]}, cheap] for n in range(count)]
    services.save_rule(selection, rows, at=b.AT)
    with django_assert_max_num_queries(32):
        office.get(address(selection))


def test_a_pin_an_exclusion_and_dates_are_typed_on_the_page(office, selection):
    pinned, excluded = b.a_product("PIN", price=50), b.a_product("OUT", price=5)
    b.a_product("IN", price=6)
    services.save_rule(selection, [[{"what": "price", "how": "below", "values": ["20"]}]], at=b.AT)
    sent = form_values(office.get(address(selection, "change/")).content.decode(), "selection_form")
    sent |= {"items-TOTAL_FORMS": "1", "items-0-product": str(pinned.pk), "items-0-relevance": "2", "items-0-id": "",
             "items-0-selection": str(selection.pk), "exclusions-TOTAL_FORMS": "1", "exclusions-0-id": "",
             "exclusions-0-product": str(excluded.pk), "exclusions-0-selection": str(selection.pk),
             "starts": "2026-12-01T08:00", "ends": "2026-12-25T00:00"}  # fmt: skip
    answer = office.post(address(selection, "change/"), sent)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert sorted(i.product.sku for i in selection.items.select_related("product")) == ["IN", "PIN"]
    selection.refresh_from_db()
    assert selection.during.lower.isoformat() == "2026-12-01T07:00:00+00:00"
    answer = office.post(address(selection, "change/"), {**sent, "ends": "2026-11-01T00:00"})
    assert answer.status_code == 200
    assert "ends" in answer.context["adminform"].form.errors
