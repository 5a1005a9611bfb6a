"""Relevance tests: what a merchandiser expects of lists, run, remembered, told."""

import datetime as dt

import pytest

from altazion.lib.problems import Invalid
from catalog.models import Brand
from discovery.enums import EffectKind, TestKind, TestState
from discovery.models import MerchandisingRule, RelevanceCall, RelevanceTest, RuleEffect
from discovery.selectors import sentence, standing
from discovery.services import delete_test, reindex, run_tests, run_wanted, save_rule, save_test, want_tests
from logbook.models import Event
from tasks_mgmt.consumers import on_relevance
from tasks_mgmt.models import Task, TaskState
from tests import builders as b
from tests.pages import form_values

pytestmark = pytest.mark.django_db
AT = b.AT
MINUTE = dt.timedelta(minutes=1)
LIST, RULES = "/office/discovery/relevancetest/", "/office/discovery/merchandisingrule/"


@pytest.fixture
def shop(db):
    channel = b.a_channel()
    channel.segment = b.a_segment("Héros")
    channel.toys = {}
    for n, letter in enumerate("abc"):
        toy = b.a_product(letter.upper(), name=f"Robot {letter}", price=5, channel=channel, segment=channel.segment,
                          importance=200 - n)  # fmt: skip
        b.stock(toy, b.a_warehouse(), 0 if letter == "b" else 5, channel=channel)
        channel.toys[letter] = toy
    Brand.objects.create(code="acme", name="Acme", slug="acme")
    reindex(None, at=AT)
    return channel


def a_test(channel, **fields):
    product = fields.pop("product", None)
    other = fields.pop("other", None)
    return save_test(
        RelevanceTest(channel=channel, product=channel.toys.get(product), other=channel.toys.get(other), **fields),
        at=AT,
    )


@pytest.mark.parametrize(
    ("fields", "holds"),
    [
        ({"query": "robot", "kind": TestKind.IN_TOP, "product": "c", "first": 3}, True),
        ({"query": "robot", "kind": TestKind.IN_TOP, "product": "c", "first": 2}, False),
        ({"query": "robot", "kind": TestKind.IS_FIRST, "product": "a"}, True),
        ({"query": "C", "kind": TestKind.IS_FIRST, "product": "c"}, True),
        ({"query": "robot", "kind": TestKind.BEFORE, "product": "a", "other": "b"}, True),
        ({"query": "robot", "kind": TestKind.BEFORE, "product": "b", "other": "a"}, False),
        ({"query": "robot", "kind": TestKind.NOT_IN_TOP, "product": "c", "first": 2}, True),
        ({"query": "robot", "kind": TestKind.NO_SOLD_OUT, "first": 1}, True),
        ({"query": "robot", "kind": TestKind.NO_SOLD_OUT, "first": 3}, False),
        ({"query": "robot", "kind": TestKind.FINDS, "first": 4}, False),
        ({"query": "nichts", "kind": TestKind.IN_TOP, "product": "a"}, False),
    ],
)
def test_a_sentence_holds_or_not(shop, fields, holds):
    test = a_test(shop, **fields)
    assert test.state == (TestState.GREEN if holds else TestState.RED)
    assert test.finding
    assert sentence(test)


def test_a_segment_is_looked_at_too(shop):
    test = save_test(RelevanceTest(channel=shop, segment=shop.segment, kind=TestKind.IS_FIRST, product=shop.toys["a"]),
                     at=AT)  # fmt: skip
    assert test.state == TestState.GREEN


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": TestKind.FINDS},
        {"query": "!!", "kind": TestKind.FINDS},
        {"query": "x", "kind": TestKind.IN_TOP},
        {"query": "x", "kind": TestKind.BEFORE, "product": "a"},
        {"query": "x", "kind": TestKind.BEFORE, "product": "a", "other": "a"},
        {"query": "x", "kind": TestKind.FINDS, "first": 51},
    ],
)
def test_a_test_that_says_nothing_is_refused(shop, fields):
    with pytest.raises(Invalid):
        a_test(shop, **fields)


def test_a_rule_turns_a_test_red_and_its_end_green_again(shop):
    test = a_test(shop, query="robot", kind=TestKind.IS_FIRST, product="a")
    rule = MerchandisingRule(name="r", queries=["robot"])
    save_rule(rule, [RuleEffect(kind=EffectKind.PIN, product=shop.toys["c"], position=1)], at=AT)
    assert run_tests(at=AT) == (1, 1)
    failed = Event.objects.filter(kind="discovery.relevance_failed").get()
    on_relevance(failed)
    task = Task.objects.get(cause=f"relevance:{test.pk}")
    assert task.state == TaskState.OPEN
    run_tests(at=AT + MINUTE)
    assert Event.objects.filter(kind="discovery.relevance_failed").count() == 1  # said once
    rule.active = False
    save_rule(rule, at=AT)
    run_tests(at=AT + 2 * MINUTE)
    on_relevance(Event.objects.filter(kind="discovery.relevance_held").latest("pk"))
    task.refresh_from_db()
    assert task.state == TaskState.DONE
    test.refresh_from_db()
    assert (test.state, test.since) == (TestState.GREEN, AT + 2 * MINUTE)


def test_a_test_that_goes_closes_its_task(shop):
    test = a_test(shop, query="robot", kind=TestKind.IS_FIRST, product="c")
    delete_test(test, at=AT)
    assert Event.objects.filter(kind="discovery.relevance_held").exists()


def test_wanted_tests_run_once_it_is_quiet_and_all_of_them_every_day(shop):
    a_test(shop, query="robot", kind=TestKind.IS_FIRST, product="a")
    assert run_wanted(at=AT) == (1, 0)
    assert run_wanted(at=AT + MINUTE) is None
    want_tests(at=AT + 2 * MINUTE)
    assert run_wanted(at=AT + 2 * MINUTE) is None
    assert run_wanted(at=AT + 3 * MINUTE) == (1, 0)
    assert RelevanceCall.objects.get().wanted_at is None
    assert run_wanted(at=AT + dt.timedelta(hours=25)) == (1, 0)


def test_standing_counts_the_red(shop):
    a_test(shop, query="robot", kind=TestKind.IS_FIRST, product="c")
    a_test(shop, query="robot", kind=TestKind.IS_FIRST, product="a")
    found = standing()
    assert (found.active, found.red_count, len(found.red)) == (2, 1, 1)


# -- Office -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def office(client, shop):
    client.force_login(b.a_colleague(is_superuser=True))
    return client


@pytest.mark.parametrize("many", [1, 3])
def test_the_list_of_tests_takes_the_same_queries(office, shop, many, django_assert_max_num_queries):
    for n in range(many):
        a_test(shop, query=f"robot {n}", kind=TestKind.IS_FIRST, product="c")
    with django_assert_max_num_queries(16):
        html = office.get(LIST).content.decode()
    assert f"robot {many - 1}" in html


def test_a_test_is_written_and_run_in_office(office, shop):
    values = form_values(office.get(f"{LIST}add/").content.decode(), "relevancetest_form")
    values |= {"channel": shop.pk, "language": "fr", "query": "robot", "kind": "is_first", "first": 3,
               "product": shop.toys["a"].pk, "active": "on"}  # fmt: skip
    assert office.post(f"{LIST}add/", values).status_code == 302
    assert RelevanceTest.objects.get().state == TestState.GREEN
    assert office.post(f"{LIST}add/", {**values, "product": ""}).status_code == 200
    assert office.get(f"{LIST}run/").status_code == 405
    assert office.post(f"{LIST}run/").status_code == 302
    assert office.get("/office/").status_code == 200


def rule_values(office, **changes):
    html = office.get(f"{RULES}add/").content.decode()
    return {**form_values(html, "merchandisingrule_form"), **changes}


def pin(shop, letter, position=1):
    return {"effects-TOTAL_FORMS": 1, "effects-0-kind": "pin", "effects-0-product": shop.toys[letter].pk,
            "effects-0-position": position, "effects-0-factor": "2"}  # fmt: skip


def test_a_rule_is_previewed_before_it_is_saved(office, shop):
    values = rule_values(office, name="r", said="Robot, automate", active="on", **pin(shop, "c"))
    html = office.post(f"{RULES}preview/", values, headers={"HX-Request": "true"}).content.decode()
    assert html.count("mr-column") >= 2
    assert html.count("Robot c") >= 2
    assert not MerchandisingRule.objects.exists()
    page = office.post(f"{RULES}preview/", values)
    assert page.status_code == 200
    assert office.post(f"{RULES}add/", values).status_code == 302
    rule = MerchandisingRule.objects.get()
    assert (rule.queries, rule.effects.count()) == (["automate", "robot"], 1)
    html = office.get(f"{RULES}{rule.pk}/change/").content.decode()
    assert "mr-column" in html


@pytest.mark.parametrize(
    "changes",
    [
        {"said": ""},
        {"said": "!!!"},
        {"said": "x", "effects-0-position": ""},
        {"said": "x", "effects-0-product": ""},
        {"said": "x", "effects-0-facet": "999999", "effects-0-product": "", "effects-0-kind": "boost"},
        {"said": "x", "effects-0-facet": "'; --", "effects-0-product": "", "effects-0-kind": "boost"},
        {"said": "x", "effects-0-factor": "1000"},
        {"said": "x", "effects-0-position": "999"},
        {"said": "x", "ends_0": "nonsense"},
    ],
)
def test_a_rule_with_mistakes_is_shown_again(office, shop, changes):
    values = rule_values(office, **{"name": "r", "active": "on", **pin(shop, "c"), **changes})
    assert office.post(f"{RULES}add/", values).status_code == 200
    assert office.post(f"{RULES}preview/", values).status_code == 200
    assert not MerchandisingRule.objects.exists()


def test_a_list_is_explained(office, shop):
    html = office.get(f"{RULES}explain/", {"q": "robot"}).content.decode()
    assert "Robot a" in html
    assert office.get(f"{RULES}explain/", {"segment": shop.segment.pk}).content.decode().count("mr-place") >= 3
    for hostile in ("%", "\0", "'" * 300, "x" * 5000):
        assert office.get(f"{RULES}explain/", {"q": hostile}).status_code in (200, 400)


def test_a_channel_says_where_sold_out_products_stand(office, shop):
    assert office.post(f"{RULES}policy/", {"channel": "web", "unavailable": "last"}).status_code == 302
    assert office.get(RULES).status_code == 200
    assert office.post(f"{RULES}policy/", {"channel": "nope", "unavailable": "?"}).status_code == 302


@pytest.mark.parametrize("model", ["synonymset", "searchredirect"])
def test_words_and_redirects_are_kept_in_office(office, model):
    address = f"/office/discovery/{model}/"
    values = form_values(office.get(f"{address}add/").content.decode(), f"{model}_form")
    good = {"synonymset": {"said": "scotch, ruban"}, "searchredirect": {"query": "x", "address": "/stores/"}}[model]
    assert office.post(f"{address}add/", {**values, **good}).status_code == 302
    assert office.get(address).status_code == 200
    bad = {"synonymset": {"said": "scotch"}, "searchredirect": {"query": "y", "address": ""}}[model]
    answer = office.post(f"{address}add/", {**values, **bad})
    assert answer.status_code in (200, 302)
