"""Orders for machines: tills (HUB-2), readers, and the callbacks of payment providers."""
