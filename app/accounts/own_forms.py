"""Forms of the own account."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, Form, PasswordField, StringField
from wtforms.validators import Length, ValidationError

from app.accounts.forms import OneTimeCodeField, filled

_CURRENT = {"autocomplete": "current-password"}
_NEW = {"autocomplete": "new-password"}


class OwnCodeForm(FlaskForm):
    """Something the owner alone has: the one-time password."""

    code = OneTimeCodeField(
        _l("One-time password"),
        [filled(_l("Enter the 6 digits shown in the authenticator.")), Length(max=20)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class OwnCodeOrRecoveryForm(FlaskForm):
    """The one-time password, or a recovery code when the authenticator is lost."""

    password = PasswordField(
        _l("Present password"),
        [filled(_l("Enter the present password.")), Length(max=256)],
        render_kw=_CURRENT,
    )
    code = StringField(
        _l("One-time password of the present authenticator, or a recovery code"),
        [filled(_l("Enter the one-time password or a recovery code.")), Length(max=40)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


class PasswordForm(FlaskForm):
    """A new password; the one-time password says that it is the owner who wants it."""

    password = PasswordField(
        _l("Present password"),
        [filled(_l("Enter the present password.")), Length(max=256)],
        render_kw=_CURRENT,
    )
    new_password = PasswordField(
        _l("New password"),
        [filled(_l("Enter the new password.")), Length(max=256)],
        description=_l(
            "At least 12 characters. Several words that do not belong together are easy to "
            "remember and hard to guess. Capitals, digits and symbols are not necessary."
        ),
        render_kw=_NEW,
    )
    again = PasswordField(
        _l("New password, once more"),
        [filled(_l("Enter the new password once more.")), Length(max=256)],
        render_kw=_NEW,
    )

    code = OneTimeCodeField(
        _l("One-time password"),
        [filled(_l("Enter the 6 digits shown in the authenticator.")), Length(max=20)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )

    def validate_again(self, field: Field) -> None:
        """Typed twice, as nobody sees it."""
        _same(self, field)


def _same(form: Form, field: Field) -> None:
    if field.data != form["new_password"].data:
        raise ValidationError(_l("The two new passwords differ."))
