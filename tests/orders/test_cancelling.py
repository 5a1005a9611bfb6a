"""Why orders are cancelled: by colleagues, machines, shoppers and by itself."""

import datetime as dt
import importlib

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Scope
from altazion.lib.problems import Invalid, Refused
from logbook.models import Event
from logistics.enums import SlipState
from logistics.models import Preparation
from orders import services
from orders.models import CancelReason, Order
from orders.selectors import cancelled_month, reasons_to_choose
from orders.services.routing import route_order
from tests.builders import AT, Shopfront, a_channel, a_colleague, a_reason, a_store, an_api_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return Shopfront()


@pytest.fixture
def minded():
    return a_reason(
        "changed_mind", "A changé d’avis", description="vous avez changé d’avis", for_shoppers=True,
        translations={"en": {"name": "Changed their mind", "description": "you changed your mind"}},
        parent=a_reason("customer", "Client", parent=None),
    )  # fmt: skip


def nothing_listed(but=()):
    """As in a house that wrote no reasons."""
    for below in (False, True):
        CancelReason.objects.filter(parent__isnull=below).exclude(code__in=but).delete()


def pay(order, shop):
    services.record_payment(order, method=shop.in_store, amount=order.total, key=order.number, at=AT, store=shop.store)


def test_a_colleague_names_a_reason_and_the_shopper_reads_it_in_their_language(shop, minded):
    order = services.cancel_for(shop.order(), "changed_mind", at=AT, actor="anna", note="called at noon")
    assert (order.state, order.cancelled_for, order.cancel_reason) == ("cancelled", minded, "vous avez changé d’avis")
    told = Event.objects.get(kind="orders.order_cancelled").data
    assert (told["code"], told["note"], told["reason"]) == ("changed_mind", "called at noon", order.cancel_reason)
    again = services.cancel_for(Order.objects.get(), "changed_mind", at=AT, actor="anna")
    assert again.cancel_note == "called at noon"


def test_own_words_stand_in_place_of_those_of_the_list(shop, minded):
    order = services.cancel_for(shop.order(), "changed_mind", at=AT, actor="anna", words="comme demandé")
    assert order.cancel_reason == "comme demandé"


@pytest.mark.parametrize("code", ["", "   ", "nonsense", "commercial", "unpaid", "gone", "'; DROP TABLE"])
def test_what_cannot_be_named_is_refused_at_its_field(shop, code):
    a_reason()
    a_reason("unpaid", "Unpaid", by_itself=True)
    a_reason("gone", "Off the list", active=False)
    with pytest.raises(Invalid) as refusal:
        services.cancel_for(shop.order(), code, at=AT, actor="anna")
    assert refusal.value.field == "reason"
    assert Order.objects.get().state == "placed"


def test_below_a_heading_that_is_off_nothing_is_offered():
    a_reason(parent=a_reason("old", "Old", parent=None, active=False))
    nothing_listed(but=["old", "never_collected"])
    assert reasons_to_choose() == []


def test_the_database_keeps_what_nobody_chooses_apart():
    with pytest.raises(IntegrityError), transaction.atomic():
        a_reason(for_shoppers=True, by_itself=True)


def test_an_order_not_paid_in_time_counts_as_that(shop):
    a_reason("unpaid", "Unpaid", by_itself=True)
    shop.order(pickup=False)
    assert services.expire_unpaid(at=AT + dt.timedelta(days=1)) == 1
    assert Order.objects.get().cancelled_for.code == "unpaid"


def test_the_house_starts_with_reasons_and_keeps_its_own():
    nothing_listed()
    a_reason("changed_mind", "Our words", parent=None)
    begin = importlib.import_module("orders.migrations.0010_standard_reasons").begin
    for make in (lambda: begin(apps, None), services.ensure_reasons, services.ensure_reasons):
        make()
    assert CancelReason.objects.get(code="changed_mind").name == "Our words"
    codes = [one.code for one in reasons_to_choose()]
    assert {"out_of_stock", "payment", "other"} <= set(codes)
    assert "unpaid" not in codes
    assert "customer" not in codes


# The shopper


def cancel_address(order):
    return reverse("storefront:order_cancel", args=[order.guid])


def test_a_guest_cancels_their_order_and_their_money_goes_back_once(client, shop, minded):
    order = shop.order()
    pay(order, shop)
    assert cancel_address(order) in client.get(reverse("storefront:order", args=[order.guid])).content.decode()
    for _twice in range(2):
        client.post(cancel_address(order), {"reason": "changed_mind"})
    order.refresh_from_db()
    assert (order.state, order.cancelled_for, order.kept) == ("cancelled", minded, 0)
    assert order.refunds.get().reason == "cancelled"
    page = client.get(reverse("storefront:order", args=[order.guid])).content.decode()
    assert "vous avez changé d’avis" in page
    assert cancel_address(order) not in page


@pytest.mark.parametrize("reason", ["", "never_collected", "<script>"])
def test_a_shopper_without_a_reason_of_theirs_is_told_at_the_field(client, shop, minded, reason):
    a_reason()
    order = shop.order()
    answer = client.post(cancel_address(order), {"reason": reason})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert Order.objects.get().state == "placed"


def test_once_prepared_the_shopper_is_told_that_it_is_too_late(client, shop, minded):
    order = shop.order()
    services.mark_ready(order, AT, "anna")
    assert cancel_address(order) not in client.get(reverse("storefront:order", args=[order.guid])).content.decode()
    answer = client.post(cancel_address(order), {"reason": "changed_mind"}, follow=True)
    assert [str(one.level_tag) for one in answer.context["messages"]] == ["error"]
    with pytest.raises(Refused):
        services.cancel_own(order, "changed_mind", at=AT)
    assert Order.objects.get().state == "ready"


def test_once_somebody_gathers_it_it_is_too_late(shop, minded):
    order = shop.order()
    slips = Preparation.objects.filter(reference=order.guid)
    if not slips.exists():
        route_order(order, at=AT, actor="anna")
    assert services.may_cancel_own(order)
    until = AT + dt.timedelta(hours=1)
    slips.update(state=SlipState.CLAIMED, claimed_by="anna", claimed_at=AT, claim_until=until)
    with pytest.raises(Refused) as refusal:
        services.cancel_own(order, "changed_mind", at=AT)
    assert refusal.value.code == "too_late"


def test_an_accounts_order_is_cancelled_by_its_owner_alone(client, shop, minded):
    order = shop.order()
    order.customer.account = a_colleague("owner@shop.test")
    order.customer.save()
    assert client.post(cancel_address(order), {"reason": "changed_mind"}).status_code == 404
    assert client.get(cancel_address(order)).status_code == 405
    assert Order.objects.get().state == "placed"


# Machines


def call(client, method, path, body=None, **key):
    headers = {"HTTP_AUTHORIZATION": f"Bearer {an_api_key(*key.pop('scopes', [Scope.ORDERS_CHANGE]), **key)}"}
    return getattr(client, method)(f"/api/v1/{path}", body, content_type="application/json", **headers)


def test_a_machine_reads_the_reasons_and_cancels_for_one(client, shop, minded):
    order = shop.order()
    listed = call(client, "get", "cancel-reasons").json()
    assert {"code": "changed_mind", "heading": "customer"}.items() <= next(
        one for one in listed if one["code"] == "changed_mind"
    ).items()
    answer = call(client, "post", f"orders/{order.number}/cancel", {"code": "changed_mind", "note": "by phone"})
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["cancelled_for"]) == ("cancelled", "changed_mind")


@pytest.mark.parametrize(
    "body", [{}, {"code": ""}, {"code": "nonsense"}, {"code": ["a"]}, {"code": "a b"}, {"code": 5}]
)
def test_a_machine_that_names_no_reason_of_the_list_is_told(client, shop, body):
    answer = call(client, "post", f"orders/{shop.order().number}/cancel", body)
    assert answer.status_code in (400, 422)
    assert Order.objects.get().state == "placed"


def test_a_key_cancels_its_own_stores_orders_and_needs_the_right(client, shop, minded):
    order, body = shop.order(), {"code": "changed_mind"}
    assert call(client, "post", f"orders/{order.number}/cancel", body, store=a_store("PARIS")).status_code == 404
    assert call(client, "post", f"orders/{order.number}/cancel", body, scopes=[Scope.ORDERS_READ]).status_code == 403


# Office


def colleague(client, *rights, **fields):
    user = a_colleague(**fields)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(user)
    return user


LIST = "admin:orders_cancelreason_changelist"


def test_the_list_counts_the_month_by_reason(client, shop, minded):
    user = colleague(client, "view_cancelreason", "view_order")
    services.cancel_for(shop.order(), "changed_mind", at=AT, actor="anna")
    services.cancel(shop.order(email="a@b.fr"), "by hand", AT, "anna")
    month = cancelled_month(user, AT.date().replace(day=1))
    assert [(row.heading, row.name, row.orders, row.share) for row in month.rows] == [
        ("", month.rows[0].name, 1, 50), ("Client", "A changé d’avis", 1, 50),
    ]  # fmt: skip
    assert (month.cancelled, month.placed) == (2, 2)
    page = client.get(reverse(LIST), {"month": "2026-03"}).content.decode()
    assert "Client › A changé d’avis" in page
    for bad in ("", "2026-13", "x", "2026-03-01", "0000-00"):
        assert client.get(reverse(LIST), {"month": bad}).status_code == 200


def test_a_store_account_counts_the_orders_of_its_stores(client, shop, minded):
    user = colleague(client, "view_cancelreason", "view_order", kind="store")
    user.stores.add(a_store("PARIS"))
    services.cancel_for(shop.order(), "changed_mind", at=AT, actor="anna")
    assert cancelled_month(user, AT.date()).cancelled == 0


def test_counting_asks_the_same_for_one_reason_as_for_three(shop, django_assert_num_queries):
    user = a_colleague(is_superuser=True)
    for number in range(3):
        a_reason(f"r{number}", f"R{number}")
        services.cancel_for(shop.order(email=f"a{number}@b.fr"), f"r{number}", at=AT, actor="anna")
        with CaptureQueriesContext(connection) as asked:
            assert len(cancelled_month(user, AT.date()).rows) == number + 1
        assert len(asked) == 3


def test_reasons_are_kept_in_two_levels(client):
    a_channel()
    colleague(client, "view_cancelreason", "add_cancelreason", "change_cancelreason")
    below = a_reason()
    values = {"code": "x", "name": "X", "name_en": "Ex", "position": "5", "active": "on", "parent": below.pk}
    page = client.post(reverse("admin:orders_cancelreason_add"), values)
    assert page.status_code == 200
    assert not CancelReason.objects.filter(code="x").exists()
    heading = below.parent
    page = client.post(reverse("admin:orders_cancelreason_change", args=[heading.pk]), {**values, "parent": heading.pk})
    assert page.status_code == 200
    assert client.post(reverse("admin:orders_cancelreason_add"), {**values, "parent": heading.pk}).status_code == 302
    made = CancelReason.objects.get(code="x")
    assert (made.parent, made.translations) == (heading, {"en": {"name": "Ex"}})


def test_the_orders_page_shows_reason_and_note(client, shop, minded):
    colleague(client, "view_order", "change_order")
    order = shop.order()
    act = reverse("admin:orders_order_act", args=[order.pk])
    client.post(act, {"verb": "cancel", "reason": "nonsense"})
    assert Order.objects.get().state == "placed"
    client.post(act, {"verb": "cancel", "reason": "changed_mind", "note": "by phone"})
    page = client.get(reverse("admin:orders_order_change", args=[order.pk])).content.decode()
    assert "Client › A changé d’avis" in page
    assert "by phone" in page
