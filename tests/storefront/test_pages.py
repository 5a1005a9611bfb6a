"""Pages of the shop as a browser without JavaScript sees them."""

import pytest

from tests import builders as b

pytestmark = pytest.mark.django_db


def test_home_answers_in_french_and_in_english(client):
    b.a_channel()
    assert 'lang="fr"' in client.get("/").content.decode()
    assert 'lang="en"' in client.get("/en/").content.decode()


def test_choosing_a_store_is_remembered_and_shown(client):
    b.a_channel()
    store = b.a_store("LYO", name="Lyon Bellecour", hours={"1": [["09:00", "19:00"]]})
    page = client.get("/stores/").content.decode()
    assert "Lyon Bellecour" in page
    answer = client.post("/stores/choose/", {"store": store.code, "next": "/stores/LYO/"})
    assert answer["Location"] == "/stores/LYO/"
    assert "Lyon Bellecour" in client.get("/").content.decode()


@pytest.mark.parametrize("address", ["https://evil.test/", "//evil.test", "javascript:alert(1)"])
def test_choosing_a_store_never_leads_elsewhere(client, address):
    b.a_channel()
    answer = client.post("/stores/choose/", {"store": b.a_store().code, "next": address})
    assert answer["Location"] == "/stores/"


def test_an_unknown_store_cannot_be_chosen(client):
    b.a_channel()
    client.post("/stores/choose/", {"store": "NOWHERE"})
    assert "store" not in client.cookies
