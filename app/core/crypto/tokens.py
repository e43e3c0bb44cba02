"""Search keys: what can be looked up of an encrypted value without reading it.

A token is the beginning of an HMAC-SHA-256 under a key derived for one column. Equal text of
one column gives equal tokens; text of another column, or under another key, never does.
"""

import hmac
from collections.abc import Callable, Iterable
from functools import lru_cache
from hashlib import sha256
from struct import Struct

from app.core.crypto.keys import Key

GRAM = 2
"""Characters of a gram, and so the least that can be searched for."""
_FIRST = Struct(">i").unpack_from


def token(key: Key, column: str, text: str) -> int:
    """The token of ``text`` in ``column``: 32 bits, signed, as both databases store integers."""
    return maker(key, column)(text)


@lru_cache(maxsize=64)
def maker(key: Key, column: str) -> Callable[[str], int]:
    """What makes the tokens of one column: its key is looked up once."""
    secret = key.derived(f"search {column}")

    def made(text: str) -> int:
        token: int = _FIRST(hmac.digest(secret, text.encode("utf-8", "replace"), sha256))[0]
        return token

    return made


@lru_cache(maxsize=1 << 15)
def gram_token(key: Key, column: str, gram: str) -> int:
    """:func:`token` of a gram: the same pairs of characters stand in thousands of names."""
    return token(key, column, gram)


def grams(text: str) -> tuple[str, ...]:
    """Every pair of neighbouring characters, each once, in the order met."""
    return tuple(dict.fromkeys([text[n : n + GRAM] for n in range(len(text) - GRAM + 1)]))


def tokens(key: Key, column: str, texts: Iterable[str]) -> frozenset[int]:
    """The tokens of several texts of one column."""
    return frozenset(map(maker(key, column), texts))
