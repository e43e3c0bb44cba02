"""Bytes to rows: the encoding, the header wherever it stands, the line of every row.

The file is read twice, once to find the encoding and once row by row, so that memory does
not grow with it.
"""

import csv
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.imports.opendata.layout import REQUIRED, Columns, columns_of

ENCODINGS = ("utf-8", "cp932", "euc_jp")
LONGEST_LINE = 65_536
"""Characters; a line of the layout has a few hundred."""
HEADER_WITHIN = 20
"""Rows of titles and notes that may stand above the header."""
_CHUNK = 1 << 20
_FORMATS = (
    (b"PK\x03\x04", "This is an Excel workbook (or another zip file). Save it as CSV first."),
    (b"\xd0\xcf\x11\xe0", "This is an old Excel workbook. Save it as CSV first."),
    (BOM_UTF16_LE, "This file is UTF-16 (“Unicode text”). Save it as CSV UTF-8 first."),
    (BOM_UTF16_BE, "This file is UTF-16 (“Unicode text”). Save it as CSV UTF-8 first."),
    (b"%PDF", "This is a PDF, not a CSV file."),
)


class Unreadable(Exception):
    """The file as a whole cannot be read; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Header:
    """How a file is to be read: encoding, the line of its header, and the columns."""

    encoding: str
    line: int
    columns: Columns


def header_of(path: Path) -> Header:
    """Find encoding and header.

    Raises:
        Unreadable: empty, another format, broken text, or no header of the layout.
    """
    _refuse_other_formats(path)
    broken: list[tuple[int, str]] = []
    for encoding in _candidates(path):
        line = _first_broken_line(path, encoding)
        if line is not None:
            broken.append((line, encoding))
            continue
        header = _find_header(path, encoding)
        if header is not None:
            return header
    if len(broken) == len(_candidates(path)):
        line, encoding = max(broken)
        raise Unreadable(
            f"The text is neither UTF-8, Shift_JIS (cp932) nor EUC-JP throughout: read as"
            f" {encoding}, line {line} cannot be decoded. Were files of several encodings joined?"
        )
    raise Unreadable(
        f"No header was found in the first {HEADER_WITHIN} rows. These headings have to stand"
        f" in one row: {', '.join(REQUIRED)}."
    )


def rows_below(path: Path, header: Header) -> Iterator[tuple[int, list[str]]]:
    """Line number (of the row's first line) and cells of every row below the header.

    Raises:
        Unreadable: a line without end or an unclosed quotation mark.
    """
    for line, cells in _rows(path, header.encoding):
        if line > header.line:
            yield line, cells


def _refuse_other_formats(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(8)
    if not start.strip():
        raise Unreadable("The file is empty.")
    for magic, sentence in _FORMATS:
        if start.startswith(magic):
            raise Unreadable(sentence)


def _candidates(path: Path) -> tuple[str, ...]:
    """A byte-order mark settles the question; else all three are tried in this order."""
    with path.open("rb") as file:
        return ("utf-8-sig",) if file.read(3) == BOM_UTF8 else ENCODINGS


def _first_broken_line(path: Path, encoding: str) -> int | None:
    decoder = getincrementaldecoder(encoding)()
    line = 1
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                return line + chunk[: error.start].count(b"\n")
            line += chunk.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return line
    return None


def _find_header(path: Path, encoding: str) -> Header | None:
    """The first row with the required headings. Raises Unreadable for a heading given twice."""
    for count, (line, cells) in enumerate(_rows(path, encoding)):
        columns = columns_of(cells)
        if columns.is_header:
            if columns.twice:
                raise Unreadable(
                    f"Line {line} names the same item twice: {', '.join(columns.twice)}."
                    " Remove one of the columns."
                )
            return Header(encoding, line, columns)
        if count >= HEADER_WITHIN:
            break
    return None


def _rows(path: Path, encoding: str) -> Iterator[tuple[int, list[str]]]:
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(_lines(file))
        line = 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise Unreadable(
                    f"Line {line}: a cell does not end (an unclosed quotation mark?)."
                ) from error
            yield line, cells
            line = reader.line_num + 1


def _lines(file: IO[str]) -> Iterator[str]:
    number = 0
    while text := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(text) > LONGEST_LINE:
            raise Unreadable(f"Line {number} is longer than {LONGEST_LINE:,} characters.")
        yield text
