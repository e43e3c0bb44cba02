"""The columns of the workbook: the lines of the entry form in the paper's order."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.cases.codes import SPECIMEN, SYMPTOM, TEST_METHOD, TEST_RESULT
from app.core.items import Item
from app.core.labels import CodeList, Label
from app.core.workbooks.reading import SheetKind
from app.notifications.entry_form import PREFECTURES, item_of_line, label_of_line
from app.notifications.form import NAMED_BY_LAW
from app.notifications.layout import FORM_2021, LINES, PARTS, Line

MOST_ROWS: Final = 1_000
FIRST_ROW: Final = 4
"""The first row to fill in, as Excel counts; above stand the keys, the parts, the headings."""
ROW_KEY: Final = "row_key"
RESULT: Final = "row_result"
CONFIRMED: Final = "row_confirmed"
ASIDE: Final = (ROW_KEY, RESULT, CONFIRMED)
"""Columns beside the form: the hidden key of the row, what became of it, the answer to questions."""
PROXY: Final = "institution_id"

CONFIRMATION = CodeList("row_confirmation", ("confirmed", "確認済み", "Confirmed"))
_ASIDE_LABELS: Mapping[str, Label] = {
    ROW_KEY: Label("行キー", "Row key"),
    RESULT: Label("取込結果", "Result"),
    CONFIRMED: Label("確認", "Confirmation"),
}
_WIDTHS = {"date": 13, "codes": 34, "long_text": 44, "reference": 26, "integer": 10}
_WIDE = {
    "address": 44,
    "location_address": 36,
    "guardian_address": 36,
    "institution_address": 36,
    "institution_name": 28,
    "name": 18,
    "kana": 22,
    "guardian_name": 18,
    "postal_code": 12,
}
_LISTS: Mapping[str, CodeList] = {"specimen": SPECIMEN, "result": TEST_RESULT}


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column: the form's line, its words, its choices, its width."""

    key: str
    heading: str
    part: str
    kind: str
    codes: CodeList | None
    width: int
    marked: bool
    line: Line
    item: Item


def columns_of(*, by_proxy: bool) -> tuple[SheetColumn, ...]:
    """The columns for a clinic; ``by_proxy`` adds the notifier a health centre types for."""
    return tuple(
        _column(line, str(part.label))
        for part in PARTS
        for line in part.lines
        if by_proxy or line.name != PROXY
    )


def label_of(key: str) -> str:
    """The heading of a column without its number."""
    if key in _ASIDE_LABELS:
        return str(_ASIDE_LABELS[key])
    return str(label_of_line(key))


def codes_of(key: str) -> CodeList | None:
    """The words that may stand in a column."""
    if key.startswith("test_"):
        return next((codes for part, codes in _LISTS.items() if key.endswith(f"_{part}")), None)
    if key == "area_prefecture_code":
        return PREFECTURES
    return {"symptoms": SYMPTOM, "diagnosis_methods": TEST_METHOD}.get(key) or item_of_line(
        key
    ).codes


def kind_of(key: str) -> str:
    """The kind of value of a column."""
    return "code" if key == "area_prefecture_code" else item_of_line(key).kind


def _column(line: Line, part: str) -> SheetColumn:
    item, label = item_of_line(line.name), str(label_of_line(line.name))
    # An age is asked for only where the birth date is not known.
    marked = (
        not line.name.startswith("test_")
        and line.name != "age_years"
        and (bool(item.mark) or line.name == "address" or line.name in NAMED_BY_LAW)
    )
    number = f"{line.number}　" if line.number else ""
    added = "（2021年2月〜）" if line.since == FORM_2021 else ""
    kind = kind_of(line.name)
    return SheetColumn(
        line.name,
        f"{number}{label}{'　◎' if marked else ''}{added}",
        part,
        kind,
        codes_of(line.name),
        _WIDE.get(line.name) or _WIDTHS.get(kind, 20),
        marked,
        line,
        item,
    )


NOTIFICATION_SHEET: Final = SheetKind(
    word="hersys-notification-1",
    first_row=FIRST_ROW,
    most_rows=MOST_ROWS,
    days=frozenset(name for name in LINES if kind_of(name) == "date"),
    aside=frozenset(ASIDE),
)
