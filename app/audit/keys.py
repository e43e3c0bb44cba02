"""The keys of the history: whoever holds the database alone can recompute nothing.

They are derived from ``HISTORY_KEYS`` (comma-separated, the first one writes) or, without it,
from ``SECRET_KEY``. A key that is replaced stays in the list behind the new one, so that what
it signed can still be verified.
"""

import hashlib
import hmac
from dataclasses import dataclass

from flask import current_app

from app.core.remembering import remembered


@dataclass(frozen=True, slots=True)
class Key:
    """One generation: ``id`` stands in front of every code it made."""

    id: str
    entries: bytes
    values: bytes


@dataclass(frozen=True, slots=True)
class Keyring:
    """The key that writes, and all that verify, by id."""

    current: Key
    known: tuple[Key, ...]

    def named(self, key_id: str) -> Key | None:
        """The key a code was made with; None when it is not configured (any more)."""
        return next((key for key in self.known if key.id == key_id), None)


def keyring() -> Keyring:
    """The keys of the running application."""
    secrets = current_app.config["HISTORY_KEYS"] or (current_app.config["SECRET_KEY"],)
    return _derived(tuple(secrets))


@remembered
def _derived(secrets: tuple[str, ...]) -> Keyring:
    keys = tuple(_key(secret.encode()) for secret in secrets)
    return Keyring(keys[0], keys)


def _key(secret: bytes) -> Key:
    def derive(purpose: bytes) -> bytes:
        return hmac.digest(secret, b"history " + purpose, "sha256")

    return Key(hashlib.sha256(derive(b"id")).hexdigest()[:8], derive(b"entry"), derive(b"value"))
