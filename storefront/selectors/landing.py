"""A landing page as shoppers read it: its blocks with their products, prices live from their evaluator."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from altazion.lib.films import Film, film_at
from campaigns.enums import BlockKind
from campaigns.models import Block, LandingPage
from campaigns.selectors import Target, blocks_of, page_of_brand, said, target_of
from campaigns.selectors.pages import words_of
from catalog.models import Brand
from discovery.selectors import Tile, index_version, tiles, top_ids
from storefront.selectors.shop import Shop


@dataclass(frozen=True)
class BlockView:
    """A block with its texts in the reader's language, where it leads, and what it shows."""

    block: Block
    said: dict[str, Any]
    target: Target | None
    tiles: list[Tile]
    film: Film | None

    @property
    def kind(self) -> str:
        return self.block.kind


@dataclass(frozen=True)
class LandingView:
    """title and meta_description in the reader's language; blocks from top to bottom."""

    page: LandingPage
    title: str
    meta_description: str
    blocks: list[BlockView]

    @property
    def has_title_of_its_own(self) -> bool:
        """Whether the first block is a banner, whose title is then the page's heading."""
        return bool(self.blocks) and self.blocks[0].kind == BlockKind.BANNER and bool(self.blocks[0].said.get("title"))

    @property
    def frames(self) -> bool:
        """Whether a film of another house may be played."""
        return any(block.film for block in self.blocks)

    @property
    def questions(self) -> list[dict[str, str]]:
        """Everything that is asked and answered on the page."""
        return [one for block in self.blocks if block.kind == BlockKind.FAQ for one in block.said.get("questions", [])]


def landing_view(page: LandingPage, *, shop: Shop, at: dt.datetime) -> LandingView:
    """What a page shows at an instant: the queries of one row of tiles, and one small one per selection."""
    blocks = blocks_of(page)
    version = index_version(shop.channel)
    ids = {
        block.pk: top_ids(
            channel=shop.channel, version=version, sort=block.sort, selection_id=block.selection_id, most=block.shown
        )
        for block in blocks
        if block.kind == BlockKind.SELECTION and block.selection and block.selection.shown_at(at)
    }
    every = list(dict.fromkeys(pk for row in ids.values() for pk in row))
    found = (
        tiles(every, channel=shop.channel, at=at, language=shop.language, store=shop.store, version=version)
        if every
        else []
    )
    shown = {tile.id: tile for tile in found}
    words = words_of([block.link_page_id for block in blocks if block.link_page_id], shop.language)
    own = said(page, shop.language)
    return LandingView(
        page=page,
        title=own["title"],
        meta_description=own["meta_description"],
        blocks=[
            BlockView(
                block=block,
                said=said(block, shop.language),
                target=target_of(block, words),
                tiles=[shown[pk] for pk in ids.get(block.pk, []) if pk in shown],
                film=film_at(block.video) if block.kind == BlockKind.VIDEO else None,
            )
            for block in blocks
        ],
    )


def landing_of_brand(brand: Brand, *, shop: Shop, at: dt.datetime) -> LandingView | None:
    """The page that opens a brand's own page now, if it has one."""
    page = page_of_brand(brand, shop.channel, at=at)
    return landing_view(page, shop=shop, at=at) if page else None
