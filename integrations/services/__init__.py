"""Verbs of the flows room."""

from integrations.services.folders import poll_folder
from integrations.services.mappings import load_mappings
from integrations.services.receiving import ignore_run, receive_file, rerun
from integrations.services.running import recover_runs, run_flow, run_waiting

__all__ = [
    "ignore_run",
    "load_mappings",
    "poll_folder",
    "receive_file",
    "recover_runs",
    "rerun",
    "run_flow",
    "run_waiting",
]
