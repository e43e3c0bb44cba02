"""The upload of a file of results."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField


class ResultFileForm(FlaskForm):
    """One file."""

    file = FileField(
        _l("File of results (.xlsx or .csv)"),
        description=_l(
            "The workbook of this page, or a CSV with test number, result and day of the result."
        ),
        render_kw={"accept": ".xlsx,.csv"},
    )
