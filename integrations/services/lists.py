"""Taking a list of Office away: asked for, written by a worker (or at once when short), kept for some days."""

import datetime as dt
import logging
import tempfile
import time

from django.conf import settings
from django.core.files import File
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import F, Q
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.models import User
from altazion.lib.problems import Refused
from integrations.enums import ExportFormat, ListState
from integrations.exports import write
from integrations.exports.contents import Content
from integrations.exports.lists import ListSource, chosen
from integrations.models import ListExport
from logbook.services import record

log = logging.getLogger(__name__)
AT_ONCE = 2000  # rows that are written while the person waits
KEPT_FOR = dt.timedelta(days=7)
SILENT = dt.timedelta(minutes=2)
MOST_ATTEMPTS = 3
MOST_WAITING = 5  # of one person
TELL_EVERY = 2.0  # seconds


@transaction.atomic
def ask_list(
    label: str, query: str, *, user: User, file_format: str, columns: list[str], language: str, at: dt.datetime
) -> ListExport:
    """Ask for a list as a file. Raises NotFound (no such list for this person), Refused (too many wait already)."""
    if file_format not in ExportFormat.values:
        raise Refused(_("Choose CSV, Excel or JSON."), code="format", field="file_format", status=422)
    source = ListSource(label, query, user)
    User.objects.select_for_update().get(pk=user.pk)
    busy = ListExport.objects.filter(user=user, state__in=(ListState.WAITING, ListState.RUNNING)).count()
    if busy >= MOST_WAITING:
        raise Refused(_("Five lists of yours are being written already: wait for one of them."), code="busy")
    kept = [column.name for column in chosen(source.columns(), columns)]
    if not kept:
        raise Refused(_("Choose at least one column."), code="columns", field="columns", status=422)
    asked = ListExport.objects.create(
        model=label, query=source.request.GET.urlencode(), columns=kept, file_format=file_format, user=user,
        language=language, expected=source.count(), asked_at=at, beat_at=at,
    )  # fmt: skip
    record(
        "integrations.list_exported", at=at, actor=user.get_username(), subject_kind="list_export",
        subject_id=asked.guid, list=label, filters=asked.query[:500], rows=asked.expected,
    )  # fmt: skip
    return asked


def start_list(asked: ListExport, *, at: dt.datetime) -> ListExport:
    """Write a short list now, leave a long one to a worker."""
    if asked.expected <= AT_ONCE:
        return write_list(asked.pk, at=at)
    nudge = getattr(settings, "LISTS_NUDGE", "integrations.tasks.nudge_list")
    transaction.on_commit(lambda: import_string(nudge)(asked.pk), robust=True)
    return asked


def write_list(pk: int, *, at: dt.datetime) -> ListExport:
    """Write a list that waits; does nothing for one that somebody is at. What goes wrong is kept as its message."""
    ours = ListExport.objects.filter(pk=pk, state=ListState.WAITING)
    if not ours.update(state=ListState.RUNNING, beat_at=at, rows=0, message="", attempts=F("attempts") + 1):
        return ListExport.objects.get(pk=pk)
    asked = ListExport.objects.select_related("user").get(pk=pk)
    begun = time.monotonic()
    try:
        with translation.override(asked.language):
            _write(asked, at, begun)
    except Refused as problem:
        _end(asked, ListState.FAILED, problem.message, at, begun)
    except Exception as error:
        log.exception("list %s failed", asked.pk)
        _end(asked, ListState.FAILED, f"{type(error).__name__}: {error}", at, begun)
    asked.refresh_from_db()
    return asked


def retry_list(asked: ListExport, *, at: dt.datetime) -> ListExport:
    """Write it anew, after it failed or its file is gone: as the list is now."""
    again = ListExport.objects.filter(pk=asked.pk, state__in=(ListState.FAILED, ListState.GONE))
    if not again.update(state=ListState.WAITING, beat_at=at, attempts=0, message=""):
        raise Refused(_("This list is being written, or it is there."), code="not_needed")
    asked.refresh_from_db()
    return start_list(asked, at=at)


def look_after_lists(*, at: dt.datetime) -> list[int]:
    """Remove files that were kept long enough; name the lists that nobody is at, for the caller to write."""
    for old in ListExport.objects.filter(state=ListState.DONE, keep_until__lt=at)[:200]:
        storages["raw_files"].delete(old.stored_as)
        ListExport.objects.filter(pk=old.pk).update(state=ListState.GONE, size=0)
    lost = Q(state__in=(ListState.WAITING, ListState.RUNNING), beat_at__lt=at - SILENT)
    dead = ListExport.objects.filter(lost, attempts__gte=MOST_ATTEMPTS)
    dead.update(state=ListState.FAILED, message=_("The worker died over it three times."), finished_at=at)
    ListExport.objects.filter(lost).update(state=ListState.WAITING, beat_at=at)
    return list(ListExport.objects.filter(state=ListState.WAITING, beat_at=at).values_list("pk", flat=True))


def _write(asked: ListExport, at: dt.datetime, begun: float) -> None:
    source = ListSource(asked.model, asked.query, asked.user)
    columns = chosen(source.columns(), asked.columns)
    told = begun

    def tell(rows: int) -> None:
        nonlocal told
        if time.monotonic() - told > TELL_EVERY:
            told = time.monotonic()
            ListExport.objects.filter(pk=asked.pk).update(rows=rows, beat_at=_now(at, begun))

    with tempfile.TemporaryFile() as file:
        rows = source.read(columns, tell)
        content = Content(tuple(column.title for column in columns), rows)
        count = write(content, rows, asked.file_format, file)
        size = file.tell()
        file.seek(0)
        storage = storages["raw_files"]
        storage.delete(asked.stored_as)
        storage.save(asked.stored_as, File(file))
    asked.rows, asked.size = count, size
    _end(asked, ListState.DONE, "", at, begun)


def _end(asked: ListExport, state: str, message: str, at: dt.datetime, begun: float) -> None:
    end = _now(at, begun)
    ListExport.objects.filter(pk=asked.pk).update(
        state=state, message=message[:300], rows=asked.rows, size=asked.size, finished_at=end,
        keep_until=end + KEPT_FOR if state == ListState.DONE else None,
    )  # fmt: skip


def _now(at: dt.datetime, begun: float) -> dt.datetime:
    return at + dt.timedelta(seconds=time.monotonic() - begun)
