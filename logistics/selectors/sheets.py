"""The lines of a sheet, told with what the books say."""

from typing import Any

from django.db.models import OuterRef, Subquery

from logistics.models import Sheet, StockBalance


def lines_told(sheet: Sheet) -> list[Any]:
    """Lines with their products and `now`: what the balance of the sheet's place says. One query."""
    here = StockBalance.objects.filter(place=sheet.place_id, product=OuterRef("product")).values("physical")
    return list(sheet.lines.select_related("product__parent").annotate(now=Subquery(here)).order_by("id"))
