"""Products shown beside a product: what the company associates with it, and what was bought with it."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from catalog.models import Association
from discovery.selectors import Tile, said_in, tiles
from orders.models import BoughtTogether
from storefront.selectors.shop import Shop

MOST_SHOWN = 8
MOST_ASKED = 200


@dataclass(frozen=True)
class Associated:
    """of: the product it is said of, a listing or one of its variants. page, product: what may have a tile."""

    of: int
    title: str
    page: int
    product: int


@dataclass(frozen=True)
class Beside:
    """A block: what stands above it, and the products."""

    title: str
    tiles: list[Tile]


def associated_with(listing: int, variants: Collection[int], language: str) -> list[Associated]:
    """What is said of a product and its variants, in the order of the blocks. Two queries; the same for everybody."""
    rows = Association.objects.filter(product__in=[listing, *variants], kind__is_public=True)
    ordered = rows.select_related("kind", "other").order_by("kind__position", "kind", "position", "pk")[:MOST_ASKED]
    found = [
        Associated(
            one.product_id,
            said_in(one.kind.translations, language, "name", one.kind.name),
            one.other.parent_id or one.other_id,
            one.other_id,
        )
        for one in ordered
    ]
    bought = BoughtTogether.objects.filter(product=listing).order_by("-orders", "-other")
    together = bought.values_list("other_id", flat=True)[:MOST_SHOWN]
    return found + [Associated(listing, _("Bought together"), other, other) for other in together]


def beside(said: list[Associated], shown: Collection[int], *, shop: Shop, at: dt.datetime) -> list[Beside]:
    """The blocks of a page that shows these products (a listing, its chosen variant).

    What the channel does not sell is left out; what one block shows does not come again below. Six queries, none when
    nothing is said.
    """
    wanted = [one for one in said if one.of in shown]
    asked = {pk for one in wanted for pk in (one.page, one.product)} - set(shown)
    if not asked:
        return []
    found = tiles(
        asked, channel=shop.channel, at=at, language=shop.language, store=shop.store, version=shop.index_version
    )
    known = {tile.id: tile for tile in found}
    blocks: dict[str, list[Tile]] = {}
    for one in wanted:
        tile = known.pop(one.page, None) or known.pop(one.product, None)
        if tile and len(blocks.setdefault(one.title, [])) < MOST_SHOWN:
            blocks[one.title].append(tile)
    return [Beside(title, chosen) for title, chosen in blocks.items() if chosen]
