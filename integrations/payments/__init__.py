"""Payment providers: one small class each, named in `settings.PAYMENT_PROVIDERS` (HUB-1)."""
