"""Files that find their product by their name, one by one or in a ZIP."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from altazion.lib.problems import Refused
from catalog import services
from catalog.models import Media
from catalog.services import drop
from tests.builders import AT, a_colleague, a_product
from tests.catalog.test_media import PDF, an_image, folder  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


def a_zip(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return io.BytesIO(out.getvalue())


def test_names_lead_to_products_places_and_kinds():
    services.ensure_document_kinds()
    toy, other = a_product("TOY"), a_product("TOY_1")
    files = [
        ("toy.jpg", an_image()),
        ("TOY_2.webp", an_image("WEBP", (50, 50))),
        ("TOY_manual.pdf", PDF),
        ("TOY_1.png", an_image("PNG")),
        ("nobody.jpg", an_image()),
        ("TOY_3.jpg", b"<html>"),
    ]
    became = drop.take_files(files, at=AT)
    assert [one.taken for one in became] == [True, True, True, True, False, False]
    assert sorted(toy.media.values_list("kind", "position")) == [("document", 0), ("image", 0), ("image", 2)]
    assert toy.media.get(kind="document").document_kind.code == "notice"
    assert other.media.count() == 1
    assert all(one.text for one in became)


def test_zips_that_want_out_or_too_much(monkeypatch):
    toy = a_product("TOY")
    files = {"../../TOY.jpg": an_image(), "/TOY.jpg": an_image(), "a\\..\\..\\TOY.jpg": an_image()}
    became = drop.take_files(drop.unpack(a_zip(**files)), at=AT)
    assert not any(one.taken for one in became)
    assert not toy.media.exists()

    assert drop.take_files(drop.unpack(a_zip(**{"deep/in/TOY.jpg": an_image()})), at=AT)[0].taken

    monkeypatch.setattr(drop, "MOST_BYTES", 1_000_000)
    with pytest.raises(Refused):  # a bomb: 5 MB of nothing in some kilobytes
        list(drop.unpack(a_zip(**{"TOY.jpg": bytes(5_000_000)})))
    monkeypatch.setattr(drop, "MOST_FILES", 2)
    with pytest.raises(Refused):
        list(drop.unpack(a_zip(a="1", b="2", c="3")))
    for broken in (b"PK\x03\x04nonsense", b""):
        with pytest.raises(Refused):
            list(drop.unpack(io.BytesIO(broken)))


def test_a_damaged_file_in_a_zip_stops_no_other():
    a_product("TOY")
    whole = a_zip(**{"TOY.jpg": an_image(), "TOY_2.png": an_image("PNG")}).getvalue()
    start = whole.index(b"TOY.jpg") + 10
    broken = whole[:start] + bytes(20) + whole[start + 20 :]
    became = drop.take_files(drop.unpack(io.BytesIO(broken)), at=AT)
    assert [one.taken for one in became] == [False, True]


def test_office_says_what_became_of_each_file(client):
    client.force_login(a_colleague(is_superuser=True))
    address = reverse("admin:catalog_product_files")
    assert client.get(address).status_code == 200
    a_product("TOY")
    packed = a_zip(**{"TOY.jpg": an_image(), "else.jpg": an_image()}).getvalue()
    page = client.post(address, {"files": [SimpleUploadedFile("all.zip", packed)]}).content.decode()
    assert "TOY.jpg" in page
    assert "else.jpg" in page
    assert Media.objects.count() == 1
    assert client.post(address, {"files": [SimpleUploadedFile("b.zip", b"PK\x03\x04")]}).status_code == 200
    client.force_login(a_colleague("bob@shop.test"))
    assert client.get(address).status_code == 403
