"""How listings show a product with variants: one tile, one for each, or as the product chooses (OFF-8, COM-1)."""

import pytest

from catalog.services import archive, change_product
from discovery import selectors
from discovery.models import IndexEntry
from discovery.services import reindex
from logbook.models import Event
from stores.models import SalesChannel
from tests.builders import AT, a_channel, a_colleague, a_product, a_segment, a_store, stock
from tests.pages import form_values

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    channel, toys = a_channel(), a_segment("Toys", slug="toys")
    store = a_store("LYON")
    parent = a_product("FIG", name="Figure", kind="parent", price=5, channel=channel, segment=toys)
    parent.media.create(kind="image", location="fig.png", alt="A figure")
    for number, name in enumerate(["Hulk", ""]):
        child = a_product(f"FIG-{number}", parent=parent, name=name)
        stock(child, store, 3, channel=channel)
    stock(a_product("BALL", name="Ball", price=3, channel=channel, segment=toys), store, 1)
    reindex(None, at=AT)
    return channel


def shown(channel, **more):
    found = selectors.listing(channel=channel, at=AT, language="fr", sort="price", **more)
    return found.total, sorted((tile.sku, tile.name, tile.variant) for tile in found.tiles)


def choose(parent_sku, value):
    parent = type(IndexEntry.objects.first().product).objects.get(sku=parent_sku)
    change_product(parent, {"variant_tiles": value}, at=AT)
    reindex([parent.pk], at=AT)
    return parent


def test_a_product_chooses_tiles_for_its_variants_and_back(shop):
    assert shown(shop) == (2, [("BALL", "Ball", ""), ("FIG", "Figure", "")])
    choose("FIG", "children")
    assert shown(shop) == (3, [("BALL", "Ball", ""), ("FIG-0", "Hulk", "FIG-0"), ("FIG-1", "Figure", "FIG-1")])
    assert reindex(None, at=AT) == 0
    choose("FIG", "")
    assert shown(shop) == (2, [("BALL", "Ball", ""), ("FIG", "Figure", "")])


def test_the_channel_decides_for_those_that_do_not_choose(client, shop):
    client.force_login(a_colleague(is_superuser=True))
    address = f"/office/stores/saleschannel/{shop.pk}/change/"
    data = form_values(client.get(address).content.decode(), "saleschannel_form")
    assert client.post(address, {**data, "variant_tiles": "children"}).status_code == 302
    event = Event.objects.get(kind="stores.channel_changed")
    assert event.data["fields"] == ["variant_tiles"]
    from discovery.consumers import channel_changed

    channel_changed(event)
    assert shown(SalesChannel.objects.get(pk=shop.pk))[0] == 3
    choose("FIG", "parent")
    assert shown(shop)[0] == 2


def test_a_parent_that_goes_takes_the_tiles_of_its_variants_along(shop):
    parent = choose("FIG", "children")
    archive(parent, at=AT)
    reindex([parent.pk], at=AT)
    assert shown(shop) == (1, [("BALL", "Ball", "")])


def test_a_tile_of_a_variant_leads_to_it_on_its_parents_page(client, shop):
    parent = choose("FIG", "children")
    html = client.get("/s/toys/").content.decode()
    assert f'href="/p/fig-{parent.pk}/?variant=FIG-0"' in html
    page = client.get(f"/p/fig-{parent.pk}/", {"variant": "FIG-1"}).content.decode()
    assert "variant=FIG-0" in page
    assert "FIG-1" in page
    child = parent.children.first()
    assert client.get(f"/p/x-{child.pk}/")["Location"].endswith(f"{parent.pk}/?variant={child.sku}")
    assert "Hulk" in client.get("/suggest/", {"q": "hulk"}).content.decode()
