"""Where tables lie: ``DATA_DIR/tables/<unguessable token>.sealed``, as the files of jobs do.

To be read they are opened into a directory of their own, which is gone when the reading is over.
"""

import logging
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from app.core.crypto.files import open_sealed, seal_file
from app.core.crypto.sealing import Unreadable
from app.core.crypto.stores import SealedStore

_TOKEN = re.compile(r"[0-9a-f]{32}")
_ENDING = ".sealed"
_OPEN = "open-"
_CHUNK = 1 << 20
STORE = SealedStore("tables", f"[!.]*{_ENDING}", "tables from outside").follow()
root = STORE.root
log = logging.getLogger(__name__)


class Gone(Exception):
    """The file is no longer kept, or cannot be opened."""


@contextmanager
def received(stream: IO[bytes], most: int) -> Iterator[Path | None]:
    """A stream as a plain file for the time of the block; None when it is over ``most`` bytes."""
    with TemporaryDirectory(prefix=_OPEN, dir=root()) as directory:
        path, size = Path(directory) / "table", 0
        with path.open("wb") as file:
            while (chunk := stream.read(_CHUNK)) and size <= most:
                size += len(chunk)
                file.write(chunk)
        yield path if size <= most else None


def keep(path: Path, token: str) -> None:
    """Seal a plain file under its token; the plain one is gone afterwards."""
    sealed = _path(token)
    seal_file(path, sealed, STORE.place(sealed))


@contextmanager
def opened(token: str) -> Iterator[Path]:
    """The plain file for the time of the block.

    Raises:
        Gone: it is no longer kept, or cannot be opened.
    """
    sealed = _path(token)
    with TemporaryDirectory(prefix=_OPEN, dir=root()) as directory:
        path = Path(directory) / "table"
        try:
            with open_sealed(sealed, STORE.place(sealed)) as plain, path.open("wb") as file:
                shutil.copyfileobj(plain, file, _CHUNK)
        except FileNotFoundError:
            raise Gone from None
        except Unreadable as problem:
            log.error("a table cannot be opened: %s", type(problem).__name__)
            raise Gone from None
        yield path


def remove(token: str) -> None:
    """Remove a table."""
    _path(token).unlink(missing_ok=True)


def remove_left_open(before: float) -> int:
    """Remove what a stopped process left open before an instant (seconds); how many."""
    left = [one for one in root().glob(f"{_OPEN}*") if one.stat().st_mtime < before]
    for directory in left:
        shutil.rmtree(directory, ignore_errors=True)
    return len(left)


def _path(token: str) -> Path:
    if not _TOKEN.fullmatch(token):
        raise ValueError("not a token of a table")
    return root() / f"{token}{_ENDING}"
