"""Units kept back from sale: taken off at every reader, for their dates and no longer."""

import datetime as dt
import uuid

import pytest

from accounts.enums import AccountKind, Scope
from altazion.lib.problems import Invalid, NotFound, Refused
from discovery.models import IndexEntry
from discovery.services import follow_time, reindex
from logbook.models import Event
from logistics import services
from logistics.enums import Purpose
from logistics.models import StockBalance, Withdrawal
from logistics.selectors import availability, prove_balances
from logistics.selectors.free_units import free_units_sql
from logistics.services import Kept, NotEnoughStock
from tests.builders import AT, a_channel, a_colleague, a_product, a_store, a_warehouse, an_api_key, stock
from tests.logistics.test_office import with_rights

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def shelf():
    """Five units at a warehouse that delivers for the web."""
    channel, place = a_channel(), a_warehouse()
    product = a_product("TOY", name="Red robot", price=10, channel=channel)
    stock(product, place, 5, channel=channel)
    return product, place, channel


def keep(shelf, units, reason="on show", starts=None, ends=None, at=AT):
    product, place, _channel = shelf
    return services.withdraw(product.pk, place.pk, Kept(units, reason, starts, ends), at=at, actor="anna")


def free(shelf, at=AT):
    product, _place, channel = shelf
    return availability([product.pk], channel=channel, at=at)[product.pk].delivery


def test_withdrawn_units_are_not_promised_and_come_back_by_themselves(shelf):
    keep(shelf, 2, ends=AT + DAY)
    keep(shelf, 1, starts=AT + 2 * DAY, ends=AT + 3 * DAY)
    keep(shelf, 1)
    said = [free(shelf, AT + n * DAY) for n in (0, 1, 2, 3)]
    assert said == [2, 4, 3, 4]
    assert free(shelf, AT + DAY - dt.timedelta(microseconds=1)) == 2


def test_availability_stays_one_query_and_names_what_is_withdrawn(shelf, django_assert_num_queries):
    keep(shelf, 2)
    product, _place, channel = shelf
    with django_assert_num_queries(1):
        found = availability([product.pk], channel=channel, at=AT)[product.pk]
    assert found.trace[0].shelf.withdrawn == 2


def test_a_buyer_is_refused_withdrawn_units_until_their_end(shelf):
    product, _place, channel = shelf
    keep(shelf, 4, ends=AT + DAY)

    def buy(units, at):
        lines = [("1", product.pk, None, units)]
        services.reserve(uuid.uuid4(), lines, channel=channel, purpose=Purpose.DELIVERY, at=at, expires_at=None)

    with pytest.raises(NotEnoughStock) as refusal:
        buy(2, AT)
    assert refusal.value.short[0].left == 1
    buy(5, AT + DAY)
    assert not [one for one in prove_balances() if one.what == "reserved"]


def test_the_statement_itself_refuses_them(shelf):
    from logistics.services import statements

    product, place, _channel = shelf
    keep(shelf, 4)
    pair = product.pk, place.pk
    assert statements.take(uuid.uuid4(), "1", pair, 2, expires_at=None, at=AT) is None
    assert statements.take(uuid.uuid4(), "1", pair, 1, expires_at=None, at=AT).free == 0


def test_the_index_follows_the_dates(shelf):
    product, _place, _channel = shelf
    reindex(None, at=AT)
    follow_time(at=AT)
    keep(shelf, 5, starts=AT + DAY, ends=AT + 2 * DAY)
    said = []
    for days in (0, 1, 2):
        follow_time(at=AT + days * DAY)
        said.append(IndexEntry.objects.get(product=product).in_stock)
    assert said == [True, False, True]


def test_rules_of_selections_count_without_them(shelf):
    from django.db import connection

    keep(shelf, 2, at=AT)
    with connection.cursor() as sql:
        sql.execute(f"SELECT {free_units_sql(str(shelf[0].pk))}")
        assert sql.fetchone()[0] == 3


def test_the_change_is_told_with_its_reason(shelf):
    keep(shelf, 2, "display model")
    event = Event.objects.get(kind="logistics.withdrawn_changed")
    assert (event.data["before"], event.data["after"], event.data["reasons"]) == (0, 2, ["display model"])
    assert Event.objects.filter(kind="logistics.stock_changed", data__ids=[shelf[0].pk]).exists()


def test_the_last_piece_is_told_when_the_others_are_withdrawn(shelf):
    keep(shelf, 5)
    assert Event.objects.get(kind="logistics.stock_low").data["available"] == 0


@pytest.mark.parametrize(
    ("kept", "field"),
    [
        (Kept(0, "x"), "quantity"),
        (Kept(-1, "x"), "quantity"),
        (Kept(10**12, "x"), "quantity"),
        (Kept(1, "  "), "reason"),
        (Kept(1, "x" * 201), "reason"),
        (Kept(1, "a\x00b"), "reason"),
        (Kept(1, "x", None, AT), "ends"),
        (Kept(1, "x", AT + DAY, AT + DAY), "ends"),
        (Kept(1, "x", AT - 2 * DAY, AT - DAY), "ends"),
    ],
)
def test_nonsense_is_refused_at_its_field(shelf, kept, field):
    with pytest.raises(Invalid) as refusal:
        services.withdraw(shelf[0].pk, shelf[1].pk, kept, at=AT, actor="")
    assert refusal.value.field == field


def test_promised_units_and_more_than_there_are_stay(shelf):
    StockBalance.objects.update(reserved=3)
    keep(shelf, 2)
    with pytest.raises(Refused, match="of which 3 are promised"):
        keep(shelf, 1)
    keep(shelf, 3, starts=AT + DAY)
    with pytest.raises(Refused):
        keep(shelf, 1, starts=AT + DAY)
    other = a_product("BALL")
    with pytest.raises(Refused, match="never held"):
        services.withdraw(other.pk, shelf[1].pk, Kept(1, "x"), at=AT, actor="")


def test_replacing_all_lines_twice_changes_nothing(shelf):
    product, place, _channel = shelf
    lines = [Kept(2, "on show"), Kept(1, "later", AT + DAY, AT + 2 * DAY)]
    services.replace_withdrawals(product.pk, place.pk, lines, at=AT, actor="erp")
    told = Event.objects.count()
    services.replace_withdrawals(product.pk, place.pk, lines, at=AT + dt.timedelta(hours=1), actor="erp")
    assert (Withdrawal.objects.count(), Event.objects.count()) == (2, told)
    services.replace_withdrawals(product.pk, place.pk, [], at=AT, actor="erp")
    assert free(shelf) == 5


def test_a_line_is_put_back_once(shelf):
    row = keep(shelf, 2)
    with pytest.raises(NotFound):
        services.put_back(row.pk, at=AT, actor="", place_ids=[0])
    services.put_back(row.pk, at=AT, actor="")
    assert free(shelf) == 5
    with pytest.raises(NotFound):
        services.put_back(row.pk, at=AT, actor="")


# Office


@pytest.fixture
def anna(client):
    rights = ("view_stockbalance", "view_withdrawal", "add_withdrawal")
    client.force_login(with_rights(a_colleague(language="en"), *rights))
    return client


FORM = {"quantity": "2", "reason": "on show", "starts_0": "", "starts_1": "", "ends_0": "", "ends_1": ""}


def test_units_are_withdrawn_and_put_back_on_the_page_of_a_balance(anna, shelf):
    balance = StockBalance.objects.get()
    page = f"/office/logistics/stockbalance/{balance.pk}/"
    assert anna.post(f"{page}do/withdraw/", FORM).status_code == 302
    text = anna.get(f"{page}change/").content.decode()
    assert "on show" in text
    assert "for good" in text
    assert "Count" not in text.split("lg-side")[1]  # who may only withdraw has no other button
    anna.post(f"{page}do/put_back/", {"row": Withdrawal.objects.get().pk})
    assert not Withdrawal.objects.exists()


def test_the_form_takes_a_product_by_code_and_says_what_is_wrong(anna, shelf):
    page = "/office/logistics/withdrawal/withdraw/"
    good = {**FORM, "product": "TOY", "place": shelf[1].pk}
    assert anna.post(page, {**good, "quantity": "9"}).status_code == 422
    assert "cannot be withdrawn" in anna.post(page, {**good, "quantity": "9"}).content.decode()
    assert anna.post(page, {**good, "product": "NOPE"}).status_code == 422
    assert anna.post(page, good).status_code == 302
    text = anna.get("/office/logistics/withdrawal/").content.decode()
    assert "Red robot" in text
    assert "kept back" in text


def test_the_lists_tell_now_later_and_over(anna, shelf):
    keep(shelf, 1, "gone", ends=AT + DAY)
    text = anna.get("/office/logistics/withdrawal/", {"when": "over"}).content.decode()
    assert "gone" in text
    assert "gone" not in anna.get("/office/logistics/withdrawal/", {"when": "now"}).content.decode()
    assert "Red robot" not in anna.get("/office/logistics/stockbalance/", {"state": "withdrawn"}).content.decode()


def test_ticked_lines_are_put_back(anna, shelf):
    row = keep(shelf, 1)
    anna.post("/office/logistics/withdrawal/", {"action": "put_back", "_selected_action": [row.pk]})
    assert not Withdrawal.objects.exists()


def test_a_store_account_withdraws_in_its_stores_only(client, shelf):
    store = a_store("LYON")
    stock(shelf[0], store, 3)
    paul = with_rights(
        a_colleague("paul@shop.test", language="en", kind=AccountKind.STORE), "view_withdrawal", "add_withdrawal"
    )
    paul.stores.add(store)
    client.force_login(paul)
    page, good = "/office/logistics/withdrawal/withdraw/", {**FORM, "product": "TOY"}
    assert client.post(page, {**good, "place": shelf[1].pk}).status_code == 422
    assert client.post(page, {**good, "place": store.place.pk}).status_code == 302


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_take_the_same_queries_for_one_and_for_many(anna, shelf, count, django_assert_max_num_queries):
    for _ in range(count):
        keep(shelf, 1)
    for page in ("withdrawal", "stockbalance"):
        with django_assert_max_num_queries(14):
            anna.get(f"/office/logistics/{page}/")


# API


def call(client, verb, path, scope=Scope.STOCK_WRITE, store=None, **more):
    key = an_api_key(scope, store=store)
    return getattr(client, verb)(f"/api/v1/stock/{path}", headers={"Authorization": f"Bearer {key}"}, **more)


def put(client, body, **more):
    return call(client, "put", "withdrawals", data=body, content_type="application/json", **more)


def test_a_machine_replaces_lists_and_puts_back(client, shelf):
    body = {"sku": "TOY", "place": "DEPOT", "lines": [{"quantity": 2, "reason": "expo"}]}
    made = put(client, body)
    assert made.status_code == 200, made.content
    listed = call(client, "get", "withdrawals?place=DEPOT&sku=TOY", Scope.STOCK_READ).json()["results"]
    assert [(row["sku"], row["quantity"], row["ends"]) for row in listed] == [("TOY", 2, None)]
    assert call(client, "delete", f"withdrawals/{listed[0]['id']}").status_code == 204
    assert call(client, "delete", f"withdrawals/{listed[0]['id']}").status_code == 404
    assert call(client, "delete", "withdrawals/1", Scope.STOCK_READ).status_code == 403


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"sku": "NOPE"}, 404),
        ({"place": "NOPE"}, 404),
        ({"lines": [{"quantity": 0, "reason": "x"}]}, 422),
        ({"lines": [{"quantity": 6, "reason": "x"}]}, 409),
        ({"lines": [{"quantity": 1, "reason": "x", "ends": "2020-01-01T00:00:00Z"}]}, 422),
        ({"lines": "x"}, 422),
        ({"place_kind": "moon"}, 422),
    ],
)
def test_bad_input_gets_a_problem(client, shelf, change, status):
    body = {"sku": "TOY", "place": "DEPOT", "lines": [{"quantity": 1, "reason": "x"}], **change}
    answer = put(client, body)
    assert answer.status_code == status, answer.content
    assert not Withdrawal.objects.exists()


def test_a_key_of_a_store_reaches_no_other_place(client, shelf):
    body = {"sku": "TOY", "place": "DEPOT", "lines": []}
    assert put(client, body, store=a_store("LYON")).status_code == 404
