"""One line in the log for every request that was refused: when, what, by whom, from where.

Endpoints and numbers only: nothing that was typed, no address of a page, no name.
"""

import logging

from flask import Flask, g, request
from werkzeug.wrappers import Response

from app.accounts.browser import this_browser
from app.security.open_doors import open_doors

log = logging.getLogger(__name__)

SUSPICIOUS = frozenset({400, 401, 403, 405, 413, 415, 429})
"""Not met by somebody who uses the pages as they are; an operator's alert listens for these."""
EVERYDAY = frozenset({404, 409, 412, 422, 428})
"""What people run into at work, and what guessing looks like when there is much of it."""


def install_security_log(app: Flask) -> None:
    """Log what ``app`` refuses. Must be asked after the answer has its final status."""
    app.after_request(_log_refusal)


def _log_refusal(response: Response) -> Response:
    status = response.status_code
    if status in SUSPICIOUS or status in EVERYDAY or _led_to_login(response):
        level = logging.WARNING if status in SUSPICIOUS else logging.INFO
        log.log(level, "refused %s %s %s %s", status, _method(), _door(), _who())
    return response


def _led_to_login(response: Response) -> bool:
    target = response.headers.get("Location", "")
    return target.startswith("/login/") and request.endpoint not in open_doors()


def _method() -> str:
    """The method; anybody may send any word as one."""
    known = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
    return request.method if request.method in known else "OTHER"


def _door() -> str:
    """The endpoint with the key of its record; other parts of an address may be anything."""
    if request.endpoint is None:
        return "-"
    keys = {n: str(v) for n, v in (request.view_args or {}).items()}
    shown = [f"{n}={v}" for n, v in keys.items() if v.isascii() and v.isdigit() and len(v) < 11]
    return " ".join([request.endpoint, *shown])


def _who() -> str:
    """Who was found signed in while the request was answered; nobody is looked up for this."""
    user = g.get("_login_user")
    actor = getattr(user, "actor", None)
    key, institution = (actor.user_id, actor.institution_id) if actor is not None else ("-", "-")
    return f"user={key} institution={institution} network={this_browser().network or '-'}"
