"""Other words on a sales channel: in listings, search, tiles and on the page, with the product's own as fallback."""

import pytest

from catalog.models import ChannelText
from catalog.selectors.channel_text import speak_for
from discovery.selectors import listing, suggest
from discovery.services import reindex
from integrations.exports.feeds import offers
from integrations.exports.wishes import Wish
from orders.selectors import basket
from signage.models import Screen
from signage.selectors import show
from tests.builders import AT, Shopfront, a_channel, a_colleague, a_product, a_selection, stock
from tests.pages import form_values

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    shop = Shopfront(name="Robot", description="<p>Own words</p>", translations={"en": {"name": "Robot (own)"}})
    shop.text = ChannelText.objects.create(product=shop.product, channel=shop.channel, name="Automate malin")
    reindex(None, at=AT)
    return shop


def names(shop, **asked):
    return [tile.name for tile in listing(channel=shop.channel, at=AT, language="fr", **asked).tiles]


def test_the_channels_name_is_listed_and_found(shop):
    assert names(shop) == ["Automate malin"]
    assert names(shop, query="malin") == ["Automate malin"]
    other = a_channel("kiosk")
    own = type(shop.product).objects.get(pk=shop.product.pk)
    assert speak_for([own], other) == {}
    assert own.name == "Robot"


def test_the_search_passes_by_what_it_shall_not_find(shop):
    ChannelText.objects.update(searchable=False)
    reindex([shop.product.pk], at=AT)
    assert names(shop, query="malin") == names(shop, query="TOY-1") == []
    assert names(shop) == ["Automate malin"]
    assert not [one for one in suggest("malin", channel=shop.channel, language="fr") if one.kind == "product"]


def test_the_page_speaks_the_channels_words_and_falls_back_to_its_own(client, shop):
    ChannelText.objects.update(slug="automate", template="nobody-made-it")
    reindex([shop.product.pk], at=AT)
    shop.channel.refresh_from_db()
    answer = client.get(f"/p/toy-1-{shop.product.pk}/", follow=True)
    assert answer.redirect_chain[0][0] == f"/p/automate-{shop.product.pk}/"
    html = answer.content.decode()
    assert "<h1>Automate malin</h1>" in html
    assert "Own words" in html
    english = client.get(f"/en/p/automate-{shop.product.pk}/", follow=True).content.decode()
    assert "Robot (own)" in english
    ChannelText.objects.update(translations={"en": {"name": "Clever robot"}})
    reindex([shop.product.pk], at=AT)
    assert "Clever robot" in client.get(f"/en/p/automate-{shop.product.pk}/", follow=True).content.decode()


def test_words_are_typed_in_office_and_cleaned(client):
    product, channel = a_product("TOY", price=3), a_channel()
    client.force_login(a_colleague(is_superuser=True))
    address = f"/office/catalog/product/{product.pk}/change/"
    data = {
        **form_values(client.get(address).content.decode(), "product_form"),
        "channel_texts-TOTAL_FORMS": "1",
        "channel_texts-0-channel": str(channel.pk),
        "channel_texts-0-name": "Elsewhere",
        "channel_texts-0-name_en": "Elsewhere too",
        "channel_texts-0-description": "<p>Hello</p><script>alert(1)</script>",
        "channel_texts-0-searchable": "on",
    }
    assert client.post(address, {**data, "channel_texts-0-template": "../../etc"}).status_code == 200
    assert client.post(address, {**data, "channel_texts-0-slug": "a b"}).status_code == 200
    assert client.post(address, data).status_code == 302
    text = product.channel_texts.get()
    assert (text.name, text.description) == ("Elsewhere", "<p>Hello</p>")
    assert text.translations == {"en": {"name": "Elsewhere too"}}
    twice = {**form_values(client.get(address).content.decode(), "product_form"), "channel_texts-TOTAL_FORMS": "2",
             "channel_texts-1-channel": str(channel.pk), "channel_texts-1-name": "Again"}  # fmt: skip
    assert client.post(address, twice, follow=True).status_code == 200
    assert product.channel_texts.count() == 1


def test_basket_suggestions_screens_and_feeds_speak_the_channels_words(client, shop):
    above = a_product("MUM", kind="parent", price=9, channel=shop.channel, name="Own")
    variant = a_product("VAR-1", name="", parent=above, price=9)
    stock(variant, shop.warehouse, 3)
    ChannelText.objects.create(
        product=variant.parent, channel=shop.channel, name="Famille", translations={"en": {"name": "Family"}}
    )
    reindex(None, at=AT)
    cart = shop.cart((shop.product, 1), (variant, 1))
    assert [line.name for line in basket(cart, at=AT, language="fr").lines] == ["Automate malin", "Famille"]
    assert [line.name for line in basket(cart, at=AT, language="en").lines] == ["Robot (own)", "Family"]

    (found,) = [one for one in suggest("malin", channel=shop.channel, language="fr") if one.kind == "product"]
    assert (found.label, found.language) == ("Automate malin", "fr")
    (found,) = [one for one in suggest("family", channel=shop.channel, language="en") if one.kind == "product"]
    assert (found.label, found.language) == ("Family", "en")

    screen = Screen.objects.create(
        name="Door", store=shop.store, channel=shop.channel, selection=a_selection(shop.product, variant.parent)
    )
    shown = {slide.sku: slide.name for slide in show(screen, at=AT, language="en").slides}
    assert shown == {"TOY-1": "Robot (own)", "MUM": "Family"}

    said = {offer.product.sku: offer.name for offer in offers(Wish(at=AT, channel=shop.channel, language="fr"))}
    assert said == {"TOY-1": "Automate malin", "VAR-1": "Famille"}
    said = {offer.product.sku: offer.name for offer in offers(Wish(at=AT, channel=shop.channel, language="en"))}
    assert said == {"TOY-1": "Robot (own)", "VAR-1": "Family"}
    shop.product.refresh_from_db()
    assert shop.product.name == "Robot"
