"""What a drawn page rests on, as one row of numbers: equal numbers, equal page.

A page shows prices, stock and labels as they are at this very instant. Whether any of them differs from what was drawn
is much cheaper to ask than what they are: the versions of all rows that their evaluators read (`xmin`, `ctid`: a row
written again has others, a deleted row has none), and for each range of dates whether it holds `at`. Nobody has to
remember to bump anything, and nothing is switched by a job: the question is asked of the rows themselves.

What changes rarely and shows nobody a wrong price (a brand's name, a picture) is not asked: pages are kept a minute.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from altazion.lib.prepared import ask

Fingerprint = tuple[Any, ...]


def _rows(number: int, source: str, *facts: str, row: str = "t") -> str:
    """One number for the rows of a source, whatever their order. number: so that equal rows of two sources differ."""
    said = ", ".join([f"{row}.xmin", f"{row}.ctid", *facts])
    return f"(SELECT bit_xor(hash_record_extended(ROW({said}), {number})) FROM {source})"  # noqa: S608 - fixed text


_OF_FAMILY = "= ANY(ARRAY(SELECT id FROM family))"
_NOW = "%(at)s::timestamptz"
_ITEMS = f"catalog_selectionitem t JOIN catalog_selection s ON s.id = t.selection_id WHERE t.product_id {_OF_FAMILY}"
_OFFERS = f"""
catalog_selectionitem t
 JOIN campaigns_campaign c ON c.selection_id = t.selection_id
 JOIN campaigns_campaign_channels onto ON onto.campaign_id = c.id AND onto.saleschannel_id = %(channel)s
WHERE t.product_id {_OF_FAMILY}"""
_NOVELTIES = f"""
catalog_publication t WHERE t.channel_id = %(channel)s AND t.product_id {_OF_FAMILY}"""
_NEW_FOR = f"""(
SELECT count(*) FROM catalog_label n
 WHERE n.rule = 'new' AND t.published_at > {_NOW} - make_interval(days => n.days))"""  # noqa: S608 - fixed text

_IN_THE_WINDOW = """catalog_selection t
 WHERE t."group" ILIKE 'home' OR t.id IN (SELECT selection_id FROM campaigns_campaign)"""

# Tables of which a page may show any row: settings, a few hundred rows at most.
SETTINGS = (
    "catalog_labelslot", "catalog_labelslot_channels", "catalog_flagname", "catalog_vatrate", "stores_saleschannel",
    "stores_site", "stores_store", "stores_zone", "logistics_place", "logistics_supplysource", "logistics_supplyrule",
    "logistics_supplyrule_places", "logistics_deliverymode",
    "logistics_deliverymode_channels", "logistics_deliverymode_zones", "logistics_deliveryzone",
    "logistics_deliverygroup", "logistics_carrier", "logistics_feeband", "logistics_fulfilmenttype",
)  # fmt: skip
DATED = ("catalog_label", "discovery_merchandisingrule", "discovery_searchredirect")
# Tables of which only the rows of the page's products count.
OF_PRODUCTS = (
    "catalog_product", "catalog_baseprice", "catalog_selectionitem", "catalog_selection", "campaigns_campaign",
    "campaigns_campaign_channels", "logistics_stockbalance", "logistics_reservation", "catalog_productlabel",
    "catalog_publication", "catalog_bundleline", "logistics_productdelivery", "logistics_forbiddenmode",
    "logistics_withdrawal", "logistics_channelthreshold",
)  # fmt: skip
# Tables of which the rows of days to come, or of the period under way, count.
OF_DAYS = ("logistics_placeday", "logistics_modeuse")
VERSIONED = ("discovery_indexversion", "discovery_decisionversion")

_PARTS = [
    "COALESCE((SELECT number FROM discovery_indexversion WHERE channel_id = %(channel)s), 0)",
    "COALESCE((SELECT named FROM discovery_indexversion WHERE channel_id = %(channel)s), 0)",
    "COALESCE(pg_current_xact_id_if_assigned()::text, '')",
    "COALESCE((SELECT number FROM discovery_decisionversion WHERE id = 1), 0)",
    _rows(1, f"catalog_product t WHERE t.id {_OF_FAMILY}"),
    _rows(2, f"catalog_baseprice t WHERE t.product_id {_OF_FAMILY}", f"t.promo_during @> {_NOW}"),
    _rows(3, _ITEMS, "s.xmin", "s.ctid", f"s.during @> {_NOW}"),
    _rows(4, _OFFERS, "c.xmin", "c.ctid", "onto.ctid", f"c.during @> {_NOW}"),
    _rows(5, f"logistics_stockbalance t WHERE t.product_id {_OF_FAMILY}"),
    _rows(
        6,
        f"logistics_reservation t WHERE t.state = 'held' AND t.product_id {_OF_FAMILY} AND t.expires_at <= {_NOW}",
    ),
    _rows(7, f"catalog_productlabel t WHERE t.product_id {_OF_FAMILY}", f"t.during @> {_NOW}"),
    _rows(8, _NOVELTIES, f"t.published_at <= {_NOW}", _NEW_FOR),
    _rows(10, "campaigns_campaign t", f"t.during @> {_NOW}"),
    _rows(11, "campaigns_campaign_channels t"),
    _rows(12, _IN_THE_WINDOW, f"t.during @> {_NOW}"),
    _rows(9, f"catalog_bundleline t WHERE t.bundle_id {_OF_FAMILY}"),
    _rows(13, f"logistics_productdelivery t WHERE t.product_id {_OF_FAMILY}"),
    _rows(14, f"logistics_forbiddenmode t WHERE t.product_id {_OF_FAMILY} OR t.family_id IS NOT NULL"),
    _rows(15, f"logistics_placeday t WHERE t.date >= {_NOW}::date - 1"),
    _rows(16, f"logistics_modeuse t WHERE t.period >= {_NOW}::date - 32"),
    _rows(17, f"logistics_withdrawal t WHERE t.product_id {_OF_FAMILY}", f"t.during @> {_NOW}"),
    _rows(18, f"logistics_channelthreshold t WHERE t.channel_id = %(channel)s AND t.product_id {_OF_FAMILY}"),
    *(_rows(20 + n, f"{table} t", f"t.during @> {_NOW}") for n, table in enumerate(DATED)),
    *(_rows(40 + n, f"{table} t") for n, table in enumerate(SETTINGS)),
]

# The products shown, their variants, and the parents of variants that are shown by themselves.
_FINGERPRINT = f"""
WITH family AS MATERIALIZED (
  SELECT unnest(%(products)s::bigint[]) AS id
   UNION
  SELECT p.id FROM catalog_product p WHERE p.parent_id = ANY(%(products)s::bigint[])
   UNION
  SELECT p.parent_id FROM catalog_product p WHERE p.id = ANY(%(products)s::bigint[]) AND p.parent_id IS NOT NULL
)
SELECT {", ".join(_PARTS)}
"""  # noqa: S608 - fixed text


def of_settings(seen: Fingerprint) -> Fingerprint:
    """The part of a fingerprint that speaks of settings."""
    return seen[-len(SETTINGS) :]


def fingerprint(product_ids: Iterable[int], *, channel_id: int, at: dt.datetime) -> Fingerprint:
    """What all that a page of these products shows rests on at `at`. One query."""
    parameters = {"products": sorted(product_ids), "channel": channel_id, "at": at}
    return tuple(ask(_FINGERPRINT, parameters)[0])
