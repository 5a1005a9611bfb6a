"""Secrets at rest: what is kept of a password can be opened by the platform's keys only (Fernet: AES-128 and HMAC)."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

_CONTEXT = b"altazion.lib.sealing/1:"


class Unreadable(Exception):
    """None of the keys that the settings name opens this: the key it was sealed with was taken away."""


def seal(text: str) -> str:
    """The text under the newest key; nothing for nothing."""
    return _keys().encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    """The text again. Raises Unreadable."""
    if not sealed:
        return ""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


def reseal(sealed: str) -> str:
    """The same secret under the newest key. Raises Unreadable."""
    return seal(unseal(sealed))


def _keys() -> MultiFernet:
    """Keys made of the texts in `SECRETS_KEYS`: the first seals, all of them open."""
    return MultiFernet([Fernet(_key(text)) for text in settings.SECRETS_KEYS])


def _key(text: str) -> bytes:
    # The texts are long and random, so a hash is enough to bring them to the length of a key.
    return base64.urlsafe_b64encode(hashlib.sha256(_CONTEXT + text.encode()).digest())
