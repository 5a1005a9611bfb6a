"""Old addresses lead on: one step, for good, without loops."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from altazion.lib.problems import Invalid
from catalog import services as catalog
from catalog.models import Brand, Segment
from discovery.services import reindex
from stores import services
from stores.models import FormerAddress
from tests import builders as b
from tests.builders import AT, a_channel, a_colleague, a_product, a_segment, stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(client):
    channel = a_channel()
    segment = a_segment("Héros", slug="heros", translations={"en": {"name": "Heroes", "slug": "heroes"}})
    product = a_product("HULK", name="Hulk", price=10, channel=channel, segment=segment)
    stock(product, b.a_warehouse(), 3, channel=channel)
    reindex(None, at=AT)
    return client


def rename(segment, slug, english="", **fields):
    translations = {"en": {"slug": english}} if english else {}
    return catalog.save_segment(
        segment, {"slug": slug, "translations": translations, **fields}, parent=segment.parent, at=AT
    )


def test_each_language_has_its_word_and_the_other_one_leads_to_it(shop):
    assert shop.get("/s/heros/").status_code == 200
    assert shop.get("/en/s/heroes/").status_code == 200
    assert shop.get("/en/s/heros/?page=1")["Location"] == "/en/s/heroes/?page=1"
    assert shop.get("/s/heroes/").status_code == 301


def test_an_address_that_changed_leads_on_however_often_it_changes(shop):
    segment = Segment.objects.get(slug="heros")
    for word in ("super-heros", "les-heros", "grands-heros"):
        segment = rename(segment, word, f"{word}-en")
    for old in ("heros", "super-heros", "les-heros"):
        answer = shop.get(f"/s/{old}/?sort=price")
        assert (answer.status_code, answer["Location"]) == (301, "/s/grands-heros/?sort=price")
    assert shop.get("/en/s/heroes/")["Location"] == "/en/s/grands-heros-en/"
    assert shop.get("/S/HEROS/")["Location"] == "/s/grands-heros/"
    rename(segment, "heros")
    assert not FormerAddress.objects.filter(path="s/heros", language="fr").exists()
    assert shop.get("/s/grands-heros/")["Location"] == "/s/heros/"


def test_without_the_box_no_redirect_is_kept(shop):
    segment = Segment.objects.get(slug="heros")
    catalog.save_segment(segment, {"slug": "ailleurs"}, parent=None, at=AT, redirect=False)
    assert shop.get("/s/heros/").status_code == 404


def test_what_is_archived_leads_to_its_heir_or_says_that_it_is_gone(shop):
    heros, toys = Segment.objects.get(slug="heros"), a_segment("Jouets", slug="jouets")
    older = a_segment("Vieux", slug="vieux", parent=toys)
    catalog.delete_segment(older, replacement=heros, at=AT)
    catalog.delete_segment(heros, replacement=toys, at=AT)
    assert shop.get("/s/vieux/")["Location"] == "/s/jouets/"
    assert shop.get("/en/s/heroes/")["Location"] == "/en/s/jouets/"
    gone = a_segment("Billes", slug="billes", parent=toys)
    catalog.delete_segment(gone, replacement=None, at=AT)
    answer = shop.get("/s/billes/")
    assert answer.status_code == 410
    assert "/s/jouets/" in answer.content.decode()
    assert 'rel="canonical"' not in answer.content.decode()


def test_an_archived_product_answers_gone_with_what_is_near(shop):
    product = a_product("OLD", name="Vieux robot", segment=Segment.objects.get(slug="heros"), state="archived")
    answer = shop.get(f"/p/old-{product.pk}/")
    assert answer.status_code == 410
    assert "Vieux robot" in answer.content.decode()
    assert "/s/heros/" in answer.content.decode()
    assert shop.get("/p/x-99999999/").status_code == 404


def test_a_brand_leads_on_and_is_replaced(shop):
    brand = catalog.save_brand(None, {"code": "hasbro", "name": "Hasbro"}, at=AT)
    heir = catalog.save_brand(None, {"code": "mattel", "name": "Mattel"}, at=AT)
    catalog.save_brand(brand, {"slug": "hasbro-jouets"}, at=AT)
    assert shop.get("/b/hasbro/")["Location"] == "/b/hasbro-jouets/"
    catalog.replace_brand(brand, heir, at=AT)
    assert shop.get("/b/hasbro/")["Location"] == "/b/mattel/"
    assert Brand.objects.get(pk=brand.pk).archived


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("/", "/s/heros/", "old"),
        ("", "/s/heros/", "old"),
        ("/basket/", "/s/heros/", "old"),
        ("/s/heros/", "/stores/", "old"),
        ("/ancien.htm", "/nulle/part/", "new"),
        ("/ancien.htm", "/office/", "new"),
        ("/ancien.htm", "", "new"),
        ("/" + "a" * 400, "/s/heros/", "old"),
        ("/a\x01b", "/s/heros/", "old"),
        ("http://[", "/s/heros/", "old"),
    ],
)
def test_a_redirect_that_cannot_be_is_refused_at_its_field(shop, old, new, field):
    with pytest.raises(Invalid) as refusal:
        services.add_redirect(old, new, at=AT)
    assert refusal.value.field == field


def test_no_chain_and_no_loop_can_be_written(shop):
    services.add_redirect("/a.htm", "https://shop.test/s/heros/", at=AT)
    with pytest.raises(Invalid):  # /a.htm is no page: nothing can lead to it
        services.add_redirect("/b.htm", "/a.htm", at=AT)
    services.add_redirect("/c.htm", "/stores/", at=AT)
    assert shop.get("/c.htm")["Location"] == "/stores/"
    assert shop.get("/a.htm")["Location"] == "/s/heros/"
    with pytest.raises(IntegrityError), transaction.atomic():
        FormerAddress.objects.create(path="x", target_kind="path", target_path="x", since=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        FormerAddress.objects.create(path="x", target_kind="segment", since=AT)


@pytest.fixture
def office(client):
    client.force_login(a_colleague(is_superuser=True))
    return client


def test_a_list_is_imported_and_wrong_rows_are_named(shop, office):
    text = "Old;New\n/alt/marvel.htm;/s/heros/\n/en/old/marvel;/en/s/heroes/\n/basket/;/s/heros/\n;\n/x;/nowhere\n"
    file = SimpleUploadedFile("redirects.csv", text.encode())
    page = office.post("/office/stores/formeraddress/import/", {"file": file})
    html = page.content.decode()
    assert FormerAddress.objects.count() == 2
    assert "/basket/" in html
    assert "/nowhere" in html
    assert shop.get("/alt/marvel.htm")["Location"] == "/s/heros/"
    assert shop.get("/en/old/marvel/")["Location"] == "/en/s/heroes/"


@pytest.mark.parametrize("content", [b"\x00\x01", b"a;b\n1;2\n", b"", "old;nowhere\n\xff".encode("latin-1")])
def test_a_file_that_is_no_list_is_refused_in_words(shop, office, content):
    file = SimpleUploadedFile("redirects.csv", content)
    page = office.post("/office/stores/formeraddress/import/", {"file": file})
    assert page.status_code == 200
    assert FormerAddress.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_redirects_takes_the_same_queries(shop, office, count, django_assert_max_num_queries):
    for number in range(count):
        services.add_redirect(f"/old-{number}.htm", "/s/heros/", at=AT)
    with django_assert_max_num_queries(14):
        html = office.get("/office/stores/formeraddress/?q=/old-").content.decode()
    assert f"/old-{count - 1}.htm" in html
    assert "s/heros/" in html


def test_a_redirect_is_written_by_hand_and_taken_away(shop, office):
    url = "/office/stores/formeraddress/"
    wrong = office.post(f"{url}add/", {"old": "/basket/", "new": "/s/heros/", "channel": ""})
    assert "/basket/" in wrong.context["adminform"].form.errors["old"][0]
    assert FormerAddress.objects.count() == 0
    assert office.post(f"{url}add/", {"old": "/vieux/", "new": "/s/heros/", "channel": ""}).status_code == 302
    row = FormerAddress.objects.get()
    assert row.path == "vieux"
    office.post(url, {"action": "forget", "_selected_action": [row.pk]})
    assert FormerAddress.objects.count() == 0
