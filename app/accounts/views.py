"""The login pages: password, one-time password, enrolment, recovery, logout."""

from typing import Any

import pyotp
import segno
from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.accounts import login
from app.accounts.forms import LoginForm, OneTimePasswordForm, RecoveryForm
from app.accounts.login import FirstStep
from app.accounts.principal import Principal
from app.accounts.sessions import end_session, start_session
from app.core import clock
from app.core.redirects import local_target

Page = Response | str | tuple[str, int]
_PENDING = "mfa"


class AuthView(BaseView):
    """Everything a person who is not signed in may do."""

    route_base = ""
    class_permission_name = "login"
    default_view = "login"

    @expose("/login/", methods=["GET", "POST"])
    def login(self) -> Page:
        """First step; a right password opens nothing but the second step."""
        target = local_target(request.args.get("next"))
        if current_user.is_authenticated:
            return redirect(target, 303)
        form = LoginForm()
        if not form.validate_on_submit():
            return _page("accounts/login.html", form)
        try:
            first = login.begin_login(form.username.data or "", form.password.data or "")
        except login.ShutOut:
            return _page("accounts/login.html", form, refused=_shut_out())
        if first is None:
            return _page("accounts/login.html", form, refused=_refusal())
        session[_PENDING] = {
            "user_id": first.user_id,
            "epoch": first.epoch,
            "at": int(clock.now().timestamp()),
            "next": target,
        }
        second = ".enrol" if first.needs_enrolment else ".one_time_password"
        return redirect(url_for(second), 303)

    @expose("/login/otp", methods=["GET", "POST"])
    def one_time_password(self) -> Page:
        """Second step with the authenticator."""
        first = _first_step()
        if first is None:
            return _start_again()
        form = OneTimePasswordForm()
        use_recovery_url = url_for(".recovery")
        if form.validate_on_submit():
            principal = login.confirm_otp(first, form.code.data or "")
            if principal is not None:
                return _signed_in(principal)
            return _page(
                "accounts/one_time_password.html",
                form,
                refused=_code_refusal(),
                use_recovery_url=use_recovery_url,
            )
        return _page("accounts/one_time_password.html", form, use_recovery_url=use_recovery_url)

    @expose("/login/enrol", methods=["GET", "POST"])
    def enrol(self) -> Page:
        """First login: the authenticator is confirmed, then the recovery codes are shown once.

        The codes stand in the answer to the form itself: they are kept nowhere, so no
        address shows them a second time.
        """
        first = _first_step()
        pending = login.pending_secret(first.user_id) if first else None
        if first is None or pending is None:
            return _start_again()
        form = OneTimePasswordForm()
        refused = None
        if form.validate_on_submit():
            done = login.enrol(first, form.code.data or "")
            if done is not None:
                target = _target()
                start_session(done[0])
                return render_template(
                    "accounts/recovery_codes.html", codes=done[1], continue_url=target
                )
            refused = _code_refusal()
        return _page("accounts/enrol.html", form, refused=refused, **_authenticator(*pending))

    @expose("/login/recovery", methods=["GET", "POST"])
    def recovery(self) -> Page:
        """Second step with a recovery code, for a lost or new telephone."""
        first = _first_step()
        if first is None:
            return _start_again()
        form = RecoveryForm()
        if not form.validate_on_submit():
            return _page("accounts/recovery.html", form)
        principal = login.use_recovery_code(first, form.code.data or "")
        if principal is None:
            return _page("accounts/recovery.html", form, refused=_code_refusal())
        response = _signed_in(principal)
        left = login.unused_recovery_codes(principal.id)
        flash(
            ngettext("%(num)s recovery code is left.", "%(num)s recovery codes are left.", left),
            "warning",
        )
        return response

    @expose("/logout", methods=["POST"])
    def logout(self) -> Page:
        """End every session of this user, copies of the cookie included."""
        if current_user.is_authenticated:
            login.log_out(current_user.id)
        end_session()
        flash(_("You are signed out."), "success")
        return redirect(url_for(".login"), 303)


def _page(template: str, form: Any, *, refused: str | None = None, **context: Any) -> Page:
    """The form again, 422 when it was sent; ``refused`` says why, without naming a field."""
    if refused is not None:
        form.form_errors = [refused]
    html = render_template(template, form=form, **context)
    return (html, 422) if form.errors else html


def _refusal() -> str:
    sentence: str = _(
        "The user name or the password is not correct, or the account is locked. "
        "After %(tries)s failed tries an account stays locked for %(minutes)s minutes.",
        tries=current_app.config["LOGIN_FAILED_TRIES"],
        minutes=current_app.config["LOGIN_LOCK_MINUTES"],
    )
    return sentence


def _shut_out() -> str:
    """Said only to whoever knows the password."""
    sentence: str = _(
        "Your institution may not use the portal at present. Please ask the health centre or "
        "the prefecture in charge of it."
    )
    return sentence


def _code_refusal() -> str:
    sentence: str = _(
        "This code is not correct or was used before, or the account is locked. "
        "A one-time password can be used once: wait for the next one."
    )
    return sentence


def _first_step() -> FirstStep | None:
    pending = session.get(_PENDING)
    if not pending:
        return None
    age = int(clock.now().timestamp()) - pending["at"]
    if not 0 <= age < current_app.config["LOGIN_STEP_MINUTES"] * 60:
        session.pop(_PENDING, None)
        return None
    return FirstStep(pending["user_id"], pending["epoch"], needs_enrolment=False)


def _target() -> str:
    return local_target((session.get(_PENDING) or {}).get("next"))


def _start_again() -> Response:
    if not current_user.is_authenticated:
        flash(_("Please begin with the user name and password."), "info")
    return redirect(url_for(".login"), 303)


def _signed_in(principal: Principal) -> Response:
    target = _target()
    start_session(principal)
    return redirect(target, 303)


def _authenticator(username: str, secret: str) -> dict[str, Any]:
    """The QR code as SVG and the same secret as text, for authenticators without a camera."""
    uri = pyotp.TOTP(secret).provisioning_uri(
        name=username, issuer_name=current_app.config["APP_NAME"]
    )
    # Without a size of its own the drawing fills the place the style sheet gives it.
    svg = segno.make(uri, error="m").svg_inline(omitsize=True, svgclass=None, lineclass=None)
    grouped = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    drawing = Markup(svg)  # noqa: S704 -- segno draws paths; no text of ours or others is in it
    return {"qr_svg": drawing, "secret_text": grouped}
