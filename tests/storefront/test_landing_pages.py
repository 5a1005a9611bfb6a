"""Landing pages: verbs, the shop at an instant, Office, and what people try."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from PIL import Image

from altazion.lib.clock import now
from altazion.lib.films import film_at
from altazion.lib.problems import Invalid, Refused
from campaigns import services
from campaigns.enums import BlockKind, PageLayout
from campaigns.models import Block, LandingPage, PageAddress
from catalog.models import Brand
from discovery.services import reindex
from logbook.models import Event
from tests import builders as b

pytestmark = pytest.mark.django_db
AT = b.AT
DAY = dt.timedelta(days=1)


def a_page(channel=None, *, words=None, texts=True, **fields):
    page = LandingPage(
        name=fields.pop("name", "Heroes"),
        title=fields.pop("title", "Les héros"),
        channel=channel or b.a_channel(),
        **fields,
    )
    services.save_page(page, words or {"fr": "heros", "en": "heroes"}, at=AT)
    if texts:
        services.add_block(
            page,
            BlockKind.TEXT,
            {"texts": {"fr": {"title": "Bonjour", "html": "<p>Ici</p>"}, "en": {"title": "Hello"}}},
            at=AT,
        )
    return page


@pytest.fixture
def office(client):
    client.force_login(b.a_colleague(is_superuser=True, language="en"))
    return client


def test_a_published_page_is_shown_in_both_languages(client):
    page = a_page(translations={"en": {"title": "Heroes"}})
    services.publish_page(page, at=AT)
    french, english = client.get("/l/heros/").content.decode(), client.get("/en/l/heroes/").content.decode()
    assert "<h1>Les héros</h1>" in french
    assert "Bonjour" in french
    assert 'hreflang="en" href="http://testserver/en/l/heroes/"' in french
    assert "<h1>Heroes</h1>" in english
    assert "Hello" in english
    assert "<p>Ici</p>" in english  # what is not translated is said in French


@pytest.mark.parametrize(
    ("days", "status"), [((-2, -1), 404), ((-1, 1), 200), ((1, 2), 404), ((None, 1), 200), ((1, None), 404)]
)
def test_dates_are_read_when_the_page_is_asked_for(client, days, status):
    edges = [None if day is None else now() + day * DAY for day in days]
    page = a_page(during=DateTimeTZRange(*edges))
    LandingPage.objects.filter(pk=page.pk).update(published=True)
    assert client.get("/l/heros/").status_code == status


def test_the_end_is_the_first_instant_without_the_page():
    from campaigns.selectors import live_pages

    page = a_page(during=DateTimeTZRange(AT, AT + DAY))
    services.publish_page(page, at=AT)
    assert live_pages(page.channel, at=AT).exists()
    assert not live_pages(page.channel, at=AT + DAY).exists()


def test_an_old_word_leads_to_the_new_one(client):
    page = a_page()
    services.publish_page(page, at=AT)
    services.save_page(page, {"fr": "super-heros"}, at=AT)
    answer = client.get("/l/heros/")
    assert (answer.status_code, answer["Location"]) == (301, "/l/super-heros/")
    services.save_page(page, {"fr": "heros"}, at=AT)  # and back
    assert client.get("/l/heros/").status_code == 200
    assert PageAddress.objects.filter(page=page, language="fr", is_current=True).count() == 1


def test_a_word_belongs_to_one_page_until_it_is_archived():
    first, second = a_page(), a_page(words={"fr": "autre"})
    with pytest.raises(Invalid) as refusal:
        services.save_page(second, {"fr": "heros"}, at=AT)
    assert refusal.value.field == "word_fr"
    services.save_page(first, {"fr": "ailleurs"}, at=AT)
    with pytest.raises(Invalid):  # the old word still leads to the first page
        services.save_page(second, {"fr": "heros"}, at=AT)
    services.archive_page(first, at=AT)
    services.save_page(second, {"fr": "heros"}, at=AT)


def test_publishing_is_refused_for_an_empty_page_one_that_is_over_and_an_archived_one():
    empty = a_page(texts=False)
    with pytest.raises(Refused) as refusal:
        services.publish_page(empty, at=AT)
    assert refusal.value.code == "empty"
    over = a_page(words={"fr": "b"}, during=DateTimeTZRange(None, AT))
    with pytest.raises(Refused) as refusal:
        services.publish_page(over, at=AT)
    assert refusal.value.code == "over"
    services.archive_page(over, at=AT)
    with pytest.raises(Refused) as refusal:
        services.publish_page(over, at=AT)
    assert refusal.value.code == "archived"


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        (BlockKind.BANNER, {}, "picture"),
        (BlockKind.SELECTION, {}, "selection"),
        (BlockKind.TEXT, {"texts": {"fr": {"title": "Only a title"}}}, "fr_html"),
        (BlockKind.FAQ, {"texts": {"fr": {"questions": [{"question": "Why?", "answer": " "}]}}}, "questions"),
        (BlockKind.VIDEO, {"video": "https://evil.test/watch?v=abcdef"}, "video"),
        (BlockKind.VIDEO, {"video": "javascript:alert(1)"}, "video"),
        (BlockKind.BANNER, {"picture": "a.png", "link_url": "javascript:alert(1)"}, "link_url"),
        (BlockKind.BANNER, {"picture": "a.png", "link_url": "//evil.test"}, "link_url"),
    ],
)
def test_a_block_that_cannot_be_shown_is_refused_at_its_field(kind, fields, field):
    with pytest.raises(Invalid) as refusal:
        services.add_block(a_page(), kind, fields, at=AT)
    assert refusal.value.field == field


def test_a_block_leads_to_one_place():
    brand = Brand.objects.create(code="b", slug="b", name="B")
    with pytest.raises(Invalid):
        services.add_block(
            a_page(), BlockKind.BANNER, {"picture": "a.png", "link_brand": brand, "link_url": "/stores/"}, at=AT
        )


def test_what_could_act_is_taken_out_of_texts(client):
    page = a_page(texts=False)
    evil = '<p onclick="x()">Ici<script>alert(1)</script></p>'
    services.add_block(page, BlockKind.TEXT, {"texts": {"fr": {"html": evil, "nonsense": "x"}}}, at=AT)
    questions = [{"question": "<b>?</b>", "answer": evil}]
    services.add_block(page, BlockKind.FAQ, {"texts": {"fr": {"questions": questions}}}, at=AT)
    services.publish_page(page, at=AT)
    html = client.get("/l/heros/").content.decode()
    assert "onclick" not in html
    assert "alert(1)" not in html
    assert "nonsense" not in str(page.blocks.first().texts)
    assert '"@type": "FAQPage"' in html


def test_blocks_are_ordered_copied_hidden_removed():
    page = a_page()
    first = page.blocks.get()
    second = services.add_block(page, BlockKind.TEXT, {"texts": {"fr": {"html": "Deux"}}}, at=AT)
    copy = services.copy_block(first, at=AT)
    assert list(page.blocks.values_list("pk", flat=True)) == [first.pk, copy.pk, second.pk]
    assert copy.hidden
    services.order_blocks(page, [second.pk, first.pk, copy.pk], at=AT)
    assert list(page.blocks.values_list("pk", flat=True)) == [second.pk, first.pk, copy.pk]
    with pytest.raises(Refused):
        services.order_blocks(page, [second.pk, first.pk], at=AT)
    services.show_block(copy, True, at=AT)
    services.remove_block(second, at=AT)
    assert list(page.blocks.values_list("pk", "hidden")) == [(first.pk, False), (copy.pk, False)]
    assert Event.objects.filter(kind="campaigns.page_changed", subject_id=str(page.pk)).count() >= 6


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_for_one_and_three_products(client, count, django_assert_max_num_queries):
    channel = b.a_channel()
    products = [b.a_product(price=10, channel=channel) for _ in range(count)]
    page = a_page(channel)
    services.add_block(page, BlockKind.SELECTION, {"selection": b.a_selection(*products)}, at=AT)
    services.publish_page(page, at=AT)
    reindex(None, at=AT)
    with django_assert_max_num_queries(22):
        html = client.get("/l/heros/").content.decode()
    assert html.count('class="tile"') == count


def test_a_bare_page_has_no_departments_and_keeps_the_basket(client):
    page = a_page(layout=PageLayout.BARE, noindex=True)
    services.publish_page(page, at=AT)
    html = client.get("/l/heros/").content.decode()
    assert 'role="search"' not in html
    assert "/basket/" in html
    assert '<meta name="robots" content="noindex">' in html


def test_a_brand_is_opened_by_its_page(client):
    channel = b.a_channel()
    brand = Brand.objects.create(code="hasbro", slug="hasbro", name="Hasbro")
    b.a_product("TOY", price=10, channel=channel, brand=brand)
    reindex(None, at=AT)
    page = a_page(channel, brand=brand)
    assert "Bonjour" not in client.get("/b/hasbro/").content.decode()
    services.publish_page(page, at=AT)
    html = client.get("/b/hasbro/").content.decode()
    assert "Bonjour" in html
    assert "TOY" in html.upper()


@pytest.mark.parametrize(
    ("address", "player"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1"),
        ("https://youtu.be/dQw4w9WgXcQ?t=3", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1"),
        ("https://vimeo.com/76979871", "https://player.vimeo.com/video/76979871?autoplay=1&dnt=1"),
        ("https://dai.ly/x7tgad0", "https://www.dailymotion.com/embed/video/x7tgad0?autoplay=1"),
        ("https://youtube.com.evil.test/watch?v=dQw4w9WgXcQ", None),
        ("https://youtu.be/\"><script>", None),
        ("http://[", None),
    ],
)  # fmt: skip
def test_films_are_known_by_their_address(address, player):
    film = film_at(address)
    assert (film.player if film else None) == player


# -- the shop at another date -----------------------------------------------------------


def previewing(client, at):
    return client.post("/preview/start/", {"at": at.isoformat(), "next": "/l/heros/"})


def test_a_colleague_walks_through_the_shop_at_another_date(office):
    page = a_page(during=DateTimeTZRange(now() + 10 * DAY, now() + 20 * DAY))
    services.publish_page(page, at=now())
    assert office.get("/l/heros/").status_code == 404
    assert previewing(office, now() + 12 * DAY)["Location"] == "/l/heros/"
    answer = office.get("/l/heros/")
    assert answer.status_code == 200
    assert "preview-bar" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert office.post("/basket/add/", {"product": "1"}).status_code == 302  # nothing is bought in a preview
    office.post("/preview/stop/")
    assert office.get("/l/heros/").status_code == 404
    assert "preview-bar" not in office.get("/").content.decode()


def test_prices_follow_the_previewed_date(office):
    from decimal import Decimal

    channel = b.a_channel()
    product = b.a_product("TOY", price=100, channel=channel)
    reindex(None, at=now())
    campaign = services.create_campaign(
        code="c", name="C", selection=b.a_selection(product), channels=[channel], percent_off=Decimal(10),
        starts=now() + 10 * DAY, ends=now() + 20 * DAY, at=now(),
    )  # fmt: skip
    services.approve(campaign, at=now(), actor="")
    address = f"/en/p/toy-{product.pk}/"
    assert "€90.00" not in office.get(address).content.decode()
    previewing(office, now() + 12 * DAY)
    assert "€90.00" in office.get(address).content.decode()


def test_shoppers_never_preview(client):
    a_page()
    client.force_login(_shopper())
    assert previewing(client, now() + DAY).status_code == 403
    client.cookies["preview"] = "1"
    session = client.session
    session["preview_at"] = (now() + DAY).isoformat()  # even if a session said so
    session.save()
    assert "preview-bar" not in client.get("/").content.decode()
    assert client.get(f"/preview/page/{LandingPage.objects.get().pk}/").status_code == 403


def _shopper():
    from accounts.models import User

    return User.objects.create_user("lea@shop.test", "a long password")


@pytest.mark.parametrize("at", ["", "yesterday", "2026-99-99T00:00", "9999-12-31T23:59", "\0"])
def test_a_date_that_is_none_starts_nothing(office, at):
    b.a_channel()
    assert office.post("/preview/start/", {"at": at}).status_code == 302
    assert "preview-bar" not in office.get("/").content.decode()


def test_the_frame_shows_an_unpublished_page_and_may_stand_in_office(office):
    page = a_page()
    answer = office.get(f"/preview/page/{page.pk}/?at=2026-12-12T10:00")
    assert "Bonjour" in answer.content.decode()
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]


# -- Office --------------------------------------------------------------------------


def a_picture(size=(40, 20), kind="PNG"):
    file = io.BytesIO()
    Image.new("RGB", size).save(file, kind)
    return file.getvalue()


def test_office_makes_a_page_with_its_blocks(office):
    channel = b.a_channel()
    assert office.get("/office/campaigns/landingpage/add/").status_code == 200
    answer = office.post(
        "/office/campaigns/landingpage/add/",
        {
            "name": "Spider-Man",
            "kind": "range",
            "layout": "shop",
            "channel": channel.pk,
            "title": "Spider-Man",
            "title_en": "Spidey",
        },
    )
    page = LandingPage.objects.get()
    content = f"/office/campaigns/landingpage/{page.pk}/content/"
    assert answer["Location"] == content
    assert dict(page.addresses.values_list("language", "word")) == {"fr": "spider-man", "en": "spidey"}
    assert "An empty page" in office.get(content).content.decode()
    for kind in BlockKind.values:
        assert office.get(f"{content}?add={kind}").status_code == 200
    sent = SimpleUploadedFile("Héros.png", a_picture(), "image/png")
    answer = office.post(f"{content}?add=banner", {"upload": sent, "fr_title": "Bienvenue", "link_url": "/stores/"})
    block = Block.objects.get()
    assert answer["Location"].endswith(f"#block-{block.pk}")
    assert block.picture.startswith(f"pages/{page.pk}/heros")
    selection = b.a_selection(b.a_product())
    office.post(f"{content}?add=selection", {"selection": selection.pk, "shown": 4, "sort": "new"})
    counts = {
        f"{code}_questions-{what}_FORMS": n for code in ("fr", "en") for what, n in (("TOTAL", 3), ("INITIAL", 0))
    }
    asked = {**counts, "fr_questions-0-question": "Quand ?", "fr_questions-0-answer": "Demain."}
    office.post(f"{content}?add=faq", {"fr_title": "Questions", **asked})
    assert [one.kind for one in page.blocks.all()] == ["banner", "selection", "faq"]
    assert page.blocks.last().texts["fr"]["questions"] == [{"question": "Quand ?", "answer": "Demain."}]
    ids = list(page.blocks.values_list("pk", flat=True))
    assert office.post(f"/office/campaigns/landingpage/{page.pk}/order/", {"item": ids[::-1]}).status_code == 204
    assert list(page.blocks.values_list("pk", flat=True)) == ids[::-1]
    assert office.post(f"/office/campaigns/landingpage/{page.pk}/order/", {"item": ids[:1]}).status_code == 409
    for verb in ("hide", "copy", "show", "remove"):
        office.post(f"/office/campaigns/landingpage/{page.pk}/block/{block.pk}/{verb}/")
    assert not Block.objects.filter(pk=block.pk).exists()
    office.post(f"/office/campaigns/landingpage/{page.pk}/do/publish/")
    assert office.get("/l/spider-man/").status_code == 200
    assert "in the shop" in office.get("/office/campaigns/landingpage/").content.decode()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"upload": SimpleUploadedFile("a.png", b"<svg onload=alert(1)>")}, "not a picture"),
        ({}, "Send a picture"),
        ({"picture": "a.png", "link_url": "ftp://x"}, "https address"),
    ],
)
def test_office_says_what_is_wrong_with_a_block(office, data, sentence):
    page = a_page()
    answer = office.post(f"/office/campaigns/landingpage/{page.pk}/content/?add=banner", data)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert page.blocks.count() == 1


def test_a_taken_word_is_said_and_changes_nothing(office):
    a_page()
    second = a_page(words={"fr": "autre"}, name="Second")
    data = {"name": "Other", "kind": "range", "layout": "shop", "title": "T", "word_fr": "heros"}
    html = office.post(f"/office/campaigns/landingpage/{second.pk}/change/", data, follow=True).content.decode()
    assert "Another page has the address heros." in html
    second.refresh_from_db()
    assert second.name == "Second"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_three(office, count, django_assert_max_num_queries):
    for n in range(count):
        a_page(words={"fr": f"p{n}"})
    with django_assert_max_num_queries(16):
        office.get("/office/campaigns/landingpage/")
