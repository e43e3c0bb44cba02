"""CSV for spreadsheets: UTF-8 with BOM or cp932, CRLF, harmless to open, streamed."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import IO, Any, Literal

from app.core.harmless_cells import all_harmless, harmless
from app.exports.tables import ExportColumn

__all__ = ["CsvTable", "Encoding", "harmless", "to_cp932"]

Encoding = Literal["utf-8", "cp932"]
GETA = "〓"
"""Printers' mark for a character that is not there."""

# The dash that looks the same under the code point cp932 knows.
_CP932_TWINS = str.maketrans("—", "―")
_BATCH_ROWS = 500


class CsvTable:
    """Writes typed rows to a binary stream; counts rows and replaced characters."""

    def __init__(
        self, stream: IO[bytes], columns: Sequence[ExportColumn], *, encoding: Encoding = "utf-8"
    ) -> None:
        self.rows = self.replaced = 0
        self._stream, self._encoding = stream, encoding
        self._buffer = io.StringIO(newline="")
        lines = csv.writer(self._buffer, lineterminator="\r\n")
        self._write, self._write_many = lines.writerow, lines.writerows
        self._cells = [(column.value, _CELLS[column.kind]) for column in columns]
        self._columns = [_COLUMNS[column.kind] for column in columns]
        if encoding == "utf-8":
            stream.write(b"\xef\xbb\xbf")
        self._write([harmless(str(column.label)) for column in columns])

    def append(self, row: Any) -> None:
        """Write one row; ``row`` is whatever the columns' ``value`` takes."""
        line = []
        for value_of, worded in self._cells:
            value = value_of(row)
            line.append("" if value is None else worded(value))
        self._write(line)
        self.rows += 1
        if self.rows % _BATCH_ROWS == 0:
            self._flush()

    def extend(self, columns: Sequence[Sequence[Any]]) -> None:
        """Write many rows, given as the cells of each column: the quick way."""
        words = [
            worded_all(cells) for cells, worded_all in zip(columns, self._columns, strict=True)
        ]
        self._write_many(zip(*words, strict=True))
        self.rows += len(columns[0]) if columns else 0
        self._flush()

    def finish(self) -> None:
        """Write what is still held; call once after the last row."""
        self._flush()

    def _flush(self) -> None:
        text = self._buffer.getvalue()
        self._buffer.seek(0)
        self._buffer.truncate()
        if self._encoding == "utf-8":
            self._stream.write(text.encode("utf-8", "replace"))
            return
        encoded, replaced = to_cp932(text)
        self.replaced += replaced
        self._stream.write(encoded)


def to_cp932(text: str) -> tuple[bytes, int]:
    """The bytes, and how many characters had to become 〓."""
    twin = text.translate(_CP932_TWINS)
    try:
        return twin.encode("cp932"), 0
    except UnicodeEncodeError:
        known = [one if _in_cp932(one) else None for one in twin]
    return "".join(GETA if one is None else one for one in known).encode("cp932"), known.count(None)


def _in_cp932(one: str) -> bool:
    try:
        one.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True


def _text(value: Any) -> str:
    return harmless(value if isinstance(value, str) else str(value))


def _date(value: Any) -> str:
    # isoformat takes a fifth of strftime's time.
    return value.isoformat().replace("-", "/") if isinstance(value, date) else _text(value)


def _instant(value: Any) -> str:
    if not isinstance(value, datetime):
        return _text(value)
    return value.isoformat(" ", "minutes").replace("-", "/")


def _number(value: Any) -> str:
    return _text(value) if isinstance(value, str) else str(value)


_CELLS: dict[str, Callable[[Any], str]] = {
    "text": _text,
    "date": _date,
    "instant": _instant,
    "integer": _number,
    "decimal": _number,
}


def _texts(cells: Sequence[Any]) -> Sequence[Any]:
    """The writer leaves None empty; a column of harmless texts is ready as it is."""
    try:
        ready = all_harmless(cells)
    except TypeError:
        # Not only texts.
        ready = False
    return cells if ready else _each(_text)(cells)


def _dates(cells: Sequence[Any]) -> Sequence[Any]:
    """Each day is worded once."""
    words = {cell: _date(cell) for cell in {*cells} - {None}}
    return [words.get(cell) for cell in cells]


def _numbers(cells: Sequence[Any]) -> Sequence[Any]:
    """The writer words numbers by itself."""
    return cells if str not in {*map(type, cells)} else _each(_number)(cells)


def _each(word: Callable[[Any], str]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    return lambda cells: [None if cell is None else word(cell) for cell in cells]


_COLUMNS: dict[str, Callable[[Sequence[Any]], Sequence[Any]]] = {
    "text": _texts,
    "date": _dates,
    "instant": _each(_instant),
    "integer": _numbers,
    "decimal": _numbers,
}
"""The same for the cells of a whole column."""
