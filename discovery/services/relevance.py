"""Relevance tests: run, remembered, told when they turn."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid
from altazion.lib.text import plain
from discovery.enums import TestKind, TestState
from discovery.models import RelevanceCall, RelevanceTest
from discovery.selectors.relevance import Outcome, outcome, sentence
from logbook.services import record

FAILED, HELD = "discovery.relevance_failed", "discovery.relevance_held"
QUIET = dt.timedelta(seconds=30)  # after the last change, so that an import of many events is tested once
NIGHTLY = dt.timedelta(hours=24)
NEEDS_PRODUCT = {TestKind.IN_TOP, TestKind.IS_FIRST, TestKind.BEFORE, TestKind.NOT_IN_TOP}


def check_test(test: RelevanceTest) -> None:
    """Invalid unless the test looks at one list and names what it needs; what it does not need is dropped."""
    test.query = " ".join(test.query.replace("\0", " ").split())[:200]
    if bool(plain(test.query)) == (test.segment_id is not None):
        raise Invalid(_("Look at a search or at a segment: one of them."), field="query")
    if test.kind in NEEDS_PRODUCT and test.product_id is None:
        raise Invalid(_("Say which product."), field="product")
    if test.kind == TestKind.BEFORE and (test.other_id is None or test.other_id == test.product_id):
        raise Invalid(_("Say before which other product."), field="other")
    if not 1 <= (test.first or 0) <= 50:
        raise Invalid(_("A test looks at the first 1 to 50 products."), field="first")
    if test.kind != TestKind.BEFORE:
        test.other = None
    if test.kind not in NEEDS_PRODUCT:
        test.product = None


@transaction.atomic
def save_test(test: RelevanceTest, *, at: dt.datetime, actor: str = "") -> RelevanceTest:
    """Write a new or changed test and run it at once."""
    check_test(test)
    test.save()
    record("discovery.relevance_test_saved", at=at, subject_kind="relevance_test", subject_id=test.pk, actor=actor)
    if test.active:
        run_tests([test], at=at)
    else:
        _told(test, HELD, at)
    return test


@transaction.atomic
def delete_test(test: RelevanceTest, *, at: dt.datetime, actor: str = "") -> None:
    """Nobody expects this any more; its task closes."""
    _told(test, HELD, at, actor)
    test.delete()


def run_tests(
    tests: Iterable[RelevanceTest] | None = None, *, at: dt.datetime, remind: bool = False
) -> tuple[int, int]:
    """Run tests (all active ones when none are named) on the lists as they are at `at`. Returns how many, how many red.

    What turned red or green is told to the logbook; with `remind` what is still red is told again. A test that cannot
    be run is red and says why; the others go on.
    """
    found = list(_active() if tests is None else tests)
    red = 0
    for test in found:
        result = outcome(test, at=at)
        red += not result.holds
        _remember(test, result, at, remind)
    if tests is None:
        with transaction.atomic():
            call, _is_new = RelevanceCall.objects.select_for_update().get_or_create(pk=1)
            call.ran_at = at
            if call.wanted_at and call.wanted_at <= at:
                call.wanted_at = None
            call.save()
    return len(found), red


def want_tests(*, at: dt.datetime) -> None:
    """Something changed that may move products: run the tests once it is quiet."""
    RelevanceCall.objects.update_or_create(pk=1, defaults={"wanted_at": at})


def run_wanted(*, at: dt.datetime) -> tuple[int, int] | None:
    """Run the tests if they are wanted and it has been quiet for half a minute, or a day has passed. None if not."""
    call = RelevanceCall.objects.filter(pk=1).first() or RelevanceCall()
    if call.wanted_at and call.wanted_at <= at - QUIET:
        return run_tests(at=at)
    if call.ran_at is None or call.ran_at <= at - NIGHTLY:
        return run_tests(at=at, remind=True)
    return None


def _active() -> QuerySet[RelevanceTest]:
    return RelevanceTest.objects.filter(active=True).select_related("channel", "segment", "product", "other")


@transaction.atomic
def _remember(test: RelevanceTest, result: Outcome, at: dt.datetime, remind: bool) -> None:
    state = TestState.GREEN if result.holds else TestState.RED
    turned = test.state != state
    is_news = turned or (state == TestState.RED and (remind or test.finding != result.finding))
    test.state, test.finding, test.ran_at = state, result.finding[:300], at
    if turned or test.since is None:
        test.since = at
    RelevanceTest.objects.filter(pk=test.pk).update(
        state=test.state, finding=test.finding, ran_at=test.ran_at, since=test.since
    )
    if is_news:
        _told(test, FAILED if state == TestState.RED else HELD, at)


def _told(test: RelevanceTest, kind: str, at: dt.datetime, actor: str = "") -> None:
    record(
        kind, at=at, subject_kind="relevance_test", subject_id=test.pk, actor=actor,
        expects=sentence(test), finding=test.finding, channel=test.channel.code,
    )  # fmt: skip
