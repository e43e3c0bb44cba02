"""Public pages know nobody: no cookie is read or set, the language stands in the address."""

from flask import Flask, Request, Response
from flask import request as current_request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

PREFIX = "/open/"
LANGUAGES = ("ja", "en")


class _Sessions(SecureCookieSessionInterface):
    """The portal's sessions, except under ``/open/``."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Under ``/open/`` a session of nobody, in the language of the address."""
        if not is_open_page(request.path):
            return super().open_session(app, request)
        return SecureCookieSession({"locale": _language_of(request.path)})

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Under ``/open/`` nothing is kept, and answers do not vary by cookie."""
        if not is_open_page(current_request.path):
            super().save_session(app, session, response)


def install_open_pages(app: Flask) -> None:
    """Keep cookies away from the public pages of ``app``."""
    app.session_interface = _Sessions()


def is_open_page(path: str) -> bool:
    """True for the public pages."""
    return path.startswith(PREFIX) or path == PREFIX.rstrip("/")


def _language_of(path: str) -> str:
    asked = path.removeprefix(PREFIX).split("/", 1)[0]
    return asked if asked in LANGUAGES else LANGUAGES[0]
