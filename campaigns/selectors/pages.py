"""Landing pages as shoppers get them at an instant, in a language."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from altazion.lib.written import Written
from campaigns.models import Block, LandingPage, PageAddress
from catalog.models import Brand
from stores.models import SalesChannel


@dataclass(frozen=True)
class Target:
    """Where a block leads. kind: segment | brand | product | page | url; word: slug, address; pk of a product."""

    kind: str
    word: str
    pk: int = 0


def live_pages(channel: SalesChannel, *, at: dt.datetime) -> QuerySet[LandingPage]:
    """The published pages of a channel whose dates hold the instant."""
    found = LandingPage.objects.filter(channel=channel, published=True, archived=False)
    return found.filter(Q(during=None) | Q(during__contains=at))


def page_at(word: str, *, channel: SalesChannel, language: str) -> tuple[PageAddress, str] | None:
    """The address with its page, and the word now in use for it; None when nobody ever had this word. Two queries."""
    found = (
        PageAddress.objects.filter(channel=channel, language=language, word=word, page__archived=False)
        .select_related("page__brand")
        .first()
    )
    if found is None:
        return None
    if found.is_current:
        return found, found.word
    return found, current_word(found.page, language) or found.word


def current_word(page: LandingPage, language: str) -> str:
    """The word of a page in a language; that of another language when it has none; empty without any."""
    words = dict(page.addresses.filter(is_current=True).values_list("language", "word"))
    return words.get(language) or next(iter(words.values()), "")


def is_live(page: LandingPage, at: dt.datetime) -> bool:
    """Whether shoppers see the page at the instant."""
    dates = page.during
    inside = dates is None or ((not dates.lower or dates.lower <= at) and (not dates.upper or at < dates.upper))
    return page.published and not page.archived and inside


def page_of_brand(brand: Brand, channel: SalesChannel, *, at: dt.datetime) -> LandingPage | None:
    """The live page that opens a brand, the latest if there are several."""
    return live_pages(channel, at=at).filter(brand=brand).order_by("-id").first()


def blocks_of(page: LandingPage, *, hidden: bool = False) -> list[Block]:
    """The blocks of a page in order, with what they point to. One query."""
    found = page.blocks.select_related("selection", "link_segment", "link_brand", "link_product__parent", "link_page")
    return list(found if hidden else found.filter(hidden=False))


def said(record: LandingPage | Block, language: str) -> dict[str, Any]:
    """The texts of a page or block in a language; what is not translated is said in French, then in English.

    Each text knows which language it came in (`Written`).
    """
    if isinstance(record, Block):
        return _together(record.texts, language)
    own = _in(settings.LANGUAGE_CODE, {"title": record.title, "meta_description": record.meta_description})
    return own | _in(language, {key: value for key, value in record.translations.get(language, {}).items() if value})


def _together(texts: Mapping[str, Mapping[str, Any]], language: str) -> dict[str, Any]:
    said_in: dict[str, Any] = {}
    for each in (*(one for one in ("en", "fr") if one != language), language):
        said_in |= _in(each, {key: value for key, value in texts.get(each, {}).items() if value})
    return said_in


def _in(language: str, said: Any) -> Any:
    """Texts, however deep they lie, with the language that they are written in."""
    if isinstance(said, str):
        return Written(said, language)
    if isinstance(said, dict):
        return {key: _in(language, one) for key, one in said.items()}
    return [_in(language, one) for one in said] if isinstance(said, list) else said


def target_of(block: Block, words: Mapping[int, str]) -> Target | None:
    """Where a block leads, if it leads anywhere. words: current address words of pages, by page."""
    if block.link_segment and not block.link_segment.archived:
        return Target("segment", block.link_segment.slug)
    if block.link_brand and not block.link_brand.archived:
        return Target("brand", block.link_brand.slug)
    if block.link_product:
        shown = block.link_product.parent or block.link_product
        return Target("product", shown.slug, shown.pk)
    if block.link_page_id and (word := words.get(block.link_page_id)):
        return Target("page", word)
    return Target("url", block.link_url) if block.link_url else None


def words_in(language: str, *, of_pages: Iterable[int]) -> dict[int, str]:
    """The words under which published pages are found in a language, those of another where they have none in it."""
    asked = set(of_pages)
    if not asked:
        return {}
    found = PageAddress.objects.filter(page__in=asked, page__published=True, page__archived=False, is_current=True)
    rows = sorted(found.values_list("page_id", "language", "word"), key=lambda row: row[1] == language)
    return {page: word for page, _language, word in rows}


def words_of(pages: Iterable[int], language: str) -> dict[int, str]:
    """Current words of pages in a language. One query, none for no page."""
    asked = set(pages)
    if not asked:
        return {}
    found = PageAddress.objects.filter(page__in=asked, language=language, is_current=True)
    return dict(found.values_list("page_id", "word"))
