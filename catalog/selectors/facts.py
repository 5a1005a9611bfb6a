"""What holds of products, as true-or-false columns: the one definition behind validation, publication and hints."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog import rules
from catalog.enums import MediaKind, ProductKind, ProductState
from catalog.models import BasePrice, Media, Product, ProductReference, ProductSegment
from stores.models import SalesChannel

#: what to say when a fact is missing
SENTENCES: dict[str, str | Promise] = {
    "is_no_child": _("A variant is shown with its parent: publish the parent."),
    "is_living": _("The product is archived."),
    "is_validated": _("The product is not validated yet."),
    "has_variants": _("None of its variants is validated yet."),
    "has_name": _("It has no name."),
    "has_price": _("It has no price, or a price of zero."),
    "has_description": _("It has no description."),
    "has_image": _("It has no picture that shoppers may see."),
    "has_stock": _("It is out of stock, and this channel shows products in stock only."),
    "has_segment": _("It has no place in the shoppers' segments."),
    "has_brand": _("It has no brand."),
    "has_reference": _("It has no reference such as an EAN."),
    "is_open": _("The channel is switched off."),
}


@dataclass(frozen=True)
class Refusal:
    """Why something cannot be done: a stable word for machines, a sentence for people."""

    code: str
    sentence: str

    def __str__(self) -> str:
        return self.sentence


def with_facts(products: QuerySet[Product], channel: SalesChannel | None = None) -> QuerySet[Product]:
    """Products with one boolean column per fact of `rules`; with a channel, prices of that channel count too.

    A variant has what its parent has; a parent has a price, a picture or stock when one of its variants has.
    """
    is_child, is_parent = Q(kind=ProductKind.CHILD), Q(kind=ProductKind.PARENT)
    layer = Q(channel=None) | Q(channel=channel) if channel else Q()
    priced = BasePrice.objects.filter(layer, amount__gt=0, store=None)
    pictures = Media.objects.filter(kind=MediaKind.IMAGE, is_public=True)
    stocked = Product.objects.filter(balances__physical__gt=F("balances__reserved") + F("balances__safety"))
    own, above = OuterRef("pk"), OuterRef("parent_id")
    living_variant = Product.objects.filter(parent=own).exclude(state=ProductState.ARCHIVED)
    return products.annotate(
        is_no_child=_holds(~is_child),
        is_living=_holds(~Q(state=ProductState.ARCHIVED)),
        is_validated=_holds(Q(state=ProductState.VALIDATED)),
        has_variants=_holds(~is_parent | Exists(living_variant.filter(state=ProductState.VALIDATED))),
        has_name=_holds(~Q(name="") | (is_child & ~Q(parent__name=""))),
        has_price=_holds(
            Exists(priced.filter(product=own))
            | Q(kind=ProductKind.BUNDLE, bundle_percent__isnull=False)
            | (is_child & Exists(priced.filter(product=above)))
            | (is_parent & Exists(priced.filter(product__parent=own).exclude(product__state=ProductState.ARCHIVED)))
        ),
        has_description=_holds(
            ~Q(description="", short_description="")
            | (is_child & ~Q(parent__description="", parent__short_description=""))
        ),
        has_image=_holds(
            Exists(pictures.filter(product=own))
            | (is_child & Exists(pictures.filter(product=above)))
            | (is_parent & Exists(pictures.filter(product__parent=own)))
        ),
        has_stock=_holds(
            Exists(stocked.filter(pk=own))
            | (is_parent & Exists(stocked.filter(parent=own)))
            | Q(stock_type__in=[0, 1])
            | Q(kind=ProductKind.BUNDLE)
        ),
        has_segment=_holds(
            Exists(ProductSegment.objects.filter(product=own))
            | (is_child & Exists(ProductSegment.objects.filter(product=above)))
        ),
        has_brand=_holds(Q(brand__isnull=False) | (is_child & Q(parent__brand__isnull=False))),
        has_reference=_holds(Exists(ProductReference.objects.filter(product=own))),
    )


def facts_of(product: Product) -> set[str]:
    """The facts that hold of a product that came through `with_facts`."""
    return {fact for fact in SENTENCES if getattr(product, fact, False)}


def product_refusals(products: Iterable[Product], channel: SalesChannel) -> dict[int, list[Refusal]]:
    """Why each product cannot be shown on the channel; an empty list means that it can. One query."""
    wanted = rules.needs(channel.publication_rule)
    closed = [] if channel.active else [_refusal("is_open")]
    found = with_facts(Product.objects.filter(pk__in=[product.pk for product in products]), channel)
    return {one.pk: closed + [_refusal(fact) for fact in rules.missing(facts_of(one), wanted)] for one in found}


def refusals_to_validate(products: Iterable[Product]) -> dict[int, list[Refusal]]:
    """Why each product cannot be validated. One query."""
    found = with_facts(Product.objects.filter(pk__in=[product.pk for product in products]))
    wanted = ("is_living", *rules.TO_VALIDATE)
    return {one.pk: [_refusal(fact) for fact in rules.missing(facts_of(one), wanted)] for one in found}


def hints(product: Product) -> tuple[int, list[Refusal]]:
    """How complete a product is (0 to 100), and what would make its page better. One query."""
    facts = facts_of(with_facts(Product.objects.filter(pk=product.pk)).get())
    return rules.completeness(facts), [_refusal(fact) for fact in rules.missing(facts, rules.GOOD_TO_HAVE)]


def _holds(condition: Q | Combinable) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())


def _refusal(fact: str) -> Refusal:
    return Refusal(fact, str(SENTENCES[fact]))
