"""Showing products beside a product."""

import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from catalog.loaders.associations import BUILT_IN
from catalog.models import Association, AssociationKind, Product
from catalog.services.log import log_change

MOST = 200


@transaction.atomic
def save_associations(
    product: Product,
    kept: Iterable[Association],
    removed: Iterable[Association] = (),
    *,
    at: dt.datetime,
    actor: str = "",
) -> None:
    """Write new and changed associations, delete the removed ones. Refused for taking away what an import feeds.

    Invalid, at "associations", for the product itself, one twice under a kind, a quantity not above 0, more than 200.
    """
    product = Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
    gone = product.associations.filter(pk__in=[one.pk for one in removed])
    if fed := gone.exclude(source="").first():
        raise Refused(
            _("%(what)s is fed by the flow %(source)s and cannot be taken away by hand.")
            % {"what": fed.other, "source": fed.source},
            code="fed",
        )
    gone.delete()
    for one in kept:
        if one.other_id == product.pk:
            raise Invalid(_("A product is not shown beside itself."), field="associations")
        if not 0 < one.quantity < 100_000:
            raise Invalid(_("A quantity must be above 0."), field="associations")
        one.product = product
        try:
            with transaction.atomic():
                one.save()
        except IntegrityError:
            raise Invalid(_("A product is given twice under one kind."), field="associations") from None
    if product.associations.count() > MOST:
        raise Invalid(_("At most %(most)d products beside one.") % {"most": MOST}, field="associations")
    Product.objects.filter(pk=product.pk).update(updated_at=at)
    log_change(product, "associations", at=at, actor=actor)


def ensure_association_kinds() -> None:
    """Make the kinds that everybody has, where they are missing; renamed ones stay renamed."""
    AssociationKind.objects.bulk_create(
        [
            AssociationKind(code=code, name=french, position=position, translations={"en": {"name": english}})
            for position, (code, (french, english)) in enumerate(BUILT_IN.items(), start=1)
        ],
        ignore_conflicts=True,
    )
