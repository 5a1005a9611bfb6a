"""Questions to the books."""

import datetime as dt

from django.db.models import QuerySet

from accounting.models import EntryLine


def lines_of(journal: str, *, first: dt.date, last: dt.date) -> QuerySet[EntryLine]:
    """A journal's lines between two days, both included, in the order of its numbers, with entry and journal."""
    return (
        EntryLine.objects.filter(entry__journal__code=journal, entry__date__range=(first, last))
        .select_related("entry__journal")
        .order_by("entry__number", "id")
    )
