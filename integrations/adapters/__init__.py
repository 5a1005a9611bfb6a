"""Systems outside, each behind a port of the house."""
