"""The customer area: invoices and the story of an order, for their owner alone; axe and a phone find nothing wrong."""

import itertools

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.files.storage import storages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounting import services as books
from accounts.models import User
from customers.services import register_customer
from orders import services
from tests.builders import AT, Shopfront, a_company

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "a long password"


@pytest.fixture
def shop(settings, tmp_path, monkeypatch):
    settings.STORAGES = {
        **settings.STORAGES,
        "raw_files": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }
    monkeypatch.setattr("accounting.services.papers.paper_of", lambda document: document.number.encode())
    a_company()
    return Shopfront(units=100)


def a_shopper(email):
    user = User.objects.create_user(email, PASSWORD, first_name="Ana", last_name="Lo", kind="shopper")
    return user, register_customer(user, at=AT)


def bought(shop, customer=None, *, paper=True, email="lea@example.com"):
    """An order that was collected, with its invoice."""
    order = shop.order((shop.product, 2), customer=customer, email=email)
    services.record_payment(order, method=shop.in_store, amount=order.total, key=order.number, at=AT)
    services.mark_ready(order, AT, "anna")
    services.hand_over(order, AT, "anna")
    made = books.invoice_order(order.guid, key=f"done:{order.guid}", at=AT)
    if paper:
        books.make_paper(made, at=AT)
    return order, made


def address(order, made):
    return reverse("storefront:order_document", args=[order.guid, made.guid])


def test_a_guest_finds_invoices_and_the_story_by_the_orders_secret_address(shop, client):
    order, made = bought(shop)
    services.refund(order, made.total, reason="return", key="k", at=AT, actor="anna")
    page = client.get(reverse("storefront:order", args=[order.guid])).content.decode()
    assert address(order, made) in page
    assert "Lyon" in page
    assert page.count('<time class="muted small"') >= 4
    answer = client.get(address(order, made))
    assert (answer["Content-Type"], answer.content) == ("application/pdf", made.number.encode())
    assert "no-store" in answer["Cache-Control"]
    assert client.post(address(order, made)).status_code == 405


def test_an_invoice_opens_below_its_own_order_only(shop, client):
    order, made = bought(shop)
    other, others = bought(shop)
    assert client.get(address(order, others)).status_code == 404
    assert client.get(address(other, made)).status_code == 404


def test_a_document_that_is_not_made_yet_is_told(shop, client):
    order, made = bought(shop, paper=False)
    answer = client.get(address(order, made), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("storefront:order", args=[order.guid])
    assert "notice" in answer.content.decode()
    sha256 = books.make_paper(made, at=AT).sha256
    storages["raw_files"].delete(f"invoices/{sha256[:2]}/{sha256}.pdf")
    assert client.get(address(order, made)).status_code == 302


def test_everything_of_an_account_is_closed_to_everybody_else(shop, client):
    (ana, hers), (ben, his) = a_shopper("ana@example.com"), a_shopper("ben@example.com")
    mine, theirs = bought(shop, hers, email=ana.email), bought(shop, his, email=ben.email)
    for (order, made), pages in itertools.product([theirs], [("order",), ("order_document",)]):
        where = reverse("storefront:order", args=[order.guid]) if pages == ("order",) else address(order, made)
        assert client.get(where).status_code == 302, "a stranger is asked who they are"
        client.force_login(ana)
        assert client.get(where).status_code == 404
        client.logout()
    client.force_login(ana)
    page = client.get(reverse("storefront:account_documents")).content.decode()
    assert mine[1].number in page
    assert theirs[1].number not in page
    todo, seen = [reverse("storefront:account")], set()
    while todo:  # whatever an account's pages lead to belongs to it
        here = todo.pop()
        seen.add(here)
        answer = client.get(here)
        assert answer.status_code == 200, here
        if "text/html" not in answer["Content-Type"]:
            continue
        text = answer.content.decode()
        assert str(theirs[0].guid) not in text
        assert ben.email not in text
        found = {part.split('"')[0] for part in text.split('href="')[1:]}
        todo += [one for one in found if ("/account/" in one or "/order/" in one) and one not in seen | set(todo)]
    assert address(*mine) in seen
    client.logout()
    assert client.get(reverse("storefront:account_documents")).status_code == 302


def test_pages_of_invoices_follow_one_another_with_as_many_questions(shop, client, monkeypatch):
    monkeypatch.setattr("storefront.views.documents.PAGE", 2)
    ana, hers = a_shopper("ana@example.com")
    client.force_login(ana)
    where, counts = reverse("storefront:account_documents"), []
    assert "account_documents" not in client.get(where).content.decode()
    for more in (1, 2):
        for _n in range(more):
            bought(shop, hers, email=ana.email)
        with CaptureQueriesContext(connection) as asked:
            page = client.get(where)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    following = page.context["following"]
    assert len(client.get(where, {"after": following}).context["invoices"]) == 1
    assert client.get(where, {"after": "x"}).status_code == 404


@pytest.mark.browser
def test_the_customer_area_passes_axe_fits_a_phone_and_needs_no_script(shop, live_server, browser):
    ana, hers = a_shopper("ana@example.com")
    order, made = bought(shop, hers, email=ana.email)
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=True)
    page = context.new_page()
    page.goto(f"{live_server.url}/account/login/")
    page.fill("[name=username]", ana.email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/account/")
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
    for where in ("/account/", "/account/orders/", "/account/invoices/", "/account/addresses/", "/account/profile/",
                  f"/order/{order.guid}/"):  # fmt: skip
        page.goto(live_server.url + where)
        found = Axe().run(page, options=rules)
        assert not found.violations_count, f"{where}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, where
    page.goto(f"{live_server.url}/account/invoices/")
    with page.expect_download() as download:
        page.get_by_role("link", name=made.number).click()
    assert download.value.suggested_filename == f"{made.number}.pdf"
    context.close()
