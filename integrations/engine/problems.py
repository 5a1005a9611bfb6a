"""A file that cannot be taken at all. Single bad rows are rejections, not problems."""


class FileProblem(Exception):
    """Why a whole file was refused, in a sentence for the person who must mend it; nothing of it was loaded."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
