"""Publication in sets: whatever satisfies its channel's rule, where imports publish."""

import datetime as dt
from collections.abc import Iterable

from django.db import connection
from django.db.models import Q

from catalog import rules
from catalog.enums import ProductState
from catalog.models import Product
from catalog.selectors.facts import with_facts
from stores.models import SalesChannel

MOST_NAMED = 20_000


def publish_complete(product_ids: Iterable[int] | None, *, at: dt.datetime) -> list[tuple[int, int]]:
    """Publish every validated product (of these and their parents, or of all) that satisfies its channel's rule.

    Only on living channels that publish imports; products that a colleague took off a channel stay off. One statement
    a channel. Returns what was published: (product id, channel id).
    """
    ids = None if product_ids is None else list(product_ids)
    if ids is not None and len(ids) > MOST_NAMED:
        ids = None  # naming so many costs more than looking at all
    if ids == []:
        return []
    published: list[tuple[int, int]] = []
    for channel in SalesChannel.objects.filter(active=True, auto_publish=True):
        published += [(product_id, channel.pk) for product_id in _publish_on(channel, ids, at)]
    return published


def _publish_on(channel: SalesChannel, ids: list[int] | None, at: dt.datetime) -> list[int]:
    products = Product.objects.filter(state=ProductState.VALIDATED)
    if ids is not None:
        parents = Product.objects.filter(pk__in=ids, parent__isnull=False).values("parent_id")
        products = products.filter(Q(pk__in=ids) | Q(pk__in=parents))
    products = products.exclude(publications__channel=channel).exclude(kept_off__channel=channel)
    wanted = dict.fromkeys(rules.needs(channel.publication_rule), True)
    ready = with_facts(products, channel).filter(**wanted).order_by().values("pk")
    statement, values = ready.query.sql_with_params()
    with connection.cursor() as sql:
        sql.execute(
            "INSERT INTO catalog_publication (product_id, channel_id, published_at, by_hand)"
            f" SELECT ready.id, %s, %s, false FROM ({statement}) AS ready (id)"  # what Django compiled, values apart
            " ON CONFLICT DO NOTHING RETURNING product_id",
            [channel.pk, at, *values],
        )
        return [row[0] for row in sql.fetchall()]
