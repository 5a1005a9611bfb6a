"""Filters of Office's lists that colleagues keep under a name."""

import datetime as dt
from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import SavedFilter, User
from altazion.lib.problems import Invalid, NotFound
from logbook.services import record

LONGEST = 2000
MOST = 50
PASSING = {"p", "e", "edit", "_changelist_filters", "_popup", "csrfmiddlewaretoken"}


@transaction.atomic
def keep_filter(
    owner: User, page: str, name: str, query: str, *, shared: bool = False, at: dt.datetime, actor: str = ""
) -> SavedFilter:
    """Keep a list's filter under a name; the same name again replaces it. query: what stands behind "?"."""
    name = " ".join(name.split())[:60]
    kept = urlencode([(key, value) for key, value in parse_qsl(query, max_num_fields=50) if key not in PASSING])
    if not name:
        raise Invalid(_("Give the filter a name."), field="name")
    if not kept or len(kept) > LONGEST:
        raise Invalid(_("Filter or search first: there is nothing to keep."), field="query")
    own = SavedFilter.objects.filter(owner=owner, page=page)
    if own.exclude(name=name).count() >= MOST:
        raise Invalid(_("You have %(most)d filters here: remove one first.") % {"most": MOST}, field="name")
    saved, _made = own.update_or_create(
        name=name, defaults={"owner": owner, "page": page, "query": kept, "shared": shared}
    )
    record("accounts.filter_kept", at=at, subject_kind="filter", subject_id=saved.pk, actor=actor, page=page, name=name)
    return saved


@transaction.atomic
def drop_filter(owner: User, pk: int, *, at: dt.datetime, actor: str = "") -> None:
    """Take one's own filter away."""
    gone, _rows = SavedFilter.objects.filter(pk=pk, owner=owner).delete()
    if not gone:
        raise NotFound(_("This filter is not yours, or is gone already."))
    record("accounts.filter_dropped", at=at, subject_kind="filter", subject_id=pk, actor=actor)


@transaction.atomic
def open_with(owner: User, page: str, pk: int | None, *, at: dt.datetime, actor: str = "") -> None:
    """Open a list with one of one's own filters from now on; None: with everything."""
    own = SavedFilter.objects.filter(owner=owner, page=page)
    own.filter(is_default=True).update(is_default=False)
    if pk is not None and not own.filter(pk=pk).update(is_default=True):
        raise NotFound(_("This filter is not yours, or is gone already."))
    record("accounts.filter_opened_with", at=at, subject_kind="filter", subject_id=pk or "", actor=actor, page=page)
