"""Rows of a list written column by column are the rows written cell by cell."""

import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.exports.csv import CsvTable
from app.exports.excel import ExcelBook
from app.exports.sheet_rows import CELL_CHARACTERS
from app.exports.tables import ExportColumn, Kind

HALF_PAST = datetime.fromisoformat("2021-08-20T12:30:15.5")
CELLS: dict[Kind, tuple[Any, ...]] = {
    "text": ("山田", None, "", "=1+1", 'a<b>&"c"', " x ", "a\nb", "\x01", "_x0041_", "𠮷", 7),
    "integer": (1, None, -5, 10**15, "=1", 0, True, 2.5, "x", "<y>", 34),
    "decimal": (Decimal("38.5"), None, "", 1e-7, 0.1, 12345678.9, 3, -1.5, "x", 0, Decimal("7.10")),
    "date": (date(2021, 8, 20), None, date(1890, 1, 2), "非表示", *[date(1901, 1, 1)] * 7),
    "instant": (HALF_PAST, None, HALF_PAST.replace(year=1900), "非表示", *[HALF_PAST] * 7),
}
COLUMNS = tuple(
    ExportColumn(kind, kind, lambda row, at=at: row[at])  # type: ignore[misc]
    for at, kind in enumerate(CELLS)
)
ROWS = list(zip(*CELLS.values(), strict=True))


def sheets(path: Path) -> list[bytes]:
    with zipfile.ZipFile(path) as book:
        return [book.read(name) for name in sorted(book.namelist()) if "worksheets/sheet" in name]


@pytest.mark.parametrize("rows_per_sheet", [4, 100])
def test_many_rows_at_once_are_the_same_sheet_byte_for_byte(
    tmp_path: Path, rows_per_sheet: int
) -> None:
    for name in ("one", "many"):
        with ExcelBook(tmp_path / name, rows_per_sheet=rows_per_sheet) as book:
            table = book.table("データ", COLUMNS)
            if name == "one":
                for row in ROWS:
                    table.append(row)
            else:
                table.extend([cells[:5] for cells in CELLS.values()])
                table.append(ROWS[5])
                table.extend([cells[6:] for cells in CELLS.values()])
            table.finish()
            assert (table.rows, table.shortened) == (len(ROWS), 0)
    assert sheets(tmp_path / "many") == sheets(tmp_path / "one")


def test_texts_over_excel_s_limit_are_shortened_alike(tmp_path: Path) -> None:
    texts = ["あ" * (CELL_CHARACTERS + 1), "𠮷" * CELL_CHARACTERS, "あ" * CELL_CHARACTERS]
    for name in ("one", "many"):
        with ExcelBook(tmp_path / name) as book:
            table = book.table("データ", COLUMNS[:1])
            if name == "one":
                for text in texts:
                    table.append((text,))
            else:
                table.extend([texts])
            table.finish()
        assert table.shortened == 2
    assert sheets(tmp_path / "many") == sheets(tmp_path / "one")


def test_what_looks_like_marked_up_text_stays_a_text(tmp_path: Path) -> None:
    with ExcelBook(tmp_path / "a") as book:
        table = book.table("データ", COLUMNS[:1])
        table.extend([["<r><t>x</t></r>", "a\x00b", "\ud800"]])
        table.finish()
    (sheet,) = sheets(tmp_path / "a")
    assert b"<t>&lt;r&gt;&lt;t&gt;x&lt;/t&gt;&lt;/r&gt;</t>" in sheet
    assert b"<t>a_x0000_b</t>" in sheet
    assert "<t>\ufffd</t>".encode() in sheet


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_csv_lines_are_the_same_too(tmp_path: Path, encoding: Any) -> None:
    written = []
    for many in (False, True):
        path = tmp_path / str(many)
        with path.open("wb") as stream:
            table = CsvTable(stream, COLUMNS, encoding=encoding)
            if many:
                table.extend(list(CELLS.values()))
            else:
                for row in ROWS:
                    table.append(row)
            table.finish()
        written.append((path.read_bytes(), table.rows, table.replaced))
    assert written[0] == written[1]
