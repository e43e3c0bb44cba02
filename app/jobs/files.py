"""Where the files of jobs lie: ``DATA_DIR/jobs/<unguessable token>/<attempt>/<name>``.

Each attempt has a directory of its own, so that a process thought dead can never write into
the file of the one that took its job over. A finished file is sealed with the field keys and
bound to its place; it is opened for its owner's download alone.
"""

import logging
import re
import shutil
from pathlib import Path
from typing import BinaryIO

from app.core.crypto.files import open_sealed, seal_file
from app.core.crypto.sealing import Unreadable
from app.core.crypto.stores import SealedStore

_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
_TOKEN = re.compile(r"[0-9a-f]{32}")
NAME_LIMIT = 80
SEALED = ".sealed"
STORE = SealedStore("jobs", f"*/*/[!.]*{SEALED}", "files of jobs", named_within=True).follow()
root = STORE.root
relative = STORE.place
log = logging.getLogger(__name__)


def safe_name(name: str) -> str:
    """``name`` without path separators and control characters; Japanese stays."""
    stem, dot, suffix = name.rpartition(".")
    if not dot:
        stem, suffix = name, ""
    cleaned = _UNSAFE.sub("_", stem).strip(" .")[:NAME_LIMIT] or "file"
    return f"{cleaned}.{_UNSAFE.sub('_', suffix)}" if suffix else cleaned


def attempt_directory(token: str, attempt: int) -> Path:
    """The (made) directory of one attempt of a job."""
    path = root() / _checked(token) / str(attempt)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def stored_path(kept: str) -> Path | None:
    """The file a job row names, or None when it is gone (or was never ours)."""
    base = root().resolve()
    path = (base / kept).resolve()
    return path if path.is_relative_to(base) and path.is_file() else None


def seal(path: Path) -> Path:
    """Make a finished file unreadable outside the portal; gives where it lies now."""
    sealed = path.with_name(f"{path.name}{SEALED}")
    sealed.unlink(missing_ok=True)
    seal_file(path, sealed, relative(sealed))
    return sealed


def opened(kept: str) -> BinaryIO | None:
    """The content of the file a job row names; None when it is gone or cannot be opened."""
    path = stored_path(kept)
    if path is None:
        return None
    try:
        return open_sealed(path, kept)
    except Unreadable as problem:
        log.error("the file of a job cannot be opened: %s", type(problem).__name__)
        return None


def remove(token: str, *, keep_attempt: int | None = None) -> None:
    """Remove a job's files; with ``keep_attempt`` only those of the other attempts."""
    directory = root() / _checked(token)
    if keep_attempt is None:
        shutil.rmtree(directory, ignore_errors=True)
        return
    for child in directory.iterdir() if directory.is_dir() else ():
        if child.name != str(keep_attempt):
            shutil.rmtree(child, ignore_errors=True)


def _checked(token: str) -> str:
    if not _TOKEN.fullmatch(token):
        raise ValueError("not a file token")
    return token
