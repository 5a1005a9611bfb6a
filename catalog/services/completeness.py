"""Requirements, and the table of how complete products are: one statement writes what differs."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid
from catalog.models import Family, Product, Requirement
from catalog.selectors.completeness import FOUND, parameters
from catalog.services.log import REQUIREMENTS
from logbook.services import record

AT_ONCE = 20_000
_MERGE = f"""
INSERT INTO catalog_completeness AS c (product_id, channel_id, language, percent, missing)
SELECT * FROM ({FOUND}) found
    ON CONFLICT (product_id, channel_id, language) DO UPDATE
   SET percent = EXCLUDED.percent, missing = EXCLUDED.missing
 WHERE (c.percent, c.missing) IS DISTINCT FROM (EXCLUDED.percent, EXCLUDED.missing)
"""  # noqa: S608 - a fixed statement
_FORGET = """
DELETE FROM catalog_completeness c
 WHERE (%(ids)s::bigint[] IS NULL OR c.product_id = ANY(%(ids)s::bigint[]))
   AND (NOT c.language = ANY(%(languages)s::text[])
        OR NOT EXISTS (SELECT 1 FROM stores_saleschannel s WHERE s.id = c.channel_id AND s.active)
        OR EXISTS (SELECT 1 FROM catalog_product p WHERE p.id = c.product_id AND p.state = 'archived'))
"""


def refresh_completeness(ids: Iterable[int] | None, *, at: dt.datetime) -> int:
    """Make the table say how complete these products (and the variants below them) are, or all of them (None).

    Doing it twice writes nothing. Returns how many rows were written.
    """
    if ids is not None:
        return _refresh(sorted(set(ids)))
    written, last = 0, 0
    everything = Product.objects.filter(parent=None).order_by("pk").values_list("pk", flat=True)
    while some := list(everything.filter(pk__gt=last)[:AT_ONCE]):
        written += _refresh(some)
        last = some[-1]
    return written


def refresh_family(family_id: int | None, *, at: dt.datetime) -> int:
    """After requirements changed: the products of a family and those below it, or all. Returns rows written."""
    if family_id is None:
        return refresh_completeness(None, at=at)
    below = Family.objects.filter(parent=family_id).values_list("pk", flat=True)
    written, last = 0, 0
    members = Product.objects.filter(family__in=[family_id, *below]).order_by("pk").values_list("pk", flat=True)
    while some := list(members.filter(pk__gt=last)[:AT_ONCE]):
        written += _refresh(some)
        last = some[-1]
    return written


@transaction.atomic
def save_requirements(
    kept: Sequence[Requirement], removed: Iterable[Requirement] = (), *, at: dt.datetime, actor: str = ""
) -> None:
    """Write and delete requirements. Invalid for neither a fact nor an attribute, for both, or for one twice."""
    removed = list(removed)
    families = {one.family_id for one in [*kept, *removed]}
    before = Requirement.objects.filter(pk__in=[one.pk for one in kept if one.pk])
    families |= set(before.values_list("family_id", flat=True))
    first = not Requirement.objects.exists()
    Requirement.objects.filter(pk__in=[one.pk for one in removed]).delete()
    for one in kept:
        check_requirement(one)
        try:
            with transaction.atomic():
                one.save()
        except IntegrityError:
            raise Invalid(_("This is required already."), field="requirements") from None
    if first or not Requirement.objects.exists():  # the usual facts stop counting, or count again
        families = {None}
    for family in sorted(families, key=lambda pk: pk or 0):
        record(REQUIREMENTS, at=at, subject_kind="family", subject_id=family or "", actor=actor, family=family)


def check_requirement(one: Requirement) -> None:
    """Invalid, with the field, when this cannot be a requirement."""
    if bool(one.fact) == bool(one.attribute_id):
        raise Invalid(_("Choose a fact or an attribute."), field="fact")
    if one.language and one.language not in dict(settings.LANGUAGES):
        raise Invalid(_("This language is not spoken here."), field="language")


def _refresh(ids: list[int]) -> int:
    if not ids:
        return 0
    with transaction.atomic(), connection.cursor() as sql:
        values = parameters(ids)
        sql.execute(_MERGE, values)
        written = sql.rowcount
        sql.execute(_FORGET, values)
        return written + sql.rowcount
