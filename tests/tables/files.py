"""Files as senders make them: texts in any encoding, workbooks written by Excel's libraries."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from app.tables.reading import OpenedTable, open_table

PATIENT_SHEET = (
    "№, 確定日（公表）, 陽性確定日, 保健所, 氏名, 生年月日, 年齢, 年代, 年代：備考, 年代：公表の可否, 性別, "
    "性別：公表の可否, 国籍, 居住地, 居住地：備考, 居住地：公表の可否, 海外渡航歴, 海外渡航歴:備考（国）, "
    "海外渡航歴:備考（時期）, 海外渡航歴：公表の可否, 職業分類, 職業：備考, 職業：公表の可否, 発症日, "
    "発症日：備考, 発症日：公表の可否, 発生状況（公表）, 濃厚接触者の人数, 濃厚接触者の観察状況（公表）, "
    "濃厚接触者の観察状況：備考, 周囲の患者発生の有無（公表）, 周囲の患者発生（番号：公表）, "
    "入院医療機関（現在）, 入院日, 入院病床（現在）, 入院：備考, 身体状況（現在の症状）, 身体状況：備考, "
    "治療器具, 治療器具：備考, 転院の有無, 転院：備考, 陰性結果開始日, 陰性結果確認日, 退院の有無, 転帰, "
    "退院日, 退院日：備考, 備考"
)
"""The 49 headings of a real patient sheet of a health centre."""
HEADINGS = tuple(PATIENT_SHEET.split(", "))

ROWS: tuple[dict[str, Any], ...] = (
    {
        "№": 1,
        "確定日（公表）": date(2021, 8, 21),
        "陽性確定日": "令和3年8月20日",
        "保健所": "新宿区保健所",
        "氏名": "架空　太郎",
        "生年月日": "S60.4.3",
        "年齢": "３６歳",
        "年代": "30代",
        "年代：公表の可否": "可",
        "性別": "01_男性",
        "性別：公表の可否": "可",
        "居住地": "新宿区",
        "居住地：備考": "詳細は非公表の希望あり",
        "居住地：公表の可否": "否",
        "海外渡航歴": "無",
        "職業分類": "01_会社員",
        "職業：公表の可否": "否",
        "発症日": "2021/8/18(水)",
        "発症日：公表の可否": "可",
        "身体状況（現在の症状）": "03_軽・中等症",
        "転帰": "01_軽快",
        "退院日": 44440,
        "備考": "自宅療養から入院",
    },
    {
        "№": 2,
        "確定日（公表）": date(2021, 8, 21),
        "陽性確定日": "平成32年8月20日",
        "保健所": "新宿区保健所",
        "氏名": "架空　花子",
        "生年月日": "1990-02-31",
        "年齢": 31,
        "年代": "30代",
        "年代：公表の可否": "否",
        "性別": "02_女性",
        "性別：公表の可否": "要確認",
        "職業分類": "07_学生",
        "発症日": "不明",
        "身体状況（現在の症状）": "04_重症",
    },
)


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """A text file; line breaks stay as given."""
    path.write_bytes(text.encode(encoding))
    return path


def workbook(path: Path, fill: Callable[[Any, Any], None]) -> Path:
    """A workbook; ``fill`` gets the book and its first sheet."""
    with xlsxwriter.Workbook(str(path)) as book:
        fill(book, book.add_worksheet("患者一覧"))
    return path


def patient_sheet(path: Path, more: Sequence[tuple[str, Sequence[Sequence[Any]]]] = ()) -> Path:
    """The 49-column sheet with two patients below a title; ``more`` sheets by name."""

    def fill(book: Any, sheet: Any) -> None:
        for name, rows in more:
            grid(rows)(book, book.add_worksheet(name))
        day = book.add_format({"num_format": "yyyy/m/d"})
        sheet.merge_range(0, 0, 0, len(HEADINGS) - 1, "患者管理表（架空）")
        sheet.write_row(2, 0, HEADINGS)
        for line, row in enumerate(ROWS, start=3):
            for heading, value in row.items():
                place = HEADINGS.index(heading)
                if isinstance(value, date):
                    sheet.write_datetime(line, place, value, day)
                else:
                    sheet.write(line, place, value)

    return workbook(path, fill)


def opened(path: Path, **options: Any) -> OpenedTable:
    """The file under the name it has."""
    return open_table(path, path.name, **options)


def cells_of(table: OpenedTable) -> list[tuple[Any, ...]]:
    """The cells of every row."""
    return [row.cells for row in table.rows()]


def grid(rows: Sequence[Sequence[Any]]) -> Callable[[Any, Any], None]:
    """Fills a sheet from its first cell."""

    def fill(_book: Any, sheet: Any) -> None:
        for line, row in enumerate(rows):
            sheet.write_row(line, 0, row)

    return fill
