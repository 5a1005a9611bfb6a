"""Words of orders for templates."""
