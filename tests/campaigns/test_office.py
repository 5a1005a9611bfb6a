"""Campaigns in Office: typed, previewed at a date, approved; bad input is told at the field."""

from decimal import Decimal

import pytest

from campaigns.models import Campaign
from campaigns.selectors import preview
from tests.builders import AT, a_channel, a_colleague, a_price, a_product, a_selection
from tests.campaigns.test_prices import HOUR, a_campaign

pytestmark = pytest.mark.django_db
ADD = "/office/campaigns/campaign/add/"


@pytest.fixture
def anna(client):
    client.force_login(a_colleague(is_superuser=True))
    return client


def typed(**fields):
    product = a_product(price=10)
    return {
        "code": "xmas",
        "name": "Christmas",
        "public_label": "Ho ho",
        "percent_off": "20",
        "selection": a_selection(product).pk,
        "channels": [a_channel().pk],
        "starts_0": "2026-12-01",
        "starts_1": "00:00:00",
        "ends_0": "2026-12-25",
        "ends_1": "00:00:00",
        **fields,
    }


def page(campaign, tail="change/"):
    return f"/office/campaigns/campaign/{campaign.pk}/{tail}"


def test_a_campaign_is_typed_in_local_time_and_approved(anna):
    answer = anna.post(ADD, typed())
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    campaign = Campaign.objects.get()
    assert campaign.during.lower.isoformat() == "2026-11-30T23:00:00+00:00"
    assert list(campaign.channels.all()) == [a_channel()]
    assert not campaign.approved
    anna.post(page(campaign, "do/approve/"))
    campaign.refresh_from_db()
    assert campaign.approved
    assert anna.post(page(campaign), typed(name="Xmas", selection=campaign.selection_id)).status_code == 302
    assert Campaign.objects.get().name == "Xmas"
    anna.post(page(campaign, "do/archive/"))
    assert Campaign.objects.get().archived


@pytest.mark.parametrize(
    "fields",
    [
        {"percent_off": "0"},
        {"percent_off": "101"},
        {"percent_off": "much"},
        {"ends_0": "2026-11-01"},
        {"ends_0": "never"},
        {"selection": ""},
        {"code": "no spaces please"},
    ],
)
def test_nonsense_is_told_and_nothing_is_kept(anna, fields):
    answer = anna.post(ADD, typed(**fields), follow=True)
    assert answer.status_code == 200
    assert not Campaign.objects.exists()


def test_an_empty_selection_cannot_be_approved(anna):
    campaign = a_campaign(approved=False)
    answer = anna.post(page(campaign, "do/approve/"), follow=True)
    assert [str(message) for message in answer.context["messages"]]
    assert not Campaign.objects.get().approved


def test_the_preview_shows_prices_at_another_instant_and_with_another_percentage(anna):
    product = a_product("TOY", price=10)
    campaign = a_campaign(product, approved=False, starts=AT, ends=AT + HOUR)
    answer = anna.get(page(campaign, "preview/"), {"at": "2026-03-10T10:30", "percent_off": "35"})
    assert answer.context["preview_lines"][0].after.unit == Decimal("6.50")
    text = answer.content.decode()
    assert "TOY" in text
    outside = anna.get(page(campaign, "preview/"), {"at": "2026-03-10T12:30"}).context
    assert outside["preview_lines"][0].after.unit == 10
    assert not outside["campaign_runs"]
    assert anna.get(page(campaign)).status_code == 200
    assert anna.get(page(campaign), {"at": "nonsense"}).status_code == 200
    assert anna.get("/office/campaigns/campaign/").status_code == 200
    assert anna.get(ADD).status_code == 200


def test_the_preview_is_the_shops_own_evaluator():
    parent = a_product(kind="parent", price=20)
    child, plain = a_product(parent=parent), a_product()
    a_price(plain, 10, promo_amount=5)
    campaign = a_campaign(parent, child, plain, percent=10, approved=False)
    lines = {line.product: line for line in preview(campaign, channel=a_channel(), at=AT)}
    assert [(lines[p].before.unit, lines[p].after.unit) for p in (parent, child, plain)] == [(20, 18), (20, 18), (5, 5)]


def test_who_may_not_change_campaigns_cannot_approve(client):
    campaign = a_campaign(a_product(price=1), approved=False)
    client.force_login(a_colleague())
    assert client.post(page(campaign, "do/approve/")).status_code == 403
    assert client.get(page(campaign, "preview/")).status_code == 403
