"""Addresses that stay the same while the portal runs: built once, not with every page.

Those of style sheets, scripts and drawings carry a version, so that browsers may keep them.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request, url_for

_KNOWN = "portal_fixed_addresses"


def version_static_files(app: Flask) -> None:
    """Add ``v=<hash of the content>`` to every address of a static file; ``static_url(name)``
    gives it to templates.
    """
    folder = Path(app.static_folder or "")

    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint != "static":
            return
        path = folder / str(values.get("filename", ""))
        if path.is_file():
            values["v"] = _version(path, path.stat().st_mtime_ns)

    app.url_defaults(add_version)
    app.extensions[_KNOWN] = {}
    app.jinja_env.globals["static_url"] = lambda name: fixed_url("static", filename=name)


def fixed_url(endpoint: str, *, filename: str | None = None) -> str:
    """The address of an endpoint without a record, or of a static file.

    A page names more than a hundred of them; they differ only by where the portal is mounted.
    While templates are being worked on (debug) nothing is remembered.
    """
    known: dict[tuple[str, str, str | None], str] = current_app.extensions[_KNOWN]
    key = (request.script_root, endpoint, filename)
    if key not in known or current_app.debug:
        values: dict[str, Any] = {"filename": filename} if filename else {}
        known[key] = url_for(endpoint, **values)
    return known[key]


@cache
def _version(path: Path, changed_at: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
