"""Every list of Office asks the database the same number of questions for one row as for three."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from altazion.lib.clock import now
from demo import load
from tests.builders import a_colleague

MOST = 40  # of one page, Office's own frame included


def questions(client, address):
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    assert answer.status_code == 200
    return [query["sql"] for query in asked], len(answer.context["cl"].result_list)


@pytest.mark.django_db
def test_no_list_asks_more_for_three_rows_than_for_one(client, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT, settings.FLOWS_ROOT = tmp_path / "media", tmp_path / "flows"
    monkeypatch.setattr(load, "draw_pictures", lambda: 0)
    load.load(at=now(), logins=tmp_path / "logins.txt", say=lambda line: None)
    client.force_login(a_colleague("boss@budget.test", is_superuser=True))
    growing, compared = {}, 0
    for model, page in sorted(admin.site._registry.items(), key=lambda pair: pair[0]._meta.label):
        address = reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist")
        answer = client.get(address)
        if answer.status_code != 200 or "cl" not in answer.context:
            continue  # leads elsewhere, or is a page of its own
        counts = []
        for rows in (1, 3):
            monkeypatch.setattr(page, "list_per_page", rows)
            client.get(address)
            counts.append(questions(client, address))
        (one, fewer), (three, more) = counts
        compared += more > fewer
        extra = [sql[:200] for sql in three if sql not in one]
        if len(three) > len(one) or len(three) > MOST:
            growing[model._meta.label] = (len(one), len(three), extra[:8])
    assert growing == {}
    assert compared >= 20
