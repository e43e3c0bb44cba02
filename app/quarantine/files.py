"""Files of a station: any workbook or CSV with known headings, read; the marked workbook.

Texts are read as every table from outside is (:mod:`app.tables.contents`).
"""

import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

import xlsxwriter
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.errors import InvalidInput
from app.core.workbooks.reading import SheetRow, written
from app.quarantine.codes import ROW_OUTCOME
from app.quarantine.models import ReturneeDelivery
from app.quarantine.rules import COLUMNS, DAYS, MOST_ROWS, places_of
from app.tables.contents import text_rows, workbook_rows

_SEARCHED: Final = 20
"""Rows in which the headings are looked for: stations put a title above."""
_WIDEST: Final = 60


def rows_of_file(content: bytes) -> Sequence[SheetRow]:
    """The filled rows below the headings, with their row numbers, by column.

    Raises:
        InvalidInput: says at ``file`` what is wrong with it.
    """
    is_workbook = content.startswith((b"PK", b"\xd0\xcf")) or not content
    rows = workbook_rows(content) if is_workbook else text_rows(content)
    return _below_headings(
        (row.number, ["" if cell is None else cell for cell in row.cells]) for row in rows
    )


def _below_headings(rows: Iterable[tuple[int, Sequence[Any]]]) -> Sequence[SheetRow]:
    places: dict[str, int] | None = None
    found: list[SheetRow] = []
    for number, cells in rows:
        if places is None:
            places = places_of([str(cell) for cell in cells[:_WIDEST]])
            if places is None and number >= _SEARCHED:
                break
            continue
        texts = {
            key: written(cells[at], is_day=key in DAYS)[:2000]
            for key, at in places.items()
            if at < len(cells)
        }
        texts = {key: text for key, text in texts.items() if text.strip()}
        if texts.keys() - {"line"}:
            found.append(SheetRow(number, texts))
        if len(found) > MOST_ROWS:
            raise _refusal(_l("At most %(limit)s rows at a time.", limit=f"{MOST_ROWS:,}"))
    if places is None:
        needed = "「ふりがな」「生年月日」「到着日」"
        raise _refusal(
            _l("The headings were not found: a row with %(headings)s is needed.", headings=needed)
        )
    if not found:
        raise _refusal(_l("There is no row below the headings."))
    return found


def template_workbook() -> bytes:
    """An empty list with the headings."""
    return _written(())


def marked_workbook(delivery: ReturneeDelivery) -> bytes:
    """The rows as they were sent, with what became of each and a comment at every fault."""
    return _written(delivery.rows or ())


def _written(rows: Sequence[dict[str, Any]]) -> bytes:
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(_("List of returnees"))
        text = book.add_format({"num_format": "@", "border": 1, "border_color": "#BFBFBF"})
        fault = book.add_format({"num_format": "@", "border": 1, "bg_color": "#F8CBAD"})
        head = book.add_format({"bold": True, "bg_color": "#E3ECF5", "border": 1})
        asked = book.add_format({"bold": True, "bg_color": "#F4D9B8", "border": 1})
        for place, column in enumerate(COLUMNS):
            width = 26 if column.length > 100 else 15
            sheet.set_column(place, place, width, text)
            mark = "　◎" if column.needed else ""
            look = asked if column.needed else head
            sheet.write_string(0, place, f"{column.label.ja}{mark}", look)
        if rows:
            sheet.set_column(len(COLUMNS), len(COLUMNS), 20, text)
            sheet.write_string(0, len(COLUMNS), _("Result of the row"), head)
        sheet.freeze_panes(1, 4)
        for line, one in enumerate(rows, start=1):
            _row(sheet, line, one, text, fault)
    return target.getvalue()


def _row(sheet: Any, line: int, one: dict[str, Any], text: Any, fault: Any) -> None:
    for place, column in enumerate(COLUMNS):
        problem = one["problems"].get(column.key)
        value = one["texts"].get(column.key, "")
        sheet.write_string(line, place, value, fault if problem else text)
        if problem:
            sheet.write_comment(line, place, problem, {"x_scale": 2.2})
    sheet.write_string(line, len(COLUMNS), ROW_OUTCOME.label(one["outcome"]), text)


def _refusal(sentence: object) -> InvalidInput:
    return InvalidInput({"file": [sentence]})
