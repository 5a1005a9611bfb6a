"""Verbs of campaigns and landing pages. Each is one transaction and leaves one event."""

from campaigns.services.operations import approve, archive, change_campaign, create_campaign, withdraw
from campaigns.services.pages import (
    add_block,
    archive_page,
    copy_block,
    order_blocks,
    publish_page,
    remove_block,
    restore_page,
    save_block,
    save_page,
    show_block,
    unpublish_page,
)

__all__ = [
    "add_block",
    "approve",
    "archive",
    "archive_page",
    "change_campaign",
    "copy_block",
    "create_campaign",
    "order_blocks",
    "publish_page",
    "remove_block",
    "restore_page",
    "save_block",
    "save_page",
    "show_block",
    "unpublish_page",
    "withdraw",
]
