"""The demonstration toy shop: its range, its pictures, its files, and the rows a shop needs before its first import."""

DEMO_LOADED = "demo.loaded"  # the event that says that all of it is there
