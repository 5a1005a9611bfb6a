"""Segments and brands as other systems ask for them."""

import datetime as dt

from django.utils.translation import gettext as _

from altazion.lib.problems import NotFound
from catalog.models import Brand, ProductSegment, Segment


def page_of_segments(*, after: int, since: dt.datetime | None, size: int) -> list[Segment]:
    """Segments after one's number, archived ones too; changed at or after `since`. One query."""
    found = Segment.objects.filter(pk__gt=after).select_related("parent").order_by("pk")
    return list((found.filter(changed_at__gte=since) if since else found)[:size])


def page_of_brands(*, after: int, since: dt.datetime | None, size: int) -> list[Brand]:
    """Brands after one's number, archived ones too; changed at or after `since`. One query."""
    found = Brand.objects.filter(pk__gt=after).order_by("pk")
    return list((found.filter(changed_at__gte=since) if since else found)[:size])


def segment_named(code: str) -> Segment:
    """A segment by its code, or NotFound."""
    found = Segment.objects.filter(code=code).select_related("parent").first()
    if found is None:
        raise NotFound(_("There is no segment %(code)s.") % {"code": code}, code="unknown_segment")
    return found


def brand_named(code: str) -> Brand:
    """A brand by its code, or NotFound."""
    found = Brand.objects.filter(code=code).first()
    if found is None:
        raise NotFound(_("There is no brand %(code)s.") % {"code": code}, code="unknown_brand")
    return found


def places_page(segment: Segment, *, after: int, size: int) -> list[ProductSegment]:
    """Products that stand in a segment itself, in the order they came. One query."""
    return list(segment.members.filter(pk__gt=after).select_related("product").order_by("pk")[:size])
