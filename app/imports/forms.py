"""The upload of a file."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField

from app.core.forms import ItemForm
from app.imports.service import MOST_BYTES

_MEGABYTES = MOST_BYTES // 1024 // 1024


class ImportForm(ItemForm):
    """One file."""

    file = FileField(
        _l("File (.csv or .xlsx)"),
        description=_l(
            "CSV in Shift_JIS or UTF-8, up to %(limit)s MB, or a workbook up to 5 MB.",
            limit=_MEGABYTES,
        ),
        render_kw={
            "accept": ".csv,.xlsx",
            # Told before anything is sent: the server stops a larger body without a page.
            "data-most-bytes": str(MOST_BYTES),
            "data-too-large": _l("The file is too large: at most %(limit)s MB.", limit=_MEGABYTES),
        },
    )
