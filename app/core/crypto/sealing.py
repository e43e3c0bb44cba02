"""One value under lock: ``key id (1 byte) | nonce (12) | ciphertext and tag``, AES-256-GCM.

The place of the value, ``table.column``, is authenticated with it: a value carried to another
column does not open there.
"""

import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag

from app.core.crypto.keys import Key, UnknownKey, key_ring

NONCE_BYTES = 12
HEAD_BYTES = 1 + NONCE_BYTES


class Unreadable(Exception):
    """A stored value cannot be opened: another key, another place, or tampered with.

    Names the place and never a value.
    """

    def __init__(self, place: str) -> None:
        super().__init__(f"a stored value of {place} cannot be opened")


def seal(plain: bytes, place: str, key: Key | None = None) -> bytes:
    """``plain`` as it is stored at ``place``, under the current key unless another is given."""
    used = key or key_ring().current()
    nonce = os.urandom(NONCE_BYTES)
    head = bytes((used.id,)) + nonce
    return head + used.values.encrypt(nonce, plain, place.encode())


def seal_all(plains: Sequence[bytes | None], place: str) -> list[bytes | None]:
    """As :func:`seal` for many values of one place: key and randomness are asked for once."""
    key, associated = key_ring().current(), place.encode()
    head, encrypt = bytes((key.id,)), key.values.encrypt
    nonces = os.urandom(NONCE_BYTES * len(plains))
    sealed: list[bytes | None] = []
    for at, plain in enumerate(plains):
        if plain is None:
            sealed.append(None)
            continue
        nonce = nonces[at * NONCE_BYTES : (at + 1) * NONCE_BYTES]
        sealed.append(head + nonce + encrypt(nonce, plain, associated))
    return sealed


def unseal(stored: bytes, place: str) -> bytes:
    """What was stored at ``place``.

    Raises:
        Unreadable: the key is not configured, or the value was not written at this place.
    """
    try:
        key = key_ring().key(stored[0])
        return key.values.decrypt(stored[1:HEAD_BYTES], stored[HEAD_BYTES:], place.encode())
    except (InvalidTag, UnknownKey, ValueError, IndexError):
        # ValueError: too short to hold a nonce and a tag.
        raise Unreadable(place) from None


def unseal_many(stored: Sequence[bytes | None], place: str) -> list[bytes | None]:
    """What was stored in many rows of one place; None stays None. Raises Unreadable."""
    ring, bound = key_ring(), place.encode()
    try:
        ids = {one[0] for one in stored if one is not None}
        openers = {key: ring.key(key).values.decrypt for key in ids}
        if len(openers) == 1:
            # Nearly always; half a million values do without half a million look-ups.
            ((_key, opener),) = openers.items()
            return [
                None if one is None else opener(one[1:HEAD_BYTES], one[HEAD_BYTES:], bound)
                for one in stored
            ]
        return [
            None if one is None else openers[one[0]](one[1:HEAD_BYTES], one[HEAD_BYTES:], bound)
            for one in stored
        ]
    except (InvalidTag, UnknownKey, ValueError, IndexError):
        raise Unreadable(place) from None


def key_id_of(stored: bytes) -> int:
    """The id of the key a stored value was written under; 0 for an empty value."""
    return stored[0] if stored else 0
