"""Every error as a page (or JSON for programs): words for people, a number for the log.

No text of an exception reaches the page or the log: it may quote what somebody typed.
"""

import logging
import traceback
from http import HTTPStatus
from typing import Any

from flask import Flask, current_app, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from markupsafe import escape
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from app.core.db import new_token
from app.core.errors import DomainError, InvalidInput

log = logging.getLogger(__name__)


def register_error_pages(app: Flask) -> None:
    """Render errors of the domain, of HTTP and unexpected ones."""
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def wants_json() -> bool:
    """True for the API and for callers that accept JSON but no page."""
    if request.path == "/api" or request.path.startswith("/api/"):
        return True
    accepted = request.accept_mimetypes
    return accepted.accept_json and not accepted.accept_html


def error_response(
    status: int,
    message: str = "",
    *,
    problems: dict[str, list[str]] | None = None,
    number: str | None = None,
) -> Response:
    """An error in the reader's language and in the form the caller reads.

    ``problems`` are sentences by item; ``number`` finds the entry in the log.
    """
    title, sentence = _words(status)
    message = message or sentence
    if wants_json():
        body: dict[str, Any] = {"message": message}
        if problems:
            body["problems"] = problems
        if number:
            body["number"] = number
        return make_response(jsonify(body), status)
    html = _page(
        status=status, title=title, message=message, problems=problems or {}, number=number
    )
    return make_response(html, status)


def _page(**context: Any) -> str:
    if isinstance(request.routing_exception, SecurityError):
        # Refused for its host before routing: a page would have no addresses to link to.
        return f"{context['status']} {escape(context['title'])}\n"
    return render_template("errors/error.html", **context)


def _domain_error(error: DomainError) -> Response:
    problems = None
    if isinstance(error, InvalidInput):
        problems = {name: [str(p) for p in found] for name, found in error.problems.items()}
    return error_response(error.status, str(error.message), problems=problems)


def _http_error(error: HTTPException) -> Response:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return Response.force_type(error.get_response(request.environ), request.environ)
    response = error_response(error.code)
    for name, value in error.get_headers(request.environ):
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    if current_app.debug or current_app.config["PROPAGATE_EXCEPTIONS"]:
        raise error
    number = new_token()[:8]
    _log(error, number)
    return error_response(500, number=number)


def _log(error: Exception, number: str) -> None:
    """Type and places of an error and of its causes: no text, no parameters, no address."""
    cause: BaseException | None = error
    while cause is not None:
        places = " < ".join(
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in reversed(traceback.extract_tb(cause.__traceback__))
        )
        kind = f"{type(cause).__module__}.{type(cause).__qualname__}"
        log.error("error %s in %s: %s at %s", number, request.endpoint, kind, places)
        cause = cause.__cause__


def _words(status: int) -> tuple[str, str]:
    """Title and sentence for a status."""
    known = {
        400: (_("Request not understood"), _("Please go back, reload the page and try again.")),
        401: (_("Please log in"), _("You are not logged in, or your session has ended.")),
        403: (_("Not permitted"), _("Your role does not permit this.")),
        404: (
            _("Not found"),
            _("There is no such page, or it is outside what your institution may see."),
        ),
        405: (_("Not possible"), _("This page cannot be used in this way.")),
        409: (_("Changed in the meantime"), _("The record is no longer in the expected state.")),
        413: (_("Too large"), _("What was sent is larger than permitted.")),
        422: (_("Please check your input"), _("Some values cannot be accepted.")),
        429: (_("Too many requests"), _("Please wait a little and try again.")),
    }
    if status in known:
        return known[status]
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return known[400]
    return (
        _("Something went wrong"),
        _("Nothing was saved. If it happens again, please report the number below."),
    )
