"""The workbook of a report: A4 landscape, printed whole in width, with a cover and contents."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from flask_babel import gettext as _

from app.core import clock
from app.exports.excel import ExcelBook, ExcelTable
from app.exports.sheet_rows import CELL_CHARACTERS
from app.exports.tables import ExportColumn
from app.reports.sheet import LINE_POINTS, ReportSheet, cells_of, lines_of

FONT = "游ゴシック"
"""Comes with Excel since 2016; other programs put their own Japanese one in its place."""
A4 = 9
NARROW = {"text": 12, "date": 11, "instant": 16, "integer": 8, "decimal": 8}
HEADING_CHARACTERS = {"text": 11, "date": 11, "instant": 16, "integer": 8, "decimal": 8}
"""Of a heading's line, in Excel's characters, before it is wrapped."""
SHEET_NAME = 31
COVER = (34, 100)
"""Widths of the cover's two columns."""
CHARTS = "（図）"
CHART_ROWS = 22
"""Rows from one chart to the next."""


@dataclass(frozen=True, slots=True)
class Front:
    """What the cover says."""

    title: str
    asked_by: str
    data_at: datetime
    conditions: Sequence[tuple[str, str]] = ()
    notes: Sequence[str] = ()


@dataclass(slots=True)
class _Written:
    """A finished table, its title, and what its columns mean."""

    table: ExcelTable
    title: str
    definitions: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Chart:
    """A native chart over columns of its table (0-based); a total in the last row stays out.

    ``by_day`` is False where the dates of the rows are not days one after the other.
    """

    kind: Literal["column", "line"]
    title: str
    category: int
    series: Sequence[int]
    without_total: bool = False
    by_day: bool = True


class ReportBook(ExcelBook):
    """A workbook whose tables stand on printable sheets; use as ``with ReportBook(…) as book``.

    ``front`` is written last, when the rows are known, on the first sheet.
    """

    def __init__(self, path: Path, *, title: str, place: str) -> None:
        super().__init__(path, properties={"font_name": FONT, "font_size": 10})
        self.title, self.place = title, place
        self.widths: dict[str, int] = {}
        self.tables: list[_Written] = []
        made = clock.in_japan(clock.now())
        # "&" begins a code of the header, so a name that holds one doubles it.
        named = f"{title}　{place}".replace("&", "&&")[:160]
        self._header = f"&L{named}&R{made:%Y/%m/%d %H:%M}"
        self.workbook.set_properties({"title": f"{title} {place}"})
        add = self.workbook.add_format
        edge = {"border": 1, "border_color": "#9AA5B1", "valign": "top"}
        heading = {**edge, "bold": True, "bg_color": "#E3EBF3", "text_wrap": True}
        self.heading = add({**heading, "valign": "vcenter"})
        self.heading_of_numbers = add({**heading, "valign": "vcenter", "align": "right"})
        self.formats |= {
            "text": add({**edge, "text_wrap": True}),
            "integer": add({**edge, "num_format": "#,##0"}),
            "decimal": add({**edge, "num_format": "#,##0.0#"}),
            "date": add({**edge, "num_format": "yyyy/mm/dd", "align": "left"}),
            "instant": add({**edge, "num_format": "yyyy/mm/dd hh:mm", "align": "left"}),
        }
        self.plain = add({"text_wrap": True, "valign": "top"})
        self.link = add({"font_color": "#0B5394", "underline": 1})
        self.front_sheet = self.sheet(_("Cover"))
        self.contents_sheet = self.sheet(_("Contents"))

    def width_of(self, column: ExportColumn) -> int:
        """The widest of the kind's, the longest line of the wrapped heading, and a wish."""
        heading = min(cells_of(str(column.label)) + 2, HEADING_CHARACTERS[column.kind])
        return max(NARROW[column.kind], heading, self.widths.get(str(column.label), 0))

    def prepare(self, table: ExcelTable) -> None:
        """A4 landscape, all columns on one page's width, headings repeated, page numbers."""
        sheet = table.sheet
        _printed(sheet, self._header)
        sheet.repeat_rows(table.heading_row)
        labels = ((str(one.label), self.width_of(one)) for one in table.columns)
        lines = max((lines_of(label, width) for label, width in labels), default=1)
        sheet.set_row(table.heading_row, 4 + LINE_POINTS * lines)

    def table(
        self, name: str, columns: Sequence[ExportColumn], *, above: Sequence[str] = ()
    ) -> ReportSheet:
        """A framed table on a sheet of its own."""
        return ReportSheet(self, name, columns, above)

    def report_table(
        self,
        name: str,
        title: str,
        columns: Sequence[ExportColumn],
        rows: Iterable[Any],
        *,
        lines: Sequence[str] = (),
        widths: Mapping[str, int] | None = None,
    ) -> ReportSheet:
        """A table under its title, filled from ``rows``; further lines stand below the title.

        ``widths`` are of columns (by their label) that need more room.
        """
        self.widths = dict(widths or {})
        table = self.table(name[:SHEET_NAME], columns, above=(title, *lines, ""))
        for row in rows:
            table.append(row)
        self.completed(table, title)
        return table

    def completed(self, table: ExcelTable, title: str) -> None:
        """Finish a table that was filled by hand, and note it for the contents."""
        table.finish()
        last = table.heading_row + max(table.sheet_rows, 1)
        table.sheet.print_area(0, 0, last, max(len(table.columns) - 1, 0))
        known = [(str(c.label), c.definition) for c in table.columns if c.definition]
        self.tables.append(_Written(table, title, known))

    def charts_of(self, table: ExcelTable, charts: Sequence[Chart]) -> None:
        """Charts over a table, on a printed page of their own behind it."""
        sheet = self.sheet(f"{table.name[: SHEET_NAME - len(CHARTS)]}{CHARTS}")
        _printed(sheet, self._header)
        sheet.hide_gridlines(2)
        sheet.fit_to_pages(1, 1)
        for place, chart in enumerate(charts):
            self.chart(
                table,
                kind=chart.kind,
                title=chart.title,
                category=chart.category,
                series=chart.series,
                at=f"A{1 + place * CHART_ROWS}",
                on=sheet,
                leave_out=int(chart.without_total),
                by_day=chart.by_day,
            )

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(one.table.rows for one in self.tables)

    @property
    def shortened(self) -> int:
        """Cells cut at Excel's limit."""
        return sum(one.table.shortened for one in self.tables)

    def finish_front(self, front: Front) -> None:
        """Write cover and contents; call once after the last table."""
        self._cover(front)
        self._contents()

    def _cover(self, front: Front) -> None:
        sheet = self.front_sheet
        _printed(sheet, self._header)
        for column, width in enumerate(COVER):
            sheet.set_column(column, column, width)
        sheet.write_string(0, 0, front.title, self.bold)
        moment = clock.in_japan(front.data_at)
        said = [
            *front.conditions,
            (_("State of the data"), f"{moment:%Y/%m/%d %H:%M}"),
            (_("Asked for by"), front.asked_by),
            *((_("Note"), note) for note in front.notes),
        ]
        row = self._pairs(2, said)
        sheet.write_string(row + 1, 0, _("Item"), self.heading)
        sheet.write_string(row + 1, 1, _("Definition"), self.heading)
        known: dict[str, str] = {}
        for one in self.tables:
            known |= dict(one.definitions)
        self._pairs(row + 2, known.items())

    def _pairs(self, row: int, pairs: Iterable[tuple[str, str]]) -> int:
        for name, text in pairs:
            self.front_sheet.write_string(row, 0, name, self.formats["text"])
            self.front_sheet.write_string(row, 1, text[:CELL_CHARACTERS], self.formats["text"])
            lines = max(lines_of(name, COVER[0]), lines_of(text, COVER[1]))
            self.front_sheet.set_row(row, LINE_POINTS * lines + 2)
            row += 1
        return row

    def _contents(self) -> None:
        sheet = self.contents_sheet
        _printed(sheet, self._header)
        for column, width in enumerate((26, 70, 10)):
            sheet.set_column(column, column, width)
        sheet.write_string(0, 0, _("Contents"), self.bold)
        for column, words in enumerate((_("Sheet"), _("Table"), _("Rows"))):
            over = self.heading_of_numbers if column == 2 else self.heading
            sheet.write_string(2, column, words, over)
        for row, one in enumerate(self.tables, start=3):
            address = f"internal:'{one.table.name}'!A1"
            sheet.write_url(row, 0, address, self.link, one.table.name)
            sheet.write_string(row, 1, one.title, self.formats["text"])
            sheet.write_number(row, 2, one.table.rows, self.formats["integer"])


def _printed(sheet: Any, header: str) -> None:
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    sheet.set_header(header)
    sheet.set_footer("&L&A&R&P / &N")
