"""Slips as an API key reaches them."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import ApiKey
from altazion.lib.problems import NotFound
from logistics.models import Preparation


def slips_for_key(key: ApiKey) -> QuerySet[Preparation]:
    """All slips, or those of the key's store."""
    slips = Preparation.objects.select_related("place", "mode", "channel")
    return slips.filter(place__store=key.store_id) if key.store_id else slips


def slip_for_key(number: str, key: ApiKey) -> Preparation:
    """A slip by its number or guid, if the key reaches it. Raises NotFound."""
    slips = slips_for_key(key)
    found = slips.filter(number__iexact=number) if len(number) <= 30 else slips.filter(guid=number)
    slip = found.first()
    if slip is None:
        raise NotFound(_("There is no such slip."), code="no_such_slip")
    return slip
