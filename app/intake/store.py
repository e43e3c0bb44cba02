"""Where pages of scans lie: ``DATA_DIR/intake/<unguessable token>/<number>.png.sealed``.

Sealed with the field keys and bound to their place, as the files of jobs are.
"""

import logging
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from app.core.crypto.files import open_sealed, seal_bytes
from app.core.crypto.sealing import Unreadable
from app.core.crypto.stores import SealedStore

_TOKEN = re.compile(r"[0-9a-f]{32}")
_ENDING = ".png.sealed"
STORE = SealedStore("intake", f"*/[!.]*{_ENDING}", "pages of scans").follow()
root = STORE.root
log = logging.getLogger(__name__)


def keep(token: str, pages: Sequence[bytes]) -> None:
    """Seal the pages of a new scan."""
    directory = root() / _checked(token)
    directory.mkdir(mode=0o700)
    for number, page in enumerate(pages, start=1):
        seal_bytes(page, _path(token, number), STORE.place(_path(token, number)))


def page(token: str, number: int) -> bytes | None:
    """A page as PNG; None when it is gone or cannot be opened."""
    path = _path(token, number)
    try:
        with open_sealed(path, STORE.place(path)) as plain:
            return plain.read()
    except FileNotFoundError:
        return None
    except Unreadable as problem:
        log.error("a page of a scan cannot be opened: %s", type(problem).__name__)
        return None


def remove(token: str) -> None:
    """Remove every page of a scan."""
    shutil.rmtree(root() / _checked(token), ignore_errors=True)


def _path(token: str, number: int) -> Path:
    return root() / _checked(token) / f"{number}{_ENDING}"


def _checked(token: str) -> str:
    if not _TOKEN.fullmatch(token):
        raise ValueError("not a token of a scan")
    return token
