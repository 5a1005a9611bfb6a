"""What people send: checked for what it is, kept once, made small, shown well, never run."""

import datetime as dt
import io
import zlib

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.urls import reverse
from PIL import Image

from altazion.lib import uploads
from altazion.lib.clock import now
from altazion.lib.films import film_at, players
from altazion.lib.problems import Invalid
from catalog import services
from catalog.forms import MediaForm
from catalog.models import DocumentKind, Media
from discovery.services import reindex
from logbook.services import record
from tests.builders import AT, Shopfront, a_colleague, a_product

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF\n"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = {
        **settings.STORAGES,
        "raw_files": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "raw"},
        },
    }


def an_image(kind="JPEG", size=(1000, 500), **options):
    out = io.BytesIO()
    Image.new("RGB", size, "#cc2233").save(out, kind, **options)
    return out.getvalue()


def a_bomb():
    """A PNG that says it has 200 megapixels."""

    def part(name, data):
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    head = (20_000).to_bytes(4, "big") + (10_000).to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(bytes(100))) + part(b"IEND", b"")


def send(product, content, name="a.jpg", kind="image", **fields):
    media = Media(kind=kind, **fields)
    services.save_media(product, [media], files={0: ContentFile(content, name)}, at=AT)
    return media


@pytest.mark.parametrize(
    ("content", "kind", "why"),
    [
        (b"", "image", "empty"),
        (b"<html><script>alert(1)</script>", "image", "not_image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "image", "not_image"),
        (an_image()[:-300], "image", "broken"),
        (a_bomb(), "image", "too_many_pixels"),
        (PDF, "image", "not_image"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "image", "not_image"),
        (an_image(), "document", "not_pdf"),
        (b"%PDF-1.7 cut", "document", "not_pdf"),
        (an_image(), "video", "not_video"),
        (b"\x00\x00\x00\x20ftypheic" + bytes(50), "video", "not_video"),
    ],
)
def test_files_that_are_not_what_they_should_be(content, kind, why):
    with pytest.raises(uploads.NotTaken, match=why):
        uploads.check(io.BytesIO(content), kind)
    with pytest.raises(Invalid) as refusal:
        send(a_product(), content, kind=kind)
    assert refusal.value.field == "upload"
    assert not Media.objects.exists()


def test_a_file_that_is_too_large_is_not_read_to_its_end(monkeypatch):
    monkeypatch.setitem(uploads.MOST_BYTES, "image", 1000)
    file = io.BytesIO(bytes(5000))
    with pytest.raises(uploads.NotTaken, match="too_large"):
        uploads.check(file, "image")
    assert file.tell() == 1001


def test_pictures_are_written_anew_upright_and_say_nothing_more():
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Secret camera"  # turned a quarter
    hidden = an_image(exif=exif, comment=b"secret") + b"PK\x03\x04<script>alert(1)</script>"

    media = send(a_product(), hidden, "photo.html")

    kept = default_storage.open(media.location).read()
    assert (media.width, media.height, media.mime) == (500, 1000, "image/jpeg")
    assert media.location == f"files/{media.digest[:2]}/{media.digest}.jpg"
    for trace in (b"Secret", b"secret", b"script", b"PK\x03\x04"):
        assert trace not in kept


def test_the_wrong_ending_does_not_matter_and_the_same_file_is_kept_once():
    one, other = a_product(), a_product()
    first, second = send(one, an_image("PNG"), "x.jpg"), send(other, an_image("PNG"), "y.gif")
    assert first.location == second.location
    assert first.location.endswith(".png")
    with pytest.raises(Invalid):
        send(one, an_image("PNG"))

    services.save_media(one, [], [first], at=AT)

    assert default_storage.exists(second.location)


def test_smaller_copies_are_made_once():
    toy = a_product()
    media = send(toy, an_image(size=(1000, 500)))
    assert services.make_sizes([toy.pk], at=AT) == 1
    assert services.make_sizes([toy.pk], at=AT) == 0
    media.refresh_from_db()
    assert [width for width, _name in media.sizes] == [320, 640, 960]
    with Image.open(default_storage.open(media.sizes[0][1])) as small:
        assert (small.size, small.format) == ((320, 160), "WEBP")


def test_the_page_shows_copies_sizes_documents_and_asks_before_a_film(client):
    shop = Shopfront()
    services.ensure_document_kinds()
    toy = shop.product
    send(toy, an_image(), alt="Une boîte rouge", focus_x=20, focus_y=80)
    send(toy, an_image(size=(900, 900)), position=1, focus_x=12, focus_y=88)
    send(
        toy, PDF, "manual.pdf", "document", title="Mode d’emploi", document_kind=DocumentKind.objects.get(code="notice")
    )
    send(toy, PDF + b" \n%%EOF", "secret.pdf", "document", title="Marges", is_public=False)
    film = Media(kind="video", location="https://www.youtube.com/watch?v=abcdefgh")
    services.save_media(toy, [film], at=AT)
    services.make_sizes([toy.pk], at=AT)
    reindex(None, at=now())

    answer = client.get(reverse("storefront:product", args=[toy.slug, toy.pk]))
    page = answer.content.decode()

    assert "320w" in page
    assert 'width="1000" height="500"' in page
    assert "fx-10 fy-90" in page
    assert "Mode d’emploi" in page
    assert "Marges" not in page
    assert "<iframe" not in page
    assert 'data-player="https://www.youtube-nocookie.com/embed/abcdefgh' in page
    assert "https://www.youtube-nocookie.com" in answer["Content-Security-Policy"]


def test_files_are_served_so_that_nothing_runs(client):
    Shopfront()
    toy = a_product()
    picture, paper = send(toy, an_image()), send(toy, PDF, "a.pdf", "document")
    shown, saved = client.get(picture.url), client.get(paper.url)
    assert shown["Content-Type"] == "image/jpeg"
    assert "immutable" in shown["Cache-Control"]
    assert saved["Content-Disposition"].startswith("attachment")
    for answer in (shown, saved):
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]


def test_internal_documents_are_for_colleagues(client):
    Shopfront()
    toy = a_product()
    paper = send(toy, PDF, "a.pdf", "document", is_public=False, title="Marges")
    assert paper.url == ""
    assert client.get(f"/media/{paper.location}").status_code == 404
    address = reverse("admin:catalog_media_file", args=[paper.pk])
    assert client.get(address).status_code == 302  # to the login
    client.force_login(a_colleague(is_superuser=True))
    answer = client.get(address)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment")

    paper.is_public = True
    services.save_media(toy, [paper], at=AT)
    assert client.get(paper.url).status_code == 200


def test_office_says_at_the_field_what_is_wrong(client):
    client.force_login(a_colleague(is_superuser=True))
    toy = a_product(price="5")
    page = client.get(reverse("admin:catalog_product_change", args=[toy.pk])).content.decode()
    assert "catalog/media" in page
    for content, words in ((a_bomb(), "50"), (b"<html>", "JPEG"), (an_image(), "")):
        file = ContentFile(content, "a.jpg")
        bound = MediaForm({"kind": "image", "position": "0", "is_public": "on"}, {"upload": file})
        assert bool(bound.errors) is bool(words)
        assert words in str(bound.errors.get("upload", ""))


@pytest.mark.parametrize(
    ("kind", "location"),
    [
        ("image", "http://x.test/a.jpg"),
        ("image", "javascript://x"),
        ("video", "https://evil.test/film"),
        ("image", "/etc/passwd"),
        ("image", "a/../../b"),
    ],
)
def test_addresses_that_are_not_taken(kind, location):
    with pytest.raises(Invalid):
        services.check_address(kind, location)


def test_a_film_shows_its_poster_until_it_plays(client):
    shop = Shopfront()
    film = Media(kind="video", location="https://www.youtube.com/watch?v=abcdef", title="Le film")
    services.save_media(shop.product, [film], posters={0: ContentFile(an_image(), "p.jpg")}, at=AT)
    reindex(None, at=now())
    page = client.get(reverse("storefront:product", args=[shop.product.slug, shop.product.pk])).content.decode()
    assert f'<img class="film-poster" src="/media/{film.poster}"' in page
    with pytest.raises(Invalid):
        services.save_media(shop.product, [film], posters={0: ContentFile(b"<html>", "p.jpg")}, at=AT)


def test_films_of_a_peertube_that_the_operator_knows(settings):
    address = "https://tube.test/w/9c9de5e8-0a1e-484a-b099-e80766180a6d"
    assert film_at(address) is None
    settings.PEERTUBE_HOSTS = ["tube.test"]
    film = film_at(address)
    assert film.player == "https://tube.test/videos/embed/9c9de5e8-0a1e-484a-b099-e80766180a6d?autoplay=1&p2p=0"
    assert film_at("https://tube.test/videos/watch/9c9de5e8").page == "https://tube.test/w/9c9de5e8"
    assert "https://tube.test" in players()
    for other in ("https://tube.test/about", "https://tube.test:8443/w/9c9de5e8", "https://evil.test/w/9c9de5e8"):
        assert film_at(other) is None


def test_pictures_that_came_by_path_get_their_copies_at_night():
    toy = a_product()
    default_storage.save("toys/a.jpg", ContentFile(an_image()))
    default_storage.save("toys/b.jpg", ContentFile(b"no picture"))
    for name in ("toys/a.jpg", "toys/b.jpg", "toys/none.jpg", "https://cdn.test/a.jpg"):
        Media.objects.create(product=toy, location=name)
    assert services.make_all_sizes(at=AT) == 1
    assert services.make_all_sizes(at=AT) == 0
    good = Media.objects.get(location="toys/a.jpg")
    assert [width for width, _name in good.sizes] == [320, 640, 960]
    assert (good.width, good.height) == (1000, 500)
    assert all(name.startswith("files/") and default_storage.exists(name) for _width, name in good.sizes)


def test_files_that_nothing_names_go_after_a_month_and_history_is_heard():
    toy = a_product()
    kept, gone, told = (send(toy, an_image(size=(n, 9))) for n in (10, 20, 30))
    services.make_sizes([toy.pk], at=AT)
    default_storage.save("toys/by-path.jpg", ContentFile(an_image()))
    services.save_media(toy, [], [gone, told], at=AT)
    record("catalog.product_noted", at=AT, subject_kind="product", subject_id=toy.pk, picture=told.location)

    assert services.clean_files(at=now()).removed == 0, "young"
    later = now() + dt.timedelta(days=31)
    tried = services.clean_files(at=later, dry_run=True)
    assert (tried.removed, tried.named) == (2, 4)
    assert default_storage.exists(gone.location)

    assert services.clean_files(at=later).removed == 2
    assert not default_storage.exists(gone.location)
    for one in (kept.location, told.location, "toys/by-path.jpg"):
        assert default_storage.exists(one)
    assert services.clean_files(at=later).removed == 0
    out = io.StringIO()
    call_command("clean_files", "--dry-run", stdout=out)
    assert "4 in use" in out.getvalue()
