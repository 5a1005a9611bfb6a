"""What stops a start."""


class StartupError(Exception):
    """The platform cannot start, and why, for the person at the terminal."""
