"""Reading a sheet of our own making: its columns are known by keys in a hidden first row.

Cell A1 says what kind of sheet it is, which copy, and what it is about where one kind serves
several subjects; the other cells of the row hold the key of their column, so that people may move
columns about and rename headings.
"""

import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from app.core.errors import InvalidInput
from app.core.workbooks.container import harmless_workbook

COPY_LENGTH = 20
SUBJECT_LENGTH = 60
_WIDEST = 400
_EPOCH = date(1899, 12, 30)
_SERIALS = range(61, 100_000)
"""Day numbers of Excel's calendar that are days (it is wrong before March 1900)."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """``number`` is the row as Excel counts it; ``texts`` are the filled cells by column key."""

    number: int
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class KeyedSheet:
    """``copy`` names the workbook this sheet was handed out in, ``subject`` what it is about."""

    copy: str
    subject: str
    rows: tuple[SheetRow, ...]


@dataclass(frozen=True, slots=True)
class SheetKind:
    """What a reader expects: the word in A1, where its rows begin, and which columns hold days.

    A row counts as filled when a column outside ``aside`` is.
    """

    word: str
    first_row: int
    most_rows: int
    days: frozenset[str]
    aside: frozenset[str] = frozenset()

    def marker(self, copy: str, subject: str = "") -> str:
        """What stands in A1; neither part holds a colon."""
        return ":".join(filter(None, (self.word, copy, subject)))


def keyed_sheet(content: bytes, kind: SheetKind) -> KeyedSheet:
    """The filled rows of the one sheet of this kind.

    Raises:
        InvalidInput: says at ``file`` what is wrong with it; of two sheets, neither is left unread
            in silence.
    """
    checked = harmless_workbook(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(checked))
        sheets = [workbook.get_sheet_by_name(name) for name in workbook.sheet_names]
        found = [sheet for sheet in sheets if _is_of(kind, sheet)]
        if len(found) > 1:
            raise _refusal(_l("The file holds several sheets of entries. Send them one by one."))
        if found:
            return _read(found[0].iter_rows(), kind)
    except CalamineError:
        raise _refusal(
            _l("The file is damaged. Save it again in Excel and try once more.")
        ) from None
    raise _refusal(
        _l("This is not the workbook of this page. Download it here, fill it in and send it.")
    )


def _is_of(kind: SheetKind, sheet: CalamineSheet) -> bool:
    if sheet.start != (0, 0) or sheet.width > 16_384 or sheet.height > 1_048_576:
        return False
    first = next(iter(sheet.iter_rows()), [])
    return bool(first) and str(first[0]).strip().partition(":")[0] == kind.word


def _read(rows: Iterable[Sequence[Any]], kind: SheetKind) -> KeyedSheet:
    remaining = iter(rows)
    head = [str(cell).strip() for cell in next(remaining)[:_WIDEST]]
    found: list[SheetRow] = []
    for number, cells in enumerate(remaining, start=2):
        texts = _texts(head, cells, kind) if number >= kind.first_row else {}
        if texts.keys() - kind.aside:
            found.append(SheetRow(number, texts))
        if len(found) > kind.most_rows:
            limit = f"{kind.most_rows:,}"
            raise _refusal(_l("At most %(limit)s rows at a time.", limit=limit))
    if not found:
        raise _refusal(_l("There is no row below the headings."))
    copy, _colon, subject = head[0].partition(":")[2].partition(":")
    return KeyedSheet(copy[:COPY_LENGTH], subject[:SUBJECT_LENGTH], tuple(found))


def _texts(head: Sequence[str], cells: Sequence[Any], kind: SheetKind) -> dict[str, str]:
    texts: dict[str, str] = {}
    for position, (key, cell) in enumerate(zip(head, cells, strict=False)):
        # The first column holds the keys of the rows; its heading is the marker.
        name = key if position else "row_key"
        text = written(cell, is_day=name in kind.days)
        if name and text.strip():
            texts.setdefault(name, text)
    return texts


def written(cell: Any, *, is_day: bool = False) -> str:
    """A cell as somebody would type it; day numbers become dates where a day is meant."""
    if isinstance(cell, datetime):
        return _day(cell.date()) if cell.time() == time() or is_day else f"{cell:%Y/%m/%d %H:%M}"
    if isinstance(cell, date):
        return _day(cell)
    if isinstance(cell, bool) or cell is None:
        return "" if cell is None else str(cell).upper()
    if isinstance(cell, Decimal):
        cell = float(cell)
    if isinstance(cell, float) and math.isfinite(cell):
        if is_day and int(cell) in _SERIALS:
            return _day(_EPOCH + timedelta(days=int(cell)))
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return str(cell)


def column_letter(position: int) -> str:
    """``0`` → ``A``, ``26`` → ``AA``."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _day(day: date) -> str:
    return f"{day.year}/{day.month}/{day.day}"


def _refusal(sentence: object) -> InvalidInput:
    return InvalidInput({"file": [sentence]})
