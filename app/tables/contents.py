"""A short table that is at hand as bytes, read as a file is: nothing of it lies on a disk."""

from collections.abc import Iterator
from contextlib import closing

from flask_babel import lazy_gettext as _l

from app.core.errors import InvalidInput
from app.core.workbooks.container import MAX_FILE, harmless_workbook
from app.tables.cells import Contents, RawRow, UnreadableTable
from app.tables.delimited import delimited_rows, encoding_of, separator_of
from app.tables.spreadsheet import Spreadsheet


def text_rows(content: bytes) -> Iterator[RawRow]:
    """Every line of a CSV or TSV, whatever its encoding and separator; blank cells are None.

    Raises:
        InvalidInput: says at ``file`` what is wrong with it.
    """
    if len(content) > MAX_FILE:
        told = _l("The file is too large: at most %(limit)s MB.", limit=MAX_FILE >> 20)
        raise InvalidInput({"file": [told]})
    source = Contents(content)
    try:
        encoding = encoding_of(source)
        rows = delimited_rows(source, encoding, separator_of(source, encoding))
        with closing(rows):
            yield from rows
    except UnreadableTable as problem:
        raise InvalidInput({"file": [problem.message]}) from None


def workbook_rows(content: bytes) -> Iterator[RawRow]:
    """Every row of the first visible sheet of a workbook; formulas by what they show.

    Raises:
        InvalidInput: says at ``file`` what is wrong with it.
    """
    try:
        book = Spreadsheet.opened(Contents(harmless_workbook(content)))
        with closing(book.rows(next(iter(book.sheets)))) as rows:
            yield from rows
    except UnreadableTable as problem:
        raise InvalidInput({"file": [problem.message]}) from None
