"""The catalogue for machines: products, scans, stores. All of it needs the scope catalog:read."""
