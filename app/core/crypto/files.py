"""Files under lock: ``HSF1 | key id (1) | salt (16) | chunks``, each chunk AES-256-GCM.

The STREAM construction: every file has a key of its own (HKDF over the salt), every chunk the
number of its place in its nonce and a mark on the last one, so that chunks can be neither
moved, repeated nor left out. Constant memory both ways.
"""

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.core.crypto.keys import Key, UnknownKey, key_ring
from app.core.crypto.sealing import Unreadable

MAGIC = b"HSF1"
SALT_BYTES = 16
CHUNK = 64 * 1024
TAG = 16
_HEAD = len(MAGIC) + 1 + SALT_BYTES


def seal_file(path: Path, sealed: Path, place: str) -> None:
    """Write ``path`` to ``sealed`` unreadable and bound to ``place``; the plain one is removed."""
    with path.open("rb") as plain:
        _seal(plain, sealed, place)
    path.unlink()


def seal_bytes(content: bytes, sealed: Path, place: str) -> None:
    """Write ``content`` unreadable and bound to ``place``; it never lies open on the disk."""
    _seal(io.BytesIO(content), sealed, place)


def seal_stream(content: IO[bytes], sealed: Path, place: str) -> None:
    """Write what ``content`` still holds unreadable and bound to ``place``, in constant memory."""
    _seal(content, sealed, place)


def reseal_file(sealed: Path, place: str) -> None:
    """Bring a sealed file under the current key, in one step. Raises Unreadable."""
    renewed = sealed.with_name(f".{sealed.name}.new")
    renewed.unlink(missing_ok=True)
    with open_sealed(sealed, place) as plain:
        _seal(plain, renewed, place)
    renewed.replace(sealed)


def _seal(plain: io.BufferedIOBase | IO[bytes], sealed: Path, place: str) -> None:
    key, salt = key_ring().current(), os.urandom(SALT_BYTES)
    cipher, bound = _cipher(key, salt), place.encode()
    with sealed.open("xb") as out:
        out.write(MAGIC + bytes((key.id,)) + salt)
        number, chunk = 0, plain.read(CHUNK)
        while True:
            following = plain.read(CHUNK)
            out.write(cipher.encrypt(_nonce(number, last=not following), chunk, bound))
            if not following:
                break
            number, chunk = number + 1, following
        out.flush()
        os.fsync(out.fileno())


def open_sealed(sealed: Path, place: str) -> io.BufferedReader:
    """The plain content as a stream, checked to its last byte before the first is given out.

    Raises:
        Unreadable: another key or place, or not every byte is as it was written.
    """
    _stream, chunks = _begun(sealed, place)
    for _chunk in chunks:
        pass
    return io.BufferedReader(_Plain(*_begun(sealed, place)), CHUNK)


def key_id_of_file(sealed: Path) -> int:
    """The id of the key a file was written under; 0 when it is no sealed file."""
    with sealed.open("rb") as stream:
        head = stream.read(_HEAD)
    return head[len(MAGIC)] if head.startswith(MAGIC) and len(head) == _HEAD else 0


class _Plain(io.RawIOBase):
    """A readable stream over chunks."""

    def __init__(self, stream: BinaryIO, chunks: Iterator[bytes]) -> None:
        self._stream = stream
        self._chunks = chunks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        """Close the file too, also when nothing of it was asked for."""
        self._stream.close()
        super().close()

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        if not self._rest:
            self._rest = memoryview(next(self._chunks, b""))
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


def _begun(sealed: Path, place: str) -> tuple[BinaryIO, Iterator[bytes]]:
    stream = sealed.open("rb")
    head = stream.read(_HEAD)
    try:
        if not head.startswith(MAGIC) or len(head) < _HEAD:
            raise ValueError
        cipher = _cipher(key_ring().key(head[len(MAGIC)]), head[-SALT_BYTES:])
    except (ValueError, UnknownKey):
        stream.close()
        raise Unreadable(place) from None
    # From here on no application is needed: the content is sent after the request's context.
    return stream, _opened(stream, cipher, place)


def _opened(stream: BinaryIO, cipher: AESGCM, place: str) -> Iterator[bytes]:
    with stream:
        number, chunk = 0, stream.read(CHUNK + TAG)
        while True:
            following = stream.read(CHUNK + TAG)
            try:
                nonce = _nonce(number, last=not following)
                yield cipher.decrypt(nonce, chunk, place.encode())
            except (InvalidTag, ValueError):
                raise Unreadable(place) from None
            if not following:
                return
            number, chunk = number + 1, following


def _cipher(key: Key, salt: bytes) -> AESGCM:
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"hersys file")
    return AESGCM(hkdf.derive(key.derived("files")))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")
