"""Headers of every answer: what the browser may load, frame, keep and tell others."""

from flask import Flask, current_app, request
from werkzeug.wrappers import Response

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TWO_YEARS = "max-age=63072000; includeSubDomains"
# A file whose address carries a version never changes under it.
VERSIONED = "public, max-age=31536000, immutable"
UNVERSIONED = "public, max-age=3600"

_public: dict[str, int] = {}


def open_to_caches(endpoint: str, seconds: int) -> None:
    """Let everybody keep and embed the answers of a public endpoint, for so many seconds.

    Only for pages and files that are the same for everybody and hold nothing about anybody.
    """
    _public[endpoint] = seconds


def is_public(endpoint: str | None) -> bool:
    """True where caches may keep answers."""
    return endpoint in _public


def install_headers(app: Flask) -> None:
    """Put the headers on every answer of ``app``, errors included."""
    app.after_request(_add_headers)


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers[name] = value
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = TWO_YEARS
    response.headers["Cache-Control"] = _caching(response)
    if _is_given_out(response):
        # Other sites show these numbers: their pages may fetch them.
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    elif response.mimetype in {"application/json", "application/problem+json"}:
        # Opened by itself it is a file under a name of ours, never a page (reflected download).
        response.headers["Content-Disposition"] = 'attachment; filename="api.json"'
    return response


def _is_given_out(response: Response) -> bool:
    return is_public(request.endpoint) and response.status_code in {200, 304}


def _caching(response: Response) -> str:
    """Only our own style sheets and scripts are kept, and what is published; every other page
    may have people on it."""
    if _is_given_out(response):
        return f"public, max-age={_public[request.endpoint or '']}, stale-if-error=86400"
    if request.endpoint != "static" or response.status_code not in {200, 206, 304}:
        return "no-store"
    return VERSIONED if "v" in request.args else UNVERSIONED
