"""Free stock as SQL, for the rules of selections."""

from logistics.selectors.withdrawn import withdrawn_sql


def free_units_sql(product: str) -> str:
    """A scalar subquery: free units in all living places of the product whose id is the SQL expression `product`."""
    away = withdrawn_sql("b", "now()")
    return (
        f"(SELECT COALESCE(sum(b.physical - b.safety - b.reserved - {away}), 0) FROM logistics_stockbalance b"  # noqa: S608 - fixed text
        f" JOIN logistics_place place ON place.id = b.place_id AND place.active"
        " AND NOT EXISTS (SELECT 1 FROM logistics_storagezone part WHERE part.shelf_id = place.id)"
        f" WHERE b.product_id = {product})"
    )
