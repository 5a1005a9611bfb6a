"""The mapping editor in a browser: what is typed is understood at once, with the keyboard, in both themes."""

import os

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from integrations.models import Mapping
from tests.builders import a_colleague

pytestmark = pytest.mark.django_db(transaction=True)
SAMPLE = "SKU;Nom;Prix\nT1;Bateau;49,90\nT2;Fusée;neuf\n"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_mapping_is_made_from_a_sample_with_the_keyboard(live_server, page: Page, scheme):
    a_colleague(is_superuser=True, language="en")
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 1400, "height": 1100})
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": live_server.url}])
    page.goto(live_server.url + reverse("admin:integrations_mapping_new"))
    page.fill("[name=username]", "anna@shop.test")
    page.fill("[name=password]", "a long password")
    page.keyboard.press("Enter")
    page.set_input_files("[name=file]", {"name": "a.csv", "mimeType": "text/csv", "buffer": SAMPLE.encode()})
    page.get_by_role("button", name="Show it").press("Enter")

    expect(page.locator("#mp-preview")).to_contain_text("Prix is not a number: “neuf”.")
    page.get_by_label("name comes from").select_option("expression")
    page.get_by_label("name: constant or expression").fill("upper({Nom})")
    page.keyboard.press("Tab")
    expect(page.locator("#mp-preview")).to_contain_text("BATEAU")
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/editor_{scheme}.png", full_page=True)
    page.get_by_label("Name", exact=True).fill("Toys")
    page.get_by_label("Code", exact=True).fill("toys")
    page.get_by_role("button", name="Save the mapping").press("Enter")
    expect(page.get_by_text("Saved as version 1.")).to_be_visible()
    assert {"field": "name", "expression": "upper({Nom})"} in Mapping.objects.get().columns
    assert problems == []
