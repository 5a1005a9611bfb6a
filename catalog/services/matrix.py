"""Variants for every combination of chosen values: colour × size (OFF-8)."""

import datetime as dt
from collections.abc import Collection, Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from catalog import rules
from catalog.enums import AttributeType
from catalog.models import Attribute, Product
from catalog.selectors.variants import Column, Combination, plan_matrix
from catalog.services.children import Planned, check_may_have_children, create_variants, option_codes

AXES = (AttributeType.LIST, AttributeType.TEXT, AttributeType.NUMBER)


@transaction.atomic
def make_matrix(
    parent: Product,
    axes: Sequence[tuple[Column, Sequence[str]]],
    *,
    leave_out: Collection[str] = (),
    share_ean: bool = True,
    at: dt.datetime,
    actor: str = "",
) -> list[Product]:
    """Make the variants that are missing among all combinations of these labels; lists get the values they lack.

    leave_out: keys of combinations not to make. share_ean: give them the parent's EAN. Refused where
    `check_may_have_children` refuses; Invalid for no value, too many combinations, or a value of the wrong type.
    """
    parent = Product.objects.select_for_update(of=("self",)).get(pk=parent.pk)
    wanted = [one for one in planned_matrix(parent, axes) if not one.existing and one.key not in leave_out]
    if not wanted:
        raise Refused(_("All of these variants exist already, or none is ticked."), code="nothing_to_make")
    kept = [_kept(column.attribute, labels) for column, labels in axes]
    planned = [
        Planned(
            one.sku,
            " ".join(one.labels),
            {
                column.attribute.code: values[label]
                for (column, _labels), values, label in zip(axes, kept, one.labels, strict=True)
            },
        )
        for one in wanted
    ]
    try:
        with transaction.atomic():
            return create_variants(parent, planned, share_ean=share_ean, at=at, actor=actor)
    except IntegrityError:
        raise Refused(_("Somebody took one of these SKUs just now. Try again."), code="sku_taken") from None


def planned_matrix(parent: Product, axes: Sequence[tuple[Column, Sequence[str]]]) -> list[Combination]:
    """`plan_matrix` with its refusals, and those of `check_may_have_children`, as sentences."""
    check_may_have_children(parent)
    if not axes or not all(labels for _column, labels in axes):
        raise Invalid(_("Choose at least one value of each attribute."), code="no_values", field="axes")
    if len(axes) > rules.MAX_AXES:
        raise Invalid(_("At most %(most)d attributes at once.") % {"most": rules.MAX_AXES}, field="axes")
    for column, labels in axes:
        _check_labels(column.attribute, labels)
    try:
        return plan_matrix(parent, axes)
    except ValueError as error:
        raise Invalid(
            _("This would be %(number)s combinations; at most %(most)d are made at once. Choose fewer values.")
            % {"number": error, "most": rules.MAX_COMBINATIONS},
            code="too_many",
            field="axes",
        ) from None


def _check_labels(attribute: Attribute, labels: Sequence[str]) -> None:
    if attribute.type not in AXES:
        raise Invalid(_("%(name)s cannot tell variants apart here.") % {"name": attribute.name}, field="axes")
    for label in labels:
        if len(label) > 120 or "\0" in label or "|" in label:
            raise Invalid(_("“%(value)s” is no usable value.") % {"value": label[:40]}, field="axes")
        if attribute.type == AttributeType.NUMBER:
            try:
                rules.clean_attribute(attribute.type, label)
            except ValueError:
                raise Invalid(_("“%(value)s” is not a number.") % {"value": label[:40]}, field="axes") from None


def _kept(attribute: Attribute, labels: Sequence[str]) -> dict[str, object]:
    if attribute.type == AttributeType.NUMBER:
        return {label: rules.clean_attribute(attribute.type, label) for label in labels}
    return dict(zip(labels, option_codes(attribute, list(labels)), strict=True))
