"""Which attributes concern a product: those of its family, of its segments, and those that are asked of everything."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from catalog.models import Attribute, AttributeUse, Product, ProductSegment

FEW = 40
MOST = 500


@dataclass(frozen=True)
class Concern:
    """Attributes with uses. asked: id → place among those that concern the product; limited: ids with any use."""

    asked: dict[int, int]
    limited: frozenset[int]

    def has(self, attribute: Attribute) -> bool:
        """True if the attribute concerns the product."""
        return attribute.pk not in self.limited or attribute.pk in self.asked

    def place(self, attribute: Attribute) -> tuple[int, str]:
        """Its place inside its group."""
        return (self.asked.get(attribute.pk, attribute.position), attribute.name)


def concern_of(product: Product) -> Concern:
    """What is asked of a product; a variant is asked what its parent is. Two queries."""
    holder = product.parent or product
    paths = ProductSegment.objects.filter(product=holder.pk).values_list("segment__path", flat=True)
    segments = {pk for path in paths for pk in path}
    families = set()
    if family := (product.family or holder.family):
        families = {family.pk, family.parent_id} - {None}
    asked: dict[int, int] = {}
    limited = set()
    for attribute, of_family, of_segment, position in AttributeUse.objects.values_list(
        "attribute_id", "family_id", "segment_id", "position"
    ):
        limited.add(attribute)
        if of_family in families or of_segment in segments:
            asked[attribute] = min(position, asked.get(attribute, position))
    return Concern(asked, frozenset(limited))


def in_order(attributes: Iterable[Attribute], concern: Concern) -> list[Attribute]:
    """By group, groups by their first attribute, inside in the order of the family or segment."""
    ordered = sorted(attributes, key=concern.place)
    first: dict[str, int] = {}
    for place, attribute in enumerate(ordered):
        first.setdefault(attribute.group, place)
    return sorted(ordered, key=lambda attribute: first[attribute.group])


def attributes_for(product: Product, *, show_all: bool = False) -> Sequence[Attribute]:
    """The attributes to offer for a product: those that concern it and those it carries.

    Attributes asked of everything are offered while they are few, else when it or its family of variants uses them.
    Constant queries, options included.
    """
    concern = concern_of(product)
    near = Product.objects.filter(Q(pk=product.pk) | Q(pk=product.parent_id) | Q(parent=product.pk))[:50]
    used = {code for values in near.values_list("attributes", flat=True) for code in values}
    definitions = Attribute.objects.prefetch_related("options")
    common = Attribute.objects.exclude(pk__in=concern.limited)
    if not show_all:
        wanted = Q(code__in=used) | Q(pk__in=concern.asked)
        if common.count() <= FEW:
            wanted |= ~Q(pk__in=concern.limited)
        else:
            wanted |= Q(is_differentiating=True) & ~Q(pk__in=concern.limited)
        definitions = definitions.filter(wanted)
    return in_order(definitions[:MOST], concern)
