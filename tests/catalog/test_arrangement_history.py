"""Who changed segments, brands, selections and landing pages, from what to what, and the way back for one field."""

import pytest

from catalog import services
from catalog.models import Brand, Selection
from logbook.models import Event
from tests.builders import AT, a_colleague, a_segment
from tests.pages import form_values

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client):
    client.force_login(a_colleague(is_superuser=True, language="en"))
    return client


def last():
    return Event.objects.order_by("-id").first()


def changed(kind):
    """A thing of a kind whose name and another field were changed by Anna."""
    if kind == "segment":
        thing = a_segment("Old")
        services.save_segment(thing, {"name": "New", "importance": 300}, parent=None, at=AT, actor="anna")
    elif kind == "brand":
        thing = services.save_brand(None, {"code": "b", "name": "Old"}, at=AT)
        services.save_brand(thing, {"name": "New", "importance": 300}, at=AT, actor="anna")
    else:
        thing = Selection.objects.create(code="s", name="Old")
        services.put_selection("s", {"name": "New", "group": "Home"}, at=AT, actor="anna")
    return thing


@pytest.mark.parametrize("kind", ["segment", "brand", "selection"])
def test_the_history_tells_old_and_new_and_gives_one_field_back(office, kind):
    thing = changed(kind)
    assert last().data["was"]["name"] == ["Old", "New"]
    page = f"/office/catalog/{kind}/{thing.pk}/history/"
    html = office.get(page).content.decode()
    for word in ("anna", "Old", "New"):
        assert word in html
    assert office.post(page, {"change": f"{last().pk}:name"}).status_code == 302
    thing.refresh_from_db()
    assert thing.name == "Old"
    assert last().data["was"]["name"] == ["New", "Old"]


def test_what_changed_again_since_or_hangs_on_other_things_is_not_undone(office):
    brand = changed("brand")
    event = last()
    services.save_brand(brand, {"name": "Newest"}, at=AT)
    page = f"/office/catalog/brand/{brand.pk}/history/"
    answer = office.post(page, {"change": f"{event.pk}:name"}, follow=True)
    assert "changed again since" in answer.content.decode()
    for forged in ("", "x", f"{event.pk}:code", f"{event.pk}:slug", "9" * 30 + ":name"):
        assert office.post(page, {"change": forged}, follow=True).status_code == 200
    assert Brand.objects.get().name == "Newest"


def test_a_landing_pages_history_and_an_unknown_one(office):
    from campaigns.models import LandingPage
    from campaigns.services import save_page
    from tests.builders import a_channel

    page = save_page(LandingPage(name="L", title="One", channel=a_channel()), {}, at=AT)
    page.title = "Two"
    save_page(page, {}, at=AT, actor="anna")
    html = office.get(f"/office/campaigns/landingpage/{page.pk}/history/").content.decode()
    assert "One" in html
    assert "Two" in html
    assert office.post(f"/office/campaigns/landingpage/{page.pk}/history/", {"change": "1:title"}).status_code == 405
    assert office.get("/office/campaigns/landingpage/999999/history/").status_code in {302, 404}


def test_a_selection_changed_in_office_is_logged(office):
    selection = Selection.objects.create(code="s", name="Old")
    page = f"/office/catalog/selection/{selection.pk}/change/"
    data = form_values(office.get(page).content.decode(), "selection_form")
    assert office.post(page, {**data, "name": "New"}).status_code == 302
    assert any(event.data.get("was") == {"name": ["Old", "New"]} for event in Event.objects.all())


def test_what_is_wrong_in_a_form_is_listed_at_its_top_with_links(office):
    html = office.get("/office/catalog/product/add/").content.decode()
    data = {**form_values(html, "product_form"), "weight_g": "heavy", "sku": ""}
    html = office.post("/office/catalog/product/add/", data).content.decode()
    assert 'id="form-errors"' in html
    for anchor in ("id_sku", "id_weight_g"):
        assert f'<a href="#{anchor}"' in html
