"""The upload of a workbook."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField


class BookForm(FlaskForm):
    """One workbook."""

    file = FileField(
        _l("Filled-in workbook (.xlsx)"),
        description=_l("The workbook downloaded from this page. At most 5 MB and 1,000 rows."),
        render_kw={"accept": ".xlsx"},
    )
