"""What shoppers type."""
