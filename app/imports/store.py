"""Where imported files lie: ``DATA_DIR/imports/<unguessable token>/file.sealed``.

Sealed with the field keys and bound to their place. To be read a file is unsealed into an unnamed
one, which is gone with the process that reads it, however that ends.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

from app.core.crypto.files import open_sealed, seal_stream
from app.core.crypto.stores import SealedStore
from app.core.db import new_token

_FILE = "file.sealed"
_PIECE = 1 << 20
STORE = SealedStore("imports", f"*/{_FILE}", "imported files").follow()
root = STORE.root


def keep(content: IO[bytes]) -> str:
    """Seal a file piece by piece; gives the token under which it lies."""
    token = new_token()
    (root() / token).mkdir(mode=0o700)
    seal_stream(content, _path(token), STORE.place(_path(token)))
    return token


@contextmanager
def opened(token: str) -> Iterator[Path]:
    """A path at which the plain content can be read inside the block. Raises Unreadable."""
    with tempfile.TemporaryFile(dir=root()) as unnamed, ExitStack() as stack:
        plain: Any = unnamed
        path = Path(f"/proc/self/fd/{unnamed.fileno()}")
        if not path.exists():  # A system without such paths: a name until the block ends.
            plain = stack.enter_context(tempfile.NamedTemporaryFile(dir=root(), prefix="."))
            path = Path(plain.name)
        with open_sealed(_path(token), STORE.place(_path(token))) as sealed:
            shutil.copyfileobj(sealed, plain, _PIECE)
        plain.flush()
        yield path


def remove(token: str) -> None:
    """Remove a file."""
    shutil.rmtree(root() / token, ignore_errors=True)


def _path(token: str) -> Path:
    return root() / token / _FILE
