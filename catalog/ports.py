"""Doors of the catalogue that rooms above fill, bound by a setting."""

from typing import Protocol


class FreeUnits(Protocol):
    """Knows the free stock of products (`CATALOG_FREE_UNITS`)."""

    def __call__(self, product: str) -> str:
        """A scalar subquery: free units in all places of the product whose id is the SQL expression `product`."""
        ...
