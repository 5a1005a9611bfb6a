"""Every list of the shop and of the API asks the database the same number of questions for one row as for three."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Scope
from accounts.models import User
from altazion.lib.clock import now
from catalog.models import Brand
from customers.services import register_customer
from discovery.services import reindex
from tests import builders as b

pytestmark = pytest.mark.django_db
MOST = 45  # of one page, its frame included
HOME = "/"  # its second shelf stays empty until there are products for two
SHOP = [HOME, "/s/jouets/", "/b/marvel/", "/search/?q=figurine", "/suggest/?q=figurine", "/stores/", "/account/orders/",
        "/account/addresses/", "/sitemap-products-0.xml", "/sitemap-segments.xml", "/sitemap-brands.xml",
        "/sitemap-pages.xml", "/en/s/jouets/"]  # fmt: skip
API = ["products", "selections", "selections/best/products", "stores", "orders", "keywords", "erp/orders",
       "sellers/products?query=figurine", "sellers/changes"]  # fmt: skip


class World:
    """A shop that grows by one of everything."""

    def __init__(self):
        self.front = b.Shopfront(name="Figurine 0")
        self.segment = b.a_segment("Jouets", slug="jouets")
        self.brand = Brand.objects.create(code="marvel", name="Marvel", slug="marvel")
        self.shopper = User.objects.create_user("lea@example.com", "a long password", kind="shopper")
        self.customer = register_customer(self.shopper, at=now())
        self.selection = b.a_selection(code="best")
        self.key = b.an_api_key(*Scope.values)
        self.size = 0

    def grow(self):
        self.size += 1
        toy = self.front.another(f"T{self.size}", 10, name=f"Figurine {self.size}", segment=self.segment,
                                 brand=self.brand, attributes={"color": "red"})  # fmt: skip
        toy.media.create(kind="image", location=f"demo/{self.size}.webp")
        toy.places.create(segment=b.a_segment(f"Rayon {self.size}", parent=self.segment))
        self.selection.items.create(product=toy)
        b.a_selection(toy)
        b.a_store()
        self.customer.addresses.create(recipient="L", line1=str(self.size), postcode="69001", city="Lyon", country="FR")
        self.front.order((toy, 1), customer=self.customer, email="lea@example.com", at=now())


def counts(client, world):
    reindex(None, at=now())
    cache.clear()
    found = {}
    for address in [*SHOP, *(f"/api/v1/{name}" for name in API)]:
        headers = {"authorization": f"Bearer {world.key}"} if address.startswith("/api") else {}
        for _time in range(2):  # the first fills what a process keeps for good; what is kept for a while is forgotten
            cache.clear()
            with CaptureQueriesContext(connection) as asked:
                answer = client.get(address, headers=headers)
                assert answer.status_code == 200, address
                _body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        found[address] = [query["sql"][:160] for query in asked]
    return found


def test_no_list_asks_more_for_three_rows_than_for_one(client):
    world = World()
    client.force_login(world.shopper)
    world.grow()
    one = counts(client, world)
    world.grow()
    world.grow()
    three = counts(client, world)
    growing = {
        address: (len(one[address]), len(asked), [sql for sql in asked if sql not in one[address]])
        for address, asked in three.items()
        if len(asked) > len(one[address]) + (address == HOME) or len(asked) > MOST
    }
    assert growing == {}
