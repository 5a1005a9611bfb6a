"""Verbs of the shop's doors."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.core.cache import cache

MOST_FAILURES = 6
WINDOW = dt.timedelta(minutes=15)


@dataclass(frozen=True)
class Door:
    """Who tries to sign in: an e-mail address from a network address. Kept as a hash, for a quarter of an hour."""

    email: str
    address: str

    @property
    def _key(self) -> str:
        who = f"{self.email.strip().lower()}|{self.address}"
        return f"sign-in:{hashlib.sha256(who.encode()).hexdigest()}"

    def closed_for(self, at: dt.datetime) -> int:
        """Minutes until the next try is allowed; 0 when it is allowed now."""
        failures, since = cache.get(self._key, (0, at))
        left = since + WINDOW - at
        if failures < MOST_FAILURES or left <= dt.timedelta(0):
            return 0
        return int(left.total_seconds() // 60) + 1

    def failed(self, at: dt.datetime) -> None:
        """One more wrong try; the window begins with the first."""
        failures, since = cache.get(self._key, (0, at))
        if at - since > WINDOW:
            failures, since = 0, at
        cache.set(self._key, (failures + 1, since), WINDOW.total_seconds())

    def opened(self) -> None:
        """Signed in: what failed before is forgotten."""
        cache.delete(self._key)
