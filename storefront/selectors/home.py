"""What the shop's window shows."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from campaigns.models import Campaign
from catalog.models import Selection
from discovery.selectors import (
    SegmentEntry,
    Tile,
    navigation,
    segment_pictures,
    star_segments,
    tiles,
    top_ids,
)
from storefront.selectors.shop import Shop

SHELVES = 3
DOORS = 12
ON_A_SHELF = 10


@dataclass(frozen=True)
class Shelf:
    """A row of products under a title."""

    title: str
    tiles: list[Tile]


@dataclass(frozen=True)
class HomePage:
    """doors: departments with a picture, stars first; shelves: running campaigns, the home's selections, novelties."""

    doors: list[tuple[SegmentEntry, str]]
    shelves: list[Shelf]
    stars: list[Tile]
    new: list[Tile]


def home_page(shop: Shop, *, at: dt.datetime) -> HomePage:
    """The home page of a shop at an instant: about ten queries whatever it shows."""
    channel = shop.channel
    version = shop.index_version
    roots = navigation(channel=channel, language=shop.language, root=shop.site.root_segment, version=version)
    stars = star_segments(channel=channel, language=shop.language, version=version)
    roots = list({entry.id: entry for entry in [*stars, *roots]}.values())[:DOORS]
    pictures = segment_pictures(roots, channel=channel, version=version)
    best = top_ids(channel=channel, version=version, most=ON_A_SHELF)
    new = top_ids(channel=channel, version=version, sort="new", most=ON_A_SHELF)
    shelves = [
        (title, top_ids(channel=channel, version=version, selection_id=pk, most=ON_A_SHELF))
        for title, pk in _selections(shop, at)
    ]
    every = [*best, *new, *(pk for _title, ids in shelves for pk in ids)]
    shown = {
        tile.id: tile
        for tile in tiles(every, channel=channel, at=at, language=shop.language, store=shop.store, version=version)
    }
    return HomePage(
        doors=[(root, pictures.get(root.id, "")) for root in roots],
        shelves=[Shelf(title, row) for title, ids in shelves if (row := _row(ids, shown))],
        stars=_row(best, shown),
        new=_row(new, shown),
    )


def _row(ids: list[int], shown: dict[int, Tile]) -> list[Tile]:
    return [shown[pk] for pk in ids if pk in shown]


def _selections(shop: Shop, at: dt.datetime) -> list[tuple[str, int]]:
    """Selections of running campaigns of the channel, then those grouped under "home"."""
    running = Campaign.objects.filter(approved=True, archived=False, channels=shop.channel, during__contains=at)
    running = running.filter(Q(selection__during=None) | Q(selection__during__contains=at))
    found = {
        campaign.selection_id: campaign.shown_label or campaign.selection.shown_name
        for campaign in running.select_related("selection").order_by("-id")
    }
    shown = Selection.objects.filter(Q(during=None) | Q(during__contains=at), group__iexact="home")
    for selection in shown.order_by("name")[:SHELVES]:
        found.setdefault(selection.pk, selection.shown_name)
    return [(title, pk) for pk, title in list(found.items())[:SHELVES]]
