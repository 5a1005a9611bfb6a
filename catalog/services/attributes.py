"""What can be said of products: definitions, the values of lists, and which products are asked."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from altazion.lib.problems import Invalid, Refused
from altazion.lib.text import slug
from catalog.enums import AttributeType
from catalog.models import Attribute, AttributeOption, AttributeUse, Criterion, Product
from catalog.services.log import ATTRIBUTES, FACETS
from logbook.services import record

#: what the index holds of an attribute: when it changes, products are read again
INDEXED = ("is_public", "is_facet")
COUNTED = 1000


@transaction.atomic
def save_attribute(attribute: Attribute, *, at: dt.datetime, actor: str = "") -> Attribute:
    """Write a new or changed attribute. Code and type stay. Invalid when a criterion has its code as its word."""
    stored = Attribute.objects.filter(pk=attribute.pk).first()
    if stored and (stored.code, stored.type) != (attribute.code, attribute.type):
        raise Refused(_("Code and type of an attribute stay: products carry values of it."), field="type")
    taken = Criterion.objects.filter(code=attribute.code).exclude(attribute=attribute.pk)
    if stored is None and taken.exists():
        raise Invalid(_("A criterion has this word in its address."), field="code")
    attribute.save()
    again = stored is None or any(getattr(stored, name) != getattr(attribute, name) for name in INDEXED)
    _tell(FACETS if again else ATTRIBUTES, [attribute.pk], at, actor)
    return attribute


@transaction.atomic
def save_options(
    attribute: Attribute,
    kept: Sequence[AttributeOption],
    removed: Iterable[AttributeOption] = (),
    *,
    at: dt.datetime,
    actor: str = "",
) -> None:
    """Write new and changed values of a list, delete the removed ones. Refused to delete what products carry."""
    if attribute.type != AttributeType.LIST and kept:
        raise Invalid(_("Only an attribute of the type list has values to choose from."), field="options")
    for one in removed:
        if carried := carriers(attribute, one.code):
            words = ngettext(
                "“%(label)s” stays: %(n)d product carries it.", "“%(label)s” stays: %(n)d products carry it.", carried
            )
            raise Refused(words % {"label": one.label, "n": carried}, code="in_use", field="options")
    AttributeOption.objects.filter(pk__in=[one.pk for one in removed], attribute=attribute).delete()
    for one in kept:
        one.attribute = attribute
        one.code = one.code or slug(one.label, 100)
        try:
            with transaction.atomic():
                one.save()
        except IntegrityError:
            raise Invalid(_("Two values have the code %(code)s.") % {"code": one.code}, field="options") from None
    _tell(FACETS, [attribute.pk], at, actor)


@transaction.atomic
def save_uses(
    kept: Sequence[AttributeUse], removed: Iterable[AttributeUse] = (), *, at: dt.datetime, actor: str = ""
) -> None:
    """Write and delete uses of attributes by families and segments. Invalid for neither or both, or one twice."""
    removed = list(removed)
    AttributeUse.objects.filter(pk__in=[one.pk for one in removed]).delete()
    for one in kept:
        if (one.family_id is None) == (one.segment_id is None):
            raise Invalid(_("Choose a family or a segment."), field="uses")
        try:
            with transaction.atomic():
                one.save()
        except IntegrityError:
            raise Invalid(_("The attribute stands there already."), field="uses") from None
    if ids := {one.attribute_id for one in [*kept, *removed]}:
        _tell(ATTRIBUTES, ids, at, actor)


def carriers(attribute: Attribute, option: str = "") -> int:
    """How many products carry the attribute (or this value of a list), counted to a thousand. One query."""
    having = Product.objects.filter(attributes__has_key=attribute.code)
    if option:
        one = Product.objects.filter(attributes__contains={attribute.code: option})
        having = one | Product.objects.filter(attributes__contains={attribute.code: [option]})
    return having[: COUNTED + 1].count()


def _tell(kind: str, ids: Iterable[int], at: dt.datetime, actor: str) -> None:
    numbers = sorted(set(ids))
    subject = numbers[0] if len(numbers) == 1 else ""
    record(kind, at=at, subject_kind="attribute", subject_id=subject, actor=actor, ids=numbers)
