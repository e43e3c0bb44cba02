"""Addresses of style sheets and scripts carry a version, so that browsers may keep them."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask


def version_static_files(app: Flask) -> None:
    """Add ``v=<hash of the content>`` to every address of a static file."""
    folder = Path(app.static_folder or "")

    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        path = folder / str(values.get("filename", ""))
        if endpoint == "static" and path.is_file():
            values["v"] = _version(path, path.stat().st_mtime_ns)

    app.url_defaults(add_version)


@cache
def _version(path: Path, changed_at: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
