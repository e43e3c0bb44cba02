"""A table on a printable sheet: every cell framed, rows as high as their longest text."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.exports.excel import ExcelTable
from app.exports.tables import ExportColumn

if TYPE_CHECKING:
    from app.reports.book import ReportBook

LINE_POINTS = 14.5
MOST_LINES = 12
"""A longer text is not shown whole in print; it is all there in the cell."""


class ReportSheet(ExcelTable):
    """Writes blanks too, so that no cell is without a frame, and sets heights for wrapped text:
    not every program does that by itself."""

    def __init__(
        self,
        book: "ReportBook",
        name: str,
        columns: Sequence[ExportColumn],
        above: Sequence[str] = (),
    ) -> None:
        self._room = [book.width_of(column) for column in columns]
        self._kinds = [column.kind for column in columns]
        super().__init__(book, name, columns, above)

    def append(self, row: Any) -> None:
        """Write one row; ``row`` is whatever the columns' ``value`` takes."""
        # The parent begins a new sheet when one is full; what it leaves empty is framed here.
        values = [value_of(row) for value_of in self._getters]
        super().append(row)
        line, height = self.heading_row + self.sheet_rows, 1
        for index, value in enumerate(values):
            kind = self._kinds[index]
            if value is None or value == "":
                self.sheet.write_blank(line, index, None, self.book.formats[kind])
            elif kind == "text":
                height = max(height, lines_of(str(value), self._room[index]))
        if height > 1:
            self.sheet.set_row(line, LINE_POINTS * min(height, MOST_LINES) + 2)

    def _number(self, form: Any, line: int, index: int, value: Any) -> None:
        # A count among ratios is a whole number.
        whole = isinstance(value, int) and not isinstance(value, bool)
        super()._number(self.book.formats["integer"] if whole else form, line, index, value)


def cells_of(text: str) -> int:
    """The width of a text in Excel's characters; a Japanese one takes two."""
    return sum(2 if ord(one) > 0xFF else 1 for one in text)


def lines_of(text: str, width: int) -> int:
    """How many lines a text takes in a column of that width."""
    # No program breaks a line exactly at the edge.
    room = max(width - 2, 1)
    return sum(max(-(-cells_of(one) // room), 1) for one in text.split("\n"))
