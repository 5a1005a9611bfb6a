"""The one import engine: bytes are streamed into a staging table, checked in sets, and handed to a room's loader."""

from integrations.engine.load import Outcome, Staged, Task, clean_up, merge, stage
from integrations.engine.problems import FileProblem

__all__ = ["FileProblem", "Outcome", "Staged", "Task", "clean_up", "merge", "stage"]
