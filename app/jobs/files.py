"""Where the files of jobs lie: ``DATA_DIR/jobs/<unguessable token>/<attempt>/<name>``.

Each attempt has a directory of its own, so that a process thought dead can never write into
the file of the one that took its job over.
"""

import re
import shutil
from pathlib import Path

from flask import current_app

_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
_TOKEN = re.compile(r"[0-9a-f]{32}")
NAME_LIMIT = 80


def safe_name(name: str) -> str:
    """``name`` without path separators and control characters; Japanese stays."""
    stem, dot, suffix = name.rpartition(".")
    if not dot:
        stem, suffix = name, ""
    cleaned = _UNSAFE.sub("_", stem).strip(" .")[:NAME_LIMIT] or "file"
    return f"{cleaned}.{_UNSAFE.sub('_', suffix)}" if suffix else cleaned


def root() -> Path:
    """The directory of all job files, readable by the portal's own user only."""
    path = Path(current_app.config["DATA_DIR"]) / "jobs"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def attempt_directory(token: str, attempt: int) -> Path:
    """The (made) directory of one attempt of a job."""
    path = root() / _checked(token) / str(attempt)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def relative(path: Path) -> str:
    """``path`` as kept in the job row. Raises ValueError when it lies outside of ``root()``."""
    return path.resolve().relative_to(root().resolve()).as_posix()


def stored_path(kept: str) -> Path | None:
    """The file a job row names, or None when it is gone (or was never ours)."""
    base = root().resolve()
    path = (base / kept).resolve()
    return path if path.is_relative_to(base) and path.is_file() else None


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
