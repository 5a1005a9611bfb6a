"""Story 1, as far as the spine reaches (OFF-6 to OFF-9, OFF-16, OFF-17, AUT-2, COM-1): a new range, in and sold."""

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.stories.acting import sign_in, text_of, wait_until

pytestmark = [pytest.mark.story, pytest.mark.browser]
HEADER = Path("demo/files/articles.csv").read_text(encoding="utf-8").splitlines()[0].split(";")
EAN = "4006381333931"


def range_file(path, *, wrong_price):
    """A range of figurines as the ERP writes it: a parent and three heroes under one EAN; one row may be wrong."""

    def row(sku, **cells):
        known = {"Référence": sku, "TVA": "0,2", "EAN": EAN, **cells}
        assert set(known) <= set(HEADER)
        return [known.get(column, "") for column in HEADER]

    parent = {
        "Nature": "parent",
        "Libellé": "Figurines Ligue Galactique 20 cm",
        "Libellé EN": "Galactic League figures",
        "Descriptif": "<p>Trois gardiens du ciel.</p><script>alert(1)</script>",
        "Marque": "Hasbro",
        "Famille": "Figurines",
        "Prix TTC": "19,90",
        "Rayons": "marvel",
        "Photo": "demo/avengers.webp",
        "Licence": "Ligue Galactique",
    }
    child = {"Modèle": "LIGUE", "Nature": "child"}
    heroes = ("Orion", "Vega", "Altair")
    rows = [row(f"LIGUE-{each.upper()}", **child, Libellé=f"Figurine {each}", Héros=each) for each in heroes]
    wrong = row("LIGUE-FAUX", Libellé="Figurine sans vrai prix", **{"Prix TTC": "gratuit" if wrong_price else "9,90"})
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(
        [HEADER, *rows, row("LIGUE", **parent), wrong]
    )  # children before their parent
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def give_file(page, platform, flow, path):
    """Upload a file to a flow in Office and wait for the end of its run; leaves the browser on the run's page."""
    pk = platform.shell(f"from integrations.models import Flow\nprint(Flow.objects.get(code='{flow}').pk)")
    page.goto(f"{platform.url}/office/integrations/flow/{pk}/change/")
    page.set_input_files("input[name=file]", path)
    page.locator("form.of-give button").click()
    page.wait_for_url("**/run/**")
    wait_until(lambda: page.locator("#run-live[hx-get]").count() == 0)


def test_a_new_range_is_imported_sold_and_explained(platform, page, tmp_path):
    # The merchandiser gives the range's file to the flow; the wrong row is told, the good ones are in.
    sign_in(page, platform, "manager")
    give_file(page, platform, "articles", range_file(tmp_path / "ligue.csv", wrong_price=True))
    expect(page.locator("main, #main, body").first).to_contain_text("LIGUE-FAUX")
    expect(page.locator("body")).to_contain_text("gratuit")

    # The refused rows come back as a file with their reasons.
    with page.expect_download() as download:
        page.locator("a[href*=reject]").first.click()
    rejects = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "LIGUE-FAUX" in rejects
    assert "LIGUE-VEGA" not in rejects

    # A task was born from it.
    wait_until(lambda: "rejet" in text_of(page, f"{platform.url}/office/tasks_mgmt/task/"))

    # Corrected and sent again, all is in; the same file once more changes nothing.
    corrected = range_file(tmp_path / "ligue-corrigee.csv", wrong_price=False)
    give_file(page, platform, "articles", corrected)
    facts = platform.shell(
        "from catalog.models import Product\n"
        "p = Product.objects.get(sku='LIGUE')\n"
        "kids = p.children.order_by('sku')\n"
        "print(json.dumps([p.family.name, p.places.get(is_primary=True).segment.name, [c.sku for c in kids],"
        " sorted(set(kids.values_list('references__value', flat=True))), '<script' in p.description, p.state]))"
    )
    assert facts == ["Figurines", "Marvel", ["LIGUE-ALTAIR", "LIGUE-ORION", "LIGUE-VEGA"], [EAN], False, "validated"]

    # A scan of the shared EAN asks which child.
    status, found = platform.call("GET", f"/references/{EAN}", platform.key("ERP key"))
    assert status == 200
    assert {each["sku"] for each in found["candidates"]} >= {"LIGUE-ALTAIR", "LIGUE-ORION", "LIGUE-VEGA"}

    # Stock comes in; the shopper finds the range in the segment, filters by hero, and sees family nowhere.
    stock = tmp_path / "stock-ligue.csv"
    stock.write_text("depot_type;depot_code;art_ref;type_ref;qte\nDEPOT;ENTREPOT;LIGUE-VEGA;;5\n", encoding="utf-8")
    give_file(page, platform, "stock", stock)
    wait_until(lambda: "Ligue Galactique" in text_of(page, f"{platform.url}/search/?q=ligue+galactique"))
    page.locator(".tile a", has_text="Ligue").first.click()
    page.locator(".breadcrumb a", has_text="Marvel").click()
    page.get_by_label("Vega").check()
    page.locator("#listing").get_by_text("Ligue Galactique").first.wait_for()
    page.locator(".tile a", has_text="Ligue").first.click()
    expect(page.locator(".breadcrumb")).to_contain_text("Marvel")
    page.get_by_role("link", name="Vega", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Ligue Galactique")
    expect(page.locator("form.add")).to_be_visible()


def test_fields_of_the_erp_are_locked_in_office(platform, page):
    sign_in(page, platform, "merchandiser")
    pk = platform.shell("from catalog.models import Product\nprint(Product.objects.get(sku='AVENGERS').pk)")
    page.goto(f"{platform.url}/office/catalog/product/{pk}/change/")
    name = page.locator("input[name=name]")
    expect(name).to_be_disabled()
    expect(name).to_have_value("Figurines Avengers 15 cm")
    expect(page.locator("body")).to_contain_text("Alimenté par le flux")


def test_a_campaign_prices_its_selection_on_its_second(platform, page):
    """No job switches it: the page's price is the evaluator's answer for the instant of the request."""
    page.goto(f"{platform.url}/search/?q=avengers")
    expect(page.locator(".tile").first).to_contain_text("11,04")
    platform.shell("from campaigns.models import Campaign\nCampaign.objects.update(approved=False)\nprint('null')")
    try:
        wait_until(lambda: "12,99" in text_of(page, f"{platform.url}/p/x-{_pk(platform)}/"), seconds=10)
        assert "11,04" not in text_of(page, f"{platform.url}/p/x-{_pk(platform)}/")
    finally:
        platform.shell("from campaigns.models import Campaign\nCampaign.objects.update(approved=True)\nprint('null')")


def test_landing_pages_open_a_range_and_the_next_one_is_walked_through_before_its_day(platform, page):
    page.goto(f"{platform.url}/l/spider-man/")
    expect(page.locator("h1")).to_have_text("Spider-Man")
    expect(page.locator(".tile").first).to_be_visible()
    page.goto(f"{platform.url}/b/hasbro/")
    expect(page.locator("main")).to_contain_text("Nos préférés")
    assert page.goto(f"{platform.url}/l/noel-des-heros/").status == 404
    sign_in(page, platform, "merchandiser")
    page.goto(f"{platform.url}/office/campaigns/landingpage/")
    page.locator("#result_list tr", has_text="Noël des héros").get_by_role("link", name="Blocs").click()
    page.get_by_role("button", name="Parcourir toute la boutique à cette date").click()
    expect(page.locator(".preview-bar")).to_be_visible()
    expect(page.locator("h1")).to_have_text("Le Noël des héros")
    expect(page.locator(".tile").first).to_be_visible()
    page.get_by_role("button", name="Revenir à maintenant").click()
    expect(page.locator(".preview-bar")).to_have_count(0)


def _pk(platform):
    return platform.shell("from catalog.models import Product\nprint(Product.objects.get(sku='AVENGERS').pk)")
