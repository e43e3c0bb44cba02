"""The workbook as it is handed out, and as it comes back with its cells marked."""

import io
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter
from flask_babel import gettext as _
from sqlalchemy import select

from app.core.dates import parse_date
from app.core.db import db
from app.core.labels import CodeList
from app.core.problems import InputProblem
from app.core.workbooks.reading import SheetRow
from app.institutions.models import Institution
from app.institutions.queries import open_institutions
from app.sheets.explaining import explanation, message_of, overview
from app.sheets.judging import Outcome
from app.sheets.layout import (
    ASIDE,
    CONFIRMATION,
    CONFIRMED,
    FIRST_ROW,
    MOST_ROWS,
    NOTIFICATION_SHEET,
    RESULT,
    ROW_KEY,
    SheetForm,
)
from app.sheets.models import ROW_OUTCOMES, NotificationBook

ENTRY = "入力"
LISTS = "一覧"
_FIRST_EXCEL_DAY = date(1901, 1, 1)
_ASIDE_WIDTHS = {ROW_KEY: 4, RESULT: 18, CONFIRMED: 11}
_COLOURS = {"": None, "danger": "#F8CBAD", "warning": "#FFE699", "done": "#E7E6E6"}
_PART = {
    "bold": True,
    "border": 1,
    "valign": "vcenter",
    "bg_color": "#1F4E79",
    "font_color": "#FFFFFF",
}
_BOX = {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#BFBFBF"}


@dataclass(slots=True)
class Sheet:
    """The entry sheet being written."""

    book: Any
    sheet: Any
    form: SheetForm
    formats: dict[tuple[str, str], Any]

    def position(self, key: str) -> int:
        """Where a column stands; problems without a column of their own stand at the result."""
        keys = [*ASIDE, *(column.key for column in self.form.columns)]
        return keys.index(key) if key in keys else keys.index(RESULT)

    def format(self, kind: str, tone: str = "") -> Any:
        """The format of a cell: texts stay texts, days are days, faults are coloured."""
        if (kind, tone) not in self.formats:
            look: dict[str, Any] = dict(_BOX)
            look["num_format"] = "yyyy/mm/dd" if kind == "date" else "@"
            if _COLOURS[tone]:
                look["bg_color"] = _COLOURS[tone]
            self.formats[kind, tone] = self.book.add_format(look)
        return self.formats[kind, tone]


def blank_workbook(form: SheetForm) -> bytes:
    """A new copy to fill in for a disease; every copy and row has a key of its own."""
    copy = secrets.token_hex(8)
    target = io.BytesIO()
    with _workbook(target) as book:
        sheet = _entry_sheet(book, copy, form)
        for number in range(FIRST_ROW, FIRST_ROW + MOST_ROWS):
            sheet.sheet.write_string(number - 1, 0, f"{copy}-{number}")
        explanation(book, form)
        _lists(book, sheet)
    return target.getvalue()


def marked_workbook(
    kept: NotificationBook, rows: Sequence[SheetRow], outcomes: Sequence[Outcome], form: SheetForm
) -> bytes:
    """The workbook that was sent, with what became of every row and a comment at every fault."""
    told = {one["row"]: one for one in outcomes}
    sent = {row.number: row for row in rows}
    last = max([*sent, FIRST_ROW + MOST_ROWS - 1])
    target = io.BytesIO()
    with _workbook(target) as book:
        sheet = _entry_sheet(book, kept.copy, form)
        for number in range(FIRST_ROW, last + 1):
            if number in sent and number in told:
                _row(sheet, sent[number], told[number])
            elif number not in sent:
                sheet.sheet.write_string(number - 1, 0, f"{kept.copy}-{number}")
        overview(book, form, outcomes, lambda row, key: _address(sheet, row, key))
        explanation(book, form)
        _lists(book, sheet)
    return target.getvalue()


def _workbook(target: io.BytesIO) -> Any:
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    return xlsxwriter.Workbook(target, options)


def _entry_sheet(book: Any, copy: str, form: SheetForm) -> Sheet:
    sheet = Sheet(book, book.add_worksheet(ENTRY), form, {})
    inner = sheet.sheet
    inner.set_row(0, None, None, {"hidden": True})
    inner.set_row(1, 20)
    inner.set_row(2, 48)
    inner.freeze_panes(FIRST_ROW - 1, len(ASIDE))
    _headings(sheet, copy)
    for position, column in enumerate(form.columns, start=len(ASIDE)):
        inner.set_column(position, position, column.width, sheet.format(column.kind))
    return sheet


def _headings(sheet: Sheet, copy: str) -> None:
    book, inner = sheet.book, sheet.sheet
    look = {"bold": True, "border": 1, "text_wrap": True, "valign": "vcenter"}
    aside = book.add_format(look | {"bg_color": "#D9D9D9"})
    plain = book.add_format(look | {"bg_color": "#E3ECF5"})
    marked = book.add_format(look | {"bg_color": "#F4D9B8"})
    part = book.add_format(_PART | {"text_wrap": True})
    disease = sheet.form.disease
    # What the workbook is for is read from here alone, never guessed from its columns.
    marker = NOTIFICATION_SHEET.marker(copy, disease.family)
    for position, key in enumerate(ASIDE):
        hidden = {"hidden": True} if key == ROW_KEY else {}
        inner.set_column(position, position, _ASIDE_WIDTHS[key], sheet.format("text"), hidden)
        inner.write_string(0, position, marker if not position else key)
        inner.write_string(2, position, sheet.form.label(key), aside)
    name = book.add_format(_PART | {"shrink": True})
    inner.merge_range(1, 1, 1, 2, disease.short_name, name)
    shown = ""
    for position, column in enumerate(sheet.form.columns, start=len(ASIDE)):
        inner.write_string(0, position, column.key)
        inner.write_string(1, position, column.part if column.part != shown else "", part)
        inner.write_string(2, position, column.heading, marked if column.marked else plain)
        shown = column.part


def _row(sheet: Sheet, row: SheetRow, outcome: Outcome) -> None:
    number, word = row.number - 1, outcome["outcome"]
    faults = faults_of(outcome)
    done = word in ("submitted", "existing", "changed")
    sheet.sheet.write_string(number, 0, outcome["key"])
    tone = {"refused": "danger", "question": "warning"}.get(word, "done" if done else "")
    words = ROW_OUTCOMES.label(word)
    if outcome["notification"]:
        words += f" №{outcome['notification']}"
    sheet.sheet.write_string(number, 1, words, sheet.format("text", tone))
    _cell(sheet, number, CONFIRMED, "text", row.texts.get(CONFIRMED, ""), "")
    for column in sheet.form.columns:
        shown = "done" if done else faults.get(column.key, ("", ()))[0]
        _cell(sheet, number, column.key, column.kind, row.texts.get(column.key, ""), shown)
    told: dict[int, list[str]] = {}
    for key, (_tone, sentences) in faults.items():
        told.setdefault(sheet.position(key), []).extend(sentences)
    for place, sentences in told.items():
        size = {"x_scale": 2.2, "y_scale": 0.5 + 0.35 * len(sentences)}
        sheet.sheet.write_comment(number, place, "\n".join(sentences), size)


def faults_of(outcome: Mapping[str, Any]) -> dict[str, tuple[str, list[str]]]:
    """Column → tone and sentences of everything to look at in a row."""
    if outcome["outcome"] == "refused":
        return {key: ("danger", told) for key, told in outcome["problems"].items()}
    found: dict[str, tuple[str, list[str]]] = {}
    if outcome["outcome"] == "question":
        for asked in outcome["asked"]:
            found.setdefault(asked["item"], ("warning", []))[1].append(asked["sentence"])
    return found


def _cell(sheet: Sheet, number: int, key: str, kind: str, text: str, tone: str) -> None:
    place, look = sheet.position(key), sheet.format(kind, tone)
    day = _day(text) if kind == "date" and text else None
    if day is not None:
        moment = datetime(day.year, day.month, day.day)  # noqa: DTZ001 -- a cell knows no zone
        sheet.sheet.write_datetime(number, place, moment, look)
    elif text:
        sheet.sheet.write_string(number, place, text, look)
    elif tone:
        sheet.sheet.write_blank(number, place, None, look)


def _day(text: str) -> date | None:
    """A date Excel can hold; anything else stays as it was typed."""
    try:
        day = parse_date(text)
    except InputProblem:
        return None
    return day if day >= _FIRST_EXCEL_DAY else None


def _address(sheet: Sheet, row: int, key: str) -> str:
    return f"{xlsxwriter.utility.xl_rowcol_to_cell(row - 1, sheet.position(key))}"


def _lists(book: Any, sheet: Sheet) -> None:
    """The words of every list on a sheet of their own, and the drop-downs that offer them."""
    lists = book.add_worksheet(LISTS)
    lists.hide()
    last = FIRST_ROW + MOST_ROWS - 2
    places: dict[tuple[str, ...], str] = {}
    for key, words, message in _choices(sheet.form):
        options: dict[str, Any] = {"validate": "any"}
        if words:
            if words not in places:
                places[words] = _written(lists, len(places), words)
            options = {"validate": "list", "source": places[words], "show_error": False}
        options |= {"input_title": sheet.form.label(key)[:32], "input_message": message[:255]}
        position = sheet.position(key)
        sheet.sheet.data_validation(FIRST_ROW - 1, position, last, position, options)


def _choices(form: SheetForm) -> list[tuple[str, tuple[str, ...], str]]:
    confirm = _("Answer the questions of a returned workbook here.")
    found = [(CONFIRMED, _words(CONFIRMATION), confirm)]
    for column in form.columns:
        words = _words(column.codes) if column.codes else ()
        if column.key == "responsible_centre_id":
            words = tuple(_health_centres())
        found.append((column.key, words, message_of(form, column)))
    return found


def _words(codes: CodeList) -> tuple[str, ...]:
    return tuple(str(code.label) for code in codes)


def _health_centres() -> Sequence[str]:
    statement = select(Institution.name).where(
        open_institutions(), Institution.kind == "health_centre"
    )
    return db.session.scalars(statement.order_by(Institution.code)).all()


def _written(lists: Any, position: int, words: Sequence[str]) -> str:
    for line, word in enumerate(words):
        lists.write_string(line, position, word)
    column = xlsxwriter.utility.xl_col_to_name(position)
    return f"={LISTS}!${column}$1:${column}${len(words)}"
