"""Verbs about landing pages and their blocks. Dates switch nothing: they are read when a page is asked for."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from altazion.lib.films import film_at
from altazion.lib.problems import Invalid, Refused
from altazion.lib.text import safe_html, slug
from campaigns.enums import BlockKind
from campaigns.models import Block, LandingPage, PageAddress
from campaigns.models.pages import MOST_SHOWN
from catalog.services.was import differences
from logbook.services import record

MOST_BLOCKS = 60
UNTOLD = {"id", "guid", "created_at", "updated_at", "changed_at", "published", "archived"}
TEXTS = {"title", "text", "html", "alt", "label", "questions"}
LINKS = ("link_segment", "link_brand", "link_product", "link_page", "link_url")


@transaction.atomic
def save_page(page: LandingPage, words: Mapping[str, str], *, at: dt.datetime, actor: str = "") -> LandingPage:
    """Keep the fields of a page and its word per language ("" takes one from the title). Invalid for a taken word."""
    made = page.pk is None
    if page.during is not None and page.during.lower and page.during.upper and page.during.upper <= page.during.lower:
        raise Invalid(_("The end must come after the start."), field="ends")
    stored = LandingPage.objects.select_for_update().filter(pk=page.pk).first() if page.pk else None
    page.save()
    for language, word in words.items():
        title = page.translations.get(language, {}).get("title") or page.title
        _set_word(page, language, slug(word or title, 100))
    was = differences(_facts(stored), _facts(page)) if stored else {}
    _tell(page, "created" if made else "changed", at, actor, was=was)
    return page


def _facts(page: LandingPage) -> dict[str, Any]:
    """What the log tells of a page: its own fields, dates as text."""
    facts = {field.name: getattr(page, field.name) for field in page._meta.concrete_fields}  # noqa: SLF001
    during = facts.pop("during", None)
    dates = [end.isoformat() if end else None for end in (during.lower, during.upper)] if during else None
    return {name: value for name, value in facts.items() if name not in UNTOLD} | {"during": dates}


@transaction.atomic
def publish_page(page: LandingPage, *, at: dt.datetime, actor: str = "") -> None:
    """Let shoppers see a page within its dates. Refused: archived, over, nothing to show."""
    held = LandingPage.objects.select_for_update().get(pk=page.pk)
    if held.archived:
        raise Refused(_("An archived page cannot be published: restore it first."), code="archived")
    if held.during and held.during.upper and held.during.upper <= at:
        raise Refused(_("Its dates are over: change them first."), code="over", field="ends")
    if not held.blocks.filter(hidden=False).exists():
        raise Refused(_("It has no block to show yet."), code="empty")
    if LandingPage.objects.filter(pk=held.pk, published=False).update(published=True):
        _tell(held, "published", at, actor)
    page.published = True


@transaction.atomic
def unpublish_page(page: LandingPage, *, at: dt.datetime, actor: str = "") -> None:
    """Take a page off the shop at once."""
    if LandingPage.objects.filter(pk=page.pk, published=True).update(published=False):
        _tell(page, "unpublished", at, actor)
    page.published = False


@transaction.atomic
def archive_page(page: LandingPage, *, at: dt.datetime, actor: str = "") -> None:
    """Put a page away; its words stay taken, so that old links can be led elsewhere."""
    if LandingPage.objects.filter(pk=page.pk, archived=False).update(archived=True, published=False):
        _tell(page, "archived", at, actor)
    page.archived, page.published = True, False


@transaction.atomic
def restore_page(page: LandingPage, *, at: dt.datetime, actor: str = "") -> None:
    """Bring a page back, unpublished."""
    if LandingPage.objects.filter(pk=page.pk, archived=True).update(archived=False):
        _tell(page, "restored", at, actor)
    page.archived = False


@transaction.atomic
def add_block(
    page: LandingPage,
    kind: str,
    fields: Mapping[str, Any],
    *,
    at: dt.datetime,
    actor: str = "",
    picture: File | None = None,
) -> Block:
    """Put a new block at the end of a page. See `save_block` for the fields."""
    if LandingPage.objects.select_for_update().get(pk=page.pk).blocks.count() >= MOST_BLOCKS:
        raise Refused(_("A page holds at most %(most)d blocks.") % {"most": MOST_BLOCKS}, code="too_many")
    last = page.blocks.aggregate(last=Max("position"))["last"]
    block = Block(page=page, kind=kind, position=0 if last is None else last + 1)
    return save_block(block, fields, at=at, actor=actor, picture=picture)


@transaction.atomic
def save_block(
    block: Block, fields: Mapping[str, Any], *, at: dt.datetime, actor: str = "", picture: File | None = None
) -> Block:
    """Keep what a block says. fields: texts (by language), picture, selection, shown, sort, video, one of the links.

    picture: a file that was sent, kept in the media store. Invalid, with the field, for what cannot be shown.
    """
    for name, value in fields.items():
        setattr(block, name, {lang: _clean(said) for lang, said in value.items()} if name == "texts" else value)
    if picture is not None:
        stem, dot, ending = (picture.name or "file").rpartition(".")
        block.picture = default_storage.save(f"pages/{block.page_id}/{slug(stem)}{dot}{ending.lower()}", picture)
    _check(block)
    block.save()
    _tell(block.page, "block_saved", at, actor, block=block.pk)
    return block


@transaction.atomic
def show_block(block: Block, shown: bool, *, at: dt.datetime, actor: str = "") -> None:
    """Show a block, or hide it without losing it."""
    if Block.objects.filter(pk=block.pk).exclude(hidden=not shown).update(hidden=not shown):
        _tell(block.page, "block_shown" if shown else "block_hidden", at, actor, block=block.pk)


@transaction.atomic
def copy_block(block: Block, *, at: dt.datetime, actor: str = "") -> Block:
    """Make a second one right behind it, hidden until a colleague shows it."""
    page = LandingPage.objects.select_for_update().get(pk=block.page_id)
    if page.blocks.count() >= MOST_BLOCKS:
        raise Refused(_("A page holds at most %(most)d blocks.") % {"most": MOST_BLOCKS}, code="too_many")
    source = Block.objects.get(pk=block.pk)
    page.blocks.filter(position__gt=source.position).update(position=F("position") + 1)
    source.pk, source.hidden, source.position = None, True, source.position + 1
    source.save(force_insert=True)
    _tell(page, "block_copied", at, actor, block=source.pk)
    return source


@transaction.atomic
def remove_block(block: Block, *, at: dt.datetime, actor: str = "") -> None:
    """Take a block away for good."""
    pk = block.pk
    Block.objects.filter(pk=pk).delete()
    _tell(block.page, "block_removed", at, actor, block=pk)


@transaction.atomic
def order_blocks(page: LandingPage, ids: Sequence[int], *, at: dt.datetime, actor: str = "") -> None:
    """Put the blocks of a page in this order. Refused when these are not its blocks: a colleague changed them."""
    blocks = {block.pk: block for block in page.blocks.select_for_update()}
    if sorted(ids) != sorted(blocks):
        raise Refused(_("The blocks were changed meanwhile: load the page again."), code="changed")
    for position, pk in enumerate(ids):
        blocks[pk].position = position
    Block.objects.bulk_update(blocks.values(), ["position"])
    _tell(page, "blocks_ordered", at, actor)


def _clean(said: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in said.items() if key in TEXTS and value}
    if "html" in kept:
        kept["html"] = safe_html(kept["html"])
    if "questions" in kept:
        kept["questions"] = [
            {"question": one["question"].strip(), "answer": safe_html(one["answer"])}
            for one in kept["questions"]
            if one.get("question", "").strip() and one.get("answer", "").strip()
        ]
    return kept


def _check(block: Block) -> None:
    if sum(bool(getattr(block, name)) for name in LINKS) > 1:
        raise Invalid(_("A block leads to one place: choose one of them."), field="link_url")
    if block.link_url and not (block.link_url.startswith(("https://", "/")) and not block.link_url.startswith("//")):
        raise Invalid(_("Give an https address, or one of this shop that starts with /."), field="link_url")
    if not 1 <= block.shown <= MOST_SHOWN:
        raise Invalid(_("Show 1 to %(most)d products.") % {"most": MOST_SHOWN}, field="shown")
    if block.kind == BlockKind.SELECTION and block.selection_id is None:
        raise Invalid(_("Choose the selection to show."), field="selection")
    if block.kind == BlockKind.VIDEO and film_at(block.video) is None:
        raise Invalid(_("Give the address of a film at YouTube, Vimeo or Dailymotion."), field="video")
    said = block.texts.values()
    if block.kind in {BlockKind.BANNER, BlockKind.TEXT_IMAGE} and not block.picture:
        raise Invalid(_("Send a picture or give its address."), field="picture")
    if block.kind == BlockKind.TEXT and not any(one.get("html") for one in said):
        raise Invalid(_("Write the text in one language at least."), field="fr_html")
    if block.kind == BlockKind.FAQ and not any(one.get("questions") for one in said):
        raise Invalid(_("Write one question with its answer at least."), field="questions")


def _set_word(page: LandingPage, language: str, word: str) -> None:
    addresses = PageAddress.objects.filter(channel=page.channel, language=language)
    own = addresses.filter(page=page)
    if own.filter(word=word, is_current=True).exists():
        return
    taken = addresses.filter(word=word).exclude(page=page).first()
    if taken is not None and (taken.is_current or not taken.page.archived):
        raise Invalid(_("Another page has the address %(word)s.") % {"word": word}, field=f"word_{language}")
    own.update(is_current=False)
    if taken is not None:
        taken.delete()
    try:
        with transaction.atomic():
            PageAddress.objects.update_or_create(
                page=page, channel=page.channel, language=language, word=word, defaults={"is_current": True}
            )
    except IntegrityError:
        raise Invalid(_("Another page has the address %(word)s.") % {"word": word}, field=f"word_{language}") from None


def _tell(page: LandingPage, what: str, at: dt.datetime, actor: str, **facts: Any) -> None:
    record("campaigns.page_changed", at=at, subject_kind="page", subject_id=page.pk, actor=actor, change=what, **facts)
