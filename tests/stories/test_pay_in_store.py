"""Story 2, whole (COM-3, COM-5, ORC-1, ORC-2, HUB-2): stock comes in, an order for pickup is paid at the till."""

import json
import re
import urllib.request
import uuid

import pytest
from playwright.sync_api import expect

from tests.stories.acting import sign_in, text_of, wait_until

pytestmark = [pytest.mark.story, pytest.mark.browser]
SKU = "AVENGERS-SPIDERMAN"
STORE = "LYON"


def send_stock(platform, quantity):
    """The ERP sends a stock file to the flow, by API, and waits for its run."""
    text = f"depot_type;depot_code;art_ref;type_ref;qte\nMAG;{STORE};{SKU};;{quantity}\nMAG;{STORE};NO-SUCH-TOY;;3\n"
    request = urllib.request.Request(f"{platform.url}/api/v1/flows/stock/runs", data=text.encode(), method="POST")
    request.add_header("Authorization", f"Bearer {platform.key('ERP key')}")
    request.add_header("Content-Type", "text/csv")
    request.add_header("Content-Disposition", f'attachment; filename="stock-{uuid.uuid4().hex[:6]}.csv"')
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 202
        run = json.loads(answer.read())
    return wait_until(lambda: _finished(platform, run["guid"]))


def _finished(platform, guid):
    status, run = platform.call("GET", f"/runs/{guid}", platform.key("ERP key"))
    assert status == 200
    return run if run["state"].startswith(("done", "failed")) else None


def balance(platform):
    return platform.shell(
        "from logistics.models import StockBalance as B\n"
        f"b = B.objects.get(product__sku='{SKU}', place__store__code='{STORE}')\n"
        "print(json.dumps([b.physical, b.reserved]))"
    )


def test_a_pickup_order_is_placed_paid_at_the_till_and_seen_in_office(platform, page, context):
    # Automate refreshes the stock; the row that names an unknown toy is refused and does not stop the file.
    run = send_stock(platform, 7)
    assert run["state"] == "done_with_rejections"
    assert balance(platform) == [7, 0]

    # The shopper searches, chooses a store, and availability follows at once.
    page.goto(f"{platform.url}/")
    page.fill("#search-box", "spiderman")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/**")
    page.locator(".tile a").first.click()
    page.wait_for_url("**/p/**")
    page.get_by_role("link", name="Spider-Man", exact=True).click()
    page.locator(f"form:has(input[name=store][value={STORE}]) button").first.click()
    expect(page.locator(".site-header")).to_contain_text("Lyon")
    page.locator("form.add button[type=submit]").click()
    expect(page.locator("#added")).to_contain_text("panier")

    # Checkout as a guest: pickup in the chosen store, payment there.
    page.goto(f"{platform.url}/")
    page.locator("#basket-link").click()
    page.locator("a[href$='/checkout/'], a[href*='commande']").first.click()
    page.fill("#id_first_name", "Marc")
    page.fill("#id_last_name", "Duval")
    page.fill("#id_email", "marc.duval@example.org")
    page.fill("#id_phone", "06 12 34 56 78")
    pickup = page.locator("input[name=delivery_mode][value*=pickup], input[name=delivery_mode][value*=retrait]").first
    pickup.check()
    page.locator(f"#store-{STORE}").wait_for()
    page.locator(f"#store-{STORE}").check()
    page.wait_for_load_state("networkidle")
    page.locator("#pay-pay_in_store").check()
    page.locator("#id_terms").check()
    page.locator("aside button[type=submit]").click()
    expect(page.locator("h1")).to_contain_text("Merci")
    number = re.search(r"[A-Z]\d{2}-\d+", page.locator("main").inner_text()).group()
    assert balance(platform) == [7, 1], "the unit is promised"

    # Office shows it; the store gets a task; the store sees its own orders.
    office = context.browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900})
    desk = office.new_page()
    sign_in(desk, platform, "store")
    wait_until(lambda: number in text_of(desk, f"{platform.url}/office/orders/order/"))

    # The till: looks the order up, is told its balance, posts the payment twice under one key.
    till = platform.key("till key")
    status, order = platform.call("GET", f"/orders/{number}", till)
    assert status == 200
    payment = {"amount": order["due"]["amount"], "till": "caisse-1"}
    answers = [
        platform.call("POST", f"/orders/{number}/payments", till, payment, Idempotency_Key=f"ticket-{number}")
        for _ in range(2)
    ]
    assert {status for status, _ in answers} == {201}
    assert answers[0][1] == answers[1][1]
    status, order = platform.call("GET", f"/orders/{number}", till)
    assert order["payment_state"] == "paid"
    status, again = platform.call(
        "POST", f"/orders/{number}/payments", till, payment, Idempotency_Key=f"other-{number}"
    )
    assert status in {409, 422}, again

    # Collected: the promise becomes a movement.
    assert platform.call("POST", f"/orders/{number}/ready", till)[0] == 200
    assert platform.call("POST", f"/orders/{number}/collect", till)[0] == 200
    assert balance(platform) == [6, 0]

    # Office shows the payment and the end; the shopper's page too.
    desk.goto(f"{platform.url}/office/orders/order/?q={number}")
    desk.get_by_text(number).first.click()
    expect(desk.locator("body")).to_contain_text("caisse-1")
    page.reload()
    expect(page.locator("main")).to_contain_text("Reçu")
    office.close()

    # The ERP pulls the order with its discounts, once, and acknowledges it under its own number.
    erp = platform.key("ERP key")
    pulled = wait_until(lambda: _pulled(platform, erp, number))
    line = next(line for line in pulled["lines"] if line["sku"] == SKU)
    assert any(reason["kind"] == "campaign" for reason in line["discount_reasons"]), (
        "the campaign is told with the line"
    )
    path = f"/erp/orders/{pulled['order_guid']}/ack"
    assert platform.call("POST", path, erp, {"outside_number": "SO-1001"})[0] == 200
    assert platform.call("POST", path, erp, {"outside_number": "SO-1001"})[0] == 200
    assert _pulled(platform, erp, number) is None


def _pulled(platform, key, number):
    status, found = platform.call("GET", "/erp/orders?limit=100", key)
    assert status == 200
    return next((order for order in found["orders"] if order["order_number"] == number), None)


def test_a_card_payment_is_proven_by_the_bank_alone(platform, page):
    page.goto(f"{platform.url}/search/?q=puzzle")
    page.locator(".tile a").first.click()
    page.locator("form.add button[type=submit]").click()
    page.locator("#added a").last.click()
    page.fill("#id_first_name", "Lina")
    page.fill("#id_last_name", "Petit")
    page.fill("#id_email", "lina@example.org")
    page.fill("#id_phone", "06 00 00 00 00")
    page.locator("input[name=delivery_mode][value*=home], input[name=delivery_mode][value*=domicile]").first.check()
    page.locator("#id_line1").wait_for()
    page.fill("#id_line1", "1 rue des Lilas")
    page.fill("#id_postcode", "69003")
    page.fill("#id_city", "Lyon")
    page.locator("#pay-card").check()
    page.locator("#id_terms").check()
    page.locator("aside button[type=submit]").click()
    page.wait_for_url("**/sandbox-bank/**")
    page.locator("button[value=pay], button:has-text('Payer')").first.click()
    page.wait_for_url("**/order/**")
    wait_until(lambda: "Reçu" in text_of(page, page.url))


def test_till_of_another_store_does_not_know_the_order(platform):
    status, problem = platform.call("GET", "/orders/W26-999999", platform.key("till key"))
    assert (status, problem["code"]) == (404, "no_such_order")
