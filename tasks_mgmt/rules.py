"""Who may do what with a task, and when: a table without database (A9 to A12)."""

from enum import StrEnum

OPEN, TO_VALIDATE, DONE, IGNORED = "open", "to_validate", "done", "ignored"


class Verb(StrEnum):
    """What a person may do with a task."""

    CLAIM = "claim"
    PROCESS = "process"
    IGNORE = "ignore"
    TRANSFER = "transfer"
    SEND_FOR_VALIDATION = "send_for_validation"
    ACCEPT = "accept"
    REFUSE = "refuse"
    REOPEN = "reopen"


class Role(StrEnum):
    """What a person is to a task. A member belongs to the group that a task waits in, unclaimed."""

    RECIPIENT = "recipient"
    MEMBER = "member"
    REQUESTER = "requester"
    SUPERUSER = "superuser"


_DOERS = frozenset({Role.RECIPIENT, Role.MEMBER, Role.SUPERUSER})
_DOERS_AND_REQUESTER = _DOERS | {Role.REQUESTER}

VERBS: dict[Verb, tuple[frozenset[str], frozenset[Role]]] = {
    Verb.CLAIM: (frozenset({OPEN, TO_VALIDATE}), frozenset({Role.MEMBER})),
    Verb.PROCESS: (frozenset({OPEN}), _DOERS),
    Verb.SEND_FOR_VALIDATION: (frozenset({OPEN}), _DOERS),
    Verb.ACCEPT: (frozenset({TO_VALIDATE}), _DOERS),
    Verb.REFUSE: (frozenset({TO_VALIDATE}), _DOERS),
    Verb.TRANSFER: (frozenset({OPEN, TO_VALIDATE}), _DOERS_AND_REQUESTER),
    Verb.IGNORE: (frozenset({OPEN, TO_VALIDATE}), _DOERS_AND_REQUESTER),
    Verb.REOPEN: (frozenset({DONE, IGNORED}), _DOERS_AND_REQUESTER),
}


def fits_state(verb: Verb, state: str) -> bool:
    """Whether a task in this state can take the verb at all."""
    return state in VERBS[verb][0]


def fits_roles(verb: Verb, roles: frozenset[Role]) -> bool:
    """Whether one who has these roles may do it."""
    return bool(VERBS[verb][1] & roles)


def is_local(url: str) -> bool:
    """Whether an address stays on this site: a path, not a scheme and not another host."""
    return url.startswith("/") and not url.startswith(("//", "/\\"))
