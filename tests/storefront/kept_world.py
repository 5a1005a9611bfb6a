"""A shop whose pages are kept, read by a visitor at an instant that tests choose."""

import datetime as dt
import re

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from altazion.lib import clock
from storefront.views import kept
from tests import builders as b

AT = b.AT
SECOND = dt.timedelta(seconds=1)
DAY = dt.timedelta(days=1)


class World:
    """A shop at an instant, and a visitor without a past."""

    def __init__(self):
        self.at = AT
        self.channel = b.a_channel()
        self.segment = b.a_segment("Jouets", slug="jouets")
        self.depot = b.a_warehouse()
        self.robot = b.a_product("ROB", name="Robot", price=20, channel=self.channel, segment=self.segment)
        self.plain = b.a_product("PLA", name="Robot nu", price=7, channel=self.channel, segment=self.segment)
        self.balance = b.stock(self.robot, self.depot, 30, channel=self.channel)
        b.stock(self.plain, self.depot, 30)
        self.pages = ["/s/jouets/", f"/p/rob-{self.robot.pk}/", "/search/?q=robot", "/"]
        self.visitor = Client()

    def read(self, address, visitor=None, **headers):
        with clock.pretending(self.at):
            answer = (visitor or self.visitor).get(address, headers=headers)
        assert answer.status_code in (200, 304), address
        return answer

    def settle(self):
        """Every page is kept: the third request asks nothing but what it rests on."""
        for address in self.pages:
            for _time in range(2):
                self.read(address)
            with CaptureQueriesContext(connection) as asked:
                self.read(address)
            assert len(asked) == 1, [query["sql"] for query in asked]

    def said(self, visitor=None):
        return [self.read(address, visitor).content.decode() for address in self.pages]


def settled(shop):
    shop.settle()
    return [mask(page) for page in shop.said()]


def mask(page):
    return re.sub(r'(csrfmiddlewaretoken" value=")[^"]+', r"\1", page)


def changed(shop, before):
    """For each page whether it says something else now; what it says is what a new process would draw."""
    now = [mask(page) for page in shop.said()]
    kept.forget_pages()
    assert now == [mask(page) for page in shop.said()]
    return [one != other for one, other in zip(before, now, strict=True)]
