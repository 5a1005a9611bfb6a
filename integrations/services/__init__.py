"""Verbs of the flows room."""

from integrations.services.connections import (
    check_connection,
    reseal_secrets,
    save_connection,
    trust_host_key,
)
from integrations.services.editing import save_draft, save_flow, save_mapping, switch_flow
from integrations.services.exporting import feeds, pull_product, put_back, save_export, write_export
from integrations.services.fetching import look
from integrations.services.flow_versions import definition_now, keep_version
from integrations.services.folders import poll_folder
from integrations.services.forgetting import forget_changes
from integrations.services.going_back import flows_with_mapping, go_back
from integrations.services.handover import acknowledge, export_orders, queue_order
from integrations.services.health import check_flows, whom_to_tell
from integrations.services.holding import approve, refuse, waiting_behind
from integrations.services.lists import ask_list, look_after_lists, retry_list, start_list, write_list
from integrations.services.mappings import load_mappings
from integrations.services.moving import export_all, take_all
from integrations.services.payment_accounts import check_payment_account, save_payment_account
from integrations.services.pivot import answer_run, ensure_pivot, take_now
from integrations.services.pivot_answers import read_answers
from integrations.services.pivot_role import make_role
from integrations.services.receiving import cancel_run, ignore_run, receive_file
from integrations.services.rerunning import Plan, correct, plan, rerun
from integrations.services.running import recover_runs, run_flow, run_waiting
from integrations.services.schedules import ensure_schedules
from integrations.services.starting import ask_feeds, start_flow
from integrations.services.triggers import (
    delete_trigger,
    fire,
    lost_starts,
    save_trigger,
    something_happened,
    starts_of,
    take_up,
)
from integrations.services.undoing import undo_run, why_not_undone
from integrations.services.versions import as_it_was, version_of

__all__ = [
    "Plan",
    "acknowledge",
    "answer_run",
    "approve",
    "as_it_was",
    "ask_feeds",
    "ask_list",
    "cancel_run",
    "check_connection",
    "check_flows",
    "check_payment_account",
    "correct",
    "definition_now",
    "delete_trigger",
    "ensure_pivot",
    "ensure_schedules",
    "export_all",
    "export_orders",
    "feeds",
    "fire",
    "flows_with_mapping",
    "forget_changes",
    "go_back",
    "ignore_run",
    "keep_version",
    "load_mappings",
    "look",
    "look_after_lists",
    "lost_starts",
    "make_role",
    "plan",
    "poll_folder",
    "pull_product",
    "put_back",
    "queue_order",
    "read_answers",
    "receive_file",
    "recover_runs",
    "refuse",
    "rerun",
    "reseal_secrets",
    "retry_list",
    "run_flow",
    "run_waiting",
    "save_connection",
    "save_draft",
    "save_export",
    "save_flow",
    "save_mapping",
    "save_payment_account",
    "save_trigger",
    "something_happened",
    "start_flow",
    "start_list",
    "starts_of",
    "switch_flow",
    "take_all",
    "take_now",
    "take_up",
    "trust_host_key",
    "undo_run",
    "version_of",
    "waiting_behind",
    "whom_to_tell",
    "why_not_undone",
    "write_export",
    "write_list",
]
