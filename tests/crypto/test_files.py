"""A sealed file opens as it was, at its place, or not at all."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.core.crypto.files import (
    CHUNK,
    TAG,
    key_id_of_file,
    open_sealed,
    reseal_file,
    seal_file,
)
from app.core.crypto.keys import EXTENSION, KeyRing, new_entry
from app.core.crypto.sealing import Unreadable

ONE = new_entry(1)
HEAD = 21


@pytest.fixture(autouse=True)
def context() -> Iterator[Flask]:
    app = Flask("keys")
    app.extensions[EXTENSION] = KeyRing(ONE)
    with app.app_context():
        yield app


def sealed(directory: Path, content: bytes) -> Path:
    plain, path = directory / "plain", directory / "a.sealed"
    plain.write_bytes(content)
    seal_file(plain, path, "job/1/a")
    assert not plain.exists()
    return path


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_every_size_comes_back_as_it_was(tmp_path: Path, size: int) -> None:
    content = bytes(n % 251 for n in range(size))
    path = sealed(tmp_path, content)
    with open_sealed(path, "job/1/a") as stream:
        assert stream.read() == content
    chunks = max(1, -(-size // CHUNK))
    assert path.stat().st_size == HEAD + size + chunks * TAG


def test_nothing_of_the_content_stands_in_the_file(tmp_path: Path) -> None:
    assert "山田".encode() not in sealed(tmp_path, "山田 花子".encode() * 9_000).read_bytes()


def test_a_file_that_was_touched_gives_out_no_byte(tmp_path: Path) -> None:
    path = sealed(tmp_path, b"a" * CHUNK + b"b" * CHUNK + b"c")
    good = path.read_bytes()
    first, second = (
        good[HEAD : HEAD + CHUNK + TAG],
        good[HEAD + CHUNK + TAG : HEAD + 2 * (CHUNK + TAG)],
    )
    third = good[HEAD + 2 * (CHUNK + TAG) :]
    head = good[:HEAD]
    for forged in (
        good[:-1],
        good + b"x",
        head + first + second,
        head + first,
        head + second + first + third,
        head + first + third,
        head + first + first + third,
        head,
        b"",
        b"PK\x03\x04" + good[4:],
        good[:5] + b"\0" * 16 + good[HEAD:],
        good[:-1] + bytes((good[-1] ^ 1,)),
    ):
        path.write_bytes(forged)
        with pytest.raises(Unreadable):
            open_sealed(path, "job/1/a")
    path.write_bytes(good)
    with pytest.raises(Unreadable):
        open_sealed(path, "job/2/a")


def test_a_file_is_brought_under_another_key(tmp_path: Path, context: Flask) -> None:
    path = sealed(tmp_path, b"content")
    context.extensions[EXTENSION] = KeyRing(f"{new_entry(2)},{ONE}")
    assert key_id_of_file(path) == 1
    reseal_file(path, "job/1/a")
    assert key_id_of_file(path) == 2
    with open_sealed(path, "job/1/a") as stream:
        assert stream.read() == b"content"
    assert [p.name for p in tmp_path.iterdir()] == ["a.sealed"]
    context.extensions[EXTENSION] = KeyRing(ONE)
    with pytest.raises(Unreadable):
        open_sealed(path, "job/1/a")
