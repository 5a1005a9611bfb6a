"""Prices change with the clock, not with an event: the index follows the dates that have passed."""

import datetime as dt

from django.db import connection, transaction

from discovery.models import IndexVersion
from discovery.services.causes import labelled
from discovery.services.reindex import hold_index, reindex
from stores.models import SalesChannel

# Products with a dated price, or in the selection of a campaign, that begins or ends in the span.
_EDGES = """
SELECT b.product_id FROM catalog_baseprice b
 WHERE (lower(b.promo_during) > %(after)s AND lower(b.promo_during) <= %(at)s)
    OR (upper(b.promo_during) > %(after)s AND upper(b.promo_during) <= %(at)s)
UNION
SELECT i.product_id
  FROM campaigns_campaign c JOIN catalog_selectionitem i ON i.selection_id = c.selection_id
 WHERE (lower(c.during) > %(after)s AND lower(c.during) <= %(at)s)
    OR (upper(c.during) > %(after)s AND upper(c.during) <= %(at)s)
UNION
SELECT i.product_id
  FROM catalog_selection z JOIN catalog_selectionitem i ON i.selection_id = z.id
 WHERE ((lower(z.during) > %(after)s AND lower(z.during) <= %(at)s)
        OR (upper(z.during) > %(after)s AND upper(z.during) <= %(at)s))
   AND (EXISTS (SELECT 1 FROM campaigns_campaign c WHERE c.selection_id = z.id)
        OR EXISTS (SELECT 1 FROM catalog_label l WHERE l.selection_id = z.id))
UNION
SELECT k.product_id
  FROM catalog_productlabel k JOIN catalog_label l ON l.id = k.label_id
  JOIN catalog_labelslot s ON s.id = l.slot_id AND s.is_facet
 WHERE (lower(k.during) > %(after)s AND lower(k.during) <= %(at)s)
    OR (upper(k.during) > %(after)s AND upper(k.during) <= %(at)s)
UNION
SELECT b.product_id
  FROM catalog_publication b JOIN catalog_label l ON l.rule = 'new'
  JOIN catalog_labelslot s ON s.id = l.slot_id AND s.is_facet
 WHERE b.published_at + make_interval(days => l.days) > %(after)s
   AND b.published_at + make_interval(days => l.days) <= %(at)s
UNION  -- kept back from sale, or sold again
SELECT w.product_id FROM logistics_withdrawal w
 WHERE (lower(w.during) > %(after)s AND lower(w.during) <= %(at)s)
    OR (upper(w.during) > %(after)s AND upper(w.during) <= %(at)s)
"""
# Labels that filter and begin or end in the span.
_LABEL_EDGES = """
SELECT l.slot_id FROM catalog_label l JOIN catalog_labelslot s ON s.id = l.slot_id AND s.is_facet
 WHERE (lower(l.during) > %(after)s AND lower(l.during) <= %(at)s)
    OR (upper(l.during) > %(after)s AND upper(l.during) <= %(at)s)
"""


def follow_time(*, at: dt.datetime) -> int:
    """Rebuild entries whose price, label or withdrawn stock began or ended since the last call. Returns changed ones.

    Pages always show the price of the second; only sorting and filtering by price wait for this.
    """
    with transaction.atomic():
        hold_index()
        for channel in SalesChannel.objects.all():
            IndexVersion.objects.get_or_create(channel=channel)
        versions = list(IndexVersion.objects.select_for_update().order_by("pk"))
        since = [version.followed_until for version in versions if version.followed_until]
        with connection.cursor() as sql:
            sql.execute(_EDGES, {"after": min(since, default=at), "at": at})
            ids = {row[0] for row in sql.fetchall()}
            sql.execute(_LABEL_EDGES, {"after": min(since, default=at), "at": at})
            slots = [row[0] for row in sql.fetchall()]
        IndexVersion.objects.update(followed_until=at)
        return reindex(ids | labelled(slots, at=at), at=at)
