"""Office's frame: first page, menu, policy, errors; for all rooms that registered there."""

import datetime as dt

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import translation

from altazion.lib.clock import now
from altazion.lib.problems import Refused
from logbook.models import Pulse
from tasks_mgmt import services
from tests.builders import AT, a_colleague

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client):
    person = a_colleague("boss@shop.test", is_superuser=True, first_name="Bea")
    client.force_login(person)
    return person


def test_who_is_not_signed_in_meets_the_login_page(client):
    page = client.get("/office/", follow=True)
    assert page.status_code == 200
    assert 'name="username"' in page.content.decode()


def test_every_list_and_form_of_office_opens(client, boss):
    failing = []
    for model, page in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        addresses = [reverse(f"{name}_changelist")]
        if page.has_add_permission(client.get("/office/").wsgi_request):
            addresses.append(reverse(f"{name}_add"))
        failing += [url for url in addresses if client.get(url).status_code != 200]
    assert failing == []


def test_the_menu_shows_only_what_one_may_see(client):
    person = a_colleague("anna@shop.test")
    person.user_permissions.add(Permission.objects.get(codename="view_event"))
    client.force_login(person)
    page = client.get("/office/").content.decode()
    assert reverse("admin:logbook_event_changelist") in page
    assert "/office/logbook/faileddelivery/" not in page
    assert reverse("admin:tasks_mgmt_task_changelist") in page


def test_office_has_a_wider_policy_and_the_shop_has_not(client, boss):
    office = client.get("/office/")["Content-Security-Policy"]
    scripts = next(part for part in office.split(";") if part.strip().startswith("script-src "))
    assert "'unsafe-eval'" in scripts
    assert "'unsafe-inline'" not in scripts
    other = client.get("/health/")["Content-Security-Policy"]
    assert "unsafe" not in other


def test_office_speaks_the_colleagues_language_until_another_is_chosen(client):
    client.force_login(a_colleague("john@shop.test", language="en"))
    assert 'lang="en"' in client.get("/office/").content.decode()
    client.post("/i18n/setlang/", {"language": "fr", "next": "/office/"})
    assert 'lang="fr"' in client.get("/office/").content.decode()
    client.cookies["django_language"] = "zz"
    assert client.get("/office/").status_code == 200
    translation.deactivate()


def test_a_refusal_nobody_caught_becomes_a_message_on_the_page_before(client, boss, monkeypatch):
    def refuse(*_args, **_facts):
        raise Refused("Not today.")

    monkeypatch.setattr("tasks_mgmt.admin.pages.TaskForm.is_valid", refuse)
    answer = client.post("/office/tasks_mgmt/task/new/", {}, headers={"referer": "http://evil.test/x"})
    assert (answer.status_code, answer["Location"]) == (302, "/office/")
    assert "Not today." in client.get("/office/").content.decode()


def test_a_missing_and_a_forbidden_page_say_so_and_show_the_way_out(client, boss):
    page = client.get("/office/nowhere/")
    assert page.status_code == 404
    assert "of-empty" in page.content.decode()
    client.force_login(a_colleague("anna@shop.test"))
    page = client.get(reverse("admin:logbook_event_changelist"))
    assert page.status_code == 403
    assert 'href="/office/"' in page.content.decode()


def test_the_first_page_takes_a_fixed_number_of_queries(client, boss, django_assert_max_num_queries):
    Pulse.objects.create(name="beat", at=now())
    for number in range(3):
        services.create_task(title=f"T{number}", by=boss, to=boss, at=AT)
    client.get("/office/")
    with django_assert_max_num_queries(20):
        page = client.get("/office/")
    assert page.content.decode().count("of-task-link") == 3


def test_a_silent_worker_is_told(client, boss):
    Pulse.objects.create(name="beat", at=now() - dt.timedelta(hours=1))
    assert "of-health is-bad" in client.get("/office/").content.decode()
