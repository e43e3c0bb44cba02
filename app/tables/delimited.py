"""CSV and TSV to rows: the encoding found, the separator found, every line accounted for.

The file is read once to find the encoding and then row by row, so that memory does not grow
with it.
"""

import csv
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import islice
from typing import IO

from app.core.labels import Label
from app.tables.cells import Openable, RawRow, UnreadableTable

LONGEST_LINE = 1 << 20
"""Bytes; a row of a hundred cells has some thousand."""
SEPARATORS = (",", "\t", ";")
_LOOKED_AT = 30


def encoding_of(path: Openable) -> str:
    """``utf-8-sig``, ``utf-16``, ``utf-8`` or ``cp932``: the one that fits throughout.

    Raises:
        UnreadableTable: ``encoding`` with the first line that does not fit.
    """
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    if start.startswith(BOM_UTF8):
        line = _first_misfit(path, "utf-8")
        if line is None:
            return "utf-8-sig"
        raise _mixed(line)
    misfits = []
    for encoding in ("utf-8", "cp932"):
        line = _first_misfit(path, encoding)
        if line is None:
            return encoding
        misfits.append(line)
    raise _mixed(max(misfits))


def separator_of(path: Openable, encoding: str) -> str:
    """The sign between cells: the one that makes the widest rows."""
    best, found = (1, 0), ","
    for sign in SEPARATORS:
        try:
            with closing(delimited_rows(path, encoding, sign)) as rows:
                widths = sorted(len(row.cells) for row in islice(rows, _LOOKED_AT))
        except UnreadableTable:
            continue
        # A sign in the words of some cells makes few rows wide; the one between cells, most.
        usual = (widths[(len(widths) - 1) // 2], sum(widths)) if widths else (0, 0)
        if usual > best:
            best, found = usual, sign
    return found


def delimited_rows(path: Openable, encoding: str, separator: str) -> Generator[RawRow, None, None]:
    """Every row with the line on which it begins; cells are texts, blank ones None.

    Raises:
        UnreadableTable: ``quotes`` for a cell that does not end, ``too_large`` for a line
            without end, ``damaged`` for NUL.
    """
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(_lines(file), delimiter=separator, strict=True)
        line = 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                raise _unclosed(line) from None
            except UnicodeDecodeError:
                raise _mixed(line) from None
            yield RawRow(line, tuple([c if c and not c.isspace() else None for c in cells]))
            line = reader.line_num + 1


def _lines(file: IO[str]) -> Iterator[str]:
    number = 0
    while text := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(text) > LONGEST_LINE:
            raise _too_long(number)
        if "\x00" in text:
            raise _not_text(number)
        yield text


def _first_misfit(path: Openable, encoding: str) -> int | None:
    """The first line that is not in this encoding; None when all are."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise _too_long(number)
            if line.isascii():
                continue
            try:
                line.decode(encoding)
            except UnicodeDecodeError:
                return number
            if encoding == "cp932" and _looks_like_utf8(line):
                return number
    return None


def _looks_like_utf8(line: bytes) -> bool:
    """UTF-8 mostly passes for (nonsense in) cp932; cp932 hardly ever passes for UTF-8.

    Half-width kana can look like UTF-8 of two bytes, therefore only longer ones count.
    """
    try:
        return max(line.decode("utf-8")) > "\u07ff"
    except UnicodeDecodeError:
        return False


def _mixed(line: int) -> UnreadableTable:
    return UnreadableTable(
        "encoding",
        Label(
            f"{line:,}行目の文字コードが読み取れません。UTF-8とシフトJISのファイルをつなげていませんか。"
            "一つの文字コードで保存し直してください。",
            f"Line {line:,} is not in the encoding of the other lines. Were files in UTF-8 and "
            "Shift_JIS joined? Save the file in one encoding.",
        ),
    )


def _unclosed(line: int) -> UnreadableTable:
    return UnreadableTable(
        "quotes",
        Label(
            f'{line:,}行目の引用符（"）が正しく閉じられていません。',
            f'Line {line:,}: a quotation mark (") is not closed where its cell ends.',
        ),
    )


def _too_long(line: int) -> UnreadableTable:
    return UnreadableTable(
        "too_large",
        Label(
            f"{line:,}行目が長すぎます。表のファイルか確認してください。",
            f"Line {line:,} is too long. Is this the file of a table?",
        ),
    )


def _not_text(line: int) -> UnreadableTable:
    return UnreadableTable(
        "wrong_type",
        Label(
            f"{line:,}行目に文字でないデータがあります。CSVかExcelブック（.xlsx）を選んでください。",
            f"Line {line:,} holds data that is no text. Choose a CSV file or a workbook (.xlsx).",
        ),
    )
