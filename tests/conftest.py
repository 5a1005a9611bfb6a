"""What all tests share: the embedded services, people, a small world to act in."""

import os

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps an event loop in the main thread


def pytest_configure(config):
    """Start the embedded database before Django looks for it."""
    from altazion.embedded import services

    services.start()
