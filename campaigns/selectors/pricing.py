"""All effective prices come from here (COM-1, OFF-16): asked in batches, with a constant number of queries.

Nothing is switched on by a job: what counts at `at` is read at `at`. Preview is the same question with another `at`.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from altazion.lib.money import ZERO, net_of, share_out
from altazion.lib.noting import note
from altazion.lib.prepared import prepared
from altazion.lib.problems import Invalid, Refused
from altazion.lib.translating import reading
from campaigns.models import Campaign
from campaigns.rules import During, EffectivePrice, Layer, Offer, Reason, cheapest, evaluate, reduced
from catalog.enums import BundleMode, ProductKind, ProductState
from catalog.models import Product
from catalog.selectors.bundles import Part, parts_of
from stores.models import SalesChannel, Store

__all__ = [
    "EffectivePrice",
    "PreviewLine",
    "Quote",
    "QuoteLine",
    "Reason",
    "VatTotal",
    "preview",
    "prices",
    "quote",
    "upcoming_edges",
]


@dataclass(frozen=True)
class QuoteLine:
    """A priced line: total with tax and without; the net amounts of all lines of a rate add up to the rate's."""

    product_id: int
    quantity: int
    price: EffectivePrice
    total: Decimal
    net_total: Decimal


@dataclass(frozen=True)
class VatTotal:
    """Tax of one rate: net + tax = gross, to the cent."""

    rate: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(frozen=True)
class Quote:
    """A basket's price with tax, without, its tax by rate and what was taken off."""

    lines: list[QuoteLine]
    total: Decimal
    net_total: Decimal
    vat: list[VatTotal]
    discount_total: Decimal


@dataclass(frozen=True)
class _Priced:
    """What prices need to know of a product."""

    id: int
    kind: str
    parent_id: int | None
    state: str
    vat_rate: Decimal


@dataclass(frozen=True)
class _Facts:
    """Everything that decides prices, as rows: products, price layers and campaigns by product."""

    products: dict[int, _Priced]
    layers: Mapping[int, list[Layer]]
    offers: Mapping[int, list[Offer]]
    bundles: Mapping[int, list[Part]]


@dataclass(frozen=True)
class PreviewLine:
    """A product without and with a campaign; None where it has no price."""

    product: Product
    before: EffectivePrice | None
    after: EffectivePrice | None


def prices(
    product_ids: Iterable[int],
    *,
    channel: SalesChannel,
    at: dt.datetime,
    store: Store | None = None,
    grid: str = "",
) -> dict[int, EffectivePrice]:
    """The effective price of each product; a product without a price is absent.

    A parent costs "from" its cheapest child. A child without prices of its own costs what its parent says. A bundle
    with a percentage costs what lies in it, less that. Two queries; two more with such bundles.
    """
    asked = list(dict.fromkeys(product_ids))
    facts = _facts(asked, channel, at, store, grid)
    return _evaluated(asked, facts, channel, at)


def quote(
    lines: Iterable[tuple[int, int]], *, channel: SalesChannel, at: dt.datetime, store: Store | None = None
) -> Quote:
    """Price a basket of (product id, quantity). Raises Refused ("no_price") naming products that have none.

    Tax is worked out per rate on the sum of its lines, so that net + tax is the total to the cent. A bundle whose
    products are handled apart is taxed as its order will be: each product's share of the price at its own rate.
    """
    wanted = list(lines)
    if any(quantity <= 0 for _product, quantity in wanted):
        raise Invalid(_("A quantity must be above 0."), field="quantity")
    asked = list(dict.fromkeys(product for product, _quantity in wanted))
    facts = _facts(asked, channel, at, store, "")
    known = _evaluated(asked, facts, channel, at)
    if missing := sorted({product for product, _quantity in wanted} - known.keys()):
        raise Refused(
            _("Some products cannot be sold: they have no price."), code="no_price", details={"products": missing}
        )
    inside = _apart([pk for pk in asked if facts.products[pk].kind == ProductKind.BUNDLE], channel, at, store)
    return _sum_up([(product, quantity, known[product]) for product, quantity in wanted], inside)


def _apart(
    bundles: list[int], channel: SalesChannel, at: dt.datetime, store: Store | None
) -> dict[int, list[tuple[Decimal, Decimal]]]:
    """(VAT rate, what it would cost alone) of each product in those bundles whose products are handled apart."""
    parts = (
        {pk: found for pk, found in parts_of(bundles).items() if found[0].mode == BundleMode.APART} if bundles else {}
    )
    if not parts:
        return {}
    facts = _facts([part.component for found in parts.values() for part in found], channel, at, store, "")
    alone = _evaluated(list(facts.products), facts, channel, at)
    return {
        pk: [
            (
                facts.products[part.component].vat_rate,
                alone[part.component].unit * part.quantity if part.component in alone else ZERO,
            )
            for part in found
        ]
        for pk, found in parts.items()
    }


def upcoming_edges(channel: SalesChannel, *, after: dt.datetime, until: dt.datetime) -> list[dt.datetime]:
    """Instants at which a campaign of the channel begins or ends: for those who warm indexes. One query."""
    ranges = Campaign.objects.filter(approved=True, archived=False, channels=channel, during__endswith__gt=after)
    edges = {
        edge
        for during in ranges.values_list("during", flat=True)
        for edge in (during.lower, during.upper)
        if edge is not None and after < edge <= until
    }
    return sorted(edges)


def preview(
    campaign: Campaign,
    *,
    channel: SalesChannel,
    at: dt.datetime,
    store: Store | None = None,
    percent: Decimal | None = None,
    limit: int = 50,
) -> list[PreviewLine]:
    """What a campaign does to the most relevant products of its selection at `at`, as if it were approved.

    percent: try another percentage. The same evaluator as the shop; four queries.
    """
    items = campaign.selection.items.select_related("product__parent").order_by("-relevance", "pk")[:limit]
    products = [item.product for item in items]
    asked = [product.pk for product in products]
    facts = _facts(asked, channel, at, store, "")
    during = _during(campaign.during)
    during = during.within(_during(campaign.selection.during)) or During(at, at)
    trial = Offer(campaign.code, campaign.shown_label, percent or campaign.percent_off, during)
    without = {pk: [o for o in offers if o.code != campaign.code] for pk, offers in facts.offers.items()}
    joined = {pk: [*without.get(pk, []), trial] for pk in {*without, *asked}}
    before = _evaluated(asked, replace(facts, offers=without), channel, at)
    after = _evaluated(asked, replace(facts, offers=joined), channel, at)
    return [PreviewLine(product, before.get(product.pk), after.get(product.pk)) for product in products]


def _facts(asked: list[int], channel: SalesChannel, at: dt.datetime, store: Store | None, grid: str) -> _Facts:
    products, layers = _products(asked, channel, store, grid)
    held = [product.id for product in products.values() if product.kind == ProductKind.BUNDLE]
    bundles = {pk: parts for pk, parts in parts_of(held).items() if parts[0].percent is not None} if held else {}
    if bundles:
        inside = _products([part.component for parts in bundles.values() for part in parts], channel, store, grid)
        products, layers = products | inside[0], layers | inside[1]
    needed = products.keys() | {product.parent_id for product in products.values() if product.parent_id}
    return _Facts(products, layers, _offers(needed, channel, at), bundles)


def _evaluated(asked: list[int], facts: _Facts, channel: SalesChannel, at: dt.datetime) -> dict[int, EffectivePrice]:
    found = {
        product.id: price
        for product in facts.products.values()
        if (price := _price(product, facts.layers, facts.offers, channel, at)) is not None
    }
    for pk, parts in facts.bundles.items():
        found.pop(pk, None)
        if layer := _bundle_layer(parts, found):
            bundle = facts.products[pk]
            running = facts.offers.get(pk, [])
            if price := evaluate(pk, [layer], running, at=at, vat_rate=bundle.vat_rate, currency=channel.currency):
                edges = [found[part.component].until for part in parts]
                found[pk] = replace(price, until=min(filter(None, [price.until, *edges]), default=None))
    return {pk: price for pk in asked if (price := _answer(pk, facts.products, found)) is not None}


def _bundle_layer(parts: list[Part], found: Mapping[int, EffectivePrice]) -> Layer | None:
    """What the components cost together now, and that less the bundle's percentage; None if one has no price."""
    if any(part.component not in found for part in parts) or parts[0].percent is None:
        return None
    total = sum((found[part.component].unit * part.quantity for part in parts), ZERO)
    return Layer("base", total, reduced(total, parts[0].percent) if parts[0].percent else None, During(), "")


# Products with their children, each with the layers of its own price and those of its parent's.
_PRICED = """
SELECT p.id, p.kind, p.parent_id, p.state, vat.rate,
       b.product_id, b.channel_id, b.store_id, b.grid, b.amount, b.promo_amount, b.promo_during
  FROM catalog_product p
  JOIN catalog_vatrate vat ON vat.id = p.vat_rate_id
  LEFT JOIN catalog_baseprice b ON b.product_id IN (p.id, p.parent_id)
   AND (b.channel_id IS NULL OR b.channel_id = %(channel)s)
   AND (b.store_id IS NULL OR b.store_id = %(store)s)
   AND (b.grid = '' OR b.grid = %(grid)s)
 WHERE p.id = ANY(%(asked)s::bigint[]) OR p.parent_id = ANY(%(asked)s::bigint[])
 ORDER BY b.id
"""


def _products(
    asked: list[int], channel: SalesChannel, store: Store | None, grid: str
) -> tuple[dict[int, _Priced], dict[int, list[Layer]]]:
    """What prices need to know of products and their children, and the layers of their prices. One query."""
    parameters: dict[str, Any] = {
        "asked": asked, "channel": channel.pk, "store": store.pk if store else None, "grid": grid,
    }  # fmt: skip
    products: dict[int, _Priced] = {}
    layers: dict[int, dict[tuple[Any, ...], Layer]] = {}
    note(asked)
    with prepared() as sql:
        sql.execute(_PRICED, parameters)
        for pk, kind, parent, state, rate, priced, *layer in sql.fetchall():
            if pk not in products:
                products[pk] = _Priced(pk, kind, parent, state, rate)
            if priced is None:
                continue
            of_channel, of_store, of_grid, amount, promo, during = layer
            known = layers.setdefault(priced, {})
            place = (of_channel, of_store, of_grid)  # a product has one price in each of these
            if place not in known:
                name = "store" if of_store else "grid" if of_grid else "channel" if of_channel else "base"
                known[place] = Layer(name, amount, promo, _during(during), of_grid)
    return products, {pk: list(found.values()) for pk, found in layers.items()}


_OFFERS = """
SELECT i.product_id, c.code,
       COALESCE(NULLIF(c.translations -> %(language)s ->> 'public_label', ''), c.public_label),
       c.percent_off, c.during, s.during
  FROM catalog_selectionitem i
  JOIN catalog_selection s ON s.id = i.selection_id
  JOIN campaigns_campaign c ON c.selection_id = i.selection_id AND c.approved AND NOT c.archived
   AND (upper(c.during) > %(at)s::timestamptz OR upper_inf(c.during))
  JOIN campaigns_campaign_channels onto ON onto.campaign_id = c.id AND onto.saleschannel_id = %(channel)s
 WHERE i.product_id = ANY(%(products)s::bigint[])
"""


def _offers(product_ids: Iterable[int], channel: SalesChannel, at: dt.datetime) -> dict[int, list[Offer]]:
    """Approved campaigns on the products that run at `at` or later (those only move `until`)."""
    found: dict[int, list[Offer]] = defaultdict(list)
    made: dict[str, Offer | None] = {}
    parameters: dict[str, Any] = {"products": list(product_ids), "channel": channel.pk, "at": at, "language": reading()}
    with prepared() as sql:
        sql.execute(_OFFERS, parameters)
        for product, code, label, percent, during, of_selection in sql.fetchall():
            if code not in made:
                both = _during(during).within(_during(of_selection))
                made[code] = Offer(code, label, percent, both) if both is not None else None
            if offer := made[code]:  # a campaign reaches nothing while its selection has other dates
                found[product].append(offer)
    return found


def _during(value: Any) -> During:
    return During(value.lower, value.upper) if value is not None else During()


def _price(
    product: _Priced,
    layers: Mapping[int, list[Layer]],
    offers: Mapping[int, list[Offer]],
    channel: SalesChannel,
    at: dt.datetime,
) -> EffectivePrice | None:
    parent = product.parent_id or 0
    own = layers.get(product.id) or layers.get(parent, [])
    running = {offer.code: offer for offer in [*offers.get(product.id, ()), *offers.get(parent, ())]}
    return evaluate(product.id, own, running.values(), at=at, vat_rate=product.vat_rate, currency=channel.currency)


def _answer(pk: int, products: dict[int, _Priced], found: dict[int, EffectivePrice]) -> EffectivePrice | None:
    product = products.get(pk)
    if product is None or product.kind != ProductKind.PARENT:
        return found.get(pk)
    children = [child for child in _children(pk, products) if child.id in found]
    for state in (ProductState.VALIDATED, ProductState.IN_PREPARATION):
        if sold := [found[child.id] for child in children if child.state == state]:
            return cheapest(pk, sold)
    return found.get(pk)


def _children(pk: int, products: dict[int, _Priced]) -> Iterator[_Priced]:
    return (product for product in products.values() if product.parent_id == pk)


def _sum_up(lines: list[tuple[int, int, EffectivePrice]], inside: Mapping[int, list[tuple[Decimal, Decimal]]]) -> Quote:
    totals = [price.unit * quantity for _product, quantity, price in lines]
    taxed: dict[Decimal, list[tuple[int, Decimal]]] = defaultdict(list)  # rate → (line, its gross at this rate)
    for index, (product, _quantity, price) in enumerate(lines):
        rates = inside.get(product) or [(price.vat_rate, Decimal(1))]
        for (rate, _weight), part in zip(rates, share_out(totals[index], [one for _rate, one in rates]), strict=True):
            taxed[rate].append((index, part))
    nets: list[Decimal] = [ZERO] * len(lines)
    vat = []
    for rate, here in sorted(taxed.items(), reverse=True):
        gross = sum((part for _index, part in here), ZERO)
        net = net_of(gross, rate)
        vat.append(VatTotal(rate, net, gross - net, gross))
        for (index, _part), share in zip(here, share_out(net, [part for _index, part in here]), strict=True):
            nets[index] += share
    return Quote(
        lines=[
            QuoteLine(product, quantity, price, total, net)
            for (product, quantity, price), total, net in zip(lines, totals, nets, strict=True)
        ],
        total=sum(totals, ZERO),
        net_total=sum(nets, ZERO),
        vat=vat,
        discount_total=sum((price.saving * quantity for _product, quantity, price in lines), ZERO),
    )
