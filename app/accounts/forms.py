"""Forms of the login."""

import unicodedata
from collections.abc import Callable

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, Form, PasswordField, StringField
from wtforms.validators import EqualTo, Length, StopValidation


def _as_stored(text: str | None) -> str | None:
    """A user name typed with a Japanese keyboard on, or pasted with a blank or control sign."""
    if text is None:
        return None
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isprintable()).strip()


def filled(message: object) -> Callable[[Form, Field], None]:
    """Refuse an empty field, without the mark that items of a notification carry."""

    def check(form: Form, field: Field) -> None:
        if not field.data:
            raise StopValidation(message)

    return check


class OneTimeCodeField(StringField):
    """A code copied from a telephone: drawn large, never remembered."""


class LoginForm(FlaskForm):
    """First step."""

    username = StringField(
        _l("User name"),
        [filled(_l("Enter the user name.")), Length(max=64)],
        filters=[_as_stored],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Password"),
        [filled(_l("Enter the password.")), Length(max=256)],
        render_kw={"autocomplete": "current-password"},
    )


class OneTimePasswordForm(FlaskForm):
    """Second step, and the confirmation of a new authenticator."""

    code = OneTimeCodeField(
        _l("One-time password"),
        [filled(_l("Enter the 6 digits shown in the authenticator.")), Length(max=20)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class RecoveryForm(FlaskForm):
    """Second step without the authenticator."""

    code = StringField(
        _l("Recovery code"),
        [filled(_l("Enter one of your recovery codes.")), Length(max=40)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


class ActivationForm(FlaskForm):
    """What stands on an activation letter."""

    username = StringField(
        _l("User name"),
        [filled(_l("Enter the user name.")), Length(max=64)],
        filters=[_as_stored],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    code = StringField(
        _l("Activation code"),
        [filled(_l("Enter the activation code of your letter.")), Length(max=40)],
        description=_l("16 letters and digits in groups of four; hyphens may be left out."),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


class NewPasswordForm(FlaskForm):
    """A password chosen by the owner of the account, typed twice."""

    password = PasswordField(
        _l("New password"),
        [filled(_l("Enter the password.")), Length(max=256)],
        render_kw={"autocomplete": "new-password"},
    )
    password_again = PasswordField(
        _l("New password (again)"),
        [
            filled(_l("Enter the password once more.")),
            EqualTo("password", _l("The two passwords differ.")),
        ],
        render_kw={"autocomplete": "new-password"},
    )
