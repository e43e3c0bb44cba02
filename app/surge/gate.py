"""The gate of the worst days: what may wait is answered at once with an honest page."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, make_response, request
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core.error_pages import error_response, wants_json
from app.core.labels import Label

RETRY_SECONDS = 300
_MARK = "may_wait_in_surge"
_View = TypeVar("_View", bound=Callable[..., Any])


def may_wait(view: _View) -> _View:
    """Mark a page whose reader can come back later: figures, graphs, files.

    What is not marked goes on. Notifying, acceptance and finding a case never carry the mark.
    """
    setattr(view, _MARK, True)
    return view


def can_wait(app: Flask, endpoint: str | None) -> bool:
    """True for endpoints whose view carries the mark."""
    return bool(getattr(app.view_functions.get(endpoint or ""), _MARK, False))


def install_surge(app: Flask) -> None:
    """Answer pages that may wait before anything else is done for them, also before login."""
    app.extensions["surge"] = None
    app.before_request(_answer_at_once)
    app.context_processor(lambda: {"notifications_first": reason_in_force})


def reason_in_force() -> Label | None:
    """Why notifications come first right now; None in normal service."""
    reason: Label | None = current_app.extensions["surge"]
    return reason


def put_in_force(app: Flask, reason: Label | None) -> None:
    """What the watch found: takes effect with the next request of this process."""
    app.extensions["surge"] = reason


def _answer_at_once() -> Response | None:
    reason = reason_in_force()
    if reason is None or not can_wait(current_app, request.endpoint):
        return None
    if wants_json():
        response = error_response(503, str(reason))
    else:
        # Past the context processors: they would read the signed-in user from the database.
        page = current_app.jinja_env.get_template("surge/later.html")
        html = page.render(
            title=_("Please come back later"), reason=reason, language=get_locale().language
        )
        response = make_response(html, 503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response
