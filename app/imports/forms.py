"""The upload of a file."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField

from app.core.forms import ItemForm
from app.imports.service import MOST_BYTES


class ImportForm(ItemForm):
    """One file."""

    file = FileField(
        _l("File (.csv or .xlsx)"),
        description=_l(
            "CSV in Shift_JIS or UTF-8, up to %(limit)s MB, or a workbook up to 5 MB.",
            limit=MOST_BYTES // 1024 // 1024,
        ),
        render_kw={"accept": ".csv,.xlsx"},
    )
