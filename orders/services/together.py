"""Learning from orders what is bought together."""

import datetime as dt

from django.db import connection, transaction

MOST_FOR_ONE = 12
LEAST_ORDERS = 2
LARGEST_ORDER = 50  # lines; pairs grow with the square, and bulk orders say nothing of taste

_LEARN = """
WITH bought AS (
  SELECT DISTINCT l.order_id, COALESCE(p.parent_id, p.id) AS product_id
    FROM orders_orderline l
    JOIN orders_order o ON o.id = l.order_id
    JOIN catalog_product p ON p.id = l.product_id
   WHERE o.placed_at > %(since)s AND o.placed_at <= %(at)s AND o.state <> 'cancelled' AND l.kind = 'product'
), fit AS (
  SELECT order_id FROM bought GROUP BY order_id HAVING count(*) BETWEEN 2 AND %(largest)s
), pair AS (
  SELECT a.product_id, b.product_id AS other_id, count(*)::int AS orders
    FROM bought a
    JOIN fit ON fit.order_id = a.order_id
    JOIN bought b ON b.order_id = a.order_id AND b.product_id <> a.product_id
   GROUP BY 1, 2 HAVING count(*) >= %(least)s
), best AS (
  SELECT product_id, other_id, orders FROM (
    SELECT pair.*, row_number() OVER (PARTITION BY product_id ORDER BY orders DESC, other_id DESC) AS place FROM pair
  ) ranked WHERE place <= %(most)s
), gone AS (
  DELETE FROM orders_boughttogether t
   WHERE NOT EXISTS (SELECT 1 FROM best WHERE best.product_id = t.product_id AND best.other_id = t.other_id)
)
INSERT INTO orders_boughttogether AS t (product_id, other_id, orders)
SELECT product_id, other_id, orders FROM best ORDER BY product_id, other_id
    ON CONFLICT (product_id, other_id) DO UPDATE SET orders = EXCLUDED.orders WHERE t.orders <> EXCLUDED.orders
"""


@transaction.atomic
def learn_bought_together(*, at: dt.datetime, days: int = 365) -> int:
    """Learn from the orders of the last days which products came together at least twice, the best twelve of each.

    One statement, whatever the number of orders; returns how many pairs are new or changed.
    """
    with connection.cursor() as sql:
        sql.execute(
            _LEARN,
            {
                "since": at - dt.timedelta(days=days),
                "at": at,
                "least": LEAST_ORDERS,
                "most": MOST_FOR_ONE,
                "largest": LARGEST_ORDER,
            },
        )
        return max(sql.rowcount, 0)
