"""Handing journals over to the accounting software."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from stdnum.exceptions import ValidationError
from stdnum.fr.siren import validate as validate_siren

from accounting.enums import Separator
from accounting.models import Extract, Journal
from accounting.selectors import days_of, extract_sums, last_numbers
from altazion.lib.problems import Refused
from logbook.services import record


@dataclass(frozen=True)
class Wanted:
    """Which journals are asked for: of those days (both included), or without days all that is new.

    Without days an extract continues after the number that ended the one before, journal by journal.
    """

    journals: Collection[str]
    siren: str
    first: dt.date | None = None
    last: dt.date | None = None
    separator: str = Separator.TAB


@transaction.atomic
def extract_journals(wanted: Wanted, *, at: dt.datetime, actor: str) -> Extract:
    """Hand journals to the accounting software; raises Refused as `prepared` does.

    The journals are held meanwhile, so that no entry takes a number while the extract says how far it goes.
    """
    list(Journal.objects.select_for_update().filter(code__in=wanted.journals).order_by("code"))
    extract = prepared(wanted)
    extract.made_at, extract.made_by = at, actor
    extract.save()
    record(
        "accounting.journals_extracted", at=at, actor=actor, subject_kind="extract", subject_id=extract.guid,
        file=extract.file_name, lines=extract.lines,
    )  # fmt: skip
    return extract


def prepared(wanted: Wanted) -> Extract:
    """The extract as it would be made now, not saved.

    Raises Refused for a SIREN whose check digit is wrong, days in the wrong order, an unknown journal, or when
    there is nothing to hand over.
    """
    first, last = wanted.first, wanted.last
    if (first is None) != (last is None):
        raise Refused(_("Give both days, or none for all that is new."), code="half_a_period", field="last", status=422)
    if first and last and last < first:
        raise Refused(_("The last day is before the first."), code="period", field="last", status=422)
    books = {one.code: one for one in Journal.objects.filter(code__in=wanted.journals)}
    if unknown := sorted(set(wanted.journals) - set(books)):
        text = _("No such journal: %(codes)s.") % {"codes": ", ".join(unknown)}
        raise Refused(text, code="journal", field="journals", status=422)
    since = last_numbers(list(books)) if first is None else dict.fromkeys(books, 0)
    extract = Extract(
        siren=_siren(wanted.siren), journals=sorted(books), separator=wanted.separator, only_new=first is None,
        since=since, until={code: one.last_number for code, one in books.items()},
        first=first or dt.date.min, last=last or dt.date.max,
    )  # fmt: skip
    extract.lines, extract.total, credit = extract_sums(extract)
    if not extract.lines:
        raise Refused(_("Nothing is booked there that could be handed over."), code="empty", field="journals")
    if extract.total != credit:
        raise Refused(_("Debits and credits of these journals differ: nothing was handed over."), code="unbalanced")
    if extract.only_new:
        extract.first, extract.last = days_of(extract)
    return extract


def _siren(siren: str) -> str:
    try:
        return validate_siren(siren)
    except ValidationError as error:
        sentence = _("“%(siren)s” is not a SIREN: nine figures, the last of which checks the others.")
        raise Refused(sentence % {"siren": siren[:20]}, code="siren", field="siren", status=422) from error
