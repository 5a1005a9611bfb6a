"""Public holidays by country and region, from the `holidays` library."""

import datetime as dt
from functools import lru_cache

import holidays


@lru_cache(maxsize=256)
def public_holidays(region: str, year: int) -> frozenset[dt.date]:
    """The days off of a region in a year: "FR", or "FR-57" for a part of it. Of an unknown region none."""
    country, _dash, part = region.upper().partition("-")
    if not country:
        return frozenset()
    try:
        return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))
    except NotImplementedError:
        return frozenset()


def is_known(region: str) -> bool:
    """Does the library know this country, and this part of it?"""
    country, _dash, part = region.upper().partition("-")
    try:
        holidays.country_holidays(country, subdiv=part or None)
    except NotImplementedError:
        return False
    return True


def coming(region: str, start: dt.date) -> frozenset[dt.date]:
    """The days off of this year and the next."""
    return public_holidays(region, start.year) | public_holidays(region, start.year + 1)
