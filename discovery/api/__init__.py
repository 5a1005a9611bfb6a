"""How lists are made, for machines."""
