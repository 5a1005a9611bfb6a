"""Screens in stores: what they show, who may see it, and what happens to bad addresses."""

import datetime as dt
import html
import uuid
from decimal import Decimal

import pytest
from django.utils import translation
from django.utils.translation import gettext

from campaigns.services import approve, create_campaign
from catalog.enums import MediaKind
from signage import services
from signage.models import Screen
from signage.selectors import show
from tests.builders import AT, a_channel, a_colleague, a_product, a_selection, a_store, a_warehouse, stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def toys():
    return [a_product(f"TOY{n}", name=f"Robot {n}", price=10 * n, channel=a_channel()) for n in (1, 2)]


@pytest.fixture
def screen(toys):
    store = a_store("LYON", name="Lyon Bellecour", welcome="Hello")
    stock(toys[0], store, 3, channel=a_channel())
    return Screen.objects.create(name="Door", store=store, channel=a_channel(), selection=a_selection(*toys))


def french(text):
    with translation.override("fr"):
        return html.escape(gettext(text))


def page(client, screen, query=""):
    return client.get(f"/signage/{screen.token}/{query}")


def test_products_take_turns_with_price_and_stock_of_the_store(client, screen):
    first, second, again = (page(client, screen, f"?n={n}").content.decode() for n in (0, 1, 2))
    assert "Robot 1" in first
    assert "10,00\xa0€" in first
    assert french("In stock in this store") in first
    assert 'content="8;url=?n=1"' in first
    assert "Robot 2" in second
    assert french("Sold out for now") in second
    assert 'url=?n=0"' in second
    assert "Robot 1" in again


def test_the_twin_for_programs_tells_all_slides(client, screen, toys):
    toys[1].media.create(kind=MediaKind.IMAGE, location="toys/robot.png")
    stock(toys[1], a_warehouse(), 1, channel=a_channel())
    told = client.get(f"/signage/{screen.token}/data.json").json()
    assert [(slide["sku"], slide["price"], slide["image"]) for slide in told["slides"]] == [
        ("TOY1", "10.00", ""),
        ("TOY2", "20.00", "/media/toys/robot.png"),
    ]
    assert told["slides"][1]["stock"] == html.unescape(french("Can be ordered at the counter"))


def test_a_campaign_shows_on_its_second(screen, toys):
    campaign = create_campaign(
        code="sale",
        name="Sale",
        public_label="Sale!",
        selection=screen.selection,
        channels=[a_channel()],
        percent_off=Decimal(20),
        starts=AT,
        ends=None,
        at=AT,
    )
    approve(campaign, at=AT, actor="anna")
    before, after = (show(screen, at=at, language="en") for at in (AT - dt.timedelta(seconds=1), AT))
    assert [slide.price for slide in before.slides] == [10, 20]
    assert before.until == AT
    assert [slide.price for slide in after.slides] == [8, 16]
    assert (after.slides[0].percent_off, after.slides[0].label) == (20, "Sale!")


def test_what_is_unpublished_or_without_price_is_not_shown(screen, toys):
    toys[0].publications.all().delete()
    toys[1].prices.all().delete()
    with translation.override("en"):
        assert show(screen, at=AT, language="en").slides == []


def test_an_empty_screen_greets(client, screen):
    screen.selection.items.all().delete()
    assert "Lyon Bellecour</h1>" in page(client, screen).content.decode()


@pytest.mark.parametrize("query", ["?n=-1", "?n=x", "?n=999999999999999", "?n=²"])
def test_an_odd_position_starts_from_the_beginning(client, screen, query):
    assert "Robot 1" in page(client, screen, query).content.decode()


def test_unknown_and_sleeping_screens_do_not_exist(client, screen):
    assert client.get(f"/signage/{uuid.uuid4()}/").status_code == 404
    assert client.get("/signage/1/").status_code == 404
    Screen.objects.update(active=False)
    assert page(client, screen).status_code == 404
    assert client.post(f"/signage/{screen.token}/").status_code in {404, 405}


def test_a_screen_that_asks_was_seen_and_its_address_can_be_renewed(client, screen):
    page(client, screen)
    screen.refresh_from_db()
    assert screen.last_seen_at is not None
    old = screen.token
    services.renew_address(screen, at=AT, actor="anna")
    assert client.get(f"/signage/{old}/").status_code == 404
    assert page(client, screen).status_code == 200


def test_a_screen_carries_no_inline_style_or_script_and_is_kept_nowhere(client, screen):
    answer = page(client, screen)
    text = answer.content.decode()
    assert " style=" not in text
    assert "<script" not in text
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("count", [1, 3])
def test_a_show_takes_the_same_queries_whatever_it_shows(screen, django_assert_num_queries, count):
    screen.selection.items.all().delete()
    for _number in range(count):
        screen.selection.items.create(product=a_product(price=1, channel=a_channel()))
    screen = Screen.objects.select_related("store__zone", "channel", "selection").get()
    with django_assert_num_queries(7):
        assert len(show(screen, at=AT, language="fr").slides) == count


def test_office_lists_screens_and_renews_addresses(client, screen):
    client.force_login(a_colleague(is_superuser=True))
    assert str(screen.token) in client.get("/office/signage/screen/").content.decode()
    assert client.get(f"/office/signage/screen/{screen.pk}/change/").status_code == 200
    assert client.get("/office/signage/screen/add/").status_code == 200
    client.post(f"/office/signage/screen/{screen.pk}/renew/")
    assert Screen.objects.get().token != screen.token
