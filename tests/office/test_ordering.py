"""Rows put in order by hand: with the keyboard, with the mouse, and without the script."""

import pytest
from django.conf import settings
from django.test import Client

from catalog.enums import AttributeType
from catalog.models import Attribute
from tests.builders import a_colleague

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def heroes(page, live_server):
    """The page of a list attribute with three values, open in a browser of a colleague."""
    attribute = Attribute.objects.create(code="hero", name="Hero", type=AttributeType.LIST)
    for position, label in enumerate(["Hulk", "Thor", "Iron Man"]):
        attribute.options.create(code=label.lower().replace(" ", "-"), label=label, position=position)
    client = Client()
    client.force_login(a_colleague(is_superuser=True, language="en"))
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
    page.context.add_cookies([{**cookie, "url": live_server.url}])
    page.goto(f"{live_server.url}/office/catalog/attribute/{attribute.pk}/change/")
    return attribute


def order(attribute):
    return list(attribute.options.order_by("position").values_list("label", flat=True))


def test_the_keyboard_moves_a_row_and_says_so(page, heroes):
    up = page.get_by_role("button", name="Move Iron Man up")
    up.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # already first: nothing happens, and the focus stays
    assert up.evaluate("one => one === document.activeElement")
    page.get_by_role("status").filter(has_text="Iron Man is now 1 of 3.").wait_for()
    page.get_by_role("button", name="Save and continue editing").click()
    page.wait_for_load_state()
    assert order(heroes) == ["Iron Man", "Hulk", "Thor"]


def test_a_row_is_dragged(page, heroes):
    grips = page.locator(".of-order-grip")
    grips.nth(0).drag_to(grips.nth(2), target_position={"x": 5, "y": 20})
    page.get_by_role("button", name="Save and continue editing").click()
    page.wait_for_load_state()
    assert order(heroes) == ["Thor", "Iron Man", "Hulk"]


def test_a_new_row_comes_last(page, heroes):
    page.locator("#options-group").get_by_text("Add another", exact=False).first.click()
    rows = page.locator("#options-group input[name$='-label']:not([name*='__prefix__'])")
    rows.last.fill("Hawkeye")
    page.locator("#options-group input[name$='-code']:not([name*='__prefix__'])").last.fill("hawkeye")
    page.get_by_role("button", name="Save and continue editing").click()
    page.wait_for_load_state()
    assert order(heroes) == ["Hulk", "Thor", "Iron Man", "Hawkeye"]
