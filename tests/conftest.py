"""What all tests share: the embedded services, people, a small world to act in."""

import os
from pathlib import Path

import pytest
from django.test.signals import setting_changed

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps an event loop in the main thread


def shares_out(config):
    """Whether this process only hands tests to workers that run them."""
    return not hasattr(config, "workerinput") and bool(getattr(config.option, "numprocesses", None))


def pytest_configure(config):
    """Start the embedded database before Django looks for it."""
    from django.conf import settings

    from altazion.embedded import layout, services

    if shares_out(config):
        return
    services.start()
    # Static files are served as they lie. Settings are read before this file: an environment variable comes too late.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.WHITENOISE_USE_FINDERS = True
    (layout.state_dir() / "static").mkdir(exist_ok=True)


def pytest_unconfigure(config):
    """A worker of a parallel run takes its services away with it."""
    from altazion.embedded import services

    if hasattr(config, "workerinput"):
        services.stop()


def _forget_addresses(*, setting, **_):
    """Django keeps addresses by language as they were when the main language was another one."""
    if setting == "LANGUAGE_CODE":
        from django.urls import clear_url_caches

        clear_url_caches()


setting_changed.connect(_forget_addresses)

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Debian's Chromium, kept from calling anybody outside this machine."""
    quiet = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    return {**browser_type_launch_args, "executable_path": str(CHROMIUM), "args": quiet}


def takes_long(item):
    """Whether a test starts a browser or the whole platform."""
    return "browser" in item.keywords or "story" in item.keywords


def pytest_collection_modifyitems(items):
    """Long tests first, so that parallel workers end together; without Chromium they say so (on CI they fail)."""
    items.sort(key=lambda item: not takes_long(item))
    if CHROMIUM.exists() or os.environ.get("CI"):
        return
    absent = pytest.mark.skip(reason="NOT RUN: /usr/bin/chromium is missing (Debian: apt install chromium)")
    for item in items:
        if takes_long(item):
            item.add_marker(absent)


@pytest.fixture(autouse=True)
def _clean_cache():
    """What one test cached, or the language its last page was in, must not help or hurt the next."""
    yield
    from django.core.cache import cache
    from django.utils import translation

    translation.deactivate()
    cache.clear()
    from storefront.views.kept import forget_pages

    forget_pages()
