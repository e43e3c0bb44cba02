"""Forms of the login."""

import unicodedata

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length


def _as_stored(text: str | None) -> str | None:
    """A user name typed with a Japanese keyboard on, or pasted with a blank or control sign."""
    if text is None:
        return None
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isprintable()).strip()


class OneTimeCodeField(StringField):
    """A code copied from a telephone or from paper: drawn large, never remembered."""


class LoginForm(FlaskForm):
    """First step."""

    username = StringField(
        _l("User name"),
        [InputRequired(_l("Enter the user name.")), Length(max=64)],
        filters=[_as_stored],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Password"),
        [InputRequired(_l("Enter the password.")), Length(max=256)],
        render_kw={"autocomplete": "current-password"},
    )


class OneTimePasswordForm(FlaskForm):
    """Second step, and the confirmation of a new authenticator."""

    code = OneTimeCodeField(
        _l("One-time password"),
        [InputRequired(_l("Enter the 6 digits shown in the authenticator.")), Length(max=20)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class RecoveryForm(FlaskForm):
    """Second step without the authenticator."""

    code = OneTimeCodeField(
        _l("Recovery code"),
        [InputRequired(_l("Enter one of your recovery codes.")), Length(max=40)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
