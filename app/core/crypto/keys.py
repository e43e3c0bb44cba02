"""The keys: a list of ``id:base64`` from the configuration, of which the first one writes.

Each use of a key (values, files, each searched column) works with a key of its own, derived by
HKDF, so that none of them tells anything about another.
"""

import base64
import binascii
import os
import stat
import threading
import time
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask, current_app

KEY_BYTES = 32
LARGEST_ID = 255
EXTENSION = "field_keys"
_LOOK_AGAIN_SECONDS = 5.0


class KeyProblem(Exception):
    """The configured keys cannot be used; the message says why and holds no key."""


class UnknownKey(LookupError):
    """A value was written under a key that is not configured here."""


class Key:
    """One key and what is derived from it, worked out once."""

    def __init__(self, key_id: int, secret: bytes) -> None:
        self.id = key_id
        self._secret = secret
        self._derived: dict[str, bytes] = {}
        self.values = AESGCM(self.derived("values"))
        self.files = AESGCM(self.derived("files"))

    def derived(self, purpose: str) -> bytes:
        """32 bytes for one purpose, such as ``search person.kana``."""
        found = self._derived.get(purpose)
        if found is None:
            info = f"hersys {purpose}".encode()
            hkdf = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info)
            found = self._derived[purpose] = hkdf.derive(self._secret)
        return found

    def __repr__(self) -> str:
        return f"<Key {self.id}>"


class KeyRing:
    """Every key of this installation, the current one first.

    Read from a file, the keys are read again when the file has changed: a key added while the
    portal runs is known to every process within seconds, without a restart.
    """

    def __init__(self, text: str = "", path: Path | None = None) -> None:
        """Raises KeyProblem: no key, a malformed list, or a file others may read."""
        self._path = path
        self._lock = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        self._looked_at = 0.0
        self._keys: dict[int, Key] = {}
        if path is None:
            self._keys = parsed(text)
        else:
            self._read_file()

    @property
    def path(self) -> Path | None:
        """The file of the keys, or None when they stand in the configuration itself."""
        return self._path

    def current(self) -> Key:
        """The key new values are written under."""
        if self._path is not None and time.monotonic() - self._looked_at > _LOOK_AGAIN_SECONDS:
            self._read_file()
        return next(iter(self._keys.values()))

    def all(self) -> tuple[Key, ...]:
        """Every key, the current one first."""
        self.current()
        return tuple(self._keys.values())

    def key(self, key_id: int) -> Key:
        """The key with this id. Raises UnknownKey."""
        found = self._keys.get(key_id)
        if found is None and self._path is not None:
            self._read_file()
            found = self._keys.get(key_id)
        if found is None:
            raise UnknownKey(key_id)
        return found

    def _read_file(self) -> None:
        path = self._path
        if path is None:
            return
        with self._lock:
            self._looked_at = time.monotonic()
            try:
                state = path.stat()
                if (state.st_mtime_ns, state.st_size) == self._stamp:
                    return
                text = path.read_text("ascii")
            except (OSError, UnicodeDecodeError):
                raise KeyProblem("the file of the field keys cannot be read") from None
            if stat.S_IMODE(state.st_mode) & 0o077:
                raise KeyProblem("the file of the field keys may be read by others: chmod 600")
            read = parsed(text)
            # The same Key objects stay, with what was derived from them.
            self._keys = {i: _same(self._keys.get(i), key) for i, key in read.items()}
            self._stamp = (state.st_mtime_ns, state.st_size)


def _same(known: Key | None, read: Key) -> Key:
    return known if known is not None and known.derived("") == read.derived("") else read


def parsed(text: str) -> dict[int, Key]:
    """The keys of ``id:base64`` entries, separated by commas or line ends; ``#`` is a comment.

    Raises:
        KeyProblem: nothing there, an id twice or out of 1–255, or not 32 bytes.
    """
    keys: dict[int, Key] = {}
    lines = (line.partition("#")[0] for line in text.splitlines())
    for entry in filter(None, (part.strip() for line in lines for part in line.split(","))):
        number, _colon, encoded = entry.partition(":")
        try:
            key_id, secret = int(number), base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error):
            raise KeyProblem("FIELD_KEYS is a list of id:base64") from None
        if not 0 < key_id <= LARGEST_ID or key_id in keys:
            raise KeyProblem("each field key has an id of its own from 1 to 255")
        if len(secret) != KEY_BYTES:
            raise KeyProblem(f"field key {key_id} does not have {KEY_BYTES} bytes")
        keys[key_id] = Key(key_id, secret)
    if not keys:
        raise KeyProblem("FIELD_KEYS or FIELD_KEYS_FILE must name a key: see SECURITY.md")
    return keys


def new_entry(key_id: int) -> str:
    """A fresh key as it stands in the list."""
    return f"{key_id}:{base64.b64encode(os.urandom(KEY_BYTES)).decode()}"


def write_entries(path: Path, entries: str) -> None:
    """Replace the file of the keys in one step, readable by its owner only."""
    draft = _draft(path, entries)
    draft.replace(path)


def make_file(path: Path) -> None:
    """A file with one fresh key, unless there is one; of two processes one makes it."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft(path, new_entry(1) + "\n")
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _draft(path: Path, text: str) -> Path:
    draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft


def install_keys(app: Flask) -> KeyRing:
    """Read the keys of the settings. Raises KeyProblem."""
    path = app.config.get("FIELD_KEYS_FILE")
    if path and app.config.get("FIELD_KEYS_MADE"):
        make_file(Path(path))
    ring = KeyRing(app.config.get("FIELD_KEYS", ""), Path(path) if path else None)
    app.extensions[EXTENSION] = ring
    return ring


def key_ring() -> KeyRing:
    """The keys of the current application."""
    ring: KeyRing = current_app.extensions[EXTENSION]
    return ring
