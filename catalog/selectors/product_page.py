"""What the product page of Office shows around the form."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Sum

from catalog.enums import ProductState
from catalog.models import Attribute, AttributeOption, KeptOff, Product, Publication
from catalog.selectors.facts import Refusal, product_refusals
from stores.models import SalesChannel

FIRST_VARIANTS = 20


@dataclass(frozen=True)
class OnChannel:
    """A product on a channel: shown since, or why not."""

    channel: SalesChannel
    publication: Publication | None
    kept_off: KeptOff | None
    refusals: list[Refusal]


def on_channels(product: Product) -> list[OnChannel]:
    """Every living channel with the product's standing there; for a variant its parent's rows. Constant queries."""
    holder = product.parent_id or product.pk
    shown = {row.channel_id: row for row in Publication.objects.filter(product=holder)}
    off = {row.channel_id: row for row in KeptOff.objects.filter(product=holder)}
    return [
        OnChannel(channel, shown.get(channel.pk), off.get(channel.pk), product_refusals([product], channel)[product.pk])
        for channel in SalesChannel.objects.filter(active=True)
    ]


def value_labels(attributes: Sequence[Attribute]) -> dict[str, dict[str, str]]:
    """Attribute code → option code → label. One query."""
    labels: dict[str, dict[str, str]] = {}
    options = AttributeOption.objects.filter(attribute__in=attributes).values_list("attribute__code", "code", "label")
    for attribute, code, label in options[:5000]:
        labels.setdefault(attribute, {})[code] = label
    return labels


def variants_of(product: Product) -> list[Product]:
    """The first living variants, with `units` (free stock), their own references and prices. Three queries.

    The grid shows them all.
    """
    living = product.children.exclude(state=ProductState.ARCHIVED).order_by("pk")
    units = Sum(F("balances__physical") - F("balances__reserved"))
    return list(living.annotate(units=units).prefetch_related("references", "prices")[:FIRST_VARIANTS])
