"""A refusal that a person can act on.

Domain code raises `Refused` (or a child class named after what went wrong); every edge turns it into its own
form: a message at the field, a problem document (RFC 9457), a line in a rejects file.
"""

from collections.abc import Mapping
from typing import Any


class Refused(Exception):
    """What was asked cannot be done, and why, in a sentence for the person who asked.

    code: stable word for machines ("not_enough_stock"). field: the input at fault, if one is.
    status: the HTTP status an API answers with. details: more facts, JSON-ready.
    """

    code = "refused"
    status = 409

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        field: str = "",
        status: int = 0,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.field = field
        self.status = status or self.status
        self.details = dict(details or {})


class NotFound(Refused):
    """The thing named does not exist, or the one who asks may not know that it does."""

    code = "not_found"
    status = 404


class Invalid(Refused):
    """The input is wrong in itself; `field` tells where."""

    code = "invalid"
    status = 422
