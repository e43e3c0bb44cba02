"""Excel workbooks in constant memory: typed cells, never a formula, a cover that explains.

No cell goes through xlsxwriter's guessing ``write()``: a text is written as text, whatever it
begins with, so a file can carry "=1+1" without ever computing it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import xlsxwriter
from flask_babel import gettext as _

from app.core import clock
from app.exports.sheet_rows import (
    CELL_CHARACTERS,
    EXACT_DIGITS,
    FIRST_YEAR,
    RowSheet,
    rows_as_xml,
    worded,
)
from app.exports.tables import Columns, Cover, ExportColumn, Kind

SHEET_ROWS = 1_048_575
"""Data rows a sheet holds below its heading; more go on to a next sheet."""
SHEET_BYTES = 1_900_000_000
"""One of 2 GiB and more would need a kind of packing that Excel calls damaged."""
_LOOKS = 1000
"""Rows written one by one between two looks at the size."""
WIDTHS: dict[Kind, int] = {"text": 18, "date": 12, "instant": 17, "integer": 10, "decimal": 10}
RIGHT: frozenset[Kind] = frozenset({"integer", "decimal"})
"""Cells of these kinds stand at the right edge."""
CELL_DONE = 0


class ExcelBook:
    """A workbook being written; use as ``with ExcelBook(path) as book``."""

    def __init__(
        self,
        path: Path,
        *,
        rows_per_sheet: int = SHEET_ROWS,
        sheet_bytes: int = SHEET_BYTES,
        properties: Mapping[str, Any] | None = None,
    ) -> None:
        # Temporary parts hold people's data, so they stay in the file's own directory.
        options: dict[str, Any] = {
            "constant_memory": True,
            "tmpdir": str(path.parent),
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        if properties is not None:
            options["default_format_properties"] = dict(properties)
        self.rows_per_sheet, self.sheet_bytes = rows_per_sheet, sheet_bytes
        self.workbook = xlsxwriter.Workbook(str(path), options)
        heading = {"bold": True, "bg_color": "#E3EBF3", "border": 1, "text_wrap": True}
        self.heading = self.workbook.add_format({**heading, "valign": "top"})
        self.heading_of_numbers = self.workbook.add_format(
            {**heading, "valign": "top", "align": "right"}
        )
        self.bold = self.workbook.add_format({"bold": True, "font_size": 14})
        self.formats: dict[str, Any] = {
            "date": self.workbook.add_format({"num_format": "yyyy/mm/dd"}),
            "instant": self.workbook.add_format({"num_format": "yyyy/mm/dd hh:mm"}),
        }
        self.styles = {kind: _index(format_) for kind, format_ in self.formats.items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        place: TracebackType | None,
    ) -> None:
        self.workbook.close()

    def width_of(self, column: ExportColumn) -> int:
        """In Excel's characters; a Japanese one takes two."""
        return max(WIDTHS[column.kind], min(2 * len(str(column.label)) + 2, 40))

    def heading_over(self, kind: Kind) -> Any:
        """The format of a column's heading, which stands where its cells stand."""
        return self.heading_of_numbers if kind in RIGHT else self.heading

    def sheet(self, name: str) -> Any:
        """A plain sheet (for covers); the name must be new in this workbook."""
        return self.workbook.add_worksheet(name, worksheet_class=RowSheet)

    def table(
        self, name: str, columns: Sequence[ExportColumn], *, above: Sequence[str] = ()
    ) -> "ExcelTable":
        """A typed table with a frozen heading, filters and widths; lines of text may stand above."""
        return ExcelTable(self, name, columns, above)

    def prepare(self, table: "ExcelTable") -> None:
        """Called for each sheet of a table once its heading stands: how it is printed."""

    def chart(
        self,
        table: "ExcelTable",
        *,
        kind: Literal["column", "line"],
        title: str,
        category: int,
        series: Sequence[int],
        at: str,
        on: Any = None,
        leave_out: int = 0,
        by_day: bool = True,
    ) -> None:
        """A native chart over columns of ``table`` (0-based), placed at cell ``at``.

        Call it after the rows; the chart covers those on the table's last sheet, but for the last
        ``leave_out`` ones. It stands on the table's sheet unless ``on`` is another one.
        """
        chart = self.workbook.add_chart({"type": kind})
        sheet, first = table.sheet.get_name(), table.heading_row + 1
        last = table.heading_row + max(table.sheet_rows - leave_out, 1)
        for column in series:
            chart.add_series(
                {
                    "name": [sheet, table.heading_row, column],
                    "categories": [sheet, first, category, last, category],
                    "values": [sheet, first, column, last, column],
                }
            )
        chart.set_title({"name": title})
        chart.set_size({"width": 760 if on is None else 1000, "height": 400})
        if table.columns[category].kind == "date":
            # On an axis of days the columns of weeks would be as thin as a day.
            axis = "date_axis" if by_day else "text_axis"
            chart.set_x_axis({axis: True, "num_format": "m/d"})
        if len(series) == 1:
            chart.set_legend({"none": True})
        (on or table.sheet).insert_chart(at, chart)


def _index(format_: Any) -> int:
    """The number of a format in the workbook, as cells name it."""
    number: int = format_._get_xf_index()  # noqa: SLF001 - cells made here have to name it
    return number


class ExcelTable:
    """A table of typed rows, continued on further sheets when one is full."""

    def __init__(
        self,
        book: ExcelBook,
        name: str,
        columns: Sequence[ExportColumn],
        above: Sequence[str] = (),
    ) -> None:
        self.book, self.name, self.columns, self.above = book, name, columns, above
        self.heading_row = len(above)
        self.rows = self.shortened = self.sheet_rows = 0
        self.sheets = 0
        self._getters = [column.value for column in columns]
        self._kinds = [column.kind for column in columns]
        self._begin_sheet()
        self._writers = self._bound_writers()

    def append(self, row: Any) -> None:
        """Write one row; ``row`` is whatever the columns' ``value`` takes."""
        if self.sheet_rows == self.book.rows_per_sheet or self.sheet_rows % _LOOKS == 0:
            self._go_on()
        self.sheet_rows += 1
        self.rows += 1
        line = self.heading_row + self.sheet_rows
        for index, value_of in enumerate(self._getters):
            value = value_of(row)
            if value is not None and value != "":
                self._writers[index](line, index, value)

    def extend(self, columns: Sequence[Sequence[Any]]) -> None:
        """Write many rows, given as the cells of each column: the quick way."""
        done, count = 0, len(columns[0]) if columns else 0
        while done < count:
            self._go_on()
            taken = min(count - done, self.book.rows_per_sheet - self.sheet_rows)
            part = [cells[done : done + taken] for cells in columns]
            line = self.heading_row + self.sheet_rows + 1
            rows, cut = rows_as_xml(part, self._kinds, line + 1, self.book.styles)
            self.sheet.write_rows(line, rows, len(columns))
            self.shortened += cut
            self.sheet_rows += taken
            self.rows += taken
            done += taken

    def _go_on(self) -> None:
        """On a next sheet when this one is full."""
        full = self.sheet_rows == self.book.rows_per_sheet
        if full or (self.sheet_rows and self.sheet.size >= self.book.sheet_bytes):
            self.finish()
            self._begin_sheet()
            self._writers = self._bound_writers()

    def finish(self) -> None:
        """Put the filter over the present sheet; call once after the last row."""
        last = self.heading_row + self.sheet_rows
        self.sheet.autofilter(self.heading_row, 0, last, max(len(self.columns) - 1, 0))

    def _begin_sheet(self) -> None:
        self.sheets += 1
        name = self.name if self.sheets == 1 else f"{self.name} ({self.sheets})"
        self.sheet = self.book.sheet(name)
        self.sheet_rows = 0
        self.sheet.freeze_panes(self.heading_row + 1, 0)
        for row, words in enumerate(self.above):
            self.sheet.write_string(row, 0, words, None if row else self.book.bold)
        for index, column in enumerate(self.columns):
            self.sheet.set_column(index, index, self.book.width_of(column))
            label = str(column.label)
            self.sheet.write_string(
                self.heading_row, index, label, self.book.heading_over(column.kind)
            )
        self.book.prepare(self)

    def _bound_writers(self) -> list[Callable[[int, int, Any], None]]:
        kinds: dict[Kind, Callable[[int, int, Any], None]] = {
            "text": self._text,
            "integer": partial(self._number, self.book.formats.get("integer")),
            "decimal": partial(self._number, self.book.formats.get("decimal")),
            "date": self._date,
            "instant": self._instant,
        }
        return [kinds[column.kind] for column in self.columns]

    def _text(self, line: int, index: int, value: Any) -> None:
        form = self.book.formats.get("text")
        if self.sheet.write_string(line, index, str(value), form) != CELL_DONE:
            self.shortened += 1

    def _number(self, form: Any, line: int, index: int, value: Any) -> None:
        if isinstance(value, int | float | Decimal) and -EXACT_DIGITS < value < EXACT_DIGITS:
            self.sheet.write_number(line, index, value, form)
        else:
            self._text(line, index, value)

    def _date(self, line: int, index: int, value: Any) -> None:
        if isinstance(value, date) and value.year >= FIRST_YEAR:
            self.sheet.write_datetime(line, index, value, self.book.formats["date"])
        else:
            self._text(line, index, worded(value))

    def _instant(self, line: int, index: int, value: Any) -> None:
        if isinstance(value, datetime) and value.year >= FIRST_YEAR:
            self.sheet.write_datetime(line, index, value, self.book.formats["instant"])
        else:
            self._text(line, index, worded(value))


def write_cover(book: ExcelBook, sheet: Any, cover: Cover, columns: Columns, rows: int) -> None:
    """Fill the first sheet: what this is, as of when, how many, for whom, what each item means."""
    moment = "%Y/%m/%d %H:%M"
    lines = [
        (_("Records"), f"{rows:,}"),
        (_("State of the data"), clock.in_japan(cover.data_at).strftime(moment)),
        (_("Asked for by"), cover.requested_by),
        *cover.conditions,
        *((_("Note"), note) for note in cover.notes),
    ]
    if columns.left_out:
        lines.append((_("Left out (not shown to your role)"), "、".join(columns.left_out)))
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, cover.title, book.bold)
    for number, (name, text) in enumerate(lines, start=2):
        sheet.write_string(number, 0, name)
        sheet.write_string(number, 1, text[:CELL_CHARACTERS])
    first = len(lines) + 3
    sheet.write_string(first, 0, _("Item"), book.heading)
    sheet.write_string(first, 1, _("Definition"), book.heading)
    for number, column in enumerate(columns.written, start=first + 1):
        sheet.write_string(number, 0, str(column.label))
        sheet.write_string(number, 1, column.definition[:CELL_CHARACTERS])
