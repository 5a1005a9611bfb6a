"""No page of Office makes the browser complain: our policy lets through what the theme needs, and no more."""

import pytest
from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import Page

from tests.builders import Shopfront, a_colleague

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_every_list_and_one_form_of_each_room_is_quiet(live_server, page: Page):
    Shopfront()
    boss = a_colleague("boss@shop.test", is_superuser=True)
    complaints = []
    page.on("console", lambda m: complaints.append(f"{page.url}: {m.text}") if m.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    page.goto(f"{live_server.url}/office/")
    page.fill("#id_username", boss.email)
    page.fill("#id_password", "a long password")
    page.click("button[type=submit]")
    page.wait_for_url(f"{live_server.url}/office/")
    rooms = set()
    for model in sorted(admin.site._registry, key=lambda model: model._meta.label_lower):
        page.goto(live_server.url + reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist"))
        row = page.locator("#result_list th a").first
        if model._meta.app_label not in rooms and row.count():
            rooms.add(model._meta.app_label)
            page.goto(live_server.url + row.get_attribute("href"))
    assert complaints == []
    assert len(rooms) >= 4
