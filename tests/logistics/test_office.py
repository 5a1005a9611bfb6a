"""Stock in Office: the list, why a balance is what it is, the buttons, and who may press them."""

import uuid
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission

from accounts.enums import AccountKind
from logistics import services
from logistics.models import DeliveryMode, Place, Reservation, StockBalance, StockMovement
from tests.builders import AT, a_channel, a_colleague, a_product, a_store, a_vat_rate, a_warehouse, stock
from tests.logistics.test_reservations import hold, receive

pytestmark = pytest.mark.django_db


def with_rights(user, *codes):
    user.user_permissions.add(*Permission.objects.filter(codename__in=codes))
    return user


@pytest.fixture
def anna(client):
    user = with_rights(a_colleague(), "view_stockbalance", "change_stockbalance", "view_stockmovement")
    with_rights(user, "view_reservation", "change_deliverymode", "view_place", "view_supplysource")
    client.force_login(user)
    return client


@pytest.fixture
def balance():
    product = a_product("TOY", name="Red robot")
    receive(product, a_warehouse(), 5, document="order:7")
    return StockBalance.objects.get()


def page_of(balance, verb=""):
    tail = f"do/{verb}/" if verb else "change/"
    return f"/office/logistics/stockbalance/{balance.pk}/{tail}"


def post(client, balance, verb, **fields):
    return client.post(page_of(balance, verb), {"key": str(uuid.uuid4()), **fields})


def test_the_list_finds_by_sku_and_by_ean(anna, balance):
    balance.product.references.create(type="EAN13", value="3612345678904")
    for query in ("TOY", "robot", "3612345678904"):
        assert "Red robot" in anna.get("/office/logistics/stockbalance/", {"q": query}).content.decode()
    assert "Red robot" not in anna.get("/office/logistics/stockbalance/", {"q": "BLUE"}).content.decode()


@pytest.mark.parametrize(("state", "shown"), [("missing", 0), ("low", 1), ("none", 1), ("reserved", 0), ("", 1)])
def test_the_list_is_filtered_by_what_needs_a_person(anna, balance, state, shown):
    StockBalance.objects.update(physical=0)
    text = anna.get("/office/logistics/stockbalance/", {"state": state}).content.decode()
    assert ("Red robot" in text) == bool(shown)


def test_the_page_of_a_balance_reads_like_a_bank_statement(anna, balance):
    stock(balance.product, a_warehouse("SOUTH"), 9)
    services.count_stock(balance.product_id, balance.place_id, 3, at=AT, actor="anna", reason="two broken")
    text = anna.get(page_of(balance)).content.decode()
    for word in ("order:7", "+5", "-2", "two broken", "SOUTH"):
        assert word in text


def test_count_correct_move_and_safety_each_write_their_line(anna, balance):
    south = a_warehouse("SOUTH")
    assert post(anna, balance, "count", counted=4).status_code == 302
    assert post(anna, balance, "correct", quantity=-1, reason="broken").status_code == 302
    assert post(anna, balance, "transfer", to_place=south.pk, quantity=2, reason="ask").status_code == 302
    assert post(anna, balance, "safety", units=1).status_code == 302
    balance.refresh_from_db()
    assert (balance.physical, balance.safety) == (1, 1)
    assert StockBalance.objects.get(place=south).physical == 2
    lines = StockMovement.objects.order_by("pk").values_list("kind", "quantity", "actor")
    assert [line[:2] for line in lines[1:]] == [("count", -1), ("correction", -1), ("transfer", -2), ("transfer", 2)]
    assert lines[1][2] == "anna@shop.test"


def test_a_form_sent_twice_counts_once(anna, balance):
    key = str(uuid.uuid4())
    for _twice in range(2):
        post(anna, balance, "correct", key=key, quantity=2, reason="found")
    balance.refresh_from_db()
    assert balance.physical == 7


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("count", {"counted": -1}),
        ("count", {"counted": "many"}),
        ("correct", {"quantity": 0, "reason": "x"}),
        ("correct", {"quantity": 1}),
        ("correct", {"quantity": -99, "reason": "x"}),
        ("transfer", {"to_place": 0, "quantity": 1, "reason": "x"}),
        ("safety", {"units": ""}),
    ],
)
def test_nonsense_is_shown_at_the_form_and_changes_nothing(anna, balance, verb, fields):
    answer = post(anna, balance, verb, **fields)
    assert answer.status_code == 422
    assert '<details class="lg-verb" open' in answer.content.decode()
    balance.refresh_from_db()
    assert balance.physical == 5


def test_a_promise_is_given_back_by_a_button(anna, balance):
    stock_source(balance)
    hold(balance.product, 2)
    row = Reservation.objects.get()
    assert str(row.reference) in anna.get(page_of(balance)).content.decode()
    anna.post(page_of(balance, "release"), {"reservation": row.pk})
    assert Reservation.objects.get().state == "released"
    assert anna.post(page_of(balance, "release"), {"reservation": "x"}).status_code == 302


def stock_source(balance):
    a_channel().supply.create(place=balance.place, purpose="delivery")


def test_goods_are_received_for_a_product_told_by_a_code(anna, balance):
    one, two = a_product("A"), a_product("B")
    for product in (one, two):
        product.references.create(type="EAN13", value="3612345678904")
    address = "/office/logistics/stockbalance/receive/"
    fields = {"place": a_warehouse().pk, "quantity": 3, "kind": "receipt", "key": uuid.uuid4()}
    answer = anna.post(address, {**fields, "product": "3612345678904"})
    assert "A, B" in answer.content.decode()
    assert anna.post(address, {**fields, "product": "A"}).status_code == 302
    assert StockBalance.objects.get(product=one).physical == 3
    assert anna.get(address).status_code == 200


def test_a_store_account_sees_and_changes_the_stock_of_its_stores_only(client, balance):
    own, other = a_store("OWN"), a_store("OTHER")
    mine = stock(a_product("MINE"), own, 1)
    theirs = stock(a_product("THEIRS"), other, 1)
    user = with_rights(a_colleague(kind=AccountKind.STORE), "view_stockbalance", "change_stockbalance")
    user.stores.add(own)
    client.force_login(user)
    text = client.get("/office/logistics/stockbalance/").content.decode()
    assert "MINE" in text
    assert "THEIRS" not in text
    assert client.get(page_of(mine)).status_code == 200
    assert client.get(page_of(theirs)).status_code == 404
    assert post(client, theirs, "count", counted=0).status_code == 404


def test_who_may_only_look_has_no_buttons(client, balance):
    client.force_login(with_rights(a_colleague(), "view_stockbalance"))
    assert "<details" not in client.get(page_of(balance)).content.decode()
    assert post(client, balance, "count", counted=0).status_code == 403
    client.force_login(a_colleague("bob@shop.test"))
    assert client.get(page_of(balance)).status_code == 403


def test_movements_reservations_places_sources_and_modes_are_there(anna, balance):
    mode = DeliveryMode.objects.create(code="home", name="Home", kind="DOMI", vat_rate=a_vat_rate(), fee=Decimal(5))
    stock_source(balance)
    hold(balance.product, 1)
    pages = ["stockmovement/", "stockmovement/?q=order:7", "reservation/", "place/", "supplysource/", "deliverymode/"]
    pages += [f"deliverymode/{mode.pk}/change/", f"place/{Place.objects.get().pk}/change/"]
    pages += [f"stockmovement/{StockMovement.objects.get().pk}/change/"]
    for page in pages:
        assert anna.get(f"/office/logistics/{page}").status_code == 200, page
    assert anna.get("/office/logistics/stockmovement/add/").status_code == 403


def test_ticked_promises_are_given_back(anna, balance):
    stock_source(balance)
    hold(balance.product, 1)
    row = Reservation.objects.get()
    form = {"action": "give_back", "_selected_action": [row.pk]}
    anna.post("/office/logistics/reservation/", form)
    assert Reservation.objects.get().state == "released"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_for_many(anna, django_assert_max_num_queries, count):
    for _number in range(count):
        stock(a_product(), a_warehouse(), 1)
    with django_assert_max_num_queries(14):
        anna.get("/office/logistics/stockbalance/")
