"""The login pages: password, one-time password, enrolment, recovery, logout."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts import login
from app.accounts.authenticator import authenticator
from app.accounts.browser import this_browser
from app.accounts.forms import LoginForm, OneTimePasswordForm, RecoveryForm
from app.accounts.guessing import tries_for_name, tries_for_user
from app.accounts.login import FirstStep
from app.accounts.notices import flash_notices
from app.accounts.principal import Principal
from app.accounts.sessions import end_session, start_session
from app.core import clock
from app.core.error_pages import retry_after
from app.core.errors import TooMany
from app.core.redirects import local_target

Page = Response | str | tuple[str, int] | tuple[str, int, dict[str, str]]
T = TypeVar("T")
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
        username, browser = form.username.data or "", this_browser()
        tries = tries_for_name(username, browser)
        try:
            tries.refuse_if_spent()
        except TooMany as error:
            return too_early("accounts/login.html", form, error)
        try:
            first = login.begin_login(
                username, form.password.data or "", device_hash=browser.device_hash
            )
        except login.ShutOut:
            return _page("accounts/login.html", form, refused=_shut_out())
        if first is None:
            tries.failed()
            return _page("accounts/login.html", form, refused=_refusal())
        await_second_step(first, target)
        second = ".enrol" if first.needs_enrolment else ".one_time_password"
        return redirect(url_for(second), 303)

    @expose("/login/otp", methods=["GET", "POST"])
    def one_time_password(self) -> Page:
        """Second step with the authenticator."""
        first = _first_step()
        if first is None:
            return _start_again()
        form = OneTimePasswordForm()
        template, recovery = "accounts/one_time_password.html", url_for(".recovery")
        if not form.validate_on_submit():
            return _page(template, form, use_recovery_url=recovery)
        try:
            principal = _second_step(login.confirm_otp, first, form)
        except TooMany as error:
            return too_early(template, form, error, use_recovery_url=recovery)
        if principal is not None:
            return _signed_in(principal)
        return _page(template, form, refused=_code_refusal(), use_recovery_url=recovery)

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
            try:
                done = _second_step(login.enrol, first, form)
            except TooMany as error:
                return too_early("accounts/enrol.html", form, error, **authenticator(*pending))
            if done is not None:
                target = _target()
                start_session(done[0])
                flash_notices(done[0].id)
                return render_template(
                    "accounts/recovery_codes.html",
                    codes=done[1],
                    continue_url=target,
                    username=done[0].username,
                    made_on=clock.today(),
                )
            refused = _code_refusal()
        return _page("accounts/enrol.html", form, refused=refused, **authenticator(*pending))

    @expose("/login/recovery", methods=["GET", "POST"])
    def recovery(self) -> Page:
        """Second step with a recovery code, for a lost or new telephone."""
        first = _first_step()
        if first is None:
            return _start_again()
        form = RecoveryForm()
        if not form.validate_on_submit():
            return _page("accounts/recovery.html", form)
        try:
            principal = _second_step(login.use_recovery_code, first, form)
        except TooMany as error:
            return too_early("accounts/recovery.html", form, error)
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
        """End this session, copies of its cookie included."""
        if current_user.is_authenticated:
            login.log_out(current_user.id, current_user.session.id)
        end_session()
        flash(_("You are signed out."), "success")
        return redirect(url_for(".login"), 303)


def _second_step(
    step: Callable[[FirstStep, str], T | None], first: FirstStep, form: Any
) -> T | None:
    """Take the code of ``form`` while there are tries left. Raises TooMany."""
    tries = tries_for_user(first.user_id, this_browser())
    tries.refuse_if_spent()
    done = step(first, form.code.data or "")
    if done is None:
        tries.failed()
    return done


def too_early(template: str, form: Any, error: TooMany, **context: Any) -> Page:
    """The form again with what was typed, and when it may be sent."""
    form.form_errors = [str(error.message)]
    html = render_template(template, form=form, **context)
    return html, 429, {"Retry-After": str(retry_after(error))}


def await_second_step(first: FirstStep, target: str) -> None:
    """Remember in the cookie who passed the first step, and where to go after the second."""
    session[_PENDING] = {
        "user_id": first.user_id,
        "epoch": first.epoch,
        "at": int(clock.now().timestamp()),
        "next": target,
    }


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
    return FirstStep(pending["user_id"], pending["epoch"], False, this_browser().device_hash)


def _target() -> str:
    return local_target((session.get(_PENDING) or {}).get("next"))


def _start_again() -> Response:
    if not current_user.is_authenticated:
        flash(_("Please begin with the user name and password."), "info")
    return redirect(url_for(".login"), 303)


def _signed_in(principal: Principal) -> Response:
    target = _target()
    start_session(principal)
    flash_notices(principal.id)
    return redirect(target, 303)
