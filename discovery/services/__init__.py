"""Keeping the index true."""

from discovery.services.causes import (
    forget_pages,
    reindex_attributes,
    reindex_campaign,
    reindex_channel,
    reindex_labels,
    reindex_segments,
    reindex_selection,
    reindex_stores,
    reindex_supply,
)
from discovery.services.follow import follow_time
from discovery.services.merchandising import delete_rule, save_rule, set_policy
from discovery.services.prove import prove_sets
from discovery.services.reindex import reindex
from discovery.services.relevance import delete_test, run_tests, run_wanted, save_test, want_tests
from discovery.services.searching import forget, put_redirect, put_synonyms, save_redirect, save_synonyms

__all__ = [
    "delete_rule",
    "delete_test",
    "follow_time",
    "forget",
    "forget_pages",
    "prove_sets",
    "put_redirect",
    "put_synonyms",
    "reindex",
    "reindex_attributes",
    "reindex_campaign",
    "reindex_channel",
    "reindex_labels",
    "reindex_segments",
    "reindex_selection",
    "reindex_stores",
    "reindex_supply",
    "run_tests",
    "run_wanted",
    "save_redirect",
    "save_rule",
    "save_synonyms",
    "save_test",
    "set_policy",
    "want_tests",
]
