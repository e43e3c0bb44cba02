"""Excel files, read back by another library."""

import tracemalloc
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from app.exports.excel import CELL_CHARACTERS, ExcelBook
from app.exports.tables import ExportColumn, Kind

KINDS: tuple[tuple[str, Kind], ...] = (
    ("氏名", "text"),
    ("発病日", "date"),
    ("登録日時", "instant"),
    ("年齢", "integer"),
    ("体温", "decimal"),
)

HALF_PAST = datetime.fromisoformat("2021-08-20T12:30")


def _at(index: int) -> Any:
    return lambda row: row[index]


COLUMNS = tuple(ExportColumn(label, kind, _at(n)) for n, (label, kind) in enumerate(KINDS))
ROW = ("髙橋 𠮷子", date(2021, 8, 20), HALF_PAST, 34, Decimal("38.5"))


def written(path: Path, *rows: tuple[Any, ...], **options: Any) -> Workbook:
    with ExcelBook(path / "a.xlsx", **options) as book:
        table = book.table("データ", COLUMNS)
        for row in rows:
            table.append(row)
        table.finish()
    return load_workbook(path / "a.xlsx")


def test_each_cell_has_the_type_of_its_item(tmp_path: Path) -> None:
    sheet = written(tmp_path, ROW)["データ"]
    assert [cell.value for cell in sheet[1]] == [label for label, _ in KINDS]
    values = [cell.value for cell in sheet[2]]
    assert values == [
        "髙橋 𠮷子",
        datetime.fromisoformat("2021-08-20T00:00"),
        HALF_PAST,
        34,
        38.5,
    ]
    assert (sheet["B2"].number_format, sheet["C2"].number_format) == (
        "yyyy/mm/dd",
        "yyyy/mm/dd hh:mm",
    )


def test_the_heading_stays_in_view_and_filters(tmp_path: Path) -> None:
    sheet = written(tmp_path, ROW, ROW)["データ"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:E3"
    assert sheet.column_dimensions["A"].width >= 18


def test_a_text_that_looks_like_a_formula_a_number_or_a_link_stays_a_text(tmp_path: Path) -> None:
    texts = ("=1+1", "{=SUM(A1)}", "+81-3", "@x", "0312345678", "https://example.com")
    sheet = written(tmp_path, *((text, *ROW[1:]) for text in texts))["データ"]
    cells = [sheet.cell(row, 1) for row in range(2, 8)]
    assert tuple(cell.value for cell in cells) == texts
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    assert all(cell.hyperlink is None for cell in cells)


def test_what_a_typed_cell_cannot_hold_exactly_is_written_as_text(tmp_path: Path) -> None:
    row = ("", date(1890, 1, 2), "非表示", 12345678901234567, None)
    sheet = written(tmp_path, row)["データ"]
    assert [cell.value for cell in sheet[2]] == [
        None,
        "1890/01/02",
        "非表示",
        "12345678901234567",
        None,
    ]


def test_a_cell_over_excel_s_limit_is_shortened_and_counted(tmp_path: Path) -> None:
    with ExcelBook(tmp_path / "a.xlsx") as book:
        table = book.table("データ", COLUMNS[:1])
        table.append(("あ" * (CELL_CHARACTERS + 1),))
        table.finish()
    assert table.shortened == 1


def test_rows_beyond_one_sheet_go_on_to_the_next(tmp_path: Path) -> None:
    book = written(tmp_path, ROW, ROW, ROW, rows_per_sheet=2)
    assert book.sheetnames == ["データ", "データ (2)"]
    assert [book[name].max_row for name in book.sheetnames] == [3, 2]


def test_a_sheet_too_large_to_be_packed_goes_on_to_the_next(tmp_path: Path) -> None:
    with ExcelBook(tmp_path / "a.xlsx", sheet_bytes=20_000) as book:
        table = book.table("データ", COLUMNS[:1])
        for _batch in range(5):
            table.extend([["あ" * 20] * 200])
        table.finish()
    sheets = load_workbook(tmp_path / "a.xlsx")
    assert (table.rows, len(sheets.sheetnames) > 1) == (1000, True)
    assert sum(sheet.max_row - 1 for sheet in sheets) == 1000


def test_a_heading_stands_where_the_cells_below_it_stand(tmp_path: Path) -> None:
    sheet = written(tmp_path, ROW)["データ"]
    kinds = [column.kind for column in COLUMNS]
    edges = [sheet.cell(1, place).alignment.horizontal for place in range(1, len(kinds) + 1)]
    assert edges == ["right" if kind in ("integer", "decimal") else None for kind in kinds]


def test_a_chart_is_excel_s_own(tmp_path: Path) -> None:
    with ExcelBook(tmp_path / "a.xlsx") as book:
        table = book.table("日別", COLUMNS)
        table.append(ROW)
        table.append(ROW)
        table.finish()
        book.chart(table, kind="column", title="日別", category=1, series=[3], at="G2")
    (chart,) = load_workbook(tmp_path / "a.xlsx")["日別"]._charts
    assert chart.series[0].val.numRef.f == "日別!$D$2:$D$3"


def test_ten_thousand_rows_take_little_memory(tmp_path: Path) -> None:
    tracemalloc.start()
    with ExcelBook(tmp_path / "a.xlsx") as book:
        table = book.table("データ", COLUMNS)
        for _ in range(10_000):
            table.append(ROW)
        table.finish()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert table.rows == 10_000
    assert peak < 4_000_000
