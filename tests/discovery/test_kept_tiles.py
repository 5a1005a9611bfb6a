"""What tiles keep of products is never a price, stock or a label: these are as they are at the asked instant."""

import datetime as dt
from decimal import Decimal

import pytest

from campaigns.models import Campaign
from catalog.models import BasePrice, Product, Selection, SelectionItem
from discovery.selectors import index_version, tiles
from discovery.services import reindex
from logistics.models import StockBalance
from tests import builders as b

AT = b.AT
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def ask(db):
    channel = b.a_channel()
    product = b.a_product("A", name="Robot", price=20, channel=channel)
    b.stock(product, b.a_warehouse(), 3, channel=channel)
    reindex(None, at=AT)
    version = index_version(channel)

    def one(at=AT):
        return tiles([product.pk], channel=channel, at=at, language="fr", version=version)[0]

    one.product, one.channel = product, channel
    return one


def test_a_campaign_shows_on_its_second_whatever_is_kept(ask):
    starts = AT + 30 * SECOND
    selection = Selection.objects.create(code="half", name="Half")
    SelectionItem.objects.create(selection=selection, product=ask.product)
    campaign = Campaign.objects.create(
        code="half", name="Half", selection=selection, percent_off=Decimal(50), approved=True,
        during=(starts, starts + dt.timedelta(days=1)),
    )  # fmt: skip
    campaign.channels.add(ask.channel)
    assert ask(starts - SECOND).price.unit == 20
    assert ask(starts).price.unit == 10


def test_prices_and_stock_that_changed_show_before_the_index_follows(ask):
    assert (ask().price.unit, ask().availability.delivery) == (20, 3)
    BasePrice.objects.filter(product=ask.product).update(amount=15)
    StockBalance.objects.filter(product=ask.product).update(physical=1)
    assert (ask().price.unit, ask().availability.delivery) == (15, 1)


def test_what_is_kept_is_asked_again_after_a_minute(ask, django_assert_num_queries):
    assert ask().name == "Robot"
    Product.objects.filter(pk=ask.product.pk).update(name="Android")
    with django_assert_num_queries(4):
        assert ask().name == "Robot"
    assert ask(AT + 60 * SECOND).name == "Android"
