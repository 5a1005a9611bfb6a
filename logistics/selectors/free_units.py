"""Free stock as SQL, for the rules of selections."""


def free_units_sql(product: str) -> str:
    """A scalar subquery: free units in all living places of the product whose id is the SQL expression `product`."""
    return (
        "(SELECT COALESCE(sum(b.physical - b.safety - b.reserved), 0) FROM logistics_stockbalance b"  # noqa: S608
        f" JOIN logistics_place place ON place.id = b.place_id AND place.active WHERE b.product_id = {product})"
    )
