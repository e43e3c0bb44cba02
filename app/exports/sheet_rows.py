"""Many rows of a worksheet at once: whole columns are turned into cells, then put together.

xlsxwriter makes an object for every cell and looks at each one several times, which is most of
the time a large file takes. The cells written here are the same, byte for byte, as those it writes
in constant memory; only the way to them is shorter. A text is always a text (``inlineStr``).
"""

import os
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

CELL_CHARACTERS = 32_767
EXACT_DIGITS = 10**15
"""Excel keeps 15 digits; a longer number is written as text so that none is lost."""
FIRST_YEAR = 1901
"""Excel's calendar is wrong before March 1900; older dates are written as text."""
_EPOCH = date(1899, 12, 30).toordinal()
_MINUTES_A_DAY = 24 * 60 * 60
_BETWEEN = "\x00"
# In texts joined by NUL: what XML or Excel would read otherwise, or an edge of white space.
_UNUSUAL = re.compile(r"[&<>\x01-\x1f\ud800-\udfff\ufffe\uffff]|_x|\s(?:\x00|$)|(?:\x00|^)\s")
_ESCAPE = re.compile("(_x[0-9a-fA-F]{4}_)")
_CONTROL = re.compile("([\x00-\x08\x0b-\x1f\ufffe\uffff])")
_SURROGATE = re.compile("[\ud800-\udfff]")

Written = tuple[list[str], int]
"""The cells of a column, empty ones as empty text, and how many texts were shortened."""


class RowSheet(Worksheet):
    """A worksheet in constant memory that takes ready rows beside single cells."""

    @property
    def size(self) -> int:
        """Bytes of the rows in the file so far, but for those not handed over yet."""
        return os.fstat(self.fh.fileno()).st_size

    def write_rows(self, first: int, rows: Sequence[str], columns: int) -> None:
        """Write ready rows from line ``first`` (0-based) on, below every row written so far."""
        if not rows:
            return
        last = first + len(rows) - 1
        self._check_dimensions(first, 0)
        self._check_dimensions(last, max(columns - 1, 0))
        # The row under way goes to the file first; the next cell may stand below the new rows.
        self._write_single_row(last + 1)
        self.fh.write("".join(rows))


def rows_as_xml(
    columns: Sequence[Sequence[Any]], kinds: Sequence[str], first: int, styles: dict[str, int]
) -> tuple[list[str], int]:
    """Rows from 1-based line ``first`` on, from the cells of each column; and shortened texts.

    ``styles`` gives the format index of dates and instants.
    """
    count = len(columns[0]) if columns else 0
    lines = range(first, first + count)
    shortened, written = 0, []
    for at, (cells, kind) in enumerate(zip(columns, kinds, strict=True)):
        made, cut = _WRITERS[kind](cells, f'<c r="{xl_col_to_name(at)}', lines, styles.get(kind, 0))
        written.append(made)
        shortened += cut
    rows = [
        f'<row r="{line}">{together}</row>' if (together := "".join(cells)) else ""
        for line, cells in zip(lines, zip(*written, strict=True), strict=True)
    ]
    return rows, shortened


def _texts(cells: Sequence[Any], head: str, lines: range, _style: int) -> Written:
    texts = [cell if type(cell) is str else "" if cell is None else str(cell) for cell in cells]
    together = _BETWEEN.join(texts)
    plain = _UNUSUAL.search(together) is None and together.count(_BETWEEN) == len(texts) - 1
    if plain and max(map(len, texts), default=0) <= CELL_CHARACTERS // 2:
        return [
            f'{head}{line}" t="inlineStr"><is><t>{text}</t></is></c>' if text else ""
            for line, text in zip(lines, texts, strict=True)
        ], 0
    cut = sum(_characters(text) > CELL_CHARACTERS for text in texts)
    return [
        _text_cell(text, f"{head}{line}") if text else ""
        for line, text in zip(lines, texts, strict=True)
    ], cut


def _characters(text: str) -> int:
    """As Excel counts: two for a character outside the basic plane."""
    return len(text) + sum(one > "\uffff" for one in text)


def _text_cell(text: str, head: str) -> str:
    if _characters(text) > CELL_CHARACTERS:
        text = _shortened(text)
    space = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() else ""
    text = _ESCAPE.sub(r"_x005F\1", text)
    text = _CONTROL.sub(lambda found: f"_x{ord(found[1]):04X}_", text)
    text = _SURROGATE.sub("\ufffd", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'{head}" t="inlineStr"><is><t{space}>{text}</t></is></c>'


def _shortened(text: str) -> str:
    room = CELL_CHARACTERS
    for at, one in enumerate(text):
        room -= 2 if one > "\uffff" else 1
        if room < 0:
            return text[:at]
    return text


def _numbers(cells: Sequence[Any], head: str, lines: range, _style: int) -> Written:
    return _mixed(cells, lines, head, _number)


def _number(value: Any, head: str) -> str | None:
    if isinstance(value, int | float | Decimal) and -EXACT_DIGITS < value < EXACT_DIGITS:
        return f'{head}"><v>{value:.16G}</v></c>'
    return None


def _dates(cells: Sequence[Any], head: str, lines: range, style: int) -> Written:
    def dated(value: Any, place: str) -> str | None:
        if isinstance(value, date) and value.year >= FIRST_YEAR:
            return f'{place}" s="{style}"><v>{_serial(value):.16G}</v></c>'
        return None

    return _mixed(cells, lines, head, dated)


def _serial(value: date) -> float:
    """Days since Excel's beginning, the time of day as a fraction."""
    days = value.toordinal() - _EPOCH
    if not isinstance(value, datetime):
        return days
    seconds = value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
    return days + seconds / _MINUTES_A_DAY


def _mixed(
    cells: Sequence[Any], lines: range, head: str, made: Callable[[Any, str], str | None]
) -> Written:
    """Cells of a kind; a value that cannot be one exactly is a text."""
    written, cut = [], 0
    for line, cell in zip(lines, cells, strict=True):
        if cell is None or cell == "":
            written.append("")
            continue
        place = f"{head}{line}"
        ready = made(cell, place)
        if ready is None:
            text = worded(cell)
            cut += _characters(text) > CELL_CHARACTERS
            ready = _text_cell(text, place)
        written.append(ready)
    return written, cut


def worded(value: Any) -> str:
    """A value that does not fit its kind of cell, in words."""
    if isinstance(value, datetime):
        return value.strftime("%Y/%m/%d %H:%M")
    return value.strftime("%Y/%m/%d") if isinstance(value, date) else str(value)


_WRITERS: dict[str, Callable[[Sequence[Any], str, range, int], Written]] = {
    "text": _texts,
    "integer": _numbers,
    "decimal": _numbers,
    "date": _dates,
    "instant": _dates,
}
