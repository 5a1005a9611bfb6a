"""Several who rebuild at once, each for several events in one transaction: nobody ends anybody."""

import threading

import pytest
from django.db import connection, transaction

from discovery.models import IndexEntry, MerchandisingRule, RuleEffect
from discovery.selectors import listing
from discovery.services import delete_rule, reindex, save_rule
from discovery.services.reindex import hold_index
from tests import builders as b
from tests.discovery.test_index import an_attribute

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_who_rebuild_the_same_products_in_other_orders_both_get_through():
    channel = b.a_channel()
    an_attribute("size", options=[str(n) for n in range(40)])
    ids = [b.a_product(price=5, channel=channel, attributes={"size": str(n)}).pk for n in range(40)]
    start = threading.Barrier(2, timeout=20)
    troubles = []

    def rebuild(order):
        try:
            start.wait()
            with transaction.atomic():
                for product_id in order:
                    reindex([product_id], at=b.AT)
        except Exception as trouble:  # the thread's, told below
            troubles.append(trouble)
        finally:
            connection.close()

    workers = [threading.Thread(target=rebuild, args=(order,)) for order in (ids, ids[::-1])]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=120)
    assert troubles == []
    assert IndexEntry.objects.count() == 40


def test_a_decision_waits_for_nobody_who_rebuilds_and_lists_obey_at_once():
    channel = b.a_channel()
    segment = b.a_segment("Robots")
    first, second = (b.a_product(price=5, channel=channel, segment=segment) for _each in range(2))
    reindex(None, at=b.AT)

    def order():
        page = listing(channel=channel, at=b.AT, language="fr", segment=segment)
        return [tile.id for tile in page.tiles]

    before = order()
    last = next(product for product in (first, second) if product.pk == before[-1])
    held, done = threading.Event(), threading.Event()

    def rebuild():
        try:
            with transaction.atomic():
                hold_index()
                held.set()
                done.wait(timeout=60)
        finally:
            connection.close()

    worker = threading.Thread(target=rebuild)
    worker.start()
    try:
        assert held.wait(timeout=20)
        with connection.cursor() as sql:
            sql.execute("SET lock_timeout = '5s'")
        rule = MerchandisingRule(name="First", segment=segment)
        pin = RuleEffect(kind="pin", product=last, position=1)
        save_rule(rule, [pin], at=b.AT)
        assert order() == before[::-1]
        delete_rule(rule, at=b.AT)
        assert order() == before
    finally:
        done.set()
        worker.join(timeout=60)
        with connection.cursor() as sql:
            sql.execute("RESET lock_timeout")
