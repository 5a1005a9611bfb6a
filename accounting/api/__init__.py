"""The books for machines."""
