"""Media in a real bucket: an S3-compatible server of this machine."""

import io

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from PIL import Image

from catalog import services
from catalog.models import Media
from tests.builders import AT, a_product

pytestmark = pytest.mark.django_db
moto = pytest.importorskip("moto.server")


@pytest.fixture
def bucket(settings, monkeypatch):
    server = moto.ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "x"),
        ("AWS_SECRET_ACCESS_KEY", "y"),
        ("AWS_DEFAULT_REGION", "eu-west-3"),
    ):
        monkeypatch.setenv(name, value)
    where = {"endpoint_url": f"http://{host}:{port}", "region_name": "eu-west-3"}
    client = boto3.client("s3", **where)
    client.create_bucket(Bucket="media", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "altazion.lib.buckets.MediaBucket",
            "OPTIONS": {**where, "bucket_name": "media", "querystring_auth": False},
        },
        "raw_files": {
            "BACKEND": "altazion.lib.buckets.PrivateBucket",
            "OPTIONS": {**where, "bucket_name": "media", "location": "raw_files", "default_acl": "private"},
        },
    }
    yield lambda path: client.head_object(Bucket="media", Key=path)["ResponseMetadata"]["HTTPHeaders"]
    server.stop()


def test_pictures_and_documents_live_in_a_bucket(bucket):
    out = io.BytesIO()
    Image.new("RGB", (700, 300), "#cc2233").save(out, "PNG")
    toy = a_product()
    picture, manual, secret = Media(kind="image"), Media(kind="document"), Media(kind="document", is_public=False)
    paper = b"%PDF-1.4\n%\n%%EOF\n"
    files = {
        0: ContentFile(out.getvalue(), "a.png"),
        1: ContentFile(paper, "m.pdf"),
        2: ContentFile(paper + b"%secret\n%%EOF\n", "s.pdf"),
    }
    services.save_media(toy, [picture, secret, manual], files={0: files[0], 1: files[2], 2: files[1]}, at=AT)
    assert services.make_sizes([toy.pk], at=AT) == 1

    with default_storage.open(picture.location) as kept:
        assert Image.open(kept).size == (700, 300)
    shown = bucket(picture.location)
    assert shown["content-type"] == "image/png"
    assert "immutable" in shown["cache-control"]
    assert "content-disposition" not in shown
    picture.refresh_from_db()
    assert bucket(picture.sizes[0][1])["content-type"] == "image/webp"

    offered = bucket(manual.location)
    assert (offered["content-type"], offered["content-disposition"]) == (
        "application/pdf",
        "attachment",
    )
    assert bucket(f"raw_files/{secret.location}")["cache-control"] == "private, no-store"
    with storages["raw_files"].open(secret.location) as kept:
        assert b"%secret" in kept.read()

    assert services.clean_files(at=AT).named == 5
    default_storage.save("toys/evil.html", ContentFile(b"<script>alert(1)</script>"))
    evil = bucket("toys/evil.html")
    assert evil["content-type"] == "application/octet-stream"
    assert evil["content-disposition"] == "attachment"
