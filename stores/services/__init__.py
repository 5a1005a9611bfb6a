"""Verbs about where we sell."""

from stores.services.addresses import (
    MOST_REDIRECTS,
    RefusedRow,
    add_redirect,
    forget_redirects,
    forward,
    import_redirects,
    keep_address,
    read_redirect,
)
from stores.services.places import STORES, archive_store, channel_changed, save_store

__all__ = [
    "MOST_REDIRECTS",
    "STORES",
    "RefusedRow",
    "add_redirect",
    "archive_store",
    "channel_changed",
    "forget_redirects",
    "forward",
    "import_redirects",
    "keep_address",
    "read_redirect",
    "save_store",
]
