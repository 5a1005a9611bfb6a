"""What shoppers read of a campaign and of a list's title, in their language."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils.translation import override
from psycopg.types.range import TimestamptzRange

from campaigns.models import Campaign
from campaigns.selectors import prices
from campaigns.services import approve
from catalog.models import Selection
from discovery.services import reindex
from tests.builders import AT, Shopfront, a_colleague, a_selection
from tests.pages import form_values

pytestmark = pytest.mark.django_db


def a_campaign(shop, **fields):
    campaign = Campaign.objects.create(
        code="heroes",
        name="Héros",
        public_label="Semaine des héros",
        translations={"en": {"public_label": "Heroes’ week"}},
        selection=a_selection(shop.product),
        percent_off=10,
        during=TimestamptzRange(AT - dt.timedelta(days=1), None),
        **fields,
    )
    campaign.channels.add(shop.channel)
    approve(campaign, at=AT, actor="")
    return campaign


def test_a_price_carries_the_label_in_the_readers_language():
    shop = Shopfront()
    a_campaign(shop)
    for language, label in (("fr", "Semaine des héros"), ("en", "Heroes’ week"), ("de", "Semaine des héros")):
        with override(language):
            assert prices([shop.product.pk], channel=shop.channel, at=AT)[shop.product.pk].label == label


def test_home_titles_its_rows_in_the_readers_language(client):
    shop = Shopfront()
    a_campaign(shop)
    Selection.objects.create(code="home", name="À la une", translations={"en": {"name": "In view"}}, group="home")
    reindex(None, at=AT)
    with override("fr"):
        french = client.get(reverse("storefront:home"), HTTP_ACCEPT_LANGUAGE="fr").content.decode()
    with override("en"):
        english = client.get(reverse("storefront:home"), HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert 'lang="fr"' in french
    assert "Semaine des héros" in french
    assert "Heroes’ week" not in french
    assert 'lang="en"' in english
    assert "Heroes’ week" in english
    assert "Semaine des héros" not in english


def test_office_writes_both_languages_and_says_what_is_too_long(client):
    shop = Shopfront()
    campaign = a_campaign(shop)
    client.force_login(a_colleague(is_superuser=True))
    address = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
    typed = form_values(client.get(address).content.decode(), "campaign_form")
    assert typed["public_label_en"] == ["Heroes’ week"]
    client.post(address, {**typed, "public_label_en": "Super week"})
    campaign.refresh_from_db()
    assert campaign.translations == {"en": {"public_label": "Super week"}}
    page = client.post(address, {**typed, "public_label_en": "x" * 61}).content.decode()
    assert "60" in page
    campaign.refresh_from_db()
    assert campaign.translations == {"en": {"public_label": "Super week"}}


def test_a_selection_has_its_title_in_both_languages(client):
    selection = a_selection(Shopfront().product)
    client.force_login(a_colleague(is_superuser=True))
    address = reverse("admin:catalog_selection_change", args=[selection.pk])
    typed = form_values(client.get(address).content.decode(), "selection_form")
    assert typed["name_en"] == [""]
    client.post(address, {**typed, "name": "À la une", "name_en": "In view"})
    selection.refresh_from_db()
    assert selection.shown_name == "À la une"
    with override("en"):
        assert selection.shown_name == "In view"
    found = client.get(reverse("admin:catalog_selection_changelist"), {"q": "une"})
    assert [one.pk for one in found.context_data["cl"].result_list] == [selection.pk]
