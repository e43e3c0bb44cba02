"""The table as a workbook with shading and a native chart, or as CSV."""

import io
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from flask_babel import gettext as _

from app.analysis.answering import Answer
from app.analysis.asking import conditions
from app.analysis.dimensions import dimensions
from app.analysis.table import Cell, Table
from app.analysis.words import HIDDEN, TITLE, TOTAL, notes_of
from app.core import clock
from app.exports.csv import CsvTable, Encoding
from app.exports.excel import ExcelBook, write_cover
from app.exports.tables import Columns, Cover, ExportColumn, Kind

Format = Literal["xlsx", "csv", "csv-cp932"]
FORMATS: tuple[Format, ...] = ("xlsx", "csv", "csv-cp932")
MIMETYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "csv-cp932": "text/csv",
}
WARMEST = "#F4A582"
CHART_SERIES = 8

FileRow = tuple[tuple[str, ...], list[Cell]]


def file_name(table: Table, ending: Format) -> str:
    """A name that says what the file holds."""
    asked = table.question
    sides = "×".join(dimensions()[key].label for key in (*asked.rows, *asked.columns))
    suffix = "xlsx" if ending == "xlsx" else "csv"
    days = f"{asked.first:%Y%m%d}-{asked.last:%Y%m%d}"
    return f"{table.measure.label}_{sides}_{days}.{suffix}".replace("/", "_")


def made(table: Table, answer: Answer, ending: Format, *, by: str) -> bytes:
    """The file's content."""
    columns = _columns(table)
    if ending == "xlsx":
        return _workbook(table, answer, columns, by)
    encoding: Encoding = "cp932" if ending == "csv-cp932" else "utf-8"
    stream = io.BytesIO()
    lines = CsvTable(stream, columns, encoding=encoding)
    for row in _rows(table):
        lines.append(row)
    lines.finish()
    return stream.getvalue()


def _workbook(table: Table, answer: Answer, columns: Sequence[ExportColumn], by: str) -> bytes:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "analysis.xlsx"
        with ExcelBook(path) as book:
            front = book.sheet(_("Cover"))
            sheet = book.table(_("Table"), columns)
            for row in _rows(table):
                sheet.append(row)
            sheet.finish()
            _shade(sheet.sheet, table)
            _chart(book, sheet, table)
            cover = Cover(
                title=f"{TITLE} {table.measure.label}",
                requested_by=by,
                data_at=table.made_at or clock.now(),
                conditions=conditions(table.question, answer.area),
                notes=notes_of(table),
            )
            write_cover(book, front, cover, Columns(tuple(columns)), len(table.rows))
        return path.read_bytes()


def _shade(sheet: Any, table: Table) -> None:
    """By the sheet itself, so that it follows what people change."""
    first = len(table.question.rows)
    width = len(table.columns) if table.has_columns else 1
    if not table.rows:
        return
    scale = {
        "type": "2_color_scale",
        "min_color": "#FFFFFF",
        "max_color": WARMEST,
    }
    sheet.conditional_format(1, first, len(table.rows), first + width - 1, scale)


def _chart(book: ExcelBook, sheet: Any, table: Table) -> None:
    if len(table.question.rows) != 1 or len(table.question.columns) > 1 or not table.rows:
        return
    width = len(table.columns) if table.has_columns else 1
    book.chart(
        sheet,
        kind="column",
        title=str(table.measure.label),
        category=0,
        series=list(range(1, 1 + min(width, CHART_SERIES))),
        at=f"B{len(table.rows) + 4}",
    )


def _columns(table: Table) -> list[ExportColumn]:
    known = dimensions()
    texts = [
        ExportColumn(known[key].label, "text", _word(place), known[key].item.source)
        for place, key in enumerate(table.question.rows)
    ]
    kind: Kind = "decimal" if table.decimals else "integer"
    headings = [line.heading for line in table.columns] if table.has_columns else []
    sentence = str(table.measure.sentence)
    numbers = [
        ExportColumn(heading, kind, _number(place, table.decimals), sentence)
        for place, heading in enumerate([*headings, str(TOTAL)])
    ]
    return [*texts, *numbers]


def _word(place: int) -> Any:
    return lambda row: row[0][place] if place < len(row[0]) else ""


def _number(place: int, decimals: int) -> Any:
    def value(row: FileRow) -> Any:
        cell = row[1][place]
        if cell.is_hidden:
            return str(HIDDEN)
        if cell.value is None:
            return None
        return round(cell.value, decimals) if decimals else int(cell.value)

    return value


def _rows(table: Table) -> Iterator[FileRow]:
    for row in table.order:
        yield table.rows[row].words, table.line(row)
    yield (str(TOTAL),), table.line(len(table.rows))
