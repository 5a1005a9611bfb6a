"""What a colleague types beside sources: the loaders' statements over stored rows."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from altazion.lib.loading import LoadContext
from altazion.lib.staging import Stage
from catalog.loaders.claims import Voices, keep_own, voices
from catalog.models import Claim

NAMED = re.compile(r"[\w.-]+")


def stored(at: dt.datetime, source: str = "") -> Stage:
    """A stage without a file: its statements see stored rows only."""
    return Stage(LoadContext("catalog_product", "catalog_product", frozenset(), 0, source, at))


def speakers(at: dt.datetime) -> Voices:
    """The sources, in order; `speaker` is the usual one."""
    with stored(at) as stage:
        return voices(stage, "")


def voice_of(who: Voices, flow: str) -> int:
    """The source that a flow speaks for; of none, colleagues."""
    if not flow:
        return who.hand
    return next((pk for pk, flows in who.flows_of.items() if flow in flows), who.usual)


def say_by_hand(pk: int, said: Mapping[str, Any], *, at: dt.datetime) -> None:
    """Keep what a colleague says of a product's fields; None takes it back. Call before the product is written."""
    with stored(at) as stage:
        who = voices(stage, "")
        who.speaker = who.hand
        keys = ", ".join(f"'{name}', true" for name in said if NAMED.fullmatch(name))
        keep_own(stage, f"(SELECT {int(pk)}::bigint AS product_id, jsonb_build_object({keys}) AS said)", who, said)
    claim, _made = Claim.objects.get_or_create(product_id=pk, source_id=who.hand, defaults={"said_at": at})
    for name, value in said.items():
        claim.since.pop(name, None)
        if value in (None, "", []):
            claim.said.pop(name, None)
        else:
            claim.said[name] = value
            claim.since[name] = [at.isoformat(), None]
    claim.save(update_fields=["said", "since"])
