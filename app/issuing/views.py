"""Accounts on screen: of the own institution, and first administrators of institutions below."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts import queries, service
from app.accounts.models import Account
from app.accounts.queries import post_of
from app.accounts.recording import require_step
from app.accounts.rules import Step
from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, NotVisible
from app.core.pages import Crumb, FormPage, FormSection
from app.generated.arguments import MAX_KEY, only_known, record_key
from app.generated.hooks import signed_in
from app.generated.refusals import show_problem
from app.generated.submissions import submit_once
from app.institutions.models import Institution
from app.issuing import forms, pages
from app.issuing.account_page import show_page
from app.issuing.history import history_of
from app.issuing.letters import activation_address, drawing_of
from app.issuing.wording import STEP_LABELS, question
from app.security.actor import Actor
from app.security.roles import RoleName

Page = Response | str | tuple[str, int]


class AccountView(BaseView):
    """Accounts: アカウント管理."""

    route_base = "/accounts"
    class_permission_name = "account"
    default_view = "list"

    @expose("/", methods=["GET", "POST"])
    @has_access
    @permission_name("list")
    def list(self) -> Page:
        """The accounts of the own institution."""
        only_known(request.args, {"page"})
        institution = _own_institution(signed_in())
        form = forms.search_form(institution.kind)
        if request.method == "GET":
            form.process()
        found = pages.shown(queries.accounts_of(institution.id))
        wrong = request.method == "POST" and not form.validate()
        if not wrong:
            q, state, role = (form[name].data or "" for name in ("q", "state", "role"))
            found = [one for one in found if pages.matches(one, q, state, role)]
        page = pages.list_page(institution, found, form, _page_number())
        return render_template("generated/list.html", page=page, view=self), 422 if wrong else 200

    @expose("/below")
    @has_access
    @permission_name("list")
    def below(self) -> Page:
        """Institutions below without an ID administrator."""
        only_known(request.args, ())
        waiting = queries.institutions_without_administrator(post_of(signed_in()))
        return render_template("generated/list.html", page=pages.below_page(waiting), view=self)

    @expose("/<pk>")
    @has_access
    @permission_name("show")
    def show(self, pk: str) -> Page:
        """One account."""
        only_known(request.args, ())
        account = _account(pk)
        (one,) = pages.shown([account])
        page = show_page(one, history_of(account), signed_in())
        return render_template("generated/show.html", page=page, view=self)

    @expose("/add", methods=["GET", "POST"])
    @has_access
    @permission_name("add")
    def add(self) -> Page:
        """A new account, in the own institution or as the first administrator of one below."""
        only_known(request.args, {"institution"})
        actor = signed_in()
        institution = _own_institution(actor)
        only = None
        if request.args.get("institution"):
            institution = _below(actor, request.args["institution"])
            only = RoleName.ID_ADMINISTRATOR
        form = forms.with_roles(forms.AccountForm(), institution.kind, only)
        if form.validate_on_submit():
            try:
                return submit_once(
                    form.form_token_.data or "", actor, lambda: _issue(form, institution, actor)
                )
            except DomainError as error:
                show_problem(form, error)
        return _form_page(form, _("Add an account: %(name)s", name=institution.name), _list_url())

    @expose("/<pk>/edit", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def edit(self, pk: str) -> Page:
        """Name, reading, address and role."""
        only_known(request.args, ())
        actor, account = signed_in(), _account(pk)
        require_step(actor, account, Step.CHANGE)
        form = forms.change_form(account)
        back = url_for(".show", pk=account.user_id)
        if form.validate_on_submit():
            try:
                service.change_account(
                    account,
                    name=form.name.data or "",
                    kana=form.kana.data,
                    mail=form.mail.data,
                    role=RoleName(form.role.data),
                    reason=form.reason.data or None,
                    expected=_number(form.revision.data),
                    by=actor,
                )
            except DomainError as error:
                show_problem(form, error)
            else:
                flash(_("Saved."), "success")
                return redirect(back, 303)
        return _form_page(form, _("Edit: %(what)s", what=account.display_name), back)

    @expose("/<pk>/<step>", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def step(self, pk: str, step: str) -> Page:
        """Asks for the reason, then takes one step on an account."""
        only_known(request.args, ())
        actor, account = signed_in(), _account(pk)
        if step not in set(Step) - {Step.CHANGE}:
            raise NotVisible(_("There is no such page."))
        taken = Step(step)
        require_step(actor, account, taken)
        form = forms.step_form(taken)
        if request.method == "GET" and taken is Step.CLOSE:
            form.closed_on.data = clock.today()
        if form.validate_on_submit():
            try:
                code = _take(taken, account, form, actor)
            except DomainError as error:
                show_problem(form, error)
            else:
                return _done(account, taken, code)
        return _step_page(form, account, taken)


def _issue(form: Any, institution: Institution, actor: Actor) -> str:
    account = service.create_account(
        institution=institution,
        role=RoleName(form.role.data),
        name=form.name.data,
        kana=form.kana.data,
        mail=form.mail.data,
        username=(form.username.data or "").strip() or None,
        by=actor,
    )
    flash(_("The account was issued. Print its letter or issue a code next."), "success")
    return url_for("AccountView.show", pk=account.user_id)


def _take(step: Step, account: Account, form: Any, actor: Actor) -> str | None:
    """Take the step; the activation code where it makes one."""
    reason = form.reason.data
    if step is Step.CLOSE:
        service.close_account(account, on=form.closed_on.data, reason=reason, by=actor)
        return None
    verbs: dict[Step, Any] = {
        Step.ACTIVATION_CODE: service.issue_activation_code,
        Step.RESET: service.reset_account,
        Step.LOCK: service.lock_account,
        Step.UNLOCK: service.unlock_account,
        Step.SUSPEND: service.suspend,
        Step.RESUME: service.resume,
        Step.REOPEN: service.reopen_account,
        Step.END_SESSIONS: service.end_sessions,
    }
    made: str | None = verbs[step](account, reason=reason, by=actor)
    return made


def _done(account: Account, step: Step, code: str | None) -> Page:
    if code is None:
        flash(_("Done: %(step)s", step=str(STEP_LABELS[step])), "success")
        return redirect(url_for("AccountView.show", pk=account.user_id), 303)
    # The code stands in the answer to the form itself: no address shows it a second time.
    (one,) = pages.shown([account])
    username = account.user.username
    return render_template(
        "issuing/code.html",
        account=account,
        code=code,
        address=activation_address(),
        qr_svg=drawing_of(username, code),
        expires_at=clock.in_japan(one.code_expires_at) if one.code_expires_at else None,
        trail=(*pages.trail(), Crumb(account.display_name, _show_url(account))),
    )


def _step_page(form: Any, account: Account, step: Step) -> Page:
    label = str(STEP_LABELS[step])
    page = FormPage(
        title=label,
        form=form,
        sections=(
            FormSection(
                "step",
                account.display_name,
                tuple(f for f in form if f.widget.input_type != "hidden"),
                hint=question(step, account.display_name),
            ),
        ),
        cancel_url=_show_url(account),
        submit_label=label,
        crumbs=(
            *pages.trail(),
            Crumb(account.display_name, _show_url(account)),
            Crumb(label),
        ),
    )
    html = render_template("generated/form.html", page=page, view=None)
    return (html, 422) if form.errors else html


def _form_page(form: Any, title: str, back: str) -> Page:
    fields = tuple(f for f in form if getattr(f.widget, "input_type", "") != "hidden")
    page = FormPage(
        title=title,
        form=form,
        sections=(FormSection("account", _("Person in charge"), fields),),
        cancel_url=back,
        submit_label=_("Save"),
        crumbs=(*pages.trail(), Crumb(title)),
    )
    html = render_template("generated/form.html", page=page, view=None)
    return (html, 422) if form.errors else html


def _account(pk: str) -> Account:
    """The account. Raises NotVisible when it does not exist for the actor."""
    account = queries.account_by_id(record_key(pk))
    if account is None:
        raise NotVisible(_("There is no such record."))
    return account


def _own_institution(actor: Actor) -> Institution:
    found = db.session.get(Institution, actor.institution_id or 0)
    if found is None:
        raise NotVisible
    return found


def _below(actor: Actor, key: str) -> Institution:
    """An institution below that waits for its first administrator, or none at all."""
    wanted = record_key(key)
    for one in queries.institutions_without_administrator(post_of(actor)):
        if one.id == wanted:
            return one
    raise NotVisible(_("There is no such record."))


def _page_number() -> int:
    text = request.args.get("page", "0")
    return min(int(text), MAX_KEY) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else -1


def _show_url(account: Account) -> str:
    return url_for("AccountView.show", pk=account.user_id)


def _list_url() -> str:
    return url_for("AccountView.list")
