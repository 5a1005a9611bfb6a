"""Criteria: the questions by which shoppers narrow a list (2.9)."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid
from altazion.lib.text import slug
from catalog.enums import AttributeType, CriterionKind, MediaKind
from catalog.models import Attribute, Criterion, CriterionValue, Segment
from catalog.rules.colours import clean_colour
from catalog.services.log import FACETS
from catalog.services.media import check_address
from logbook.services import record

#: words of an address that mean something else
TAKEN = {"brand", "price", "in_store", "segment"}
MOST_CHOICES = 500
PRESENCE = ("yes", "no")


@transaction.atomic
def save_criterion(
    criterion: Criterion, *, segments: Iterable[Segment] | None = None, at: dt.datetime, actor: str = ""
) -> Criterion:
    """Write a new or changed criterion. segments: the only ones that ask it; None leaves them as they are.

    Invalid, with the field, when its word is taken or its kind does not fit the attribute.
    """
    check_criterion(criterion)
    before = Criterion.objects.filter(pk=criterion.pk).values_list("attribute_id", flat=True).first()
    try:
        with transaction.atomic():
            criterion.save()
    except IntegrityError:
        raise Invalid(_("Another criterion has this word in its address."), field="code") from None
    if segments is not None:
        criterion.segments.set(segments)
    _tell(criterion, {criterion.attribute_id, *([before] if before else [])}, at, actor)
    return criterion


@transaction.atomic
def save_choices(
    criterion: Criterion,
    kept: Sequence[CriterionValue],
    removed: Iterable[CriterionValue] = (),
    *,
    at: dt.datetime,
    actor: str = "",
) -> None:
    """Write new and changed choices of a criterion, delete the removed ones. Invalid for a choice that cannot be."""
    criterion = Criterion.objects.select_for_update().get(pk=criterion.pk)
    criterion.values.filter(pk__in=[one.pk for one in removed]).delete()
    for one in kept:
        one.criterion = criterion
        one.code = one.code or slug(one.label, 100)
        check_choice(criterion, one)
        try:
            with transaction.atomic():
                one.save()
        except IntegrityError:
            raise Invalid(_("Two choices have the same word or the same value."), field="values") from None
    if criterion.values.count() > MOST_CHOICES:
        raise Invalid(_("A criterion has at most %(most)d choices.") % {"most": MOST_CHOICES}, field="values")
    _tell(criterion, {criterion.attribute_id}, at, actor)


@transaction.atomic
def delete_criterion(criterion: Criterion, *, at: dt.datetime, actor: str = "") -> None:
    """Take a criterion away; its attribute asks for its own values again if it is a filter."""
    _tell(criterion, {criterion.attribute_id}, at, actor)
    criterion.delete()


def check_criterion(criterion: Criterion) -> None:
    """Invalid, with the field, when this cannot be a criterion."""
    attribute = criterion.attribute
    if criterion.code in TAKEN:
        raise Invalid(_("This word means something else in addresses: choose another."), field="code")
    if Attribute.objects.filter(code=criterion.code).exclude(pk=attribute.pk).exists():
        raise Invalid(_("Another attribute has this word as its code."), field="code")
    if not attribute.is_public:
        raise Invalid(_("Shoppers do not see the attribute %(name)s.") % {"name": attribute}, field="attribute")
    if criterion.kind == CriterionKind.RANGES and attribute.type not in (AttributeType.NUMBER, AttributeType.DATE):
        raise Invalid(_("Ranges need an attribute that is a number or a date."), field="kind")
    if criterion.kind == CriterionKind.YES_NO and attribute.type != AttributeType.BOOLEAN:
        raise Invalid(_("Yes or no needs an attribute that is answered by yes or no."), field="kind")


def check_choice(criterion: Criterion, one: CriterionValue) -> None:
    """Invalid, with the field, when this cannot be a choice of the criterion."""
    _check_look(one)
    if criterion.kind == CriterionKind.RANGES:
        _check_range(one, days=criterion.attribute.type == AttributeType.DATE)
        return
    for first, last in (("minimum", "maximum"), ("since", "before")):
        if getattr(one, first) is not None or getattr(one, last) is not None:
            raise Invalid(_("Only ranges have ends: this criterion asks for values."), field=first)
    if not one.value:
        raise Invalid(_("Say which value of the attribute is meant."), field="value")
    if criterion.kind == CriterionKind.PRESENCE:
        if one.value not in PRESENCE:
            raise Invalid(_("Write yes for those with a value, no for those without."), field="value")
        return
    if criterion.kind == CriterionKind.YES_NO and one.value not in {"true", "false"}:
        raise Invalid(_("Write true for yes, false for no."), field="value")
    options = criterion.attribute.options
    is_list = criterion.attribute.type == AttributeType.LIST
    if is_list and not options.filter(code=one.value).exists():
        raise Invalid(_("This value is not in the list."), field="value")


def _check_range(one: CriterionValue, *, days: bool) -> None:
    first, last = ("since", "before") if days else ("minimum", "maximum")
    for end in ("minimum", "maximum") if days else ("since", "before"):
        if getattr(one, end) is not None:
            text = _("This attribute is a date: give days.") if days else _("This attribute is a number: give numbers.")
            raise Invalid(text, field=end)
    low, high = getattr(one, first), getattr(one, last)
    if low is None and high is None:
        raise Invalid(_("A range needs a lower or an upper end."), field=first)
    if low is not None and high is not None and low >= high:
        raise Invalid(_("The range ends before it begins."), field=last)
    if one.value:
        raise Invalid(_("A range has no value: it has ends."), field="value")


def _check_look(one: CriterionValue) -> None:
    """What stands before the label."""
    try:
        one.colour = clean_colour(one.colour) if one.colour else ""
    except ValueError:
        raise Invalid(_("A colour is written #rrggbb."), field="colour") from None
    if one.image:
        check_address(MediaKind.IMAGE, one.image)


def _tell(criterion: Criterion, attribute_ids: set[int], at: dt.datetime, actor: str) -> None:
    record(FACETS, at=at, subject_kind="criterion", subject_id=criterion.pk, actor=actor, ids=sorted(attribute_ids))
