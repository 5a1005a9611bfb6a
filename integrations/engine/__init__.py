"""The one import engine: bytes are streamed into a staging table, checked in sets, and handed to a room's loader."""

from integrations.engine.load import Outcome, Staged, Task, clean_up, merge, stage
from integrations.engine.problems import FileProblem
from integrations.engine.reading import REASON_COLUMN, Reader

__all__ = ["REASON_COLUMN", "FileProblem", "Outcome", "Reader", "Staged", "Task", "clean_up", "merge", "stage"]
