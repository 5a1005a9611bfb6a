"""Any list of Office as a file: what the person sees, by their rights, watched, kept for some days and then gone."""

import csv
import datetime as dt
import io
import json
import zipfile

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.core.files.storage import storages
from django.urls import reverse

from altazion.lib.problems import Refused
from catalog.models import Brand
from integrations import services
from integrations.exports.lists import ListSource
from integrations.models import ListExport
from integrations.services import lists
from tests.builders import AT, Shopfront, a_colleague, a_product, a_store

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client):
    user = a_colleague(is_superuser=True, language="en")
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return user


def asked(user, label, query="", form="csv", columns=()):
    made = services.ask_list(label, query, user=user, file_format=form, columns=list(columns), language="en", at=AT)
    return services.start_list(made, at=AT)


def content(made):
    with storages["raw_files"].open(made.stored_as) as file:
        return file.read()


def rows(made):
    return list(csv.DictReader(io.StringIO(content(made).decode()), delimiter=";"))


def test_a_list_is_what_the_filters_leave_with_plain_values_beside(boss):
    shop = Shopfront()
    first = shop.order()
    shop.order((shop.product, 2))
    made = asked(boss, "orders.order", f"q={first.number}&p=3")
    assert (made.state, made.rows) == ("done", 1)
    (row,) = rows(made)
    assert (row["total"], row["total_value"]) == ("€12.90", "12.90")
    assert first.number in row.values()
    assert made.keep_until > AT + dt.timedelta(days=6)


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_every_form_and_no_cell_acts_in_a_spreadsheet(boss, form):
    Brand.objects.create(code="evil", slug="evil", name='=HYPERLINK("http://evil")')
    data = content(asked(boss, "catalog.brand", form=form))
    if form == "xlsx":
        sheet = zipfile.ZipFile(io.BytesIO(data))
        assert b"<f>" not in sheet.read("xl/worksheets/sheet1.xml")
    elif form == "json":
        assert "'=HYPERLINK" in str(json.loads(data))
    else:
        assert b"'=HYPERLINK" in data


def test_every_list_of_office_can_be_taken_away(boss):
    Shopfront().order()
    failed = {}
    for model in admin.site._registry:
        label = model._meta.label_lower
        if label == "integrations.listexport":
            continue
        source = ListSource(label, "", boss)
        columns = source.columns()
        found = list(source.read(columns, lambda rows: None))
        if any(len(row) != len(columns) for row in found) or len(found) != ListSource(label, "", boss).count():
            failed[label] = len(found)
    assert failed == {}


def test_a_store_sees_its_own_and_who_may_not_sees_none(client):
    shop = Shopfront()
    order = shop.order()
    other = a_store("NICE")
    user = a_colleague(kind="store")
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_order", "add_listexport"]))
    user.stores.set([other])
    assert asked(user, "orders.order").rows == 0
    user.stores.set([shop.store])
    user = type(user).objects.get(pk=user.pk)
    assert [order.number in row.values() for row in rows(asked(user, "orders.order"))] == [True]
    for label in ("accounts.user", "orders.payment", "no.such", "nonsense"):
        with pytest.raises(Refused):
            asked(user, label)
    client.force_login(a_colleague("ben@shop.test"))
    assert client.get(reverse("admin:integrations_listexport_new"), {"list": "orders.order"}).status_code == 403


def test_tasks_are_only_those_that_concern_one(boss):
    from tasks_mgmt.models import Task

    other = a_colleague("ben@shop.test")
    Task.objects.create(title="Mine", recipient=boss, created_at=AT)
    Task.objects.create(title="His", recipient=other, created_at=AT)
    assert [row.get("Title") or row.get("title") for row in rows(asked(boss, "tasks_mgmt.task"))] == ["Mine"]


def test_the_questions_do_not_grow_with_the_rows(boss, django_assert_max_num_queries):
    for number in range(3):
        a_product(f"A{number}", price=1)
    source = ListSource("catalog.product", "", boss)
    with django_assert_max_num_queries(25):
        assert len(list(source.read(source.columns(), lambda rows: None))) == 3


def test_office_asks_watches_downloads_and_only_ones_own(client, boss):
    Brand.objects.create(code="acme", slug="acme", name="Acme")
    page = client.get(reverse("admin:catalog_brand_changelist"), {"q": "acm"}).content.decode()
    new = reverse("admin:integrations_listexport_new")
    assert f"{new}?list=catalog.brand&amp;query=q%3Dacm" in page
    page = client.get(new, {"list": "catalog.brand", "query": "q=acm"}).content.decode()
    assert "1 row, as you see the list" in page
    assert "q = acm" in page
    assert client.get(new, {"list": "no.such"}).status_code == 404
    said = {"list": "catalog.brand", "query": "q=acm", "file_format": "csv"}
    assert "at least one column" in client.post(new, said).content.decode()
    assert "Choose CSV" in client.post(new, {**said, "file_format": "pdf", "columns": "name"}).content.decode()
    answer = client.post(new, {**said, "columns": ["name", "code"]}, follow=True)
    made = ListExport.objects.get()
    assert "Kept until" in answer.content.decode()
    file = client.get(reverse("admin:integrations_listexport_file", args=[made.pk]))
    assert b"Acme" in b"".join(file.streaming_content)
    assert made.file_name in client.get(reverse("admin:integrations_listexport_changelist")).content.decode()
    client.force_login(a_colleague("ben@shop.test", is_superuser=True))
    for name in ("change", "file"):
        assert client.get(reverse(f"admin:integrations_listexport_{name}", args=[made.pk])).status_code in (302, 404)


def test_a_long_list_is_left_to_a_worker_and_its_page_tells_how_far_it_is(
    client, boss, monkeypatch, settings, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(lists, "AT_ONCE", 0)
    Brand.objects.create(code="acme", slug="acme", name="Acme")
    told = []
    monkeypatch.setattr("integrations.tasks.nudge_list", told.append)
    with django_capture_on_commit_callbacks(execute=True):
        made = asked(boss, "catalog.brand")
    assert (made.state, told) == ("waiting", [made.pk])
    page = client.get(reverse("admin:integrations_listexport_change", args=[made.pk])).content.decode()
    assert "0 of 1 rows are written" in page
    live = client.get(reverse("admin:integrations_listexport_change", args=[made.pk]), {"part": "live"})
    assert "hx-get" in live.content.decode()
    assert services.look_after_lists(at=AT + dt.timedelta(minutes=1)) == []
    assert services.look_after_lists(at=AT + dt.timedelta(minutes=5)) == [made.pk], "the worker died"
    assert services.write_list(made.pk, at=AT).state == "done"


def test_files_go_after_a_week_and_can_be_written_again(client, boss):
    Brand.objects.create(code="acme", slug="acme", name="Acme")
    made = asked(boss, "catalog.brand")
    services.look_after_lists(at=AT + dt.timedelta(days=8))
    made.refresh_from_db()
    assert made.state == "gone"
    assert not storages["raw_files"].exists(made.stored_as)
    file = client.get(reverse("admin:integrations_listexport_file", args=[made.pk]), follow=True)
    assert "no longer kept" in file.content.decode()
    client.post(reverse("admin:integrations_listexport_again", args=[made.pk]))
    made.refresh_from_db()
    assert made.state == "done"
    with pytest.raises(Refused):
        services.retry_list(made, at=AT)


def test_what_goes_wrong_is_told_and_five_are_enough(boss, monkeypatch):
    monkeypatch.setattr(lists, "AT_ONCE", -1)
    for _ in range(5):
        asked(boss, "catalog.brand")
    with pytest.raises(Refused, match="Five"):
        asked(boss, "catalog.brand")
    made = ListExport.objects.first()
    monkeypatch.setattr(lists, "write", lambda *args: 1 / 0)
    assert services.write_list(made.pk, at=AT).state == "failed"
    assert "ZeroDivision" in services.write_list(made.pk, at=AT).message


def test_filters_that_mean_nothing_are_told(client, boss):
    page = client.get(
        reverse("admin:integrations_listexport_new"), {"list": "orders.order", "query": "nonsense__x=1"}, follow=True
    )
    assert "cannot be understood" in page.content.decode()
