"""How much a request may bring: open doors next to nothing, pages a form, a few doors a file.

The proxy and the server refuse what is over ``MAX_CONTENT_LENGTH`` for all; this is the limit of
each address, checked before anything of the body is read.
"""

from flask import Flask, current_app, request

KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE
LITTLE = 64 * KILOBYTE
"""A name, a password or a code: what doors take that stand open to everybody."""
FORMS = 4 * MEGABYTE
"""The longest form: a notification with every remark written out, or a pasted list of staff."""
PROGRAMS = MEGABYTE

_files: dict[str, int] = {}
_long: dict[str, int] = {}
_little: set[str] = set()


def accept_files(endpoint: str, most: int) -> None:
    """Let a door take a file, up to ``most`` bytes with the form around it."""
    _files[endpoint] = most


def accept_long_text(endpoint: str, most: int) -> None:
    """Let a door take more text than a form has, to say in its own words that it is too much."""
    _long[endpoint] = most


def accept_little(endpoint: str) -> None:
    """Let a door that stands open to everybody take a few words only."""
    _little.add(endpoint)


def takes_files(endpoint: str | None) -> bool:
    """True for a door that takes a file."""
    return endpoint in _files


def file_doors() -> dict[str, int]:
    """Endpoint → bytes, for the tests."""
    return dict(_files)


def install_body_limits(app: Flask) -> None:
    """Set the limit of each request. Must come before whatever reads a body."""
    app.before_request(_set_limit)


def _set_limit() -> None:
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    most = min(_limit(), int(current_app.config["MAX_CONTENT_LENGTH"]))
    request.max_content_length = most


def _limit() -> int:
    endpoint = request.endpoint or ""
    if endpoint in _little:
        return LITTLE
    if request.path.startswith("/api/"):
        return PROGRAMS
    return _files.get(endpoint) or _long.get(endpoint, FORMS)
