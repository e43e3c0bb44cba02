"""Our workbook as clinics fill it in: a blank copy opened by another library, written, saved."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from app.sheets.layout import FIRST_ROW

SOUND: dict[str, Any] = {
    "reported_on": "R3.8.20",
    "doctor_name": "遠藤　五月",
    "diagnosis_type": "患者（確定例）",
    "name": "佐藤　健一",
    "kana": "さとう けんいち",
    "sex": "男",
    "birth_on": "S60.5.1",
    "postal_code": "160-0023",
    "address": "東京都新宿区西新宿2-8-1",
    "mobile_phone": "０９０-1234-5678",
    "symptoms": "発熱、咳",
    "diagnosis_methods": "核酸増幅法",
    "test_nucleic_acid_specimen": "唾液",
    "test_nucleic_acid_collected_on": "2021/8/18",
    "test_nucleic_acid_result": "陽性",
    "first_visit_on": "2021/8/18",
    "diagnosed_on": "2021/8/19",
    "onset_on": "2021/8/16",
    "infection_route": "飛沫・飛沫核感染",
    "route_certainty": "推定",
    "infection_area": "日本国内",
    "area_certainty": "推定",
    "area_prefecture_code": "東京都",
    "hospitalised_at_notification": "無",
}
READINGS = (
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわ"
)


def person(number: int) -> dict[str, str]:
    """Somebody with a reading and a birth date of their own."""
    first, second = divmod(number, len(READINGS))
    reading = f"{READINGS[second]}{READINGS[first]}た"
    return {"name": f"患者　{number:03d}号", "kana": f"{reading}　たろう"}


def opened(content: bytes) -> Workbook:
    """The workbook as another program sees it."""
    return load_workbook(io.BytesIO(content))


def columns(sheet: Worksheet) -> dict[str, int]:
    """Column key → column number, from the hidden first row."""
    return {str(cell.value): cell.column for cell in sheet[1][1:] if cell.value}


def filled(content: bytes, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The workbook with these rows typed below each other."""
    cells = {
        (number, key): value
        for number, row in enumerate(rows, start=FIRST_ROW)
        for key, value in row.items()
    }
    return changed(content, cells)


def changed(content: bytes, cells: Mapping[tuple[int, str], Any]) -> bytes:
    """The workbook with other values in some cells, by row number and column key."""
    book = opened(content)
    sheet = book["入力"]
    places = columns(sheet)
    for (row, key), value in cells.items():
        sheet.cell(row, places[key]).value = value
    return saved(book)


def saved(book: Workbook) -> bytes:
    """The file of a workbook."""
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def marks(content: bytes) -> dict[tuple[int, str], str]:
    """(row, column key) → comment of every cell that carries one below the headings."""
    sheet = opened(content)["入力"]
    keys = {number: key for key, number in columns(sheet).items()}
    return {
        (cell.row, keys[cell.column]): cell.comment.text
        for line in sheet.iter_rows(min_row=FIRST_ROW)
        for cell in line
        if cell.comment is not None
    }
