"""Relevance tests: what a merchandiser expects of lists, run, remembered, told."""

import datetime as dt

import pytest
from django.db import transaction
from django_celery_beat.models import PeriodicTask

from altazion.lib.clock import now
from altazion.lib.problems import Invalid
from catalog.enums import AttributeType
from catalog.models import Attribute, Brand
from discovery.consumers import products_moved
from discovery.enums import EffectKind, TestKind, TestState
from discovery.models import (
    FacetValue,
    MerchandisingRule,
    RelevanceCall,
    RelevanceTest,
    RuleEffect,
    SearchRedirect,
    SynonymSet,
)
from discovery.selectors import sentence, standing
from discovery.services import (
    delete_test,
    reindex,
    run_tests,
    run_wanted,
    save_redirect,
    save_rule,
    save_synonyms,
    save_test,
    set_policy,
    want_tests,
)
from logbook.models import Event
from logbook.services import record
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


# -- the box that chooses a facet -------------------------------------------------------------------------------------


@pytest.fixture
def colours(shop):
    attribute = Attribute.objects.create(code="color", name="Couleur", type=AttributeType.TEXT, is_facet=True)
    for letter, value in (("a", "rouge"), ("b", "bleu")):
        shop.toys[letter].attributes = {attribute.code: value}
        shop.toys[letter].save()
    reindex(None, at=AT)
    return {value.value: value.pk for value in FacetValue.objects.filter(attribute="color")}


def facets(office, **asked):
    return office.get(f"{RULES}facets/", asked).json()


def test_a_facet_is_found_by_its_name_and_its_values(office, colours):
    assert [one["id"] for one in facets(office, term="rouge")["results"]] == [str(colours["rouge"])]
    assert len(facets(office, term="COULEUR")["results"]) == 2
    assert [one["id"] for one in facets(office, term="couleur bleu")["results"]] == [str(colours["bleu"])]
    assert facets(office, term="couleur jaune")["results"] == []
    assert "Couleur" in facets(office)["results"][0]["text"]
    assert facets(office, page="2")["results"] == []


@pytest.mark.parametrize("term", ["%", "'", "\\", "x" * 5000, "🧸", "a b c d e f g h"])
@pytest.mark.parametrize("page", ["1", "-1", "x", "9" * 30])
def test_no_term_breaks_the_box(office, colours, term, page):
    assert isinstance(facets(office, term=term, page=page)["results"], list)


def test_who_may_not_see_rules_sees_no_facets(client, colours):
    client.force_login(b.a_colleague())
    assert client.get(f"{RULES}facets/").status_code in (302, 403)


def test_a_rule_keeps_its_facet_and_lets_it_go(office, shop, colours):
    values = rule_values(office, name="r", said="robot", active="on", **pin(shop, "c"))
    values |= {"effects-0-kind": "boost", "effects-0-product": "", "effects-0-position": "",
               "effects-0-facet": colours["rouge"]}  # fmt: skip
    assert office.post(f"{RULES}add/", values).status_code == 302
    rule = MerchandisingRule.objects.get()
    assert rule.effects.values_list("attribute", "value").get() == ("color", "rouge")
    html = office.get(f"{RULES}{rule.pk}/change/").content.decode()
    assert f'value="{colours["rouge"]}" selected' in html
    values = form_values(html, "merchandisingrule_form") | {"effects-0-facet": colours["bleu"]}
    assert office.post(f"{RULES}{rule.pk}/change/", values).status_code == 302
    assert rule.effects.values_list("attribute", "value").get() == ("color", "bleu")
    values |= {"effects-0-facet": "", "effects-0-stock": "out"}
    assert office.post(f"{RULES}{rule.pk}/change/", values).status_code == 302
    assert rule.effects.values_list("attribute", "value", "stock").get() == ("", "", "out")


# -- when tests run ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind",
    ["discovery.merchandising_changed", "catalog.keyword_changed", "catalog.segments_changed",
     "catalog.selection_changed", "integrations.run_finished"],
)  # fmt: skip
def test_every_event_that_moves_products_calls_the_tests_and_a_red_one_becomes_a_task(shop, kind):
    test = a_test(shop, query="robot", kind=TestKind.IS_FIRST, product="a")
    run_tests(at=AT)
    with transaction.atomic():
        event = record(kind, at=AT, subject_kind="x", subject_id="0")
    products_moved(event)
    assert RelevanceCall.objects.get().wanted_at is not None
    save_rule(
        MerchandisingRule(name="r", queries=["robot"]),
        [RuleEffect(kind=EffectKind.PIN, product=shop.toys["c"], position=1)],
        at=AT,
    )
    assert run_wanted(at=now() + MINUTE) == (1, 1)
    on_relevance(Event.objects.filter(kind="discovery.relevance_failed").latest("id"))
    assert Task.objects.get(cause=f"relevance:{test.pk}").state == TaskState.OPEN


@pytest.mark.parametrize("decision", ["rule", "policy", "synonyms", "redirect"])
def test_every_decision_about_lists_is_told_so_that_tests_run(shop, decision):
    before = Event.objects.filter(kind="discovery.merchandising_changed").count()
    {
        "rule": lambda: save_rule(MerchandisingRule(name="r", queries=["x"]), [], at=AT),
        "policy": lambda: set_policy(shop, "last", at=AT),
        "synonyms": lambda: save_synonyms(SynonymSet(language="fr", words=["a", "b"]), at=AT),
        "redirect": lambda: save_redirect(SearchRedirect(query="x", address="/stores/"), at=AT),
    }[decision]()
    assert Event.objects.filter(kind="discovery.merchandising_changed").count() == before + 1


def test_the_worker_runs_them_every_minute_and_the_night_reminds_of_red_ones(shop):
    from discovery.tasks import follow_relevance
    from integrations.services.schedules import ensure_schedules

    ensure_schedules(AT)
    assert PeriodicTask.objects.filter(task="discovery.tasks.follow_relevance", enabled=True).exists()
    a_test(shop, query="robot", kind=TestKind.IS_FIRST, product="c")
    assert follow_relevance() == 1
    told = Event.objects.filter(kind="discovery.relevance_failed")
    before = told.count()
    assert run_wanted(at=now() + dt.timedelta(hours=25)) == (1, 1)
    assert told.count() == before + 1
