"""The page behind an activation letter: sign-in name and code, then the first password."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts import activation
from app.accounts.activation import Opened
from app.accounts.forms import ActivationForm, NewPasswordForm
from app.accounts.guessing import ACTIVATION, Tries
from app.accounts.passwords import PASSWORD_MINIMUM
from app.accounts.sessions import end_session
from app.accounts.views import Page, await_second_step, too_early
from app.core import clock
from app.core.errors import InvalidInput, InvalidState, TooMany

_OPENED = "activation"


class ActivationView(BaseView):
    """For people who hold a letter and no password yet."""

    route_base = "/activate"
    class_permission_name = "login"
    default_view = "begin"

    @expose("", methods=["GET", "POST"])
    def begin(self) -> Page:
        """Sign-in name and code. A QR code carries both behind ``#``, which no browser sends:
        the page fills them in, so that they reach the server by POST alone."""
        form = ActivationForm()
        if not form.validate_on_submit():
            return _page("accounts/activate.html", form)
        tries = Tries(((ACTIVATION, request.remote_addr or ""),))
        try:
            tries.refuse_if_spent()
        except TooMany as error:
            return too_early("accounts/activate.html", form, error)
        opened = activation.begin_activation(form.username.data or "", form.code.data or "")
        if opened is None:
            tries.failed()
            form.form_errors = [_refusal()]
            return _page("accounts/activate.html", form)
        end_session()
        session[_OPENED] = {
            "user_id": opened.user_id,
            "fingerprint": opened.fingerprint,
            "at": int(clock.now().timestamp()),
        }
        return redirect(url_for(".password"), 303)

    @expose("/password", methods=["GET", "POST"])
    def password(self) -> Page:
        """The first password; the authenticator is set up next."""
        opened = _opened()
        username = activation.name_of(opened) if opened else None
        if opened is None or username is None:
            return _start_again()
        form = NewPasswordForm()
        page = {"username": username, "minimum": PASSWORD_MINIMUM}
        if not form.validate_on_submit():
            return _page("accounts/new_password.html", form, **page)
        try:
            first = activation.finish_activation(opened, form.password.data or "")
        except InvalidInput as error:
            form.password.errors = [str(p) for p in error.problems["password"]]
            return _page("accounts/new_password.html", form, **page)
        except InvalidState as error:
            flash(str(error.message), "warning")
            return _start_again()
        session.pop(_OPENED, None)
        await_second_step(first, "/")
        return redirect(url_for("AuthView.enrol"), 303)


def _page(template: str, form: Any, **context: Any) -> Page:
    html = render_template(template, form=form, **context)
    return (html, 422) if form.errors else html


def _opened() -> Opened | None:
    kept = session.get(_OPENED)
    if not kept:
        return None
    age = int(clock.now().timestamp()) - kept["at"]
    if not 0 <= age < current_app.config["ACTIVATION_STEP_MINUTES"] * 60:
        session.pop(_OPENED, None)
        return None
    return Opened(kept["user_id"], kept["fingerprint"])


def _start_again() -> Response:
    session.pop(_OPENED, None)
    flash(_("Please begin with the user name and the activation code."), "info")
    return redirect(url_for(".begin"), 303)


def _refusal() -> str:
    sentence: str = _(
        "The user name or the code is not correct, or the code has expired, was used or was "
        "replaced. After %(tries)s failed tries an account stays locked for %(minutes)s minutes. "
        "Your ID administrator can issue a new code.",
        tries=current_app.config["LOGIN_FAILED_TRIES"],
        minutes=current_app.config["LOGIN_LOCK_MINUTES"],
    )
    return sentence
