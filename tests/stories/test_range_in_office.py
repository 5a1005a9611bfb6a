"""A merchandiser makes a range from nothing in Office (OFF-6 to OFF-15): how many pages, how many clicks, how long."""

import time
import uuid

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.stories.acting import sign_in, text_of, wait_until

pytestmark = [pytest.mark.story, pytest.mark.browser]
MOST_PAGES, MOST_CLICKS, MOST_SECONDS = 35, 55, 300


class Hand:
    """A person at the browser: clicks and page loads are counted."""

    def __init__(self, page, platform):
        self.page, self.url = page, f"{platform.url}/office"
        self.clicks = self.pages = 0
        self.began = time.monotonic()
        page.on("framenavigated", self._loaded)

    def _loaded(self, frame):
        self.pages += frame == self.page.main_frame

    def open(self, path):
        self.clicks += 1  # the side menu or a button of a list
        self.page.goto(f"{self.url}/{path}")

    def go(self, address):
        """A link of the page, followed."""
        self.clicks += 1
        self.page.goto(address)

    def click(self, what):
        self.clicks += 1
        (self.page.locator(what) if isinstance(what, str) else what).first.click()

    def fill(self, **fields):
        for name, text in fields.items():
            self.page.fill(f"[name='{name}']", text)

    def choose(self, name, text):
        """Type in a list that searches, and take the first found."""
        self.clicks += 2
        self.page.locator(f"select[name='{name}'] + .select2").first.click()
        self.page.locator(".select2-search__field").last.fill(text)
        self.page.locator(".select2-results__option", has_text=text).first.click()

    def tab(self, prefix):
        self.click(f"a[href='#{prefix}']")

    def add_row(self, prefix):
        self.click(f"#{prefix}-group .add-row a, #{prefix}-group a.add-row, [data-inline-prefix={prefix}] .add-row a")

    def save(self, name="_save"):
        self.clicks += 1
        with self.page.expect_navigation():
            self.page.locator(f"[name='{name}']").first.click()
        wrong = self.page.locator("#form-errors")
        assert wrong.count() == 0, wrong.inner_text()


def a_picture(path):
    Image.new("RGB", (600, 600), "#274690").save(path)
    return path


def test_a_range_is_made_from_nothing_in_minutes(platform, page, tmp_path):
    sign_in(page, platform, "merchandiser")
    tag = uuid.uuid4().hex[:5]
    hand = Hand(page, platform)

    # A brand, and two segments of which one stands below the other.
    hand.open("catalog/brand/add/")
    hand.fill(name=f"Marque {tag}", code=f"marque-{tag}")
    hand.save()
    hand.open("catalog/segment/add/")
    hand.fill(name=f"Héros {tag}", code=f"heros-{tag}")
    hand.save("_addanother")
    hand.fill(name=f"Rayon {tag}", code=f"rayon-{tag}")
    hand.choose("parent", f"Héros {tag}")
    hand.save()

    # What tells the variants apart.
    hand.open("catalog/attribute/add/")
    page.locator("[name='name']").press_sequentially(f"Perso {tag}")
    page.select_option("select[name='type']", "E")
    for box in ("is_facet", "is_differentiating"):
        if not page.locator(f"[name='{box}']").is_checked():
            hand.click(f"[name='{box}']")
    hand.save()

    # The parent with its price and place; its variants by combining values.
    hand.open("catalog/product/add/")
    hand.fill(sku=f"LIG-{tag}", name=f"Ligue {tag}", description="<p>Trois gardiens du ciel.</p>")
    hand.choose("brand", f"Marque {tag}")
    hand.tab("prices")
    hand.add_row("prices")
    hand.fill(**{"prices-0-amount": "24.90"})
    hand.tab("places")
    hand.add_row("places")
    hand.choose("places-0-segment", f"Rayon {tag}")
    hand.save("_continue")
    product = page.url.split("/change")[0]
    hand.go(f"{product}/matrix/")
    page.locator("fieldset", has_text=f"Perso {tag}").locator("textarea").fill("Orion\nVega\nAltaïr")
    hand.click("#matrix button[value=preview]")
    hand.click(page.locator("#matrix button[value=make]"))
    page.locator("#grid").wait_for()
    assert page.locator("input[name=line]").count() == 3

    # A picture, a label; validated and published.
    hand.go(f"{product}/change/")
    hand.tab("media")
    hand.add_row("media")
    page.set_input_files("input[name='media-0-upload']", a_picture(tmp_path / "ligue.png"))
    page.fill("[name='media-0-alt']", "Les trois gardiens")
    hand.tab("labels")
    hand.add_row("labels")
    hand.choose("labels-0-label", "Nouveauté")
    hand.save("_continue")
    for verb in ("validate", "publish"):
        with page.expect_navigation():
            hand.click(f".alz-bar-actions form[action$='/do/{verb}/'] button")

    # A keyword that finds it, a selection that holds it, a landing page that shows it.
    hand.open("catalog/keyword/add/")
    hand.fill(name=f"galaxie{tag}")
    hand.choose("category", "")
    hand.fill(paste=f"LIG-{tag}")
    hand.save()
    hand.open("catalog/selection/add/")
    page.locator("[name='name']").press_sequentially(f"Sélection {tag}")
    hand.fill(paste=f"LIG-{tag}")
    hand.save()
    hand.open("campaigns/landingpage/add/")
    hand.fill(name=f"Page {tag}", title=f"La ligue {tag}")
    if page.locator("select[name='channel']").input_value() == "":
        page.locator("select[name='channel']").select_option(index=1)
    hand.save()
    hand.click(".lp-kinds a[href*='add=selection']")
    hand.choose("selection", f"Sélection {tag}")
    with page.expect_navigation():
        hand.click(".lp-edit .of-actions button")
    with page.expect_navigation():
        hand.click("form[action$='/do/publish/'] button")

    took = time.monotonic() - hand.began
    print(f"\n{hand.pages} pages, {hand.clicks} clicks, {took:.0f} s")
    assert hand.pages <= MOST_PAGES
    assert hand.clicks <= MOST_CLICKS
    assert took < MOST_SECONDS

    # Shoppers find it by its keyword, with its label, and on its page.
    wait_until(lambda: f"Ligue {tag}" in text_of(page, f"{platform.url}/search/?q=galaxie{tag}"))
    expect(page.locator(".tile").first).to_contain_text("Nouveauté", ignore_case=True)
    assert f"Ligue {tag}" in text_of(page, f"{platform.url}/l/la-ligue-{tag}/")
