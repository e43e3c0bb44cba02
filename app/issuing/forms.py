"""Forms of the ID administrator."""

from collections.abc import Collection
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.accounts.codes import ACCOUNT_STATE
from app.accounts.models import Account
from app.accounts.rules import Step
from app.core.db import new_token
from app.institutions.rules import ROLES_OF_KIND
from app.security.roles import RoleName, role_of

REASON_LIMIT = 400


class AccountForm(FlaskForm):
    """A new account, and the particulars of one that exists."""

    form_token_ = HiddenField(default=new_token)
    name = StringField(
        _l("Full name"),
        [InputRequired(_l("Enter the name.")), Length(max=128)],
        description=_l("Family name, a blank, given name. One account belongs to one person."),
        render_kw={"autocomplete": "off"},
    )
    kana = StringField(_l("Reading"), [Length(max=100)], render_kw={"autocomplete": "off"})
    role = SelectField(_l("Role"), [InputRequired(_l("Choose a role."))])
    mail = StringField(
        _l("Mail address"),
        [Length(max=254)],
        description=_l("The address of this person alone: notices about the account go there."),
        render_kw={"autocomplete": "off", "inputmode": "email"},
    )
    username = StringField(
        _l("User name"),
        [Length(max=64)],
        description=_l("Left empty, one is made of the institution's code and a number."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )


class ChangeForm(AccountForm):
    """An account that exists: its sign-in name stays, and a change may say why."""

    username = None
    revision = HiddenField()
    reason = StringField(_l("Reason"), [Length(max=REASON_LIMIT)])


class StepForm(FlaskForm):
    """Why an account is stopped, reset or ended."""

    reason = StringField(
        _l("Reason"),
        [InputRequired(_l("Enter the reason.")), Length(max=REASON_LIMIT)],
        description=_l("It stays in the history of the account."),
    )


class CloseForm(StepForm):
    """The same with the first day without access."""

    closed_on = DateField(
        _l("First day without access"),
        [InputRequired(_l("Enter the day."))],
        description=_l("Today ends the account at once; a day to come lets it work until then."),
    )


class SearchForm(FlaskForm):
    """Looks through the accounts of an institution; names stay out of the address."""

    method = "post"
    q = StringField(_l("Name, reading or user name"), [Optional(), Length(max=100)])
    state = SelectField(_l("State"), [Optional()])
    role = SelectField(_l("Role"), [Optional()])


class BulkForm(FlaskForm):
    """Institutions and people, as a workbook or pasted from one."""

    file = FileField(
        _l("Excel workbook (.xlsx)"),
        description=_l("Use the template. At most 5 MB and 10,000 rows."),
        render_kw={"accept": ".xlsx"},
    )
    text = TextAreaField(
        _l("Or paste the rows here"),
        description=_l("Copied from a spreadsheet with the headings in the first row."),
        render_kw={"rows": 6, "spellcheck": "false"},
    )


def with_roles(form: Any, kind: str, only: RoleName | None = None) -> Any:
    """Give ``form`` the roles an institution of ``kind`` can carry."""
    roles: Collection[RoleName] = ROLES_OF_KIND.get(kind, frozenset())
    form.role.choices = [
        (role.value, str(role_of(role).label))
        for role in RoleName
        if role in roles and only in (None, role)
    ]
    return form


def search_form(kind: str) -> Any:
    """The search form with the words of states and roles."""
    form = with_roles(SearchForm(), kind)
    form.role.choices = [("", _l("All")), *form.role.choices]
    form.state.choices = [("", _l("All")), *((c.value, str(c.label)) for c in ACCOUNT_STATE)]
    return form


def change_form(account: Account) -> Any:
    """The form of an account that exists, as it stands."""
    return with_roles(
        ChangeForm(
            name=account.display_name,
            kana=account.kana,
            mail=account.mail,
            role=account.role,
            revision=str(account.revision),
        ),
        account.institution.kind,
    )


def step_form(step: Step) -> Any:
    """The form asked before ``step``."""
    return CloseForm() if step is Step.CLOSE else StepForm()
