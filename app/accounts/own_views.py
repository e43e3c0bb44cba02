"""自分のアカウント: what the owner of an account sees of it and changes in it."""

from typing import Any

from flask import current_app, flash, redirect, render_template, session, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts import devices, own
from app.accounts.authenticator import authenticator
from app.accounts.browser import this_browser
from app.accounts.codes import LOGIN_OUTCOME
from app.accounts.events import SHOWN_DAYS, own_events
from app.accounts.login import unused_recovery_codes
from app.accounts.own import Proof
from app.accounts.own_forms import (
    OwnCodeForm,
    OwnCodeOrRecoveryForm,
    PasswordForm,
)
from app.accounts.sessions import live_sessions, renew_session
from app.core import clock
from app.core.errors import InvalidInput, InvalidState
from app.core.pages import Crumb
from app.generated.hooks import signed_in

Page = Response | str | tuple[str, int]
_DRAWN = "authenticator_drawn_at"


class OwnAccountView(BaseView):
    """``/account``: everybody's own, and nobody else's."""

    route_base = "/account"
    class_permission_name = "own_account"
    default_view = "show"

    @expose("/")
    @has_access
    @permission_name("show")
    def show(self) -> Page:
        """Everything about the own account on one page."""
        actor = signed_in()
        return render_template(
            "accounts/own.html",
            sessions=live_sessions(current_user.id, current_user.epoch),
            waiting=devices.unconfirmed_devices(current_user.id),
            codes_left=unused_recovery_codes(current_user.id),
            events=own_events(current_user.id)[:5],
            outcomes=LOGIN_OUTCOME,
            here=current_user.session,
            role=actor.role,
            in_japan=clock.in_japan,
        )

    @expose("/events")
    @has_access
    @permission_name("show")
    def events(self) -> Page:
        """The logins and changes of the last 90 days."""
        signed_in()
        return render_template(
            "accounts/own_events.html",
            events=own_events(current_user.id),
            days=SHOWN_DAYS,
            outcomes=LOGIN_OUTCOME,
            in_japan=clock.in_japan,
            crumbs=_crumbs(_("Login history")),
        )

    @expose("/password", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def password(self) -> Page:
        """Change the password; whoever must, sees no other page before."""
        actor = signed_in()
        must = current_user.must_change_password
        form = PasswordForm()
        template = "accounts/own_password.html"
        context = {"must": must, "crumbs": () if must else _crumbs(_("Change the password"))}
        if not form.validate_on_submit():
            return _page(template, form, **context)
        proof = _proof(password=form.password.data, code=form.code.data)
        try:
            principal = own.change_password(by=actor, proof=proof, new=form.new_password.data)
        except InvalidInput as error:
            return _page(template, form, error, **context)
        renew_session(principal)
        flash(_("The password was changed. All other sessions have ended."), "success")
        return redirect(url_for("HomeView.index" if must else ".show"), 303)

    @expose("/authenticator", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def authenticator(self) -> Page:
        """Change the device, first step: show that it is the owner who asks."""
        actor = signed_in()
        form = OwnCodeOrRecoveryForm()
        template, crumbs = "accounts/own_authenticator.html", _crumbs(_("Change the authenticator"))
        if not form.validate_on_submit():
            return _page(template, form, crumbs=crumbs)
        proof = _proof(password=form.password.data, code=form.code.data, recovery_allowed=True)
        try:
            session[_DRAWN] = own.draw_authenticator(by=actor, proof=proof)
        except InvalidInput as error:
            return _page(template, form, error, crumbs=crumbs)
        return redirect(url_for(".new_authenticator"), 303)

    @expose("/authenticator/new", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def new_authenticator(self) -> Page:
        """Change the device, second step: read the QR code, confirm with its first code."""
        actor = signed_in()
        mark = session.get(_DRAWN)
        secret = own.drawn_secret(by=actor, mark=mark)
        if secret is None:
            return redirect(url_for(".authenticator"), 303)
        form = OwnCodeForm()
        context: dict[str, Any] = authenticator(current_user.username, secret)
        context["crumbs"] = _crumbs(_("Change the authenticator"))
        template = "accounts/own_authenticator_new.html"
        if not form.validate_on_submit():
            return _page(template, form, **context)
        try:
            principal = own.confirm_authenticator(by=actor, mark=mark, code=form.code.data)
        except InvalidInput as error:
            return _page(template, form, error, **context)
        except InvalidState as error:
            flash(str(error.message), "warning")
            return redirect(url_for(".authenticator"), 303)
        session.pop(_DRAWN, None)
        renew_session(principal)
        flash(
            _("The new authenticator is in force, the old one is not. Other sessions have ended."),
            "success",
        )
        return redirect(url_for(".show"), 303)

    @expose("/recovery-codes", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def recovery_codes(self) -> Page:
        """New recovery codes, shown in the answer to the form and nowhere else."""
        actor = signed_in()
        form = OwnCodeForm()
        template, crumbs = "accounts/own_recovery_codes.html", _crumbs(_("Recovery codes"))
        left = unused_recovery_codes(current_user.id)
        if not form.validate_on_submit():
            return _page(template, form, crumbs=crumbs, codes_left=left)
        try:
            codes = own.new_recovery_codes(by=actor, proof=_proof(code=form.code.data))
        except InvalidInput as error:
            return _page(template, form, error, crumbs=crumbs, codes_left=left)
        return render_template(
            "accounts/recovery_codes.html",
            codes=codes,
            continue_url=url_for(".show"),
            username=current_user.username,
            made_on=clock.today(),
        )

    @expose("/sessions/<int:session_id>/end", methods=["POST"])
    @has_access
    @permission_name("edit")
    def end_session(self, session_id: int) -> Page:
        """End one session; the own one is ended by signing out."""
        own.end_own_session(by=signed_in(), session_id=session_id)
        flash(_("The session has ended."), "success")
        return redirect(url_for(".show", _anchor="sessions"), 303)

    @expose("/sessions/end-others", methods=["POST"])
    @has_access
    @permission_name("edit")
    def end_others(self) -> Page:
        """End every session but this one."""
        ended = own.end_other_sessions(by=signed_in(), but=current_user.session.id)
        flash(
            ngettext("%(num)s session has ended.", "%(num)s sessions have ended.", ended),
            "success",
        )
        return redirect(url_for(".show", _anchor="sessions"), 303)

    @expose("/devices/<int:device_id>/confirm", methods=["POST"])
    @has_access
    @permission_name("edit")
    def confirm_device(self, device_id: int) -> Page:
        """That was me."""
        here = current_user.session.device_id
        devices.confirm_device(by=signed_in(), device_id=device_id, own_device=here)
        flash(_("The device is noted as yours."), "success")
        return redirect(url_for(".show"), 303)

    @expose("/devices/<int:device_id>/reject", methods=["POST"])
    @has_access
    @permission_name("edit")
    def reject_device(self, device_id: int) -> Page:
        """That was not me: the device is out, and the password has to be another one."""
        here = current_user.session.device_id
        devices.reject_device(by=signed_in(), device_id=device_id, own_device=here)
        flash(
            _(
                "The device is signed out. Whoever used it knows your password: change it now, "
                "and tell the ID administrator of your institution."
            ),
            "warning",
        )
        return redirect(url_for(".password"), 303)


def _proof(
    *, password: str | None = None, code: str | None = None, recovery_allowed: bool = False
) -> Proof:
    return Proof(this_browser().device_hash, password, code, recovery_allowed)


def _page(template: str, form: Any, error: InvalidInput | None = None, **context: Any) -> Page:
    """The form; 422 with its problems when it was sent and refused. Passwords are typed anew."""
    for name, problems in (error.problems if error else {}).items():
        form[name].errors = [*form[name].errors, *map(str, problems)]
    html = render_template(template, form=form, app_name=current_app.config["APP_NAME"], **context)
    return (html, 422) if form.errors else html


def _crumbs(last: str) -> tuple[Crumb, ...]:
    return (Crumb(_("My account"), url_for("OwnAccountView.show")), Crumb(last))
