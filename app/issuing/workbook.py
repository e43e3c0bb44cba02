"""Rows of institutions and people, from a workbook or pasted, and the template to fill in."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from python_calamine import CalamineError, CalamineWorkbook

from app.core.errors import InvalidInput
from app.core.japanese import normalise
from app.core.labels import Label
from app.core.problems import InputProblem
from app.core.workbooks.container import harmless_workbook
from app.core.workbooks.reading import column_letter

MAX_ROWS = 10_000
MAX_TEXT = 2_000_000
LONGEST_CELL = 300
_HEADER_WITHIN = 10
_COLUMNS_READ = 30


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of the layout: its key, its heading, and what else people call it."""

    key: str
    label: Label
    hint: Label
    aliases: tuple[str, ...] = ()


COLUMNS = (
    SheetColumn(
        "code",
        Label("機関コード", "Institution code"),
        Label("空欄は自機関", "Empty: your own institution"),
    ),
    SheetColumn(
        "institution",
        Label("機関名", "Institution"),
        Label("新しく登録する機関のみ必須", "Only for an institution not registered yet"),
    ),
    SheetColumn(
        "kind",
        Label("機関種別", "Kind"),
        Label("新しく登録する機関のみ必須", "Only for an institution not registered yet"),
    ),
    SheetColumn(
        "name",
        Label("氏名", "Name"),
        Label("姓と名の間は空白", "Family name, a blank, given name"),
    ),
    SheetColumn(
        "kana", Label("フリガナ", "Reading"), Label("任意", "Optional"), ("ふりがな", "カナ")
    ),
    SheetColumn("role", Label("役割", "Role"), Label("一覧から選択", "Choose from the list")),
    SheetColumn(
        "mail", Label("メールアドレス", "Mail address"), Label("任意", "Optional"), ("メール",)
    ),
    SheetColumn(
        "username",
        Label("利用者ID", "User name"),
        Label("空欄なら自動で付番", "Empty: made automatically"),
        ("ログインID", "ユーザー名"),
    ),
)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row below the headings: its number in the sheet and its texts by column key.

    ``problem`` is (column key, sentence) of a cell that cannot be read at all.
    """

    number: int
    texts: dict[str, str]
    letters: dict[str, str]
    problem: tuple[str, str] | None = None

    def cell(self, key: str) -> str:
        """``C5``: where people find the cell; the row's number where the column is missing."""
        return f"{self.letters.get(key, '')}{self.number}"


def rows_of_workbook(content: bytes) -> list[SheetRow]:
    """The rows of the first sheet that has the headings.

    Raises:
        InvalidInput: says at ``file`` what is wrong with it.
    """
    checked = harmless_workbook(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(checked))
        for name in workbook.sheet_names:
            sheet = workbook.get_sheet_by_name(name)
            if sheet.width > 16_384 or sheet.height > 1_048_576:
                continue
            found = _rows_below_header(sheet.iter_rows(), "file", sheet.start)
            if found is not None:
                return found
    except CalamineError:
        raise InvalidInput(
            {"file": [_l("The file is damaged. Save it again in Excel and try once more.")]}
        ) from None
    raise InvalidInput({"file": [_no_header()]})


def rows_of_text(text: str) -> list[SheetRow]:
    """The rows of cells copied from a spreadsheet (tabs between cells).

    Raises:
        InvalidInput: says at ``text`` what is wrong.
    """
    if len(text) > MAX_TEXT:
        raise InvalidInput({"text": [_l("This is too much to paste. Upload the workbook.")]})
    try:
        cells = list(csv.reader(io.StringIO(text, newline=""), dialect="excel-tab"))
    except csv.Error:
        raise InvalidInput({"text": [_no_header()]}) from None
    found = _rows_below_header(cells, "text", (0, 0))
    if found is None:
        raise InvalidInput({"text": [_no_header()]})
    return found


def _rows_below_header(
    rows: Iterable[Sequence[Any]], field: str, start: tuple[int, int] | None
) -> list[SheetRow] | None:
    first_row, first_column = start or (0, 0)
    positions: dict[str, int] = {}
    found: list[SheetRow] = []
    for index, cells in enumerate(rows):
        if not positions:
            positions = _header(cells)
            if not positions and index >= _HEADER_WITHIN:
                return None
            continue
        row = _row(first_row + index + 1, cells, positions, first_column)
        if any(row.texts.values()) or row.problem:
            found.append(row)
        if len(found) > MAX_ROWS:
            raise InvalidInput(
                {field: [_l("At most %(limit)s rows at a time.", limit=f"{MAX_ROWS:,}")]}
            )
    if positions and not found:
        raise InvalidInput({field: [_l("There is no row below the headings.")]})
    return found if positions else None


def _header(cells: Sequence[Any]) -> dict[str, int]:
    """Column key → position, when the row holds at least the headings of name and role."""
    positions: dict[str, int] = {}
    for position, cell in enumerate(cells[:_COLUMNS_READ]):
        text = str(cell).strip().rstrip("＊*").strip()
        for column in COLUMNS:
            if text in (column.label.ja, column.label.en, *column.aliases):
                positions.setdefault(column.key, position)
    return positions if {"name", "role"} <= positions.keys() else {}


def _row(
    number: int, cells: Sequence[Any], positions: dict[str, int], first_column: int
) -> SheetRow:
    texts, problem = {}, None
    for key, position in positions.items():
        value = cells[position] if position < len(cells) else ""
        try:
            texts[key] = _text(value)
        except InputProblem as wrong:
            texts[key], problem = "", problem or (key, str(wrong.sentence))
    letters = {key: column_letter(first_column + position) for key, position in positions.items()}
    return SheetRow(number, texts, letters, problem)


def _text(value: Any) -> str:
    """A cell as one line of text. Raises InputProblem for dates and over-long cells."""
    if isinstance(value, (date, datetime, time, timedelta)):
        raise InputProblem(
            "date",
            Label("日付になっています。文字列で入力してください。", "This is a date. Enter text."),
        )
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = normalise("" if value is None else str(value))
    if len(text) > LONGEST_CELL:
        raise InputProblem("long", Label("文字数が多すぎます。", "This text is too long."))
    return text


def _no_header() -> object:
    return _l(
        "The headings were not found: a row with %(headings)s is needed. Use the template.",
        headings="「氏名」「役割」",
    )
