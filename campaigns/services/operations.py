"""Verbs about campaigns. Each tells its readers; none switches a price on: ranges are read when prices are asked."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from campaigns.models import Campaign
from catalog.models import Selection
from logbook.services import record
from stores.models import SalesChannel


@transaction.atomic
def create_campaign(
    *,
    code: str,
    name: str,
    selection: Selection,
    channels: Iterable[SalesChannel],
    percent_off: Decimal,
    starts: dt.datetime | None,
    ends: dt.datetime | None,
    public_label: str = "",
    translations: dict[str, dict[str, str]] | None = None,
    at: dt.datetime,
    actor: str = "",
) -> Campaign:
    """Make a campaign that is not approved yet: `percent_off` from `starts` until before `ends`."""
    _check(percent_off, starts, ends)
    if Campaign.objects.filter(code=code).exists():
        raise Invalid(_("Another campaign has this code."), code="code_taken", field="code")
    campaign = Campaign.objects.create(
        code=code,
        name=name,
        public_label=public_label,
        translations=translations or {},
        selection=selection,
        percent_off=percent_off,
        during=DateTimeTZRange(starts, ends),
    )
    campaign.channels.set(channels)
    _tell(campaign, "created", at, actor)
    return campaign


@transaction.atomic
def change_campaign(campaign: Campaign, *, at: dt.datetime, actor: str) -> None:
    """Keep the fields of a campaign that a form filled. An approved one stays approved: prices follow at once."""
    _check(campaign.percent_off, campaign.during.lower, campaign.during.upper)
    made = campaign.pk is None
    campaign.save()
    _tell(campaign, "created" if made else "changed", at, actor)


@transaction.atomic
def approve(campaign: Campaign, *, at: dt.datetime, actor: str) -> None:
    """Let a campaign change prices within its dates. Refused: archived, over, empty selection, no channel."""
    held = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if held.approved:
        return
    if held.archived:
        raise Refused(_("An archived campaign cannot be approved."), code="archived")
    if held.during.upper and held.during.upper <= at:
        raise Refused(_("This campaign is over: change its dates first."), code="over", field="during")
    if not held.selection.items.exists():
        raise Refused(_("Its selection is empty: no price would change."), code="empty", field="selection")
    if not held.channels.exists():
        raise Refused(_("Choose at least one channel first."), code="no_channel", field="channels")
    Campaign.objects.filter(pk=held.pk).update(approved=True)
    campaign.approved = True
    _tell(held, "approved", at, actor)


@transaction.atomic
def withdraw(campaign: Campaign, *, at: dt.datetime, actor: str) -> None:
    """Take the approval back: prices return at once."""
    if Campaign.objects.filter(pk=campaign.pk, approved=True).update(approved=False):
        campaign.approved = False
        _tell(campaign, "withdrawn", at, actor)


@transaction.atomic
def archive(campaign: Campaign, *, at: dt.datetime, actor: str) -> None:
    """Put a campaign away: it no longer counts, its history stays."""
    if Campaign.objects.filter(pk=campaign.pk, archived=False).update(archived=True, approved=False):
        campaign.archived, campaign.approved = True, False
        _tell(campaign, "archived", at, actor)


def _check(percent_off: Decimal, starts: dt.datetime | None, ends: dt.datetime | None) -> None:
    if not 0 < percent_off <= 100:
        raise Invalid(_("Take off more than 0 and at most 100 percent."), field="percent_off")
    if starts and ends and ends <= starts:
        raise Invalid(_("The end must come after the start."), field="during")


def _tell(campaign: Campaign, what: str, at: dt.datetime, actor: str) -> None:
    record(
        "campaigns.campaign_changed",
        at=at,
        subject_kind="campaign",
        subject_id=campaign.pk,
        actor=actor,
        what=what,
        code=campaign.code,
        selection=campaign.selection_id,
        approved=campaign.approved,
    )
