"""The UX expert builds the brand's page and transfers it to the SEO lead, who validates (OFF-20), in a browser."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from logbook.models import Event
from tasks_mgmt.models import Task, TaskStep
from tests.builders import a_colleague

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a long password"


def come_in(page: Page, live_server, person):
    page.context.clear_cookies()
    page.goto(f"{live_server.url}/office/")
    page.fill("#id_username", person.email)
    page.fill("#id_password", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(f"{live_server.url}/office/")


def choose(page: Page, name: str):
    page.locator(".select2-selection").first.click()
    page.keyboard.type(name.split(maxsplit=1)[0])
    page.locator(".select2-results__option", has_text=name).last.click()


def test_the_brand_page_goes_from_ux_to_seo_and_is_validated(live_server, page: Page):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    manager = a_colleague("mia@shop.test", first_name="Mia", last_name="Roux", is_superuser=True)
    ugo = a_colleague("ugo@shop.test", first_name="Ugo", last_name="Lambert", job="UX")
    sara = a_colleague("sara@shop.test", first_name="Sara", last_name="Nguyen", job="SEO")

    come_in(page, live_server, manager)
    new = reverse("admin:tasks_mgmt_task_new")
    page.goto(f"{live_server.url}{new}?subject_kind=catalog.brand&subject_id=1&subject_label=Hasbro")
    page.fill("#id_title", "Build the Hasbro page")
    choose(page, "Ugo Lambert")
    page.fill("#id_description", "A hero picture, the stars, a word about the brand.")
    page.click("main button[type=submit], .of-form button[type=submit]")
    task = Task.objects.get()
    assert (task.recipient, task.requester, task.subject_label) == (ugo, manager, "Hasbro")

    come_in(page, live_server, ugo)
    expect(page.locator(".of-bell b")).to_have_text("1")
    page.get_by_role("link", name="Build the Hasbro page").click()
    page.fill("#id_word", "It is built: please check titles and description.")
    choose(page, "Sara Nguyen")
    page.click("button[value=send_for_validation]")
    expect(page.locator(".of-steps li")).to_have_count(2)
    expect(page.locator("button[value=process]")).to_have_count(0)  # it is out of Ugo's hands

    come_in(page, live_server, sara)
    page.get_by_role("link", name="Build the Hasbro page").click()
    page.click("button[value=refuse]")
    expect(page.locator(".errors")).to_have_count(1)  # a refusal needs a word
    page.fill("#id_word", "The title is longer than sixty signs.")
    page.click("button[value=refuse]")

    come_in(page, live_server, ugo)
    page.get_by_role("link", name="Build the Hasbro page").click()
    expect(page.locator(".of-steps")).to_contain_text("longer than sixty signs")
    choose(page, "Sara Nguyen")
    page.click("button[value=send_for_validation]")

    come_in(page, live_server, sara)
    page.get_by_role("link", name="Build the Hasbro page").click()
    page.click("button[value=accept]")
    expect(page.locator(".of-bell b")).to_have_count(0)

    task.refresh_from_db()
    assert task.state == "done"
    assert list(TaskStep.objects.values_list("action", flat=True)) == [
        "asked",
        "sent_for_validation",
        "refused",
        "sent_for_validation",
        "accepted",
    ]
    assert Event.objects.filter(kind="tasks.task_changed").count() == 5
    come_in(page, live_server, manager)
    page.goto(f"{live_server.url}{reverse('admin:tasks_mgmt_task_changelist')}?which=sent")
    expect(page.locator(".of-task")).to_have_count(1)
    assert [text for text in complaints if "422" not in text] == []  # the one refused form answers 422
