"""Old and new values as the logbook keeps them: small, JSON-ready, named where they point elsewhere."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import models

CUT = "cut"
MOST = 4000  # characters of a value that are kept whole
SHOWN = 200


def kept(value: Any) -> Any:
    """A value ready for the logbook: records by id and name, amounts as text, long texts by their beginning."""
    if isinstance(value, models.Model):
        return {"id": value.pk, "name": str(value)}
    return cut(str(value) if isinstance(value, Decimal) else value)


def cut(value: Any) -> Any:
    """The value, or its beginning when it is too long to keep."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return {CUT: text[:SHOWN]} if len(text) > MOST else value


def differences(before: Mapping[str, Any], after: Mapping[str, Any], *, prefix: str = "") -> dict[str, list[Any]]:
    """field → [old, new] of what differs; a field that one side lacks is None there."""
    found = {}
    for name in [*before, *(name for name in after if name not in before)]:
        old, new = before.get(name), after.get(name)
        if old != new:
            found[prefix + name] = [kept(old), kept(new)]
    return found
