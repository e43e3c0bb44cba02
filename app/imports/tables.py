"""Rows of a file as cells: CSV (UTF-8, with or without BOM, cp932) and .xlsx, in constant memory.

Says in words of the sender why a file cannot be read. Nothing here knows what the columns mean.
"""

import csv
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from python_calamine import CalamineError, CalamineWorkbook

from app.core.errors import DomainError, InvalidInput
from app.core.labels import Label
from app.core.workbooks.container import harmless_workbook

Cell = str | date | datetime | Decimal | None
WITHIN = 20
"""Rows of titles and notes that may stand above the headings."""
LONGEST_LINE = 65_536
_CHUNK = 1 << 20


class UnreadableTable(DomainError):
    """The file as a whole cannot be read; ``message`` says why and what to do."""

    status = 422


@dataclass(frozen=True, slots=True)
class RawRow:
    """``number`` as the sender counts lines (CSV) or rows (sheet), from 1."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class OpenedTable:
    """A file with its headings found; ``rows()`` may be asked again and again."""

    path: Path
    headings: tuple[str, ...]
    heading_row: int
    encoding: str | None
    """None for a workbook."""

    def rows(self) -> Iterator[RawRow]:
        """The rows below the headings, blank ones left out. Raises UnreadableTable."""
        for row in _all_rows(self.path, self.encoding):
            if row.number > self.heading_row and any(cell is not None for cell in row.cells):
                yield row


def open_table(path: Path, filename: str, *, sheet: str | None = None) -> OpenedTable:
    """Find out how the file is to be read, and its headings.

    Raises:
        UnreadableTable: empty, another kind of file, protected, broken text, no headings.
    """
    with path.open("rb") as file:
        start = file.read(8)
    _refuse_other_kinds(start, filename)
    encoding = None if start.startswith(b"PK") else _encoding_of(path)
    first: list[RawRow] = []
    for row in _all_rows(path, encoding, sheet):
        if any(cell is not None for cell in row.cells):
            first.append(row)
        if len(first) == WITHIN:
            break
    if not first:
        raise UnreadableTable(EMPTY)
    head = _heading_row(first)
    return OpenedTable(path, tuple(_text(cell) for cell in head.cells), head.number, encoding)


def _heading_row(rows: list[RawRow]) -> RawRow:
    """The first row as wide as the table: titles and notes above it fill a cell or two."""
    filled = [sum(cell is not None for cell in row.cells) for row in rows]
    for row, count in zip(rows, filled, strict=True):
        if count * 2 > max(filled):
            return row
    return rows[0]


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell).strip()


def _refuse_other_kinds(start: bytes, filename: str) -> None:
    if not start.strip(b"\x00\t\r\n " + BOM_UTF8):
        raise UnreadableTable(EMPTY)
    for magic, sentence in _OTHERS:
        if start.startswith(magic):
            raise UnreadableTable(sentence)
    if b"\x00" in start and not start.startswith(b"PK"):
        raise UnreadableTable(OTHER_KIND)
    if not start.startswith(b"PK") and filename.lower().endswith((".xlsx", ".xlsm")):
        raise UnreadableTable(OTHER_KIND)


def _encoding_of(path: Path) -> str:
    with path.open("rb") as file:
        if file.read(3) == BOM_UTF8:
            return "utf-8-sig"
    broken = {}
    for encoding in ("utf-8", "cp932"):
        line = _first_broken_line(path, encoding)
        if line is None:
            return encoding
        broken[encoding] = line
    raise UnreadableTable(_broken(max(broken.values())))


def _first_broken_line(path: Path, encoding: str) -> int | None:
    decoder, line = getincrementaldecoder(encoding)(), 1
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return line + chunk[: error.start].count(b"\n")
            if not chunk:
                return None
            line += chunk.count(b"\n")


def _all_rows(path: Path, encoding: str | None, sheet: str | None = None) -> Iterator[RawRow]:
    return _sheet_rows(path, sheet) if encoding is None else _csv_rows(path, encoding)


def _csv_rows(path: Path, encoding: str) -> Iterator[RawRow]:
    with path.open(encoding=encoding, newline="") as file:
        reader, line = csv.reader(_lines(file), strict=True), 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                raise UnreadableTable(_unclosed(line)) from None
            yield RawRow(line, tuple(cell if cell.strip() else None for cell in cells))
            line = reader.line_num + 1


def _lines(file: IO[str]) -> Iterator[str]:
    number = 0
    while text := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(text) > LONGEST_LINE:
            raise UnreadableTable(_unclosed(number))
        yield text


def _sheet_rows(path: Path, sheet: str | None) -> Iterator[RawRow]:
    try:
        checked = harmless_workbook(path.read_bytes())
        workbook = CalamineWorkbook.from_filelike(BytesIO(checked))
        name = sheet or workbook.sheet_names[0]
        rows = workbook.get_sheet_by_name(name).iter_rows()
        for number, cells in enumerate(rows, start=1):
            yield RawRow(number, tuple(_cell(cell) for cell in cells))
    except InvalidInput as refused:
        raise UnreadableTable(refused.problems["file"][0]) from None
    except (CalamineError, IndexError):
        raise UnreadableTable(OTHER_KIND) from None


def _cell(cell: Any) -> Cell:
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float | int):
        return Decimal(repr(cell)).normalize() if cell % 1 else Decimal(int(cell))
    if isinstance(cell, date):
        return cell
    text = str(cell)
    return text if text.strip() else None


def _broken(line: int) -> Label:
    return Label(
        f"文字コードを判別できません（{line}行目付近）。複数の文字コードのファイルをつなげていないか"
        "確認し、Shift_JIS（cp932）またはUTF-8で保存し直してください。",
        f"The text is neither UTF-8 nor Shift_JIS throughout (near line {line}). Save it as one of"
        " them.",
    )


def _unclosed(line: int) -> Label:
    return Label(
        f'{line}行目：引用符（"）が閉じられていないか、行が長すぎます。',
        f"Line {line}: a quotation mark is not closed, or the line is too long.",
    )


EMPTY = Label("ファイルが空です。", "The file is empty.")
OTHER_KIND = Label(
    "CSVまたはExcel（.xlsx）のファイルではありません。",
    "This is neither a CSV file nor an Excel workbook (.xlsx).",
)
_PROTECTED = Label(
    "古い形式（.xls）またはパスワード付きのブックです。パスワードを外し、.xlsx形式で保存し直してください。",
    "This is an old (.xls) or password-protected workbook. Save it as .xlsx without a password.",
)
_UNICODE = Label(
    "UTF-16（「Unicodeテキスト」）のファイルです。「CSV UTF-8」で保存し直してください。",
    "This file is UTF-16 (“Unicode text”). Save it as CSV UTF-8.",
)
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", _PROTECTED),
    (BOM_UTF16_LE, _UNICODE),
    (BOM_UTF16_BE, _UNICODE),
    (b"%PDF", OTHER_KIND),
    (b"\x89PNG", OTHER_KIND),
    (b"\xff\xd8\xff", OTHER_KIND),
)
