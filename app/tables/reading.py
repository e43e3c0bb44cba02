"""Open a table from outside, whatever made it: CSV, TSV or an Excel workbook."""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

from app.core.labels import Label
from app.tables.cells import Cell, FaultyCell, RawRow, UnreadableTable, is_blank
from app.tables.delimited import delimited_rows, encoding_of, separator_of
from app.tables.headings import WITHIN, find_headings
from app.tables.spreadsheet import Spreadsheet

__all__ = ["Cell", "FaultyCell", "OpenedTable", "RawRow", "UnreadableTable", "open_table"]

_TEXT_ENDINGS = (".csv", ".tsv", ".txt")
_KINDS = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"{\\rtf", "RTF"),
    (b"\x1f\x8b", "gzip"),
)


@dataclass(frozen=True, slots=True)
class OpenedTable:
    """A table whose headings are known and whose rows can be read as often as wanted.

    ``headings`` are as written, on one line each; a column without one has "". ``sheets`` are
    the names of a workbook's sheets (none for text), ``sheet`` the one that is read; ``encoding``
    is that of a text.
    """

    headings: tuple[str, ...]
    heading_row: int
    sheets: tuple[str, ...]
    sheet: str
    encoding: str
    _source: Callable[[], Generator[RawRow, None, None]]

    def rows(self) -> Iterator[RawRow]:
        """Every filled row below the headings, in the file's order; memory stays flat.

        Raises:
            UnreadableTable: on the way, where the file turns out to be damaged.
        """
        width = len(self.headings)
        with closing(self._source()) as rows:
            for row in rows:
                if row.number <= self.heading_row or all(map(is_blank, row.cells)):
                    continue
                yield _fitted(row, width, is_text=not self.sheet)


def open_table(path: Path, filename: str, *, sheet: str | None = None) -> OpenedTable:
    """Find out how the file is to be read, and its headings.

    Args:
        path: the plain file; ``filename`` is what its sender called it.
        sheet: the sheet of a workbook; without it the first one that has headings.

    Raises:
        UnreadableTable: with a sentence for whoever sent the file.
    """
    with path.open("rb") as file:
        start = file.read(16)
    if not start.strip():
        raise UnreadableTable("empty", _EMPTY)
    if start.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return _of_workbook(path, sheet)
    _refuse_other_kinds(start, filename)
    encoding = encoding_of(path)
    source = partial(delimited_rows, path, encoding, separator_of(path, encoding))
    with closing(source()) as rows:
        first = [row for row in islice(rows, WITHIN) if not all(map(is_blank, row.cells))]
    if not first:
        raise UnreadableTable("empty", _EMPTY)
    found = find_headings(first)
    return OpenedTable(found.texts, found.row, (), "", encoding, source)


def _of_workbook(path: Path, sheet: str | None) -> OpenedTable:
    book = Spreadsheet.opened(path)
    names = tuple(book.sheets)
    if sheet is not None and sheet not in names:
        raise UnreadableTable("no_such_sheet", _NO_SUCH_SHEET)
    problem: UnreadableTable | None = None
    for name in (sheet,) if sheet is not None else names:
        try:
            with closing(book.rows(name)) as rows:
                first = [r for r in islice(rows, WITHIN) if not all(map(is_blank, r.cells))]
            if not first:
                problem = problem or UnreadableTable("empty", _EMPTY)
                continue
            found = find_headings(first, [book.has_group(name, row.number) for row in first])
        except UnreadableTable as unreadable:
            # What is wrong with the first sheet is what its sender has to know.
            problem = problem or unreadable
            continue
        return OpenedTable(found.texts, found.row, names, name, "", partial(book.rows, name))
    raise problem or UnreadableTable("empty", _EMPTY)


def _fitted(row: RawRow, width: int, *, is_text: bool) -> RawRow:
    """The row at least as wide as the headings; what is filled beyond them is kept."""
    cells = row.cells
    filled = len(cells)
    while filled > width and is_blank(cells[filled - 1]):
        filled -= 1
    if filled > width:
        return replace(row, cells=cells[:filled], ragged="long")
    if len(cells) >= width:
        return replace(row, cells=cells[:width]) if len(cells) > width else row
    # Sheets leave blank cells out; in a text, a missing separator is a fault.
    return replace(
        row,
        cells=cells + (None,) * (width - len(cells)),
        ragged="short" if is_text else "",
    )


def _refuse_other_kinds(start: bytes, filename: str) -> None:
    for magic, word in _KINDS:
        if start.startswith(magic):
            raise _wrong_type(word)
    ending = Path(filename).suffix.lower()
    if ending in {".xlsx", ".xlsm"}:
        raise UnreadableTable("damaged", _DAMAGED)
    if ending not in _TEXT_ENDINGS:
        raise _wrong_type(ending or "?")


def _wrong_type(word: str) -> UnreadableTable:
    shown = word[:10]
    return UnreadableTable(
        "wrong_type",
        Label(
            f"この種類のファイル（{shown}）は読み込めません。CSV・TSVかExcelブック（.xlsx）を選んでください。",
            f"Files of this type ({shown}) cannot be read. Choose CSV, TSV or a workbook (.xlsx).",
        ),
    )


_EMPTY = Label("ファイルが空です。", "The file is empty.")
_DAMAGED = Label(
    "ファイルが壊れています。Excelで保存し直してください。",
    "The file is damaged. Save it again in Excel and try once more.",
)
_NO_SUCH_SHEET = Label(
    "このシートはブックにありません。", "There is no such sheet in the workbook."
)
