"""The gate before every page: nobody signed in, nothing opens, except the doors listed here."""

from flask import Flask, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from app.accounts.parking import (
    address_of_parked_form,
    can_be_shown_again,
    park_current_request,
)
from app.accounts.sessions import session_user_id
from app.core.error_pages import error_response, wants_json
from app.core.redirects import came_from
from app.security.open_doors import is_open_door


def install_gate(app: Flask) -> None:
    """Close every endpoint of ``app`` to strangers. Must come before the CSRF check, so that
    a form sent after the session ended is parked, not refused."""
    app.before_request(_guard)
    app.register_error_handler(CSRFError, _broken_token)


def _guard() -> Response | None:
    if request.endpoint is None or is_open_door(request.endpoint):
        return None
    if current_user.is_authenticated:
        return _held()
    if wants_json():
        abort(401)
    if request.method in {"GET", "HEAD"}:
        return _to_login(request.full_path.rstrip("?"))
    return _to_login(_parked_address())


def _held() -> Response | None:
    """Whoever has a password that somebody else knows changes it before all else."""
    if not current_user.must_change_password or request.endpoint == "OwnAccountView.password":
        return None
    if wants_json():
        abort(403)
    return redirect(url_for("OwnAccountView.password"), 303)


def _to_login(target: str) -> Response:
    if session_user_id() is not None:
        flash(_("Your session has ended. Please sign in again."), "warning")
    if target == "/":
        return redirect(url_for("AuthView.login"), 303)
    return redirect(url_for("AuthView.login", next=target), 303)


def _broken_token(error: CSRFError) -> Response:
    """A form whose token is not of this session: shown again to its sender, else refused.

    That happens to an honest user who has logged in again in another window. A form from
    elsewhere is neither executed nor kept.
    """
    if wants_json() or not current_user.is_authenticated or not _sent_from_here():
        return error_response(400)
    if not can_be_shown_again() or park_current_request(current_user.id) is None:
        return error_response(400)
    flash(_("Your session was renewed in between. Please check the form and send it again."))
    return redirect(address_of_parked_form(), 303)


def _parked_address() -> str:
    """Park the form where that is possible; the page to go to after login."""
    user_id = session_user_id()
    if user_id is None or not _sent_from_here() or not can_be_shown_again():
        return "/"
    if park_current_request(user_id) is None:
        return request.full_path.rstrip("?")
    return address_of_parked_form()


def _sent_from_here() -> bool:
    """True when the browser says that one of our own pages sent this request."""
    sender = request.headers.get("Origin") or request.referrer
    return came_from(sender, request.host) is not None
