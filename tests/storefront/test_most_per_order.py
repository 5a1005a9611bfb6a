"""How many of a product one order holds, where shoppers meet it."""

import pytest

from logistics.services import Figures, save_threshold
from tests.builders import AT, Shopfront

pytestmark = pytest.mark.django_db


def test_the_basket_says_it_at_the_line(client):
    shop = Shopfront()
    save_threshold(shop.product, shop.channel.pk, Figures(most_per_order=2), at=AT, actor="anna")
    for quantity, told in ((2, False), (1, True)):
        client.post("/basket/add/", {"product": shop.product.pk, "quantity": str(quantity)})
        assert ("Au plus 2 par commande" in client.get("/basket/").content.decode()) == told
