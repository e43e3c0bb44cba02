"""Programs that call the API with a credential of their own instead of a session cookie.

A call that carries a credential is judged by it alone: a cookie sent along opens nothing.
"""

from collections.abc import Callable

from flask import has_request_context, request

from app.accounts.principal import Principal

API = "/api/v1/"
_reader: list[Callable[[str], Principal | None]] = []


def sign_in_programs_by(reader: Callable[[str], Principal | None]) -> None:
    """Tell who stands behind a credential (the api package does)."""
    _reader[:] = [reader]


def credential() -> str | None:
    """The bearer credential of this call; empty for one that cannot be read, None without any."""
    if not has_request_context() or not request.path.startswith(API):
        return None
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def principal_of_call(_request: object) -> Principal | None:
    """Who calls; None for strangers. Asked by flask-login, once a request."""
    token = credential()
    return _reader[0](token) if token and _reader else None
