"""In preparation → validated → published per channel → archived. Validated is not published (2.3)."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Refused
from catalog import rules
from catalog.enums import ProductState
from catalog.loaders import publish_complete
from catalog.models import KeptOff, Product, Publication
from catalog.selectors.facts import Refusal, product_refusals, refusals_to_validate
from catalog.services.log import log_change, log_many
from stores.models import SalesChannel


@transaction.atomic
def validate(product: Product, *, at: dt.datetime, actor: str = "") -> None:
    """Say that a product is right. Its variants in preparation that lack nothing are validated with it.

    Refused when it is archived, has no name, or neither it nor its variants have a price.
    """
    product = _locked(product)
    _refuse(refusals_to_validate([product])[product.pk])
    if product.state == ProductState.VALIDATED:
        return
    waiting = list(product.children.filter(state=ProductState.IN_PREPARATION))
    lacking = refusals_to_validate(waiting)
    together = [product.pk, *(child.pk for child in waiting if not lacking[child.pk])]
    Product.objects.filter(pk__in=together).update(state=ProductState.VALIDATED, updated_at=at)
    log_change(product, "validated", at=at, actor=actor, also=together[1:])


@transaction.atomic
def withdraw(product: Product, *, at: dt.datetime, actor: str = "") -> None:
    """Back to preparation: it is not shown anywhere until it is validated again; its publications are kept."""
    product = _locked(product)
    if not rules.can_move(product.state, ProductState.IN_PREPARATION) or product.state == ProductState.ARCHIVED:
        raise Refused(_("Only a validated product goes back to preparation."), code="not_validated")
    Product.objects.filter(pk=product.pk).update(state=ProductState.IN_PREPARATION, updated_at=at)
    log_change(product, "withdrawn", at=at, actor=actor)


@transaction.atomic
def publish(product: Product, channel: SalesChannel, *, at: dt.datetime, actor: str = "") -> None:
    """Show a validated product on a channel, by hand. Refused with every reason at once."""
    product = _locked(product)
    _refuse(product_refusals([product], channel)[product.pk])
    KeptOff.objects.filter(product=product, channel=channel).delete()
    _row, is_new = Publication.objects.get_or_create(
        product=product, channel=channel, defaults={"published_at": at, "by_hand": True}
    )
    if is_new:
        Product.objects.filter(pk=product.pk).update(updated_at=at)
        log_change(product, "published", at=at, actor=actor, channel=channel.code)


@transaction.atomic
def unpublish(product: Product, channel: SalesChannel, *, at: dt.datetime, actor: str = "") -> None:
    """Take a product off a channel; imports do not put it back."""
    product = _locked(product)
    gone, _rows = Publication.objects.filter(product=product, channel=channel).delete()
    if not gone:
        raise Refused(_("The product is not published on %(channel)s.") % {"channel": channel}, code="not_published")
    KeptOff.objects.get_or_create(product=product, channel=channel, defaults={"since": at})
    Product.objects.filter(pk=product.pk).update(updated_at=at)
    log_change(product, "unpublished", at=at, actor=actor, channel=channel.code)


@transaction.atomic
def archive(product: Product, *, at: dt.datetime, actor: str = "") -> None:
    """Put a product away, its variants with it. Nothing is deleted; channels no longer show it."""
    product = _locked(product)
    if product.state == ProductState.ARCHIVED:
        raise Refused(_("The product is archived already."), code="archived")
    children = list(product.children.exclude(state=ProductState.ARCHIVED).values_list("pk", flat=True))
    Product.objects.filter(pk__in=[product.pk, *children]).update(
        state=ProductState.ARCHIVED, archived_by_run=None, updated_at=at
    )
    Publication.objects.filter(product=product).delete()
    log_change(product, "archived", at=at, actor=actor, also=children)


@transaction.atomic
def restore(product: Product, *, at: dt.datetime, actor: str = "") -> None:
    """Bring a product back into preparation, its variants with it. A variant needs a living parent."""
    product = _locked(product)
    if product.state != ProductState.ARCHIVED:
        raise Refused(_("The product is not archived."), code="not_archived")
    if product.parent and product.parent.state == ProductState.ARCHIVED:
        raise Refused(_("Its parent is archived: restore the parent first."), code="parent_archived")
    children = list(product.children.filter(state=ProductState.ARCHIVED).values_list("pk", flat=True))
    Product.objects.filter(pk__in=[product.pk, *children]).update(
        state=ProductState.IN_PREPARATION, archived_by_run=None, updated_at=at
    )
    log_change(product, "restored", at=at, actor=actor, also=children)


@transaction.atomic
def publish_ready(product_ids: Iterable[int] | None, *, at: dt.datetime, actor: str = "") -> int:
    """Publish every validated product (of these, or of all) that satisfies its channel's rule, where imports publish.

    Products that a colleague took off a channel stay off. One statement a channel; returns how many publications.
    """
    published = publish_complete(product_ids, at=at)
    log_many("published", sorted({product_id for product_id, _ in published}), at=at, actor=actor)
    return len(published)


def _locked(product: Product) -> Product:
    return Product.objects.select_for_update(of=("self",)).select_related("parent").get(pk=product.pk)


def _refuse(reasons: list[Refusal]) -> None:
    if reasons:
        raise Refused(
            " ".join(reason.sentence for reason in reasons),
            code=reasons[0].code,
            details={"reasons": [{"code": reason.code, "sentence": reason.sentence} for reason in reasons]},
        )
