"""Files that a source names by address: noted by the loader, fetched by workers, checked, told if they do not come."""

import datetime as dt
import io

import pytest
from django.urls import reverse

from altazion.lib.fetching import Fetched, NotFetched
from catalog import loaders, services
from catalog.enums import FetchState
from catalog.models import Media, MediaFetch
from logbook.models import Event
from tests.builders import AT, a_colleague, a_product
from tests.catalog.test_media import PDF, an_image, folder  # noqa: F401 - a fixture
from tests.loads import load

pytestmark = pytest.mark.django_db
CDN = "https://cdn.test"


def media(*rows, **options):
    return load("media", loaders.merge_media, *rows, **options)


def answering(**files):
    """A fetch that knows these files by their last word; others are missing, an exception is raised."""

    def get(address, *, most_bytes):
        found = files.get(address.rpartition("/")[2].partition(".")[0])
        if found is None:
            raise NotFetched("missing", detail="404")
        if isinstance(found, Exception):
            raise found
        return Fetched(io.BytesIO(found), "", address)

    return get


def test_a_row_may_name_all_files_of_a_product():
    toy = a_product("T")
    loaded = media(
        {
            "sku": "T",
            "main_image": f"{CDN}/a.jpg",
            "images": f"{CDN}/b.jpg| {CDN}/c.png |",
            "videos": "https://www.youtube.com/watch?v=abcdef",
            "documents": f"{CDN}/m.pdf",
        }
    )
    assert loaded.counts == (1, 0, 0, 0)
    assert not Media.objects.exists(), "nothing is shown before it was looked at"

    get = answering(a=an_image(), b=an_image(size=(20, 20)), c=an_image("PNG", size=(9, 9)), m=PDF)
    assert services.fetch_waiting(at=AT, get=get) == 5

    shown = [(one.kind, one.location[:6], one.position, one.source) for one in toy.media.all()]
    assert shown == [
        ("image", "files/", 0, "erp"),
        ("image", "files/", 1, "erp"),
        ("image", "files/", 2, "erp"),
        ("video", "https:", 1001, "erp"),
        ("document", "files/", 2001, "erp"),
    ]
    assert set(MediaFetch.objects.values_list("state", flat=True)) == {FetchState.DONE}
    assert services.fetch_waiting(at=AT, get=get) == 0
    assert media({"sku": "T", "main_image": f"{CDN}/a.jpg", "images": f"{CDN}/b.jpg|{CDN}/c.png"}).counts == (
        0,
        0,
        1,
        0,
    )


def test_a_row_may_name_one_file_and_its_kind():
    a_product("T", external_id="7")
    loaded = media(
        {"external_id": "7", "url": f"{CDN}/x", "is_main": True, "mime": "image/png"},
        {"external_id": "7", "url": f"{CDN}/film.mp4"},
        {"external_id": "7", "url": f"{CDN}/y", "mime": "application/pdf"},
        {"external_id": "7", "url": f"{CDN}/z", "mime": "text/html"},
        {"external_id": "8", "url": f"{CDN}/x"},
        {"external_id": "7", "url": "javascript:alert(1)"},
        {"external_id": "7"},
    )
    assert loaded.counts == (3, 0, 0, 4)
    assert {code for *_rest, code in loaded.rejects} == {"unknown_mime", "unknown_product", "bad_address", "required"}
    assert dict(MediaFetch.objects.values_list("address", "kind")) == {
        f"{CDN}/x": "image",
        f"{CDN}/film.mp4": "video",
        f"{CDN}/y": "document",
    }


def test_what_does_not_come_is_told_once_and_tried_again():
    toy = a_product("T")
    media(
        {"sku": "T", "images": f"{CDN}/gone.jpg|{CDN}/page.jpg|{CDN}/busy.jpg|{CDN}/inside.jpg"},
    )
    get = answering(page=b"<html>", busy=NotFetched("no_answer", again=True), inside=NotFetched("inside"))
    services.fetch_waiting(at=AT, get=get)

    states = dict(MediaFetch.objects.values_list("address", "state"))
    assert states.pop(f"{CDN}/busy.jpg") == FetchState.WAITING
    assert set(states.values()) == {FetchState.FAILED}
    told = Event.objects.get(kind="catalog.media_not_fetched")
    assert (told.subject_id, told.data["failed"]) == ("erp", 3)
    assert not toy.media.exists()
    assert services.fetch_waiting(at=AT, get=get) == 0, "not before its time"

    later = AT
    for _n in range(3):
        later += dt.timedelta(hours=6)
        services.fetch_waiting(at=later, get=get)
    assert set(MediaFetch.objects.values_list("state", flat=True)) == {FetchState.FAILED}

    good = answering(**dict.fromkeys(["gone", "page", "busy", "inside"], an_image()))
    assert services.fetch_again(MediaFetch.objects.values_list("pk", flat=True), at=later) == 4
    services.fetch_waiting(at=later, get=good)
    assert toy.media.count() == 1, "the same picture under four addresses stands once"
    assert Event.objects.filter(kind="catalog.media_fetched").count() == 1


def test_a_whole_file_takes_its_own_away_and_leaves_what_people_hung():
    toy = a_product("T")
    by_hand = Media.objects.create(product=toy, location="toys/hand.jpg")
    media({"sku": "T", "images": f"{CDN}/a.jpg|{CDN}/b.jpg"})
    services.fetch_waiting(at=AT, get=answering(a=an_image(), b=an_image(size=(9, 9))))
    assert toy.media.count() == 3

    loaded = media({"sku": "T", "images": f"{CDN}/b.jpg"}, full=True)

    assert loaded.result.archived == 1
    assert toy.media.count() == 2
    assert toy.media.filter(pk=by_hand.pk).exists()


def test_internal_documents_stay_internal():
    toy = a_product("T")
    media({"sku": "T", "url": f"{CDN}/m.pdf", "is_public": False, "title": "Marges"})
    services.fetch_waiting(at=AT, get=answering(m=PDF))
    kept = toy.media.get()
    assert (kept.is_public, kept.url, kept.title) == (False, "", "Marges")


def test_office_says_why_and_tries_again(client):
    a_product("T")
    media({"sku": "T", "images": f"{CDN}/gone.jpg"})
    services.fetch_waiting(at=AT, get=answering())
    client.force_login(a_colleague(is_superuser=True))
    address = reverse("admin:catalog_mediafetch_changelist")
    page = client.get(address, {"state": "failed", "source": "erp"}).content.decode()
    assert "404" in page
    client.post(address, {"action": "again", "_selected_action": [MediaFetch.objects.get().pk]})
    assert MediaFetch.objects.get().state == FetchState.WAITING
