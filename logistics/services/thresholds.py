"""From how many units on a product is there for a channel: saved with a line in the journal."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid
from catalog.enums import ProductKind
from catalog.models import Product
from logbook.services import record
from logistics.models import ChannelThreshold
from logistics.services.reservations import stock_changed

MOST = 1_000_000


@dataclass(frozen=True)
class Figures:
    """Units; None says nothing."""

    unavailable_below: int | None = None
    hidden_below: int | None = None
    most_per_order: int | None = None


@transaction.atomic
def save_threshold(
    product: Product, channel_id: int, figures: Figures, *, at: dt.datetime, actor: str
) -> ChannelThreshold | None:
    """Keep the thresholds of a product on a channel; three times nothing takes them away. Said twice, a no-op.

    A parent's hold for its variants that have none. Raises Invalid for bundles, which follow what lies in them.
    """
    for name, units in vars(figures).items():
        if units is not None and not (name == "most_per_order") <= units <= MOST:
            raise Invalid(_("Give a number of units, 0 or more."), code="bad_threshold", field=name)
    if product.kind == ProductKind.BUNDLE and (figures.unavailable_below or figures.hidden_below):
        raise Invalid(_("A bundle is there when what lies in it is."), code="bundle", field="unavailable_below")
    rows = ChannelThreshold.objects.select_for_update().filter(product=product, channel=channel_id)
    before = rows.first()
    if before is not None and Figures(before.unavailable_below, before.hidden_below, before.most_per_order) == figures:
        return before
    if figures == Figures():
        if before is None:
            return None
        rows.delete()
        kept = None
    else:
        kept, _made = ChannelThreshold.objects.update_or_create(
            product=product, channel_id=channel_id, defaults=vars(figures)
        )
    record(
        "logistics.threshold_saved",
        at=at,
        actor=actor,
        subject_kind="product",
        subject_id=product.pk,
        channel=channel_id,
        **vars(figures),
    )
    stock_changed([product.pk], at=at, actor=actor)
    return kept
