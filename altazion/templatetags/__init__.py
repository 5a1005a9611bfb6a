"""Template tags of Office."""
