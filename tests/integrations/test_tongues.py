"""What a run said, each reader reads in their language, whatever language the worker speaks."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from accounts.enums import Scope
from altazion.lib.told import Told, join, kept_of, tell, told, told_many
from integrations.enums import RunState
from integrations.services import refuse
from tests.builders import AT, a_colleague, a_price, a_product, an_api_key
from tests.integrations.test_proposals import flow_of, lines

pytestmark = pytest.mark.django_db


def both(kept):
    with override("fr"):
        french = tell(kept, "first")
    with override("en"):
        return tell(kept, "first"), french


def test_a_sentence_is_told_again_with_what_fills_it():
    count = told_many("%d row read", "%d rows read", 3) % 3
    held = told("Held back, nothing was written. %(why)s It would be: %(summary)s") % {
        "why": told("The file has %(read)d rows where %(usual)d are usual.") % {"read": 3, "usual": 9},
        "summary": join([count], ", ", "."),
    }
    english, french = both(held.kept)
    assert english == (
        "Held back, nothing was written. The file has 3 rows where 9 are usual. It would be: 3 rows read."
    )
    assert "Le fichier compte 3 lignes" in french
    assert "3 lignes lues" in french
    assert both(kept_of(told_many("%d row read", "%d rows read", 1) % 1))[0] == "1 row read"


def test_what_cannot_be_told_again_stays_as_it_was():
    for kept in (None, {}, {"say": "%(gone)s", "with": {"each": {}}}, {"strange": 1}, {"say": "%d", "with": "x"}):
        assert tell(kept, "first") == "first"
    assert kept_of("plain") is None
    assert tell((told("%s is missing.") % ValueError("no")).kept, "") == "no is missing."
    assert isinstance(told("Cancelled before it began."), Told)


@pytest.fixture
def held(send):
    for number in range(30):
        a_price(a_product(f"P{number}"), 100)
    flow = flow_of("prices", ["sku", "price"])
    with override("fr"):
        return send(flow, lines("sku;price", [(f"P{number}", 10) for number in range(30)]))


def test_office_and_the_api_tell_a_run_in_the_readers_language(client, held):
    assert held.state == RunState.HELD
    assert "Retenu" in held.message or "retenu" in held.message
    key = an_api_key(Scope.FLOWS_RUN)
    for language, word in (("en", "Held back, nothing was written."), ("fr", held.message[:20])):
        answer = client.get(
            f"/api/v1/runs/{held.guid}", headers={"Authorization": f"Bearer {key}", "Accept-Language": language}
        ).json()
        assert word in answer["message"]
        assert all(trip in answer["message"] for trip in answer["trips"])
        (flow,) = client.get(
            "/api/v1/flows", headers={"Authorization": f"Bearer {key}", "Accept-Language": language}
        ).json()["flows"]
        assert word in flow["last_message"]
    client.force_login(a_colleague(is_superuser=True, language="en"))
    pages = [
        reverse("admin:integrations_run_changelist"),
        reverse("admin:integrations_run_change", args=[held.pk]),
        reverse("admin:integrations_flow_change", args=[held.flow_id]),
    ]
    for page in pages:
        html = client.get(page).content.decode()
        assert "Held back, nothing was written." in html, page
        assert held.message[:30] not in html, page


def test_a_refused_run_still_says_why_it_was_held(held):
    with override("fr"):
        refuse(held, at=AT)
    with override("en"):
        assert held.said.startswith("Refused; nothing was written. Held back,")


def test_a_file_that_cannot_be_taken_is_explained_to_each(send):
    flow = flow_of("prices", ["sku", "price"])
    with override("fr"):
        run = send(flow, "sku,price\nA,1\n")
    assert run.state == RunState.FAILED
    with override("en"):
        assert run.said == (
            "Only one column was found with the separator “;” of the mapping. The file seems to use “,” (comma)."
        )
    with override("fr"):
        assert run.said == run.message
