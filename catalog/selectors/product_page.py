"""What the product page of Office shows around the form."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Q, Sum

from catalog.enums import ProductState
from catalog.models import Attribute, AttributeOption, KeptOff, Product, Publication
from catalog.selectors.facts import Refusal, product_refusals
from stores.models import SalesChannel

FEW = 40
FIRST_VARIANTS = 20


@dataclass(frozen=True)
class OnChannel:
    """A product on a channel: shown since, or why not."""

    channel: SalesChannel
    publication: Publication | None
    kept_off: KeptOff | None
    refusals: list[Refusal]


def attributes_for(product: Product, *, show_all: bool = False) -> Sequence[Attribute]:
    """The attributes to offer for a product: all when there are few, else those it or its family of variants uses.

    Constant queries, options included.
    """
    definitions = Attribute.objects.prefetch_related("options").order_by("group", "position", "name")
    if show_all or Attribute.objects.count() <= FEW:
        return list(definitions[:500])
    near = Product.objects.filter(Q(pk=product.pk) | Q(pk=product.parent_id) | Q(parent=product.pk))[:50]
    used = {code for values in near.values_list("attributes", flat=True) for code in values}
    return list(definitions.filter(Q(code__in=used) | Q(is_differentiating=True))[:500])


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
