"""What seller tablets call."""
