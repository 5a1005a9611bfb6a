"""The one import engine: bytes are streamed into a staging table, checked in sets, and handed to a room's loader."""

from integrations.engine.choice import Choice
from integrations.engine.detect import Looked, detect, first_rows
from integrations.engine.load import Outcome, Staged, Task, clean_up, clean_up_after_the_dead, merge, stage
from integrations.engine.preview import PreviewRow, preview
from integrations.engine.problems import FileProblem
from integrations.engine.proposal import TABLE, Changes, forget, spool, unspool
from integrations.engine.undo import HEADER, Undo, undo

__all__ = [
    "HEADER",
    "TABLE",
    "Changes",
    "Choice",
    "FileProblem",
    "Looked",
    "Outcome",
    "PreviewRow",
    "Staged",
    "Task",
    "Undo",
    "clean_up",
    "clean_up_after_the_dead",
    "detect",
    "first_rows",
    "forget",
    "merge",
    "preview",
    "spool",
    "stage",
    "undo",
    "unspool",
]
