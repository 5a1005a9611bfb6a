"""Verbs about where we sell."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from logbook.services import record
from stores import rules
from stores.models import SalesChannel, Store

STORES = "stores.stores_changed"
CHANNEL = "stores.channel_changed"


@transaction.atomic
def save_store(store: Store, changes: Mapping[str, Any], *, at: dt.datetime, actor: str = "") -> Store:
    """Make or change a store. Refused for a field that an import feeds; Invalid for hours that cannot be."""
    for name, value in changes.items():
        if store.pk and name in store.fed_fields:
            raise Refused(
                _("%(fields)s is fed by the flow %(source)s and cannot be changed by hand.")
                % {"fields": name, "source": store.source},
                code="fed",
                field=name,
            )
        setattr(store, name, value)
    try:
        rules.read_hours(store.hours)
    except ValueError:
        raise Invalid(_("These opening hours cannot be read."), field="hours") from None
    store.save()
    record(STORES, at=at, subject_kind="store", subject_id=store.pk, actor=actor, ids=[store.pk], change="saved")
    return store


@transaction.atomic
def archive_store(store: Store, *, archived: bool, at: dt.datetime, actor: str = "") -> None:
    """Put a store away, or bring it back. Orders that wait there stay as they are."""
    Store.objects.filter(pk=store.pk).update(archived=archived)
    change = "archived" if archived else "restored"
    record(STORES, at=at, subject_kind="store", subject_id=store.pk, actor=actor, ids=[store.pk], change=change)


def channel_changed(channel: SalesChannel, fields: Iterable[str], *, at: dt.datetime, actor: str = "") -> None:
    """Tell that these fields of a channel have new values."""
    record(CHANNEL, at=at, subject_kind="channel", subject_id=channel.pk, actor=actor, fields=sorted(fields))
