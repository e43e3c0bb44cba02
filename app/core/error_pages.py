"""Every error as a page (or JSON for programs): words for people, a number for the log.

No text of an exception reaches the page or the log: it may quote what somebody typed.
"""

import logging
import math
import traceback
from http import HTTPStatus

from flask import Flask, current_app, g, jsonify, make_response, render_template, request
from markupsafe import escape
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import is_busy, new_token
from app.core.error_words import Words, missing_words, words_of
from app.core.errors import DomainError, InvalidInput, NotSetUp, TooMany

log = logging.getLogger(__name__)
MAXIMUM_KEPT = 200_000
_TO_BE_TRIED_AGAIN = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
_BUSY_SECONDS = 10


def register_error_pages(app: Flask) -> None:
    """Render errors of the domain, of HTTP and unexpected ones."""
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(Exception, _unexpected)


def wants_json() -> bool:
    """True for the API and for callers that accept JSON but no page."""
    if _is_api():
        return True
    accepted = request.accept_mimetypes
    return accepted.accept_json and not accepted.accept_html


def error_response(
    status: int,
    happened: str = "",
    *,
    problems: dict[str, list[str]] | None = None,
    codes: dict[str, str] | None = None,
    number: str | None = None,
    words: Words | None = None,
) -> Response:
    """An error in the reader's language and in the form the caller reads.

    ``happened`` replaces the general sentence of the status, ``words`` all of them; ``problems``
    are sentences by item, ``codes`` the same for programs; ``number`` finds the entry in the log.
    """
    words = words or words_of(status)
    happened = happened or words.happened
    if _is_api():
        return _problem(status, words.heading, happened, problems or {}, codes or {}, number)
    if wants_json():
        known = {"message": happened, "problems": problems, "number": number}
        body = {name: value for name, value in known.items() if value}
        return make_response(jsonify(body), status)
    if isinstance(request.routing_exception, SecurityError):
        # Refused for its host before routing: a page would have no addresses to link to.
        return make_response(f"{status} {escape(words.heading)}\n", status)
    # The page of an error asks the database nothing: it may be the database that failed.
    g.failed = True
    sentences = [happened, *(text for found in (problems or {}).values() for text in found)]
    html = render_template(
        "errors/error.html",
        status=status,
        heading=words.heading,
        happened=" ".join(sentences),
        remedy=words.remedy,
        number=number,
        kept=_kept() if status in _TO_BE_TRIED_AGAIN else (),
    )
    return make_response(html, status)


def _is_api() -> bool:
    return request.path == "/api" or request.path.startswith("/api/")


def _problem(
    status: int,
    title: str,
    detail: str,
    problems: dict[str, list[str]],
    codes: dict[str, str],
    number: str | None,
) -> Response:
    """An error as ``application/problem+json`` (RFC 9457), item by item."""
    errors = [
        {"field": name, "code": codes.get(name, "invalid"), "message": text}
        for name, found in problems.items()
        for text in found
    ]
    known = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "code": _CODES.get(status, "error"),
        "detail": detail,
    }
    optional = {"errors": errors, "number": number}
    body = known | {name: value for name, value in optional.items() if value}
    response = make_response(jsonify(body), status)
    response.mimetype = "application/problem+json"
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


_CODES = {
    400: "bad_request",
    401: "not_signed_in",
    403: "not_permitted",
    404: "not_found",
    405: "not_possible",
    409: "conflict",
    412: "changed_meanwhile",
    413: "too_large",
    415: "not_json",
    422: "invalid",
    428: "version_required",
    429: "too_many_requests",
    503: "busy",
}


def _domain_error(error: DomainError) -> Response:
    problems, codes = None, None
    if isinstance(error, InvalidInput):
        problems = {name: [str(p) for p in found] for name, found in error.problems.items()}
        codes = error.codes
    elif error.field is not None and _is_api():
        problems = {error.field: [str(error.message)]}
    said = str(error.message)
    words = missing_words() if isinstance(error, NotSetUp) else None
    response = error_response(error.status, said, problems=problems, codes=codes, words=words)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(retry_after(error))
    return response


def retry_after(error: TooMany) -> int:
    """The whole seconds until it may be tried again, as the header says them."""
    return max(1, math.ceil((error.retry_at - clock.now()).total_seconds()))


def _kept() -> list[tuple[str, str]]:
    """What was sent with a form that came too early, to be sent again by its sender alone."""
    if request.method != "POST" or request.files:
        return []
    pairs = [(n, v) for n, v in request.form.items(multi=True) if "password" not in n]
    return pairs if sum(len(n) + len(v) for n, v in pairs) <= MAXIMUM_KEPT else []


def _http_error(error: HTTPException) -> Response:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return Response.force_type(error.get_response(request.environ), request.environ)
    response = error_response(error.code)
    for name, value in error.get_headers(request.environ):
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response


def _database_error(error: OperationalError) -> Response:
    if not is_busy(error):
        return _unexpected(error)
    log.warning("%s: the database was busy for too long", request.endpoint)
    response = error_response(HTTPStatus.SERVICE_UNAVAILABLE)
    response.headers["Retry-After"] = str(_BUSY_SECONDS)
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
