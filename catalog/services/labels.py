"""Giving products labels, and telling who lists products when labels change."""

import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from catalog.enums import Flag, LabelRule
from catalog.models import FlagName, Label, LabelSlot, Product, ProductLabel
from catalog.rules.colours import LEAST, clean_colour, contrast
from catalog.services.log import log_change, log_many
from logbook.services import record

LABELS = "catalog.labels_changed"
MOST = 30


@transaction.atomic
def save_slot(slot: LabelSlot, *, at: dt.datetime, actor: str = "") -> LabelSlot:
    """Write a new or changed slot; lists follow."""
    slot.save()
    _tell(slot, at, actor)
    return slot


@transaction.atomic
def save_label(label: Label, *, at: dt.datetime, actor: str = "") -> Label:
    """Write a new or changed label. Invalid, with the field, for colours that cannot be read or a rule half said."""
    check_label(label)
    if label.rule != LabelRule.NEW:
        label.days = None
    if label.rule != LabelRule.ATTRIBUTE:
        label.attribute = label.value = ""
    if label.rule != LabelRule.FLAG:
        label.flag = None
    if label.rule != LabelRule.SELECTION:
        label.selection = None
    try:
        with transaction.atomic():
            label.save()
    except IntegrityError:
        raise Invalid(_("The slot has a label with this code already."), field="code") from None
    _tell(label.slot, at, actor)
    return label


def check_label(label: Label) -> None:
    """Invalid, with the field, unless the label's colours can be read and its rule says all it needs."""
    for name in ("ground", "ink"):
        try:
            setattr(label, name, clean_colour(getattr(label, name)))
        except ValueError:
            raise Invalid(_("A colour is written #rrggbb."), field=name) from None
    if (found := contrast(label.ground, label.ink)) < LEAST:
        text = _("These colours are hard to read: contrast %(found).1f, at least %(least).1f is needed.")
        raise Invalid(text % {"found": found, "least": LEAST}, field="ink")
    if label.rule == LabelRule.NEW and not 1 <= (label.days or 0) <= 3650:
        raise Invalid(_("Say for how many days, 1 to 3650."), field="days")
    if label.rule == LabelRule.ATTRIBUTE and not label.attribute:
        raise Invalid(_("Choose the attribute."), field="attribute")
    if label.rule == LabelRule.ATTRIBUTE and not label.value:
        raise Invalid(_("Say which value."), field="value")
    if label.rule == LabelRule.FLAG and label.flag is None:
        raise Invalid(_("Choose the mark."), field="flag")
    if label.rule == LabelRule.SELECTION and label.selection_id is None:
        raise Invalid(_("Choose the selection."), field="selection")


@transaction.atomic
def delete_label(label: Label, *, at: dt.datetime, actor: str = "") -> None:
    """Take a label off every product and out of its slot."""
    products = list(label.links.values_list("product_id", flat=True))
    slot = label.slot
    label.delete()
    log_many("labels", products, at=at, actor=actor)
    _tell(slot, at, actor)


@transaction.atomic
def save_product_labels(
    product: Product,
    kept: Iterable[ProductLabel],
    removed: Iterable[ProductLabel] = (),
    *,
    at: dt.datetime,
    actor: str = "",
) -> None:
    """Write labels given to a product by hand, take away the removed ones. Refused for what an import feeds."""
    product = Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
    gone = product.labels.filter(pk__in=[one.pk for one in removed])
    if fed := gone.exclude(source="").first():
        raise Refused(
            _("%(what)s is fed by the flow %(source)s and cannot be taken away by hand.")
            % {"what": fed.label, "source": fed.source},
            code="fed",
        )
    gone.delete()
    for one in kept:
        one.product = product
        try:
            with transaction.atomic():
                one.save()
        except IntegrityError:
            raise Invalid(_("The product has this label already."), field="labels") from None
    if product.labels.count() > MOST:
        raise Invalid(_("At most %(most)d labels on a product.") % {"most": MOST}, field="labels")
    Product.objects.filter(pk=product.pk).update(updated_at=at)
    children = list(product.children.values_list("pk", flat=True))
    log_change(product, "labels", at=at, actor=actor, also=children)


@transaction.atomic
def give_label(label: Label, product_ids: Iterable[int], *, at: dt.datetime, actor: str = "") -> int:
    """Put a label on many products. Returns how many had it not."""
    wanted = set(product_ids)
    new = sorted(wanted - set(label.links.filter(product__in=wanted).values_list("product_id", flat=True)))
    ProductLabel.objects.bulk_create([ProductLabel(product_id=pk, label=label) for pk in new], ignore_conflicts=True)
    log_many("labels", new, at=at, actor=actor)
    return len(new)


@transaction.atomic
def take_label(label: Label, product_ids: Iterable[int], *, at: dt.datetime, actor: str = "") -> int:
    """Take a label off many products; what an import feeds stays. Returns how many lost it."""
    links = label.links.filter(product__in=list(product_ids), source="")
    gone = sorted(links.values_list("product_id", flat=True))
    links.delete()
    log_many("labels", gone, at=at, actor=actor)
    return len(gone)


@transaction.atomic
def save_mark(mark: FlagName, *, at: dt.datetime, actor: str = "") -> FlagName:
    """Write what a mark is called and whether shoppers read it; pages follow."""
    mark.save()
    record(LABELS, at=at, subject_kind="mark", subject_id=Flag(mark.flag).code, actor=actor, ids=[], mark=mark.flag)
    return mark


def _tell(slot: LabelSlot, at: dt.datetime, actor: str) -> None:
    record(LABELS, at=at, subject_kind="label_slot", subject_id=slot.pk, actor=actor, code=slot.code)
