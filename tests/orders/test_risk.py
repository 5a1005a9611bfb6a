"""Orders held against risk rules: points summed, told, held or cancelled, let go by themselves; disputes."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Scope
from altazion.lib.problems import Invalid, NotFound, Refused
from logbook.services import deliver
from orders import services
from orders.models import Dispute, Order, OrderHold, OrderRisk, RiskRule, RiskTolerance
from orders.rules import risk
from tasks_mgmt.models import Task
from tests.builders import AT, Shopfront, a_colleague, a_reason, a_selection, a_store, an_api_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    made = Shopfront()
    RiskTolerance.objects.create(channel=made.channel, points=50)
    return made


def a_rule(kind="basket", score=60, **fields):
    return RiskRule.objects.create(name=f"{kind} rule", kind=kind, score=score, **fields)


FACTS = risk.Facts(
    total=Decimal(120), units={1: 3, 2: 1}, email="Bad@Mail.test", phone="+33 6 12 34 56 78", names=("Léa PETIT",),
    postcode="69001", country="BE", home="FR", account="C7", ip="203.0.113.9",
)  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        (risk.Rule("basket", Decimal(100)), True), (risk.Rule("basket", Decimal(120)), False),
        (risk.Rule("units", Decimal(2)), True), (risk.Rule("units", Decimal(3)), False),
        (risk.Rule("first", Decimal(100)), True), (risk.Rule("basket"), False),
        (risk.Rule("email", words=("bad@mail.test",)), True), (risk.Rule("email", words=("@MAIL.test",)), True),
        (risk.Rule("email", words=("mail.test",)), False), (risk.Rule("phone", words=("06 12 34 56 78",)), True),
        (risk.Rule("phone", words=("x",)), False), (risk.Rule("name", words=("petit lea",)), True),
        (risk.Rule("name", words=("lea",)), False), (risk.Rule("postcode", words=("69",)), True),
        (risk.Rule("postcode", words=("38",)), False), (risk.Rule("account", words=("C7",)), True),
        (risk.Rule("network", words=("203.0.113.0/24",)), True), (risk.Rule("network", words=("nonsense",)), False),
        (risk.Rule("network", words=("2001:db8::/32",)), False), (risk.Rule("country"), True),
        (risk.Rule("products", products=frozenset({2, 9})), True), (risk.Rule("products"), False),
    ],
)  # fmt: skip
def test_a_rule_finds_what_it_looks_for(rule, found):
    assert (risk.finding(rule, FACTS) is not None) is found


def test_of_one_who_ordered_before_nothing_is_a_first_order():
    before = risk.Facts(total=Decimal(500), units={}, orders_before=1)
    assert risk.finding(risk.Rule("first", Decimal(100)), before) is None


def test_above_what_is_borne_the_order_is_held_and_nothing_is_prepared(shop):
    a_rule(above=10, score=40)
    a_rule("name", values="petit léa", score=20)
    order = shop.order()
    assert sorted(order.risks.values_list("score", flat=True)) == [20, 40]
    hold = OrderHold.objects.get()
    assert (hold.kind, hold.until) == ("risk", None)
    with pytest.raises(Refused) as refusal:
        services.mark_ready(order, AT, "anna")
    assert refusal.value.code == "order_held"


def test_at_what_is_borne_nothing_happens_and_without_a_tolerance_all_is_borne(shop):
    a_rule(above=10, score=50)
    services.mark_ready(shop.order(), AT, "anna")
    RiskTolerance.objects.all().delete()
    a_rule("name", values="petit léa", score=900)
    services.mark_ready(shop.order(email="b@b.fr"), AT, "anna")
    assert not OrderHold.objects.exists()


def test_back_under_it_lets_go_by_itself(shop):
    a_rule(above=10, score=40)
    a_rule("name", values="petit léa", score=20)
    order = shop.order()
    small = order.risks.get(score=20)
    with pytest.raises(Invalid):
        services.dismiss_risk(small, explanation=" ", at=AT, actor="anna")
    for _twice in range(2):
        services.dismiss_risk(small, explanation="known customer", at=AT, actor="anna")
    assert OrderHold.objects.get().until == AT
    services.assess(order, at=AT)
    assert OrderHold.objects.filter(until=None).count() == 0, "what was dismissed stays dismissed"
    services.mark_ready(order, AT, "anna")


def test_checked_again_after_the_rules_changed(shop):
    rule = a_rule(above=10)
    order = shop.order()
    rule.active = False
    rule.save()
    assert services.assess(order, at=AT) == 0
    assert (OrderRisk.objects.count(), OrderHold.objects.filter(until=None).count()) == (0, 0)
    rule.active, rule.score = True, 70
    rule.save()
    assert services.assess(order, at=AT) == 70
    assert OrderHold.objects.filter(until=None).count() == 1


def test_rules_know_products_channel_and_network(shop):
    a_rule("products", selection=a_selection(shop.product), score=10)
    a_rule("network", values="198.51.100.0/24", score=10)
    a_rule("units", above=1, score=10)
    order = shop.order((shop.product, 2), ip="198.51.100.7")
    assert sum(order.risks.values_list("score", flat=True)) == 30
    assert Order.objects.get().client_ip == "198.51.100.7"
    services.cancel(order, "x", AT, "anna")
    assert Order.objects.get().client_ip is None, "kept while the order is open"


def test_a_nonsense_address_is_none(shop):
    assert shop.order(ip="'; --").client_ip is None


def test_an_order_may_be_cancelled_by_itself(shop):
    RiskTolerance.objects.update(action="cancel")
    a_reason("risk", "Risk", by_itself=True, description="nous n’avons pas pu l’accepter")
    a_rule(above=10)
    order = shop.order()
    assert (order.state, order.cancel_reason) == ("cancelled", "nous n’avons pas pu l’accepter")
    assert Order.objects.get().cancelled_for.code == "risk"
    assert "basket rule" in Order.objects.get().cancel_note


@pytest.mark.django_db(transaction=True)
def test_or_only_told_to_a_colleague(shop):
    RiskTolerance.objects.update(action="tell")
    a_rule(above=10)
    order = shop.order()
    assert not OrderHold.objects.exists()
    deliver("tasks_mgmt.order_risks", at=AT)
    assert order.number in Task.objects.get(kind__code="order_risk").title
    services.dismiss_risk(order.risks.get(), explanation="fine", at=AT, actor="anna")
    deliver("tasks_mgmt.order_risks", at=AT)
    assert Task.objects.get(kind__code="order_risk").state == "done"


def test_who_is_listed_is_not_copied_to_the_order(shop):
    a_rule("email", values="lea@example.com")
    assert "lea" not in shop.order().risks.get().sentence.lower()


def test_without_rules_one_question_is_asked(shop):
    order = shop.order()
    with CaptureQueriesContext(connection) as asked:
        services.assess(order, at=AT)
    assert len(asked) <= 4  # a savepoint around two


# Disputes


def test_a_dispute_keeps_the_order_back_until_it_is_closed(shop):
    order = shop.order()
    for _twice in range(2):
        services.open_dispute(order, reason="contested", reference="D-1", at=AT, actor="bank")
    assert Dispute.objects.count() == 1
    with pytest.raises(Refused):
        services.mark_ready(order, AT, "anna")
    for outcome, conclusion in (("", "x"), ("nonsense", "x"), ("won", " ")):
        with pytest.raises(Invalid):
            services.close_dispute(order, outcome=outcome, conclusion=conclusion, at=AT, actor="anna")
    services.close_dispute(order, outcome="won", conclusion="the bank gave in", at=AT, actor="anna")
    services.mark_ready(order, AT, "anna")
    with pytest.raises(NotFound):
        services.close_dispute(order, outcome="won", conclusion="again", at=AT, actor="anna")
    services.open_dispute(order, reason="once more", at=AT, actor="bank")
    with pytest.raises(IntegrityError), transaction.atomic():
        Dispute.objects.create(order=order, reason="second", opened_at=AT)


def test_a_dispute_needs_a_reason(shop):
    with pytest.raises(Invalid):
        services.open_dispute(shop.order(), reason="  ", at=AT, actor="bank")


# Office and API


def colleague(client, *rights, **fields):
    user = a_colleague(**fields)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(user)
    return user


def test_the_orders_page_has_points_findings_and_buttons(client, shop):
    colleague(client, "view_order", "change_order")
    a_rule(above=10)
    order = shop.order()
    page, act = (reverse(f"admin:orders_order_{name}", args=[order.pk]) for name in ("change", "act"))
    assert "basket rule" in client.get(page).content.decode()
    client.post(act, {"verb": "dismiss", "risk": "x", "explanation": "fine"})
    client.post(act, {"verb": "dismiss", "risk": order.risks.get().pk, "explanation": "fine"})
    assert not OrderHold.objects.filter(until=None).exists()
    client.post(act, {"verb": "dispute", "reason": "<b>contested</b>"})
    assert "&lt;b&gt;contested" in client.get(page).content.decode()
    client.post(act, {"verb": "close", "outcome": "lost", "explanation": "over"})
    assert Dispute.objects.get().outcome == "lost"
    assert client.post(act, {"verb": "assess"}).status_code == 302


def test_the_lists_show_a_store_what_is_its_own(client, shop):
    user = colleague(client, "view_orderrisk", "view_dispute", kind="store")
    user.stores.add(a_store("PARIS"))
    a_rule(above=10)
    order = shop.order()
    services.open_dispute(order, reason="contested", at=AT, actor="bank")
    for name in ("orderrisk", "dispute"):
        url = reverse(f"admin:orders_{name}_changelist")
        assert order.number not in client.get(url).content.decode()
    user.stores.add(shop.store)
    for name in ("orderrisk", "dispute"):
        assert order.number in client.get(reverse(f"admin:orders_{name}_changelist")).content.decode()


@pytest.mark.parametrize(
    ("fields", "at_fault"),
    [
        ({"kind": "basket"}, "above"), ({"kind": "products"}, "selection"), ({"kind": "email"}, "values"),
        ({"kind": "network", "values": "nonsense"}, "values"), ({"kind": "country", "score": "0"}, "score"),
    ],
)  # fmt: skip
def test_a_rule_asks_for_what_its_kind_looks_at(client, fields, at_fault):
    colleague(client, "add_riskrule", "view_riskrule")
    page = client.post(reverse("admin:orders_riskrule_add"), {"name": "x", "score": "10", "active": "on", **fields})
    assert at_fault in page.context["adminform"].form.errors


def test_machines_open_and_close_disputes_and_read_the_risk(client, shop):
    a_rule(above=10)
    order = shop.order()
    headers = {"HTTP_AUTHORIZATION": f"Bearer {an_api_key(Scope.ORDERS_CHANGE)}"}
    base = f"/api/v1/orders/{order.number}"
    told = client.get(f"{base}/risk", **headers).json()
    assert (told["points"], told["borne"], told["found"][0]["rule"]) == (60, 50, "basket rule")
    for body in ({}, {"reason": ""}, {"reason": "x" * 301}):
        assert client.post(f"{base}/dispute", body, "application/json", **headers).status_code in (400, 422)
    assert client.post(f"{base}/dispute", {"reason": "contested"}, "application/json", **headers).status_code == 201
    wrong = client.post(f"{base}/dispute/close", {"outcome": "x"}, "application/json", **headers)
    assert wrong.status_code in (400, 422)
    body = {"outcome": "settled", "conclusion": "half each"}
    assert client.post(f"{base}/dispute/close", body, "application/json", **headers).json()["outcome"] == "settled"
    assert client.post(f"{base}/dispute/close", body, "application/json", **headers).status_code == 404
