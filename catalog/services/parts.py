"""What hangs on a product: places, prices, references, media. Each verb writes the difference and one event."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from altazion.lib.problems import Invalid, Refused
from catalog import rules
from catalog.enums import ProductKind, ProductState
from catalog.models import BasePrice, Product, ProductReference, ProductSegment, Segment
from catalog.selectors.facts import refusals_to_validate
from catalog.services.log import PRICES, log_change
from catalog.services.was import differences

WRONG_CODE = {
    "empty": gettext_noop("A reference needs a value."),
    "gtin": gettext_noop("%(value)s is not an EAN: its last digit does not fit."),
    "isbn": gettext_noop("%(value)s is not an ISBN: its last digit does not fit."),
}


@dataclass(frozen=True)
class Placement:
    """A product's place in a segment; relevance 0 to 9.99, higher comes first."""

    segment: Segment
    is_primary: bool = False
    relevance: Decimal = Decimal(1)


@transaction.atomic
def place_in_segments(product: Product, placements: Sequence[Placement], *, at: dt.datetime, actor: str = "") -> None:
    """Put a product in exactly these segments; the first is primary when none is said to be.

    Refused for a variant (its parent's places serve it); Invalid for two primaries, a segment twice, or one archived.
    """
    product = _locked(product)
    if product.kind == ProductKind.CHILD and placements:
        raise Refused(_("A variant stands where its parent stands."), code="child_has_no_place", field="places")
    _check_placements(placements)
    primary = next((p.segment.pk for p in placements if p.is_primary), placements[0].segment.pk if placements else None)
    gone = product.places.exclude(segment__in=[p.segment.pk for p in placements])
    _keep_fed(gone)
    gone.delete()
    product.places.exclude(segment=primary).update(is_primary=False)
    for placement in sorted(placements, key=lambda p: p.segment.pk == primary):
        ProductSegment.objects.update_or_create(
            product=product,
            segment=placement.segment,
            defaults={"is_primary": placement.segment.pk == primary, "relevance": placement.relevance},
        )
    _changed(product, "places", at, actor, segments=[p.segment.code for p in placements])


@transaction.atomic
def save_prices(
    product: Product, kept: Iterable[BasePrice], removed: Iterable[BasePrice] = (), *, at: dt.datetime, actor: str = ""
) -> None:
    """Write new and changed price layers (amounts with tax), delete the removed ones.

    Refused for a layer that an import feeds, and when a validated product would be left without a price.
    """
    product = _locked(product)
    kept, removed = list(kept), list(removed)
    before = _layers(product)
    for price in [*kept, *removed]:
        stored = BasePrice.objects.filter(pk=price.pk).first() if price.pk else None
        if stored and stored.source:
            raise Refused(
                _("This price is fed by the flow %(source)s and cannot be changed by hand.")
                % {"source": stored.source},
                code="fed",
                field="prices",
            )
    BasePrice.objects.filter(pk__in=[price.pk for price in removed], product=product).delete()
    for price in kept:
        price.product = product
        try:
            with transaction.atomic():
                price.save()
        except IntegrityError:
            raise Invalid(_("There is a price for this channel and store already."), field="prices") from None
    if product.state == ProductState.VALIDATED and refusals_to_validate([product])[product.pk]:
        raise Refused(_("A validated product needs a price above zero."), code="has_price", field="prices")
    Product.objects.filter(pk=product.pk).update(updated_at=at)
    amounts = [str(price.amount) for price in kept]
    also = _children(product)
    was = differences(before, _layers(product))
    log_change(product, "prices", at=at, actor=actor, also=also, kind=PRICES, amounts=amounts, was=was)


@transaction.atomic
def save_references(
    product: Product,
    kept: Iterable[ProductReference],
    removed: Iterable[ProductReference] = (),
    *,
    at: dt.datetime,
    actor: str = "",
) -> None:
    """Write new and changed references, delete the removed ones. Invalid for an EAN or ISBN with a wrong check digit.

    Other products may carry the same code; this product may not carry it twice.
    """
    product = _locked(product)
    gone = ProductReference.objects.filter(pk__in=[one.pk for one in removed], product=product)
    _keep_fed(gone)
    gone.delete()
    for one in kept:
        try:
            one.value = rules.clean_reference(one.type, one.value)
        except ValueError as error:
            raise Invalid(_(WRONG_CODE[str(error)]) % {"value": one.value}, field="references") from None
        if one.is_main:
            product.references.filter(type=one.type).exclude(pk=one.pk).update(is_main=False)
        one.product = product
        try:
            with transaction.atomic():
                one.save()
        except IntegrityError:
            raise Invalid(_("The product has this reference already."), field="references") from None
    _changed(product, "references", at, actor)


def _keep_fed(gone: QuerySet[Any]) -> None:
    """Refuse to take away what an import wrote: its next run would bring it back."""
    if fed := gone.exclude(source="").first():
        raise Refused(
            _("%(what)s is fed by the flow %(source)s and cannot be taken away by hand.")
            % {"what": fed, "source": fed.source},
            code="fed",
        )


def _check_placements(placements: Sequence[Placement]) -> None:
    segments = [placement.segment.pk for placement in placements]
    if len(set(segments)) < len(segments):
        raise Invalid(_("A segment is given twice."), field="places")
    if sum(placement.is_primary for placement in placements) > 1:
        raise Invalid(_("Only one segment can be primary."), field="places")
    for placement in placements:
        if placement.segment.archived:
            raise Invalid(_("The segment %(name)s is archived.") % {"name": placement.segment}, field="places")
        if not 0 <= placement.relevance <= Decimal("9.99"):
            raise Invalid(_("Relevance goes from 0 to 9.99."), field="places")


def _locked(product: Product) -> Product:
    return Product.objects.select_for_update(of=("self",)).get(pk=product.pk)


def _layers(product: Product) -> dict[str, Decimal]:
    """Amounts by layer: "price" for everybody's, "price:web" for a channel's, a store's or a grid's."""
    rows = product.prices.values_list("channel__code", "store__code", "grid", "amount")
    return {":".join(["price", *filter(None, row[:3])]): row[3] for row in rows}


def _children(product: Product) -> list[int]:
    if product.kind != ProductKind.PARENT:
        return []
    return list(product.children.values_list("pk", flat=True))


def _changed(product: Product, what: str, at: dt.datetime, actor: str, **data: Any) -> None:
    Product.objects.filter(pk=product.pk).update(updated_at=at)
    log_change(product, what, at=at, actor=actor, also=_children(product), **data)
