"""Several who rebuild at once, each for several events in one transaction: nobody ends anybody."""

import threading

import pytest
from django.db import connection, transaction

from discovery.models import IndexEntry
from discovery.services import reindex
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
