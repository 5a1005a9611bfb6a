"""Old addresses that lead on. A row names a thing, so one step always leads to where it lives now: no chains.

Loops cannot be: an old address is never one of the shop's own pages, and what it leads to is a thing or such a page.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from altazion.lib.problems import Invalid, Refused
from logbook.services import record
from stores import rules
from stores.enums import AddressCause, TargetKind
from stores.models import FormerAddress, SalesChannel
from stores.ports import Target, address_book

REDIRECTS = "stores.redirects_changed"
MOST_REDIRECTS = 20_000
WRONG = {
    "empty": noop("Write an address, like /s/old-name/"),
    "too_long": noop("An address has at most 300 characters."),
    "unreadable": noop("This address cannot be read."),
}


@dataclass(frozen=True)
class RefusedRow:
    """A row of a list that could not be taken. number: its line in the file, the heading being 1."""

    number: int
    old: str
    new: str
    reason: str


def keep_address(
    old: str,
    new: str,
    target: Target,
    *,
    language: str,
    at: dt.datetime,
    cause: str = AddressCause.RENAMED,
    channel: SalesChannel | None = None,
) -> None:
    """Let the old address of a thing lead to it from now on; its new one is no old address any more.

    Inside the caller's transaction, which records the change of the thing itself.
    """
    here = FormerAddress.objects.filter(language__in=[language, ""], channel=channel)
    here.filter(path=rules.bare_path(new)).delete()
    _write(rules.bare_path(old), target, language=language, channel=channel, at=at, cause=cause)


def forward(kind: str, gone: int, heir: int) -> int:
    """Whatever led to a thing that is gone leads to its replacement. Returns how many addresses."""
    return FormerAddress.objects.filter(target_kind=kind, target_id=gone).update(target_id=heir)


@transaction.atomic
def add_redirect(
    old: str,
    new: str,
    *,
    at: dt.datetime,
    actor: str = "",
    channel: SalesChannel | None = None,
    cause: str = AddressCause.BY_HAND,
) -> FormerAddress:
    """Send an address on to another page of the shop, both as a browser shows them ("/en/s/old/").

    Invalid, at `old` or `new`, when the old one is a page of the shop or the new one leads nowhere.
    """
    path, language, target = read_redirect(old, new)
    row = _write(path, target, language=language, channel=channel, at=at, cause=cause)
    record(REDIRECTS, at=at, subject_kind="redirect", subject_id=row.pk, actor=actor, ids=[row.pk], change="added")
    return row


@transaction.atomic
def import_redirects(
    rows: Iterable[Mapping[str, str]], *, at: dt.datetime, actor: str = "", channel: SalesChannel | None = None
) -> tuple[int, list[RefusedRow]]:
    """Take a list of `old`, `new`; returns how many were taken and which rows were not, with the reason."""
    taken, refused = [], []
    for number, row in enumerate(rows, 2):
        old, new = (row.get("old") or "").strip(), (row.get("new") or "").strip()
        if number - 2 >= MOST_REDIRECTS:
            refused.append(RefusedRow(number, old, new, _("A list holds at most %d rows.") % MOST_REDIRECTS))
            break
        if not old and not new:
            continue
        try:
            path, language, target = read_redirect(old, new)
        except Refused as refusal:
            refused.append(RefusedRow(number, old[:200], new[:200], refusal.message))
        else:
            cause = AddressCause.IMPORTED
            taken.append(_write(path, target, language=language, channel=channel, at=at, cause=cause).pk)
    if taken:
        record(REDIRECTS, at=at, subject_kind="redirect", actor=actor, change="imported", count=len(taken))
    return len(taken), refused


@transaction.atomic
def forget_redirects(ids: Iterable[int], *, at: dt.datetime, actor: str = "") -> int:
    """Let old addresses end in "not found" again. Returns how many."""
    rows = FormerAddress.objects.filter(pk__in=list(ids))
    paths = list(rows.values_list("path", flat=True))
    rows.delete()
    record(REDIRECTS, at=at, subject_kind="redirect", actor=actor, change="removed", paths=paths[:100])
    return len(paths)


def read_redirect(old: str, new: str) -> tuple[str, str, Target]:
    """A pair of addresses as (path, language, what it would lead to). Invalid, at `old` or `new`, if it cannot be."""
    book = address_book()
    path, language = _path(old, "old")
    path = rules.bare_path(path)
    if book.serves(path):
        raise Invalid(_("%(path)s is a page of the shop: it cannot lead elsewhere.") % {"path": old}, field="old")
    if book.target_at(path, language):
        raise Invalid(_("Something lives at %(path)s: change its own address instead.") % {"path": old}, field="old")
    wanted, wanted_language = _path(new, "new", home=True)
    target = book.target_at(wanted, wanted_language)
    if target is None:
        raise Invalid(_("Nothing lives at %(path)s.") % {"path": new}, field="new")
    if target.kind == TargetKind.PATH and target.path == path:
        raise Invalid(_("An address cannot lead to itself."), field="new")
    return path, language, target


def _path(address: str, field: str, *, home: bool = False) -> tuple[str, str]:
    try:
        path, language = rules.split_address(address, [code for code, _name in settings.LANGUAGES])
    except ValueError as error:
        raise Invalid(_(WRONG[str(error)]), field=field) from None
    if not path and not home:
        raise Invalid(_("The home page cannot lead elsewhere."), field=field)
    return path, language or settings.LANGUAGE_CODE


def _write(
    path: str, target: Target, *, language: str, channel: SalesChannel | None, at: dt.datetime, cause: str
) -> FormerAddress:
    values = {
        "target_kind": target.kind,
        "target_id": target.id,
        "target_path": target.path,
        "cause": cause,
        "since": at,
    }
    row, _new = FormerAddress.objects.update_or_create(path=path, language=language, channel=channel, defaults=values)
    return row
