"""How an entry of the history is made tamper-evident. Pure: rows in, codes out.

Every value pair and the reason get a salted, keyed digest (``proof``); the entry's code
(``mac``) covers who, when, what kind, those digests, the entry's place in its record's chain and
the code of the entry before it. The values themselves are covered through their digests only,
so a pair can be erased later (its salt with it) and the chain still verifies; what was erased
is then known to be erased, and nobody can guess it from the digest.
"""

import base64
import hmac
import os
from binascii import b2a_base64
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b, sha256
from itertools import count
from operator import itemgetter
from typing import Any

from app.audit.keys import Key, Keyring
from app.core.compact_json import canonical, quoted

REASON = "@reason"
"""The reason's place among the digests; no item is called so."""

_SALT = 12
_DIGEST = 16
_FILLING = bytes(2)
"""Makes of a digest a number of bytes that base64 codes without a rest."""
_SALT_LETTERS, _STEP, _DIGEST_LETTERS = 16, 24, 22
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_who_and_what = itemgetter(
    "record_type",
    "record_id",
    "case_id",
    "person_id",
    "action",
    "user_id",
    "user_name",
    "role",
    "institution_id",
    "item_names",
    "number",
    "previous",
)


def link(row: dict[str, Any], number: int, previous: str, key: Key) -> None:
    """Give ``row`` its place in the chain of its record and its codes."""
    row["number"], row["previous"] = number, previous
    row["proof"], digests = _proof(row["changes"], row["reason"], key)
    row["mac"] = _mac(row, digests, key)


def mac_of(row: Mapping[str, Any], key: Key) -> str:
    """The code of an entry, ``<key id>:<hex>``."""
    digests = {name: proof.partition(".")[2] for name, proof in row["proof"].items()}
    return _mac(row, digests, key)


def _mac(row: Mapping[str, Any], digests: Mapping[str, str], key: Key) -> str:
    content = [_written(row["at"]), _who_and_what(row), digests]
    return signed(canonical(content).encode(), key)


@lru_cache(maxsize=16)
def _written(at: datetime) -> str:
    """An instant as it is signed; the entries of one save have one."""
    return at.astimezone(UTC).isoformat()


def signed(content: bytes, key: Key) -> str:
    """The code of any content under ``key``."""
    return f"{key.id}:{hmac.digest(key.entries, content, sha256).hex()}"


def problem_with(row: Mapping[str, Any], ring: Keyring) -> str | None:
    """What is wrong with an entry taken by itself; None: it is as it was written."""
    key = ring.named(row["mac"].partition(":")[0])
    if key is None:
        return "its code was made with a key that is not configured"
    if not hmac.compare_digest(mac_of(row, key), row["mac"]):
        return "its code does not match what it says"
    values = dict(_values(row["changes"], row["reason"]))
    if values.keys() != row["proof"].keys():
        return "items were added or taken away"
    for name, value in values.items():
        if not _matches(name, value, row["proof"][name], key):
            return f"the value of {name} was changed"
    return None


def erased_names(row: Mapping[str, Any]) -> frozenset[str]:
    """The items of an entry whose values were erased (their salts are gone)."""
    return frozenset(name for name, proof in row["proof"].items() if proof.startswith("."))


def without_salt(proof: str) -> str:
    """The digest of a value that is being erased."""
    return "." + proof.partition(".")[2]


def _values(changes: Mapping[str, Any], reason: str | None) -> Iterator[tuple[str, Any]]:
    yield from changes.items()
    yield REASON, reason


def _proof(
    changes: Mapping[str, Any], reason: str | None, key: Key
) -> tuple[dict[str, str], dict[str, str]]:
    """Name → salt and digest as they are kept, and name → digest alone, which is signed."""
    names = (*changes, REASON)
    salts = os.urandom(_SALT * len(names))
    contents = [*map(_content, changes, changes.values()), _reason_content(reason)]
    secret = key.values
    digests = [
        blake2b(content, digest_size=_DIGEST, key=secret, salt=salts[at : at + _SALT]).digest()
        for content, at in zip(contents, count(0, _SALT), strict=False)
    ]
    # Coded in one piece each: a salt fills its letters, a digest is filled up with zeros.
    coded, proofs = _coded(salts), _coded(_FILLING.join((*digests, b"")))
    texts = [proofs[at : at + _DIGEST_LETTERS] for at in range(0, len(proofs), _STEP)]
    starts = range(0, len(coded), _SALT_LETTERS)
    # An erasure names the reason among its changes as well: the last one counts.
    kept = {
        name: f"{coded[at : at + _SALT_LETTERS]}.{text}"
        for name, text, at in zip(names, texts, starts, strict=True)
    }
    return kept, dict(zip(names, texts, strict=True))


def _matches(name: str, value: Any, proof: str, key: Key) -> bool:
    salt, _, digest = proof.partition(".")
    if not salt:
        return value is None
    return hmac.compare_digest(_text(_digest(name, value, _bytes(salt), key)), digest)


def _digest(name: str, value: Any, salt: bytes, key: Key) -> bytes:
    content = _content(name, value)
    return blake2b(content, digest_size=_DIGEST, key=key.values, salt=salt).digest()


def _content(name: str, value: Any) -> bytes:
    """``canonical([name, value])``; what a new record most often says is put together here."""
    if type(value) is list and len(value) == 2 and value[0] is None:
        new = value[1]
        if type(new) is str:
            return f"[{_quoted_name(name)},[null,{quoted(new)}]]".encode()
        if type(new) is int:
            return f"[{_quoted_name(name)},[null,{new}]]".encode()
    return canonical([name, value]).encode()


@lru_cache(maxsize=64)
def _reason_content(reason: str | None) -> bytes:
    return _content(REASON, reason)


_quoted_name = lru_cache(maxsize=4096)(quoted)


def _coded(raw: bytes) -> str:
    return b2a_base64(raw, newline=False).translate(_URL_SAFE).decode()


def _text(raw: bytes) -> str:
    return _coded(raw).rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
