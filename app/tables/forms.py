"""The upload of a table."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import RadioField


class TableForm(FlaskForm):
    """One file and what it brings."""

    destination = RadioField(_l("What the table holds"), validate_choice=False)
    file = FileField(
        _l("File (.csv, .tsv or .xlsx)"),
        description=_l(
            "Any table with a row of headings; at most 60 MB. Nothing is taken over before you "
            "have looked at it."
        ),
        render_kw={"accept": ".csv,.tsv,.txt,.xlsx"},
    )
