"""Zones, put-aways, transfers and counts: what lies apart is promised to nobody; every unit has its document."""

import json

import pytest

from accounts.enums import AccountKind, Scope
from altazion.lib.problems import Invalid, Refused
from logistics import services
from logistics.enums import Purpose, SheetKind
from logistics.models import Sheet, StockBalance, StockMovement, StorageZone
from logistics.selectors import availability, prove_balances, shelf_for
from tests.builders import AT, a_channel, a_colleague, a_product, a_store, a_warehouse, an_api_key
from tests.logistics.test_office import with_rights
from tests.logistics.test_reservations import receive

pytestmark = pytest.mark.django_db
WHO = {"at": AT, "actor": "anna"}


@pytest.fixture
def toy():
    return a_product("TOY", name="Red robot", channel=a_channel())


@pytest.fixture
def depot(toy):
    place = a_warehouse()
    place.serves.create(channel=a_channel(), purpose=Purpose.DELIVERY)
    receive(toy, place, 10, document="d:1")
    return place


def zone(place, purpose="defective", counts=False, code="bad"):
    made = StorageZone(place=place, code=code, name="Rebut", purpose=purpose, counts=counts)
    services.save_zone(made, **WHO)
    return made


def units(product, place):
    found = StockBalance.objects.filter(product=product, place=place).first()
    return (found.physical, found.incoming) if found else (0, 0)


def proven():
    return prove_balances() == []


def test_what_lies_in_a_zone_apart_is_promised_to_nobody(toy, depot):
    bad = zone(depot)
    assert shelf_for(depot.pk, "defective") == bad.shelf_id
    services.transfer(toy.pk, depot.pk, bad.shelf_id, 3, document="t:1", **WHO)
    assert availability([toy.pk], channel=a_channel(), at=AT)[toy.pk].delivery == 7
    assert zone(depot, "picking", counts=True, code="pick").shelf is None
    assert proven()


def test_zones_refuse_what_would_lose_goods(toy, depot):
    bad = zone(depot)
    services.transfer(toy.pk, depot.pk, bad.shelf_id, 3, document="t:1", **WHO)
    bad.active = False
    with pytest.raises(Refused, match="Goods lie"):
        services.save_zone(bad, **WHO)
    bad.active = bad.counts = True
    with pytest.raises(Refused, match="cannot be changed"):
        services.save_zone(bad, **WHO)
    with pytest.raises(Invalid):
        zone(bad.shelf, code="deeper")


def test_a_transfer_sent_twice_is_one(toy, depot):
    other = a_warehouse("SECOND")
    for _ in range(2):
        services.transfer(toy.pk, depot.pk, other.pk, 3, document="t:1", **WHO)
    assert (units(toy, depot), units(toy, other)) == ((7, 0), (3, 0))
    with pytest.raises(Refused):
        services.transfer(toy.pk, depot.pk, other.pk, 4, document="t:1", **WHO)


def test_a_transfer_order_is_on_its_way_until_it_arrives(toy, depot):
    other = a_warehouse("SECOND")
    sheet = services.open_sheet(SheetKind.TRANSFER, depot, [(toy.pk, 4)], to_place=other, **WHO)
    assert units(toy, depot) == (10, 0)
    services.confirm_sheet(sheet, **WHO)
    assert (units(toy, depot), units(toy, other)) == ((6, 0), (0, 4))
    services.finish_sheet(sheet, {toy.pk: 3}, **WHO)
    assert (units(toy, depot), units(toy, other)) == ((6, 0), (3, 0))
    assert proven()
    with pytest.raises(Refused, match="done"):
        services.cancel_sheet(sheet, **WHO)


def test_a_transfer_called_off_goes_back(toy, depot):
    sheet = services.open_sheet(SheetKind.TRANSFER, depot, [(toy.pk, 4)], to_place=a_warehouse("SECOND"), **WHO)
    services.confirm_sheet(sheet, **WHO)
    services.cancel_sheet(sheet, **WHO)
    assert units(toy, depot) == (10, 0)
    assert StockMovement.objects.filter(document__startswith=f"sheet:{sheet.pk}").count() == 2
    assert proven()


def test_goods_that_are_not_there_do_not_leave(toy, depot):
    more = a_product("BALL")
    receive(more, depot, 5, document="d:2")
    sheet = services.open_sheet(
        SheetKind.TRANSFER, depot, [(more.pk, 5), (toy.pk, 11)], to_place=a_warehouse("SECOND"), **WHO
    )
    with pytest.raises(Refused, match="TOY"):
        services.confirm_sheet(sheet, **WHO)
    assert units(more, depot) == (5, 0)
    assert Sheet.objects.get().state == "draft"


def test_a_put_away_is_incoming_until_it_is_done(toy, depot):
    sheet = services.open_sheet(SheetKind.PUT_AWAY, depot, [(toy.pk, 4), (toy.pk, 1)], **WHO)
    services.confirm_sheet(sheet, **WHO)
    assert units(toy, depot) == (10, 5)
    services.finish_sheet(sheet, {toy.pk: 6}, **WHO)
    assert units(toy, depot) == (16, 0)
    assert StockMovement.objects.get(document=sheet.document).kind == "receipt"


def test_what_moves_during_a_count_is_no_difference(toy, depot):
    sheet = services.open_sheet(SheetKind.COUNT, depot, **WHO)
    assert services.list_all(sheet) == 1
    services.confirm_sheet(sheet, **WHO)
    services.count_line(sheet, toy.pk, 8)
    services.move(toy.pk, depot.pk, -3, kind="shipment", document="s:1", **WHO)
    receive(toy, depot, 1, document="d:9")
    assert services.approve_count(sheet, **WHO) == 1
    assert units(toy, depot) == (6, 0)
    line = StockMovement.objects.get(document=sheet.document)
    assert (line.kind, line.quantity) == ("count", -2)
    assert proven()


def test_scans_add_up_though_something_is_sold_between_two(toy, depot):
    sheet = services.open_sheet(SheetKind.COUNT, depot, [(toy.pk, 0)], **WHO)
    services.confirm_sheet(sheet, **WHO)
    services.count_line(sheet, toy.pk, 6, add=True)
    services.move(toy.pk, depot.pk, -1, kind="shipment", document="s:1", **WHO)
    assert services.count_line(sheet, toy.pk, 4, add=True).difference == 0
    assert services.approve_count(sheet, **WHO) == 0


def test_a_count_takes_what_nobody_expected_and_leaves_the_uncounted(toy, depot):
    found = a_product("FOUND")
    sheet = services.open_sheet(SheetKind.COUNT, depot, [(toy.pk, 0)], **WHO)
    with pytest.raises(Refused):
        services.count_line(sheet, toy.pk, 1)
    services.confirm_sheet(sheet, **WHO)
    with pytest.raises(Refused, match="Nothing is counted"):
        services.approve_count(sheet, **WHO)
    services.count_line(sheet, found.pk, 2)
    services.approve_count(sheet, **WHO)
    assert (units(toy, depot), units(found, depot)) == ((10, 0), (2, 0))


@pytest.mark.parametrize("quantity", [0, -1, 10**9])
def test_nonsense_is_refused(toy, depot, quantity):
    with pytest.raises(Invalid):
        services.open_sheet(SheetKind.PUT_AWAY, depot, [(toy.pk, quantity)], **WHO)
    with pytest.raises(Invalid):
        services.open_sheet(SheetKind.TRANSFER, depot, [(toy.pk, 1)], to_place=depot, **WHO)
    empty = services.open_sheet(SheetKind.PUT_AWAY, depot, **WHO)
    with pytest.raises(Refused, match="Put something"):
        services.confirm_sheet(empty, **WHO)


# Office


@pytest.fixture
def anna(client):
    rights = ("view_sheet", "add_sheet", "change_sheet", "view_storagezone", "add_storagezone", "view_place")
    client.force_login(with_rights(a_colleague(language="en"), *rights))
    return client


def new(client, place, kind="count", **fields):
    given = {"kind": kind, "place": place.pk, "to_place": "", "goods": "", "reason": "", **fields}
    return client.post("/office/logistics/sheet/add/", given)


def test_a_count_in_office_from_the_draft_to_the_ledger(anna, toy, depot):
    toy.references.create(type="EAN13", value="3612345678904")
    assert new(anna, depot).status_code == 302
    page = f"/office/logistics/sheet/{Sheet.objects.get().pk}/"
    anna.post(f"{page}do/confirm/")
    for _ in range(2):
        anna.post(f"{page}do/scan/", {"code": "3612345678904", "units": "4"})
    text = anna.get(f"{page}change/").content.decode()
    assert "Red robot" in text
    assert "By the books" not in text
    wrong = anna.post(f"{page}do/scan/", {"code": "NOPE", "units": "1"})
    assert wrong.status_code == 422
    assert "NOPE" in wrong.content.decode()
    anna.post(f"{page}do/approve/")
    assert units(toy, depot) == (8, 0)
    assert "By the books" in anna.get(f"{page}change/").content.decode()
    assert anna.post(f"{page}do/nonsense/").status_code == 404
    assert anna.get(f"{page}do/approve/").status_code == 405


def test_a_transfer_in_office_with_fewer_that_arrive(anna, toy, depot):
    other = a_warehouse("SECOND")
    assert new(anna, depot, "transfer", goods="TOY 4").status_code == 422
    assert new(anna, depot, "transfer", goods="TOY 4", to_place=other.pk).status_code == 302
    page = f"/office/logistics/sheet/{Sheet.objects.get().pk}/"
    anna.post(f"{page}do/confirm/")
    anna.post(f"{page}do/finish/", {f"came_{toy.pk}": "3", "came_x": "1", "came_7": "²"})
    assert units(toy, other) == (3, 0)


@pytest.mark.parametrize("goods", ["", "TOY", "TOY x", "TOY 0", "TOY -1", "NOPE 1", "TOY ²", "TOY 1 2"])
def test_bad_lines_are_told_with_their_number(anna, toy, depot, goods):
    answer = new(anna, depot, "put_away", goods=goods)
    assert answer.status_code == 422
    assert not Sheet.objects.exists()
    if goods:
        assert "Line 1" in answer.content.decode()


def test_ticked_sheets_are_confirmed_each_by_itself(anna, toy, depot):
    services.open_sheet(SheetKind.PUT_AWAY, depot, [(toy.pk, 1)], **WHO)
    services.open_sheet(SheetKind.PUT_AWAY, depot, **WHO)
    ids = list(Sheet.objects.values_list("pk", flat=True))
    anna.post("/office/logistics/sheet/", {"action": "confirm_ticked", "_selected_action": ids})
    assert sorted(Sheet.objects.values_list("state", flat=True)) == ["confirmed", "draft"]


def test_zones_are_made_in_office_and_refusals_stand_at_the_form(anna, depot):
    zone(depot, code="old")
    fields = {"place": depot.pk, "code": "bad", "name": "Rebut", "purpose": "defective", "active": "on"}
    assert anna.post("/office/logistics/storagezone/add/", fields).status_code == 302
    assert StorageZone.objects.get(code="bad").shelf
    deeper = {**fields, "place": StorageZone.objects.get(code="bad").shelf_id, "code": "in"}
    assert "zone itself" in anna.post("/office/logistics/storagezone/add/", deeper).content.decode()


def test_a_store_account_sees_its_sheets_only(client, toy, depot):
    paul = with_rights(
        a_colleague("paul@shop.test", language="en", kind=AccountKind.STORE), "view_sheet", "change_sheet"
    )
    store = a_store("LYON")
    paul.stores.add(store)
    client.force_login(paul)
    theirs = services.open_sheet(SheetKind.PUT_AWAY, depot, [(toy.pk, 1)], **WHO)
    coming = services.open_sheet(SheetKind.TRANSFER, depot, [(toy.pk, 1)], to_place=store.place, **WHO)
    assert client.get(f"/office/logistics/sheet/{theirs.pk}/change/").status_code == 404
    assert client.get(f"/office/logistics/sheet/{coming.pk}/change/").status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries(anna, toy, depot, count, django_assert_max_num_queries):
    for _ in range(count):
        services.open_sheet(SheetKind.PUT_AWAY, depot, [(toy.pk, 1)], **WHO)
    with django_assert_max_num_queries(12):
        anna.get("/office/logistics/sheet/")


# API


def post(client, path, body, scope=Scope.STOCK_WRITE, key=None):
    return client.post(
        f"/api/v1/stock/{path}",
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {key or an_api_key(scope)}"},
    )


def test_rows_answer_for_themselves_and_a_key_counts_once(client, toy, depot):
    zone(depot)
    key = an_api_key(Scope.STOCK_WRITE)
    rows = [
        {"key": "1", "sku": "TOY", "place": "DEPOT", "quantity": 2, "kind": "receipt"},
        {"key": "2", "sku": "NOPE", "place": "DEPOT", "quantity": 2, "kind": "receipt"},
        {"key": "3", "sku": "TOY", "place": "DEPOT", "quantity": "x"},
        {"key": "4", "sku": "TOY", "place": "DEPOT", "zone": "moon", "quantity": 1, "kind": "receipt"},
        {"key": "5", "sku": "TOY", "place": "DEPOT", "zone": "bad", "quantity": 1, "kind": "return"},
        {"key": "6", "sku": "TOY", "place": "DEPOT", "quantity": 1, "kind": "order"},
    ]
    for _ in range(2):
        answer = post(client, "movements/enter", {"rows": rows}, key=key).json()
        assert [row["code"] for row in answer["rows"]] == ["", "no_product", "invalid", "no_zone", "", "bad_kind"]
    assert units(toy, depot) == (12, 0)
    moved = [
        {"key": "7", "sku": "TOY", "place": "DEPOT", "quantity": 2, "to": {"place": "DEPOT", "zone": "bad"}},
        {"key": "8", "sku": "TOY", "place": "DEPOT", "quantity": 2},
    ]
    assert post(client, "movements/transfer", moved, key=key).json()["done"] == 1
    gone = [{"key": "9", "sku": "TOY", "place": "DEPOT", "quantity": 99}]
    assert post(client, "movements/withdraw", gone, key=key).json()["rows"][0]["code"] == "stock_promised"
    assert post(client, "movements/steal", gone, key=key).status_code == 404
    assert post(client, "movements/enter", {"rows": "x"}, key=key).status_code == 422
    assert post(client, "movements/enter", gone, Scope.STOCK_READ).status_code == 403
    assert proven()


def test_sheets_are_opened_once_and_stepped_in_batches(client, toy, depot):
    key, second = an_api_key(Scope.STOCK_WRITE), a_warehouse("SECOND")
    body = {"key": "a", "kind": "transfer", "place": "DEPOT", "to": {"place": "SECOND"}}
    body["lines"] = [{"sku": "TOY", "quantity": 4}]
    made = [post(client, "sheets", body, key=key).json()["id"] for _ in range(2)]
    assert made[0] == made[1]
    ids = {"ids": [made[0], 999999]}
    assert [row["ok"] for row in post(client, "sheets/confirm", ids, key=key).json()["rows"]] == [True, False]
    assert post(client, "sheets/finish", ids, key=key).json()["done"] == 1
    assert units(toy, second) == (4, 0)
    assert post(client, "sheets/finish", ids, key=key).json()["rows"][0]["code"] == "wrong_state"
    assert post(client, "sheets", {**body, "key": "b", "to": {"place": "DEPOT"}}, key=key).status_code == 422
    listed = client.get("/api/v1/stock/sheets?state=done", headers={"Authorization": f"Bearer {key}"}).json()
    assert [sheet["lines"][0]["arrived"] for sheet in listed] == [4]
