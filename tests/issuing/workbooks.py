"""Workbooks as people and attackers make them."""

import io
import zipfile
from collections.abc import Sequence

import xlsxwriter

HEADINGS = (
    "機関コード",
    "機関名",
    "機関種別",
    "氏名",
    "フリガナ",
    "役割",
    "メールアドレス",
    "利用者ID",
)


def workbook(rows: Sequence[Sequence[object]], headings: Sequence[str] = HEADINGS) -> bytes:
    """A plain .xlsx with the headings and rows; a text that begins with = becomes a formula."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate((headings, *rows)):
            sheet.write_row(number, 0, row)
    return target.getvalue()


def staff(count: int, role: str = "入院医療機関") -> list[list[object]]:
    """Rows of people of the own institution."""
    return [
        ["", "", "", f"職員 {number:02d}号", "ショクイン", role, f"s{number}@hospital.example", ""]
        for number in range(1, count + 1)
    ]


def replaced(content: bytes, name: str, data: bytes) -> bytes:
    """The workbook with one member replaced or added."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            if info.filename != name:
                new.writestr(info, old.read(info))
        new.writestr(name, data)
    return target.getvalue()
